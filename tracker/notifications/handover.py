"""Handing over: somebody else becomes focal point, the old links end, what is open moves, one letter says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.directory.people import grant, people_of, person_of
from tracker.directory.principals import Principal
from tracker.errors import RuleError
from tracker.events.vocabulary import Channel
from tracker.notifications import outbox
from tracker.notifications.asking import domain_of
from tracker.notifications.due_letters import today_of
from tracker.notifications.notices import without_anybody
from tracker.notifications.occasions import obstacle, unreachable_of
from tracker.notifications.reminders import digest_of, due_step, phase_of
from tracker.notifications.tables import letters, links
from tracker.workplan.round import Round
from tracker.workplan.workstream import Workstream

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody acts for whom."""

    workstream: str
    entity: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What moved; the letters to the new focal point; leads that have nobody left who can be written to."""

    seats: tuple[Seat, ...]
    letters: tuple[str, ...]
    alone: tuple[str, ...]


def seats_of(view: View, person: str) -> list[Seat]:
    """Return where a person is focal point of whom, in plan order."""
    return [
        Seat(one.id, point.entity)
        for one in view.plan.all("workstream", Workstream)
        for point in one.focal_points
        if point.person == person
    ]


def hand_over(
    runtime: Runtime, workplan: str, old: str, new: str | None, principal: Principal, channel: Channel
) -> HandedOver:
    """Release a person everywhere and name another in the same places, all or nothing; None names nobody.

    The links of the old one end in the same transaction. What they typed behind them and did not send stays theirs.

    Raises:
        NotFoundError: one of them is not in the directory.
        RuleError: the old one is focal point of nobody, or both are the same.
    """
    with runtime.ask(workplan) as view:
        for person in (old, new) if new else (old,):
            person_of(view.tx, person)
        seats = seats_of(view, old)
        held = seats_of(view, new) if new else []
    if not seats or old == new:
        raise RuleError(
            "{person} is focal point of nobody here"
            if not seats
            else "{person} cannot hand over to themselves",
            person=old,
            field="/person",
            value=old,
            way_out="Name somebody who is one, and to whom it goes.",
        )
    requests = [_request("FocalPointReleased", seat, old) for seat in seats]
    requests += [_request("FocalPointNamed", seat, new) for seat in seats if new and seat not in held]

    def alongside(tx: Transaction, _decision: object) -> None:
        now = runtime.now()
        if new:
            grant(tx, now, new, workplan, "lead")
        ends = sa.update(links).where(links.c.person == old, links.c.workplan == workplan)
        tx.core.execute(ends.where(links.c.revoked_at.is_(None)).values(revoked_at=instant_text(now)))
        unsent = sa.update(letters).where(letters.c.recipient == old, letters.c.workplan == workplan)
        tx.core.execute(
            unsent.where(
                letters.c.state.in_(outbox.UNSENT), letters.c.kind.in_(("reminder", "asked", "link"))
            ).values(state="superseded", settled_at=instant_text(now), error="handed over")
        )

    runtime.submit(workplan, requests, principal, channel, alongside=alongside)
    written = _write(runtime, workplan, new, seats) if new else []
    with runtime.ask(workplan) as view:
        entities = {seat.entity for seat in seats}
        alone = {
            one
            for opened in view.plan.all("round", Round)
            if _is_open(runtime, view, opened)
            for one in without_anybody(view, opened.id)
        }
        alone |= _nobody_at(view, seats)
    return HandedOver(tuple(seats), tuple(written), tuple(sorted(alone & entities)))


def _request(kind: str, seat: Seat, person: str | None) -> dict[str, Any]:
    data = {"person": person, "entity": seat.entity}
    return {"type": kind, "subject": f"workstream/{seat.workstream}", "data": data}


def _is_open(runtime: Runtime, view: View, opened: Round) -> bool:
    return not opened.closed and opened.opens <= today_of(runtime, view).isoformat() <= opened.closes


def _nobody_at(view: View, seats: list[Seat]) -> set[str]:
    away = unreachable_of(view)
    found = set()
    for seat in seats:
        state = view.plan.get(f"workstream/{seat.workstream}", Workstream)
        points = state.focal_points if state else ()
        if not any(one.entity == seat.entity and one.person not in away for one in points):
            found.add(seat.entity)
    return found


def _write(runtime: Runtime, workplan: str, person: str, seats: list[Seat]) -> list[str]:
    """Put a letter about each open round into the outbox; where the step's own is still to come, that one.

    Should we stop before, the next run writes the step's letter without the words about who had it before.
    """
    with runtime.ask(workplan) as view:
        known = people_of(view.tx, [person]).get(person)
        wanted = []
        for opened in view.plan.all("round", Round):
            step = due_step(opened, today_of(runtime, view)) if _is_open(runtime, view, opened) else None
            if step is None:
                continue
            phase, away = phase_of(opened, step.step), unreachable_of(view)
            digest = digest_of(view.plan, opened.id, phase, person, (), away)
            places = {(seat.workstream, seat.entity) for seat in seats}
            mine = [
                owed.activity.id
                for owed in (digest.owed if digest else ())
                if any((owed.activity.workstream, entity) in places for entity in owed.entities)
            ]
            if mine:
                wanted.append((opened.id, step.step, mine))
    unsent = obstacle(known)
    entities = list(dict.fromkeys(seat.entity for seat in seats))
    made = []
    with runtime.database.write() as tx:
        for quarter, step_name, activities in wanted:
            about = {"topic": "handover", "activities": activities, "entities": entities}
            count = len([one for one in outbox.letters_of(tx, workplan, quarter) if one.recipient == person])
            for kind, name in (("reminder", step_name), ("asked", f"handover-{count}")):
                letter = outbox.create(
                    tx,
                    runtime.now(),
                    workplan=workplan,
                    kind="reminder" if kind == "reminder" else "asked",
                    quarter=quarter,
                    step=name,
                    recipient=person,
                    state=unsent.state if unsent else "due",
                    domain=domain_of(runtime),
                    error=unsent.why if unsent else None,
                    about=about,
                )
                if letter is not None:
                    made.append(letter.letter)
                    break
    return made
