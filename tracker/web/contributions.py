"""What the Network did on a country, an objective, or through an entity: one list by date, and what may also apply."""

from __future__ import annotations

from typing import Any

from flask import request

from tracker.errors import RuleError
from tracker.events.dates import span
from tracker.projections.contributions import Listed, Wanted, contributions, countries_named
from tracker.projections.facts import facts_of
from tracker.projections.reading_rights import without_details
from tracker.web import labels
from tracker.web.entries import speakers
from tracker.web.language import _, countries
from tracker.web.rendering import shell
from tracker.web.visits import page, visit

ASKED = ("country", "objective", "entity", "from", "to", "tagged")
MOST = 50
"""Things shown on the page at once, and untagged ones at all."""
OBJECTIVES = tuple(str(number) for number in range(1, 24))
KINDS = {
    "report": "report",
    "session": "session held",
    "product": "product",
    "use": "product used",
    "voluntary_report": "voluntary report received",
}
MANY = {
    "report": ("{count} report", "{count} reports"),
    "session": ("{count} session held", "{count} sessions held"),
    "product": ("{count} product published", "{count} products published"),
    "use": ("{count} use of a product", "{count} uses of a product"),
    "voluntary_report": ("{count} voluntary report received", "{count} voluntary reports received"),
    "links": ("{count} link", "{count} links"),
}
BECAUSE = {
    "report": "the report says so",
    "link": "its link says so",
    "activity": "its activity",
    "workstream": "its workstream",
    "session": "the session says so",
    "use": "it was used there",
    "product": "its steward or its activity's lead",
}


@shell.get("/w/<workplan>/contributions")
def contributions_page(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        asked = {name: request.args.get(name, "").strip() for name in ASKED}
        wanted = _wanted(asked)
        facts, plan = facts_of(here.answer.tx, here.answer.end, here.answer.question), here.answer.plan
        found: dict[str, Any] | None = None
        after = request.args.get("after", "")
        skipped = int(after) if after.isdecimal() and len(after) < 10 else 0
        if any(asked[name] for name in ASKED if name != "tagged"):
            found = contributions(facts, plan, wanted, Listed(MOST, 0 if skipped else MOST, skipped))
            found = here.reveal(found if here.may("details") else without_details(found))
        return page(
            "contributions.html",
            here,
            asked=asked,
            found=found,
            countries=_countries(countries_named(facts, plan)),
            objectives=OBJECTIVES,
            entities=speakers(here),
            kinds=KINDS,
            many=MANY,
            because=BECAUSE,
            names={"country": _("the country"), "objective": _("the objective"), "entity": _("the entity")},
            labels=labels,
            most=MOST,
            skipped=skipped,
            count=sum(found["counts"][kind] for kind in KINDS) if found else 0,
            files={name: said for name, said in asked.items() if said} | here.moment.args,
        )


def _countries(known: set[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the countries of the world in two groups: first those that are known, if any."""
    named = [one for one in countries() if one[0] in known]
    others = [one for one in countries() if one[0] not in known]
    groups = ((_("Named in this plan"), named), (_("Other countries and territories"), others))
    return [(words, group) for words, group in groups if group]


def _wanted(asked: dict[str, str]) -> Wanted:
    return Wanted(
        country=asked["country"].upper() or None,
        objective=asked["objective"] or None,
        entity=asked["entity"] or None,
        since=_day(asked["from"], 0),
        until=_day(asked["to"], 1),
        tagged="then" if asked["tagged"] == "then" else "now",
    )


def _day(said: str, end: int) -> str | None:
    """Return the first (0) or last (1) day of what was said.

    Raises:
        RuleError: it is no day, month, quarter or year.
    """
    try:
        return span(said)[end].isoformat() if said else None
    except ValueError:
        raise RuleError(
            _("“{said}” is not a day."),
            said=said,
            way_out=_("Give one such as 2023-06-15, 2023-06, 2023-Q2 or 2023."),
        ) from None
