"""Products: planned, published, in new editions, used and looked at again; and what activities get from each other."""

from __future__ import annotations

from datetime import date

import pytest

from tests.stories import Story, event, refused, say, small_plan
from tracker.directory.principals import Principal
from tracker.errors import DeniedError
from tracker.events.intake import read_wish
from tracker.events.sealing import Sealer
from tracker.projections.inputs import inputs_of
from tracker.projections.views import is_review_due
from tracker.workplan.plan import Plan
from tracker.workplan.rights import permitted

GUIDE = "product/guide"
PUBLISHED = {
    "languages": ["es"],
    "url": "https://example.org/guia",
    "steward": "oim",
    "sustain_note": "La biblioteca la conserva.",
    "review_on": "2024-06-30",
}


def planned(*activities: str) -> Story:
    story = small_plan()
    say(story, "ProductPlanned", GUIDE, title="Guía", kind="guidance", activities=[*activities] or ["3.1"])
    return story


def published(**said: object) -> Story:
    story = planned()
    say(story, "ProductPublished", GUIDE, **PUBLISHED | said)
    return story


def test_a_product_is_planned_published_updated_used_and_retired():
    story = published(occurred_on="2023-03-01")
    say(story, "ProductUpdated", GUIDE, language="en", url="https://example.org/guide")
    say(story, "ProductUpdated", GUIDE, edition="2.ª edición", url="https://example.org/guia-2")
    say(story, "ProductUsed", GUIDE, country="KE", by="La inspección de trabajo")
    say(story, "ProductReviewed", GUIDE, outcome="needs_update")
    state = story.state(GUIDE)
    assert (state.status, state.languages, state.published_on) == ("published", ("es", "en"), "2023-03-01")
    assert state.url == "https://example.org/guia-2", (
        "a translation stands beside it, an edition in its place"
    )
    assert [one.languages for one in state.editions] == [("es",), ("en",), ()]
    assert story.text(state.uses[0].by) == "La inspección de trabajo"
    say(story, "ProductReviewed", GUIDE, outcome="retired")
    assert story.state(GUIDE).status == "retired"


@pytest.mark.parametrize(
    "kind, data",
    [
        ("ProductUpdated", {"language": "en"}),
        ("ProductUsed", {"country": "KE", "by": "A"}),
        ("ProductReviewed", {"outcome": "current"}),
    ],
)
def test_what_is_not_published_is_neither_updated_nor_used_nor_looked_at(kind, data):
    with refused("not published then", way_out="ProductPublished"):
        say(planned(), kind, GUIDE, **data)


@pytest.mark.parametrize("where", [{}, {"country": "KE", "entity": "oms"}])
def test_a_use_is_in_one_country_or_by_one_entity(where):
    with refused("in one country or by one entity", field="/data/country", way_out="exactly one"):
        say(published(), "ProductUsed", GUIDE, by="A", **where)


def test_an_edition_says_something_new():
    with refused("says nothing new", way_out="at least one"):
        say(published(), "ProductUpdated", GUIDE)


@pytest.mark.parametrize(
    "kind, data, missing",
    [
        ("ProductPlanned", {"title": "A", "kind": "tool", "activities": ["9.9"]}, "activity/9.9"),
        ("ProductPublished", PUBLISHED | {"steward": "nobody"}, "entity/nobody"),
        ("ProductUsed", {"entity": "nobody", "by": "A"}, "entity/nobody"),
    ],
)
def test_what_a_product_names_exists(kind, data, missing):
    with refused(missing):
        say(published(), kind, "product/other" if kind == "ProductPlanned" else GUIDE, **data)


@pytest.mark.parametrize(
    "looked, day, due",
    [
        (None, "2024-06-29", False),
        (None, "2024-06-30", True),
        ("2024-07-02", "2025-07-01", False),
        ("2024-07-02", "2025-07-02", True),
        ("2024-01-02", "2024-06-30", True),
    ],
)
def test_its_steward_looks_at_it_on_the_day_set_and_then_once_a_year(looked, day, due):
    story = published()
    if looked:
        story.on(looked)
        say(story, "ProductReviewed", GUIDE, outcome="current")
    assert is_review_due(story.state(GUIDE), date.fromisoformat(day)) is due


def test_the_leads_of_its_activities_and_its_steward_speak_about_it():
    story = published(steward="acnur")
    story.say(event("LeadAssigned", "workstream/4", {"entity": "acnur"}))
    story.say(event("FocalPointNamed", "workstream/3", {"entity": "oms", "person": "p1"}))
    story.say(event("FocalPointNamed", "workstream/4", {"entity": "acnur", "person": "p2"}))
    review = read_wish(event("ProductReviewed", GUIDE, {"outcome": "current"}), Sealer())

    def spoken(person: str) -> str | None:
        lead = Principal(person, frozenset({"lead"}), person=person)
        return permitted(lead, review, story.plan, lambda position: story.log[position - 1]).entity

    assert (spoken("p1"), spoken("p2")) == ("oms", "acnur")
    with pytest.raises(DeniedError, match="no focal point"):
        spoken("p3")


def test_an_activity_gets_what_feeds_it_when_that_is_completed_or_published():
    story = planned("3.1")
    for feeding in ("3.1", "3.2", "3.3"):
        say(story, "ActivityLinked", f"activity/{feeding}", kind="feeds", to="4.1")
    assert _numbers(story.plan) == ([], ["3.1", "3.2", "3.3"])
    say(story, "ProductPublished", GUIDE, **PUBLISHED)
    say(story, "ActivityStatusChanged", "activity/3.2", status="in_progress")
    assert _numbers(story.plan) == (["3.1"], ["3.2", "3.3"])
    story.say(
        event(
            "ActivityStatusChanged",
            "activity/3.2",
            {"status": "completed", "no_evidence_reason": "Sin enlace."},
        )
    )
    found = inputs_of(story.plan, "4.1")
    assert (_numbers(story.plan), found.expected) == ((["3.1", "3.2"], ["3.3"]), 3)


def _numbers(plan: Plan) -> tuple[list[str], list[str]]:
    found = inputs_of(plan, "4.1")
    return [one.number for one in found.received], [one.number for one in found.awaited]
