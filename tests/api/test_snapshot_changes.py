"""What changed since a snapshot: per line was and is, what came and went, and the entries that did it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.installation import Installation, fact


@pytest.fixture(scope="module")
def told(library: Installation) -> Installation:
    """Two snapshots of Africa with a report, a finding and a new date between them, and a report after both."""
    house, clock = library, library.clock
    freeze = fact("ReadinessSnapshotTaken", "review/africa", {"signed_off_by": "p1"})

    def received(country: str) -> None:
        house.write(fact("VoluntaryReportReceived", "review/africa", {"country": country}))

    house.write(
        [fact("VoluntaryReportExpected", "review/africa", {"country": one}) for one in ("KE", "UG", "GH")]
    )
    received("GH")
    house.write(freeze)
    clock.move(days=3)
    received("KE")
    days = {"starts_on": "2024-10-09", "ends_on": "2024-10-10", "place": "Addis Ababa"}
    house.write(fact("ReviewRescheduled", "review/africa", days) | {"reason": "The host asked for it."})
    finding = {
        "line": "agenda",
        "status": "partly",
        "finding": "A secret draft is there.",
        "source": "a mail",
    }
    house.write(fact("ReadinessFindingRecorded", "review/africa", finding))
    house.write(freeze)
    clock.move(days=3)
    received("UG")
    return library


def line(found: Any, name: str) -> Any:
    return next(one for one in found["lines"] if one["line"] == name)


def types(found: Any, name: str) -> list[str]:
    by_position = {one["position"]: one["type"] for one in found["entries"]}
    return [by_position[position] for position in line(found, name)["events"]]


def test_each_line_says_what_it_was_and_is_and_which_entries_did_it(told: Installation) -> None:
    found = told.read("reviews/africa/snapshots/2/changes")
    assert (found["since"], found["number"], found["is_backwards"]) == (1, 2, False)
    dates = line(found, "date-and-host")
    assert (dates["was"], dates["is"]) == ("partly", "met")
    assert types(found, "date-and-host") == ["ReviewRescheduled"]
    assert [one["what"] for one in dates["found"]] == ["days", "place"]
    reports = line(found, "voluntary-reports")
    assert [one["country"] for one in reports["gained"]] == ["KE"]
    assert types(found, "voluntary-reports") == ["VoluntaryReportReceived"]
    assert types(found, "agenda") == ["ReadinessFindingRecorded"]
    assert types(found, "sign-off") == ["ReadinessSnapshotTaken"]
    assert not line(found, "pledges")["is_changed"]
    moved = next(one for one in found["entries"] if one["type"] == "ReviewRescheduled")
    assert moved["reason"] == "The host asked for it."


def test_the_live_picture_is_compared_with_a_snapshot(told: Installation) -> None:
    since = told.read("reviews/africa/readiness?since=2")["since"]
    assert since["number"] == 2
    assert [one["country"] for one in line(since, "voluntary-reports")["gained"]] == ["UG"]
    assert not line(since, "date-and-host")["is_changed"]
    assert "since" not in told.read("reviews/africa/readiness")


def test_a_later_one_is_compared_backwards_and_that_is_said(told: Installation) -> None:
    found = told.read("reviews/africa/snapshots/1/changes?since=2")
    assert found["is_backwards"]
    assert [one["country"] for one in line(found, "voluntary-reports")["lost"]] == ["KE"]


def test_what_cannot_be_compared_is_refused_with_the_way_out(told: Installation) -> None:
    first = told.get("reviews/africa/snapshots/1/changes")
    assert first.status_code == 422
    for path in ("reviews/africa/readiness?since=9", "reviews/africa/snapshots/2/changes?since=9"):
        answer = told.get(path)
        assert answer.status_code == 422
        assert answer.json is not None
        assert (answer.json["field"], answer.json["way_out"]) == ("since", "Its snapshots are: 1, 2.")
    assert told.get("reviews/africa/snapshots/9/changes").status_code == 404
    assert told.get("reviews/africa/snapshots/2/changes?as_of=2023-07-05").status_code == 404


def test_texts_stay_sealed_and_speakers_unsaid_for_whoever_may_not_read_them(told: Installation) -> None:
    answer = told.get("reviews/africa/snapshots/2/changes", "viewer")
    assert answer.json is not None
    assert {"reason", "speaker"} <= set(answer.json["withheld"])
    said = answer.get_data(as_text=True)
    assert "secret draft" not in said
    assert "The host asked" not in said
