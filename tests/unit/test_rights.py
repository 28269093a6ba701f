"""Who may write what: every kind of asker with every type of event, and in whose voice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.examples import EXAMPLES
from tests.stories import LINK, Story, event, report, small_plan, status
from tracker.directory.principals import PUBLIC, Principal, system
from tracker.errors import DeniedError, RuleError
from tracker.events.catalogue import CATALOGUE
from tracker.events.event import Wish
from tracker.events.intake import read_wish
from tracker.events.sealing import Sealer
from tracker.workplan.rights import permitted

REPORTS = {
    "ProgressReported",
    "ActivityStatusChanged",
    "MilestoneReached",
    "ProductPlanned",
    "ProductPublished",
    "ProductUpdated",
    "ProductUsed",
    "ProductReviewed",
}
CORRECTIONS = {"EntryCorrected", "EntryRetracted"}
SESSIONS = {
    "SessionScheduled",
    "SessionRescheduled",
    "SessionHeld",
    "SessionMaterialPublished",
    "SessionCancelled",
}
REGIONAL = {
    *SESSIONS,
    "SessionProposed",
    "VoluntaryReportExpected",
    "VoluntaryReportReceived",
    "ReadinessFindingRecorded",
}
SYSTEM = {"WorkplanAdopted", "SigningKeyChanged", "ReminderSent", "ReminderFailed"}
REDACTION = {"TextRedacted"}
EVERYTHING = set(CATALOGUE)

LEAD = Principal("p1", frozenset({"lead"}), person="p1")
ELSEWHERE = Principal("p2", frozenset({"lead"}), person="p2")
TOKEN = Principal("token:1", frozenset({"lead"}), entities=("oim",))
SECRETARIAT = Principal("p9", frozenset({"secretariat"}), person="p9")
AFRICA = Principal("p5", frozenset({"reviewer"}), person="p5", region="africa")

MAY_WRITE: dict[str, tuple[Principal, set[str]]] = {
    "the public": (PUBLIC, set()),
    "a viewer": (Principal("p3", frozenset({"viewer"}), person="p3"), set()),
    "an auditor": (Principal("p4", frozenset({"auditor"}), person="p4"), set()),
    "a lead": (LEAD, REPORTS | CORRECTIONS | {"SessionProposed"}),
    "a lead of another workstream": (ELSEWHERE, {"SessionProposed"}),
    "a lead's token": (TOKEN, REPORTS | CORRECTIONS | {"SessionProposed"}),
    "a lead's token for another workstream": (
        replace(TOKEN, workstreams=("4",)),
        set(),
    ),
    "a former lead": (replace(LEAD, actor="p7", person="p7"), set()),
    "the reviewer of the region": (AFRICA, REGIONAL),
    "the reviewer of another region": (replace(AFRICA, region="lac"), set()),
    "a reviewer without a region": (replace(AFRICA, region=None), set()),
    "the Secretariat": (SECRETARIAT, EVERYTHING - SYSTEM),
    "a token of the Secretariat": (
        Principal("token:2", frozenset({"secretariat"})),
        EVERYTHING - SYSTEM - REDACTION,
    ),
    "a token of the Secretariat that may erase": (
        Principal("token:3", frozenset({"secretariat"}), scopes=("erase",)),
        EVERYTHING - SYSTEM,
    ),
    "the holder of a link": (
        Principal("p1", frozenset({"link"}), person="p1", quarter="2023-Q2"),
        {"ProgressReported", "EntryRetracted"},
    ),
    "the holder of a link for another quarter": (
        Principal("p1", frozenset({"link"}), person="p1", quarter="2023-Q1"),
        set(),
    ),
    "the holder of a link for another activity": (
        Principal("p1", frozenset({"link"}), person="p1", quarter="2023-Q2", activities=("3.2",)),
        set(),
    ),
    "the system": (system("system:cli"), EVERYTHING),
}


@pytest.fixture(scope="module")
def story() -> Story:
    """A plan in which p1 acts for oim in 3 and p2 for acnur in 4, with a session in Africa and a report of oim's."""
    made = small_plan()
    made.say(event("FocalPointNamed", "workstream/3", {"person": "p1", "entity": "oim"}))
    made.say(event("FocalPointNamed", "workstream/4", {"person": "p2", "entity": "acnur"}))
    made.say(EXAMPLES["SessionScheduled"])
    made.say(
        event(
            "ProductPlanned", "product/practical-guide", {"title": "A", "kind": "tool", "activities": ["3.1"]}
        )
    )
    made.say(event("MilestoneSet", "milestone/first-draft", {"title": "A", "due": "2024", "activity": "3.1"}))
    made.say(report("3.1", "oim", assessment="on_track", quarter="2023-Q2"))
    return made


def wish_of(story: Story, kind: str, principal: Principal) -> Wish:
    """Return an event of a type as this asker would send it, about what the story holds."""
    said: dict[str, Any] = dict(EXAMPLES[kind])
    said["data"] = dict(said["data"])
    if CATALOGUE[kind].kind == "any":
        said["data"]["position"] = story.events_of("activity/3.1")[-1].position
    if kind == "ProgressReported" and principal.has("secretariat") and not principal.has("system"):
        said["on_behalf_of"] = {"entity": "oim", "by": "phone", "received_on": "2023-07-03"}
    return read_wish(said, Sealer())


def ask(story: Story, principal: Principal, wish: Wish) -> Wish:
    by_position = {one.position: one for one in story.log}
    return permitted(principal, wish, story.plan, lambda position: by_position[position])


@pytest.mark.parametrize("who", MAY_WRITE)
def test_each_may_write_what_the_table_says_and_nothing_else(who, story):
    principal, expected = MAY_WRITE[who]
    allowed = set()
    for kind in CATALOGUE:
        try:
            ask(story, principal, wish_of(story, kind, principal))
        except DeniedError as error:
            assert error.way_out  # noqa: PT017 - both outcomes are looked at
        else:
            allowed.add(kind)
    assert allowed == expected


def test_every_type_falls_under_a_row_of_the_table():
    rows = {"report": REPORTS, "correct": CORRECTIONS, "redact": REDACTION, "system": SYSTEM}
    rows |= {"proposal": {"SessionProposed"}, "field": REGIONAL - {"SessionProposed"}}
    for right, kinds in rows.items():
        assert {kind for kind, declared in CATALOGUE.items() if declared.right == right} == kinds


# ------------------------------------------------------------------------------------------------------- voices


def said(raw: dict[str, Any]) -> Wish:
    return read_wish(raw, Sealer())


def test_a_lead_speaks_for_its_entity_without_saying_so(story):
    assert ask(story, LEAD, said(report("3.1", None, no_change=True))).entity == "oim"
    assert ask(story, TOKEN, said(report("3.1", None, no_change=True))).entity == "oim"


def test_a_lead_does_not_speak_for_others(story):
    for entity in ("oms", "acnur"):
        with pytest.raises(DeniedError, match=f"do not act for {entity}"):
            ask(story, LEAD, said(report("3.1", entity, no_change=True)))
    by = {"entity": "oms", "by": "phone", "received_on": "2023-07-03"}
    with pytest.raises(DeniedError, match="only the Secretariat"):
        ask(story, LEAD, said(report("3.1", None, no_change=True, on_behalf_of=by)))


def test_whoever_acts_for_two_entities_says_for_which(story):
    both = story.copy()
    both.say(event("FocalPointNamed", "workstream/3", {"person": "p1", "entity": "oms"}))
    with pytest.raises(RuleError, match="you act for oim, oms"):
        ask(both, LEAD, said(report("3.1", None, no_change=True)))
    assert ask(both, LEAD, said(report("3.1", "oms", no_change=True))).entity == "oms"


def test_a_lead_proposes_a_session_in_the_voice_of_its_entity(story):
    proposal = {"kind": "workshop", "title": "A"}
    made = ask(story, LEAD, said(event("SessionProposed", "session/b", proposal)))
    assert made.entity == "oim"
    with pytest.raises(DeniedError, match="do not act for oms"):
        ask(story, LEAD, said(event("SessionProposed", "session/b", proposal, entity="oms")))


def test_a_reviewer_speaks_for_no_entity(story):
    held = event("SessionHeld", "session/gcm-talks-1", entity="oim")
    with pytest.raises(DeniedError, match="speaks for no entity"):
        ask(story, AFRICA, said(held))


def test_a_reviewer_takes_no_session_of_another_region_into_its_own(story):
    lac = replace(AFRICA, region="lac")
    moved = EXAMPLES["SessionScheduled"] | {"data": EXAMPLES["SessionScheduled"]["data"] | {"region": "lac"}}
    for reviewer in (AFRICA, lac):
        with pytest.raises(DeniedError):
            ask(story, reviewer, said(moved))


def test_the_secretariat_reports_on_behalf_and_decides_for_itself(story):
    by = {"entity": "oim", "by": "phone", "received_on": "2023-07-03"}
    with pytest.raises(RuleError, match="says on whose behalf"):
        ask(story, SECRETARIAT, said(report("3.1", None, no_change=True)))
    assert ask(story, SECRETARIAT, said(report("3.1", None, no_change=True, on_behalf_of=by))).entity is None
    with pytest.raises(RuleError, match="is its own, not oim's"):
        ask(story, SECRETARIAT, said(status("3.1", "completed", reason="x", on_behalf_of=by)))


@pytest.mark.parametrize(
    "wish", [status("3.1", "completed", reason="x"), report("3.1", None, no_change=True)]
)
def test_the_secretariat_does_not_put_words_into_an_entitys_mouth(wish, story):
    with pytest.raises(DeniedError, match="does not speak as oim"):
        ask(story, SECRETARIAT, said(wish | {"entity": "oim"}))


def test_whoever_is_lead_and_secretariat_may_do_both(story):
    both = Principal("p1", frozenset({"lead", "secretariat"}), person="p1")
    assert ask(story, both, said(report("3.1", "oim", no_change=True))).entity == "oim"
    with pytest.raises(DeniedError):
        ask(story, both, said(report("3.1", "oms", no_change=True)))
    assert ask(story, both, said(event("WorkplanClosed", "workplan"))).entity is None


def test_a_lead_does_not_decide_a_dispute(story):
    disputed = story.copy()
    disputed.say(report("3.1", "oms", status="completed", evidence=[LINK], quarter="2023-Q2"))
    assert disputed.activity().disputed
    wish = said(status("3.1", "completed", reason="we say so"))
    with pytest.raises(DeniedError, match="the Secretariat decides"):
        ask(disputed, LEAD, wish)
    ask(disputed, SECRETARIAT, wish)  # is taken
    ask(disputed, LEAD, said(report("3.1", None, status="completed", evidence=[LINK])))  # is taken


# -------------------------------------------------------------------------------------------------- corrections


def corrected(position: int, subject: str = "activity/3.1") -> Wish:
    return said(event("EntryCorrected", subject, {"position": position, "occurred_on": "2023-06"}))


def test_a_lead_corrects_its_own_entitys_entries(story):
    at = story.events_of("activity/3.1")[-1].position
    assert ask(story, LEAD, corrected(at)).entity == "oim"


def test_a_lead_corrects_what_was_said_on_its_entitys_behalf(story):
    more = story.copy()
    by = {"entity": "oim", "by": "phone", "received_on": "2023-07-03"}
    (made,) = more.say(report("3.1", None, note="x", on_behalf_of=by))
    assert ask(more, LEAD, corrected(made.position)).entity == "oim"


def test_a_lead_does_not_correct_others_entries(story):
    more = story.copy()
    (others,) = more.say(report("3.1", "oms", no_change=True))
    (decided,) = more.say(status("3.2", "completed", reason="x"))
    founding = more.events_of("activity/3.1")[0]
    for one in (others, decided, founding):
        with pytest.raises(DeniedError, match="not your entity's own"):
            ask(more, LEAD, corrected(one.position, one.subject))


def test_a_lead_corrects_until_the_round_closes_the_secretariat_any_time(story):
    more = story.copy()
    more.say(event("RoundOpened", "round/2023-Q2"))
    at = more.events_of("activity/3.1")[-1].position
    ask(more, LEAD, corrected(at))  # is taken
    more.say(event("RoundClosed", "round/2023-Q2"))
    with pytest.raises(DeniedError, match="round 2023-Q2 is closed"):
        ask(more, LEAD, corrected(at))
    ask(more, SECRETARIAT, corrected(at))  # is taken


def test_the_holder_of_a_link_takes_back_only_what_the_link_is_for_and_until_the_round_closes(story):
    link = Principal("p1", frozenset({"link"}), person="p1", quarter="2023-Q2")
    more = story.copy()
    more.say(event("RoundOpened", "round/2023-Q2"))
    mine = more.events_of("activity/3.1")[-1].position
    (others,) = more.say(report("3.1", "oms", no_change=True, quarter="2023-Q2"))
    (older,) = more.say(report("3.1", "oim", note="x", quarter="2023-Q1"))

    def taken_back(position: int) -> Wish:
        return said(event("EntryRetracted", "activity/3.1", {"position": position}))

    assert ask(more, link, taken_back(mine)).entity == "oim"
    for position in (others.position, older.position):
        with pytest.raises(DeniedError):
            ask(more, link, taken_back(position))
    with pytest.raises(DeniedError, match="this link is for reports about 2023-Q2"):
        ask(more, link, corrected(mine))
    with pytest.raises(DeniedError):
        ask(more, replace(link, activities=("3.2",)), taken_back(mine))
    more.say(event("RoundClosed", "round/2023-Q2"))
    with pytest.raises(DeniedError, match="round 2023-Q2 is closed"):
        ask(more, link, taken_back(mine))


def test_a_lead_that_was_released_speaks_no_more(story):
    more = story.copy()
    more.say(event("LeadReleased", "workstream/3", {"entity": "oim"}))
    for who in (LEAD, TOKEN):
        with pytest.raises(DeniedError):
            ask(more, who, said(report("3.1", None, no_change=True)))


def test_a_co_lead_of_one_activity_reports_on_that_one_only(story):
    more = story.copy()
    more.say(event("LeadAssigned", "workstream/3", {"entity": "acnur", "activity": "3.2"}))
    more.say(event("FocalPointNamed", "workstream/3", {"person": "p2", "entity": "acnur"}))
    assert ask(more, ELSEWHERE, said(report("3.2", None, no_change=True))).entity == "acnur"
    with pytest.raises(DeniedError):
        ask(more, ELSEWHERE, said(report("3.1", None, no_change=True)))
