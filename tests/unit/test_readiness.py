"""Every line of the readiness picture in each of its four states, from states made by hand."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.readiness_states import (
    DAY,
    FAR,
    NEAR,
    PAST,
    SEAL,
    WORKSTREAM,
    activity,
    material,
    plan,
    report,
    review,
    session,
)
from tracker.errors import NotFoundError
from tracker.events.codec import canonical
from tracker.events.shapes import from_json
from tracker.projections.readiness import known_region, picture
from tracker.projections.readiness_labels import LINE_LABELS, MISSING_WORDS
from tracker.projections.readiness_lines import COMPUTED
from tracker.projections.readiness_region import region_of
from tracker.projections.readiness_rules import LINES, RULES, rules_of
from tracker.workplan.workstream import Workstream

SUMMARY, AGENDA = [material("summary")], [material("agenda")]
COUNTRIES = {"reports_expected": ["KE", "SN"]}
CAME = [{"country": "KE", "url": None}, {"country": "SN", "url": None}]
TAKEN: dict[str, Any] = {
    "number": 1,
    "position": 9,
    "at_position": 8,
    "size": 8,
    "root": "0",
    "rules": "2026-1",
}
TAKEN |= {"sha256": "0", "signed_off_by": "p1", "taken_at": "2024-05-20T10:00:00.000000Z"}
PLEDGE = {"kind": "pledge", "url": "https://example.invalid/pledge"}
EVERY = [str(number) for number in range(1, 24)]
UNTAGGED: dict[str, Any] = {"tags": {}}

CASES: dict[tuple[str, str], tuple[Any, ...]] = {
    ("date-and-host", "met"): (review(current=NEAR, place="Addis Ababa"),),
    ("date-and-host", "partly"): (review(),),
    ("date-and-host", "missing"): (review(current=PAST),),
    ("date-and-host", "unknown"): (),
    ("consultations", "met"): (review(), session("c", kind="consultation", materials=SUMMARY)),
    ("consultations", "partly"): (review(), session("c", kind="dialogue")),
    ("consultations", "missing"): (review(current=NEAR),),
    ("consultations", "unknown"): (review(), session("c", kind="consultation", region="lac")),
    ("agenda", "met"): (review(current=NEAR), session("c", starts_at="2024-07-03T09:00", materials=AGENDA)),
    ("agenda", "partly"): (review(current=NEAR), session("c", materials=AGENDA)),
    ("agenda", "missing"): (review(current=NEAR),),
    ("agenda", "unknown"): (review(),),
    ("talks", "met"): (review(), session("t", materials=SUMMARY), session("u", rule="chatham_house")),
    ("talks", "partly"): (review(), session("t", status="scheduled")),
    ("talks", "missing"): (review(), session("t", status="cancelled")),
    ("talks", "unknown"): (review(), session("t", starts_at="2021-08-31T09:00")),
    ("voluntary-reports", "met"): (review(**COUNTRIES, reports_received=CAME),),
    ("voluntary-reports", "partly"): (review(**COUNTRIES, reports_received=CAME[:1]),),
    ("voluntary-reports", "missing"): (review(**COUNTRIES),),
    ("voluntary-reports", "unknown"): (review(),),
    ("activities", "met"): (activity("1.1", reports=[report()]), activity("1.2", status="completed")),
    ("activities", "partly"): (
        activity("1.1", reports=[report()]),
        activity("1.2", reports=[report(on="2023-01-10")]),
    ),
    ("activities", "missing"): (activity("1.1"),),
    ("activities", "unknown"): (activity("1.1", **UNTAGGED),),
    ("objectives", "met"): (activity("1.1", tags={"regions": ["africa"], "objectives": EVERY}),),
    ("objectives", "partly"): (activity("1.1"),),
    ("objectives", "missing"): (activity("1.1", tags={"regions": ["africa"], "objectives": []}),),
    ("objectives", "unknown"): (activity("1.1", tags={"objectives": ["8"]}),),
    ("pledges", "met"): (activity("1.1", evidence=[PLEDGE | {"country": "KE"}]),),
    ("pledges", "partly"): (activity("1.1", evidence=[PLEDGE]),),
    ("pledges", "missing"): (activity("1.1", reports=[report()]),),
    ("pledges", "unknown"): (activity("1.1"),),
    ("gaps-and-needs", "met"): (activity("1.1", reports=[report(needs=SEAL)]),),
    ("gaps-and-needs", "partly"): (
        activity("1.1", reports=[report(needs=SEAL)]),
        activity("1.2", reports=[report()]),
    ),
    ("gaps-and-needs", "missing"): (activity("1.1", reports=[report()]),),
    ("gaps-and-needs", "unknown"): (activity("1.1"),),
    ("tags", "met"): (activity("1.1"),),
    ("tags", "partly"): (activity("1.1"), activity("1.2", tags={"regions": []})),
    ("tags", "missing"): (activity("1.1", **UNTAGGED),),
    ("tags", "unknown"): (),
    ("sign-off", "met"): (review(snapshots=[TAKEN]),),
    ("sign-off", "partly"): (review(snapshots=[TAKEN | {"taken_at": "2024-01-10T10:00:00.000000Z"}]),),
    ("sign-off", "missing"): (review(),),
    ("sign-off", "unknown"): (),
}


def line(name: str, *states: Any) -> Any:
    return COMPUTED["2026-1"][name](region_of(plan(*states), "africa", DAY, "Europe/Zurich", rules_of()))


def frozen(*states: Any, day: date = DAY) -> Any:
    return picture(
        plan(*states), "africa", 60, "2024-06-01T10:00:00.000000Z", day, "Europe/Zurich", rules_of()
    )


def found(made: Any, name: str) -> Any:
    return next(one for one in made["lines"] if one["line"] == name)


def test_every_line_is_tried_in_all_four_states() -> None:
    assert set(CASES) == {
        (name, status) for name in LINES for status in ("met", "partly", "missing", "unknown")
    }


@pytest.mark.parametrize("name, status", CASES, ids="-".join)
def test_a_line_is(name: str, status: str) -> None:
    assert line(name, *CASES[name, status]).status == status


@pytest.mark.parametrize("name, status", CASES, ids="-".join)
def test_what_is_missing_has_words_and_somebody_to_ask(name: str, status: str) -> None:
    made = line(name, *CASES[name, status])
    for lacking in made.missing:
        assert lacking["who"]
        assert set(MISSING_WORDS[lacking["what"]]) == {"es", "en", "fr"}
    if status == "met":
        assert not made.missing


def test_a_cancelled_review_misses_a_new_date_and_a_held_one_nothing() -> None:
    cancelled, held = review(status="cancelled"), review(status="held", current=PAST)
    assert line("date-and-host", cancelled).missing[0]["what"] == "new-date"
    assert line("date-and-host", held).status == "met"


def test_evidence_names_the_subject_its_entry_and_the_age_of_the_report() -> None:
    made = line("activities", activity("1.1", reports=[report()]))
    said = {"position": 50, "quarter": "2024-Q1", "entity": "oim", "age_days": 31}
    assert made.evidence == [
        {"subject": "activity/1.1", "position": 3, "status": "in_progress", "last_report": said}
    ]


def test_whoever_leads_can_supply_a_missing_report() -> None:
    lacking = line("activities", activity("1.1")).missing
    assert lacking == [
        {"what": "fresh-report", "who": [{"role": "lead", "entity": "oim"}], "subject": "activity/1.1"}
    ]


def test_a_report_that_names_the_region_links_its_activity_and_the_untagged_stays_listed() -> None:
    named = activity("1.1", tags={}, reports=[report(regions=["africa"])])
    made = line("activities", named, activity("1.2", tags={}))
    assert [one["subject"] for one in made.evidence] == ["activity/1.1"]
    assert made.details["may_also_apply"] == ["activity/1.2"]
    assert [one["subject"] for one in line("tags", named, activity("1.2", tags={})).missing] == [
        "activity/1.1",
        "activity/1.2",
    ]


def test_a_workstreams_tag_serves_activities_without_one() -> None:
    whole = from_json(Workstream, WORKSTREAM | {"tags": {"regions": ["africa"], "objectives": ["2"]}})
    states = [whole, activity("1.1", tags={}), activity("1.2", tags={"regions": ["lac"]})]
    assert [one["subject"] for one in line("activities", *states).evidence] == ["activity/1.1"]


def test_a_withdrawn_activity_counts_nowhere() -> None:
    made = frozen(activity("1.1", withdrawn=True))
    assert found(made, "activities")["status"] == "unknown"
    assert found(made, "tags")["status"] == "unknown"


def test_the_table_has_23_rows_and_20b_counts_as_20() -> None:
    practice = {"kind": "hub_practice", "url": "https://example.invalid/practice"}
    whole = activity("1.1", tags={"regions": ["africa"], "objectives": ["20(b)"]}, evidence=[practice])
    rows = line("objectives", whole, session("t", objectives=["20"])).details["rows"]
    assert [row["objective"] for row in rows] == list(range(1, 24))
    assert rows[19]["status"] == "met"
    assert [one["url"] for one in rows[19]["practices"]] == [practice["url"]]
    assert {row["status"] for row in rows[:19]} == {"missing"}


def test_a_finding_goes_before_the_rules_and_both_are_said() -> None:
    finding = {"position": 40, "line": "agenda", "status": "met", "finding": SEAL, "source": SEAL}
    other = finding | {"line": "weather", "position": 41}
    made = frozen(review(findings=[finding, other]))
    agenda = found(made, "agenda")
    assert (agenda["status"], agenda["by"], agenda["computed"]) == ("met", "finding", "unknown")
    assert agenda["findings"] == [finding]
    assert made["findings"] == [other]
    assert made["counts"]["met"] == 1


def test_a_region_without_data_says_so() -> None:
    assert frozen(review())["has_data"] is False
    assert frozen(review(), activity("1.1"))["has_data"] is True


def test_the_picture_says_no_names_no_titles_no_texts() -> None:
    states = [states for case in CASES.values() for states in case]
    said = canonical(frozen(*states)).decode()
    for word in ("A plan", "One", "Do it", "OIM", "Talk", "percent"):
        assert word not in said


def test_what_a_picture_rests_on_is_every_subject_in_it() -> None:
    made = frozen(review(), activity("1.1"), session("t"))
    assert set(made["rests_on"]) == {"review/africa", "activity/1.1", "session/t", "workstream/1"}


def test_regions_are_known_by_id_name_and_commission_in_any_case() -> None:
    for said in ("africa", "AFRICA", "África", "Afrique", "eca"):
        assert known_region(said) == "africa"
    assert known_region("Arab region") == "arab-states"
    with pytest.raises(NotFoundError, match="there is no region atlantis") as caught:
        known_region("atlantis")
    assert "africa" in str(caught.value.way_out)


def test_every_line_has_a_label_in_three_languages() -> None:
    assert set(LINE_LABELS) == set(LINES) == set(COMPUTED["2026-1"])
    assert all(set(labels) == {"es", "en", "fr"} for labels in LINE_LABELS.values())


def test_rules_that_nobody_knows_are_refused() -> None:
    with pytest.raises(NotFoundError, match="does not know the readiness rules 1999-1"):
        rules_of("1999-1")


FROZEN = Path(__file__).parents[1] / "frozen" / "readiness-2026-1.json"


def everything() -> list[Any]:
    """Return states in which every line has something to say."""
    finding = {"position": 40, "line": "agenda", "status": "met", "finding": SEAL, "source": SEAL}
    move = {"position": 30, "on": "2024-02-01", "old": FAR, "new": NEAR, "reason": SEAL}
    told: dict[str, Any] = {"reports_received": CAME[:1], "findings": [finding], "reschedulings": [move]}
    return [
        review(current=NEAR, place="Addis Ababa", **COUNTRIES, **told),
        activity("1.1", reports=[report(needs=SEAL)], evidence=[PLEDGE]),
        activity(
            "1.2", tags={"regions": ["africa"], "objectives": ["20(b)"]}, reports=[report(on="2023-01-10")]
        ),
        activity("1.3", tags={}),
        session("t", materials=SUMMARY),
        session("c", kind="consultation"),
        session("g", region=None, level="global"),
    ]


@pytest.mark.parametrize("version", RULES)
def test_a_version_of_the_rules_gives_the_bytes_it_always_gave(version: str) -> None:
    """A snapshot taken years ago must come out the same. If this fails, make a new version instead."""
    path = FROZEN.with_name(f"readiness-{version}.json")
    made = picture(
        plan(*everything()),
        "africa",
        60,
        "2024-06-01T10:00:00.000000Z",
        DAY,
        "Europe/Zurich",
        rules_of(version),
    )
    assert canonical(made) == path.read_bytes().rstrip(b"\n")


def test_control_another_day_gives_other_bytes() -> None:
    one, other = frozen(*everything()), frozen(*everything(), day=date(2024, 6, 2))
    assert hashlib.sha256(canonical(one)).digest() != hashlib.sha256(canonical(other)).digest()
