"""The history of the whole plan, filtered; and one entry with its before and its after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from tracker.clock import instant_text
from tracker.errors import MomentError
from tracker.events.catalogue import CATALOGUE
from tracker.events.reading import read_stored
from tracker.notifications.receipts import receipt_about
from tracker.projections.history import Filters, one_entry
from tracker.projections.history import entries as history_entries
from tracker.projections.proofs import examine
from tracker.projections.questions import DAY
from tracker.web import labels
from tracker.web.amending import entry_at, ways
from tracker.web.genuine import check_position
from tracker.web.language import _, spoken
from tracker.web.recordable import done_of
from tracker.web.rendering import shell
from tracker.web.telling import Told, facts, tell, told
from tracker.web.visits import Visit, page, visit

AMENDED = ("corrected_by", "retracted_by", "redacted_by")
FILTERS = ("kind", "subject", "type", "entity", "channel", "from", "to")
PAGE = 40


@shell.get("/w/<workplan>/entries")
def entries(workplan: str) -> tuple[str, int]:
    with visit(workplan, "history") as here:
        asked = asked_of(request.args)
        found, after = told(here, filters_of(here, asked))
        return page(
            "entries.html",
            here,
            entries=found,
            after=after,
            asked=asked,
            is_filtered=any(asked.values()),
            kept={name: said for name, said in asked.items() if said},
            kinds=labels.KIND,
            types=sorted(
                ((one.type, one.labels[spoken()]) for one in CATALOGUE.values()), key=lambda pair: pair[1]
            ),
            channels=labels.CHANNEL,
            speakers=speakers(here),
        )


def asked_of(args: Mapping[str, str]) -> dict[str, str]:
    """Return every filter of the history as an address says it, empty where it does not."""
    return {name: args.get(name, "").strip() for name in FILTERS}


def filters_of(here: Visit, asked: dict[str, str]) -> Filters:
    """Return the entries that the filters of the page let through, newest first, a page of them."""
    question = here.answer.question
    after = request.args.get("after", "")
    return Filters(
        after=int(after) if after.isdecimal() and len(after) < 16 else None,
        upto=question.position,
        subject=asked["subject"] or ("workplan" if asked["kind"] == "workplan" else None),
        kind=asked["kind"] if asked["kind"] not in {"", "workplan"} else None,
        type=asked["type"] or None,
        entity=asked["entity"] or None,
        channel=asked["channel"] or None,
        recorded_from=_day(asked["from"], here.zone),
        recorded_to=_day(asked["to"], here.zone, is_end=True),
        occurred_to=question.effective.isoformat() if question.effective else None,
        is_descending=True,
        limit=PAGE,
    )


def _day(said: str, zone: str, *, is_end: bool = False) -> str | None:
    """Return the first or last instant of a day, as the log spells it."""
    if not said:
        return None
    try:
        day = datetime.fromisoformat(said).date() if DAY.fullmatch(said) else None
    except ValueError:
        day = None
    if day is None:
        raise MomentError(_("“{said}” is not a day."), said=said, way_out=_("Give one such as 2023-06-15."))
    begins = datetime.combine(day, time(), ZoneInfo(zone))
    if not is_end:
        return instant_text(begins.astimezone(UTC))
    ends = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)) - timedelta(microseconds=1)
    return instant_text(ends.astimezone(UTC))


def speakers(here: Visit) -> list[tuple[str, str]]:
    """Return ``(id, name)`` of the entities that lead anything, by name."""
    found = {lead["entity"] for one in here.all("workstream") for lead in one["leads"]}
    return sorted(((one, here.name(one)) for one in found), key=lambda pair: pair[1].casefold())


@shell.get("/w/<workplan>/entries/<int:position>")
def entry(workplan: str, position: int) -> tuple[str, int]:
    with visit(workplan, "history") as here:
        check_position(here, position)
        answer = here.answer
        view = one_entry(answer.tx, answer.end, answer.plan, position)
        shown = tell(here, view)
        return page(
            "entry.html",
            here,
            entry=shown,
            facts=facts(here, view),
            amendments=_amendments(here, view),
            ways=ways(here, entry_at(here, position)),
            done=done_of(here),
            receipt=receipt_about(answer.tx, workplan, position),
            found=examine(answer.tx, workplan, position, answer.question.position),
        )


def _amendments(here: Visit, view: dict[str, Any]) -> list[Told]:
    """Return the corrections, retractions and redactions of an entry, oldest first; a redaction always shows."""
    answer = here.answer
    known = answer.question.position
    found = sorted(
        {at for name in AMENDED for at in view.get(name, ()) if at <= known or name == "redacted_by"}
    )
    stored = [read_stored(answer.tx, here.id, at) for at in found]
    return [tell(here, one) for one in history_entries(answer.tx, here.id, answer.plan, stored, known)]
