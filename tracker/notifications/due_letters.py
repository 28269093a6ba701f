"""Putting letters into the outbox: those of the step that is due, and questions to one lead about one activity.

Idempotent: a letter's key (kind, quarter, step, recipient) is unique, so late, twice or on four machines is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.database import Transaction
from tracker.directory.people import Person, people_of
from tracker.events.dates import local_day
from tracker.notifications import outbox
from tracker.notifications.asking import domain_of
from tracker.notifications.occasions import obstacle, secretariat_of, unreachable_of
from tracker.notifications.outbox import Kind, Letter
from tracker.notifications.reminders import acting, digests, due_step, phase_of
from tracker.proof.keys import sign_if_possible
from tracker.workplan.activity import Activity
from tracker.workplan.round import Round

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A letter that is to be there: its key within a round, and what it is about if it is no digest."""

    kind: Kind
    step: str
    person: str
    about: dict[str, Any] | None = None


def today_of(runtime: Runtime, view: View) -> date:
    return local_day(runtime.now(), view.workplan.zone)


def create_letters(runtime: Runtime, workplan: str, quarter: str) -> list[Letter]:
    """Put the letters of the step that is due into the outbox, and set aside those of earlier steps.

    Idempotent; returns the letters made now.
    """
    with runtime.ask(workplan) as view:
        opened = view.plan.get(f"round/{quarter}", Round)
        step = due_step(opened, today_of(runtime, view)) if opened else None
        if opened is None or step is None:
            return []
        phase = phase_of(opened, step.step)
        made = digests(view.plan, quarter, phase, secretariat_of(view), unreachable_of(view))
        wanted = [_Wanted("reminder", step.step, one.person) for one in made]
        questions = _questions(view, opened)
        people = people_of(view.tx, list({one.person for one in (*wanted, *questions)}))
    # A clock that was set back must not bring back a step that is over; one held beforehand is none.
    later = {one.step for one in opened.steps if one.on > step.on}
    with runtime.database.write() as tx:
        known = [one for one in outbox.letters_of(tx, workplan, quarter) if one.kind == "reminder"]
        ahead = {one.recipient for one in known if one.step in later and one.state != "held"}
        wanted = [one for one in wanted if one.person not in ahead]
        recipients = [one.person for one in wanted]
        outbox.supersede(tx, runtime.now(), workplan, quarter, {step.step, *later}, recipients)
        created = [_put(runtime, tx, workplan, quarter, one, people) for one in wanted]
        created += [
            _put(runtime, tx, workplan, quarter, one, people)
            for one in questions
            if not _is_about_to_be_written_to(tx, workplan, quarter, one.person)
        ]
    if any(created):  # each letter carries a seal: what it seals is signed before it goes
        sign_if_possible(runtime, workplan)
    return [one for one in created if one is not None]


def _put(
    runtime: Runtime, tx: Transaction, workplan: str, quarter: str, wanted: _Wanted, people: dict[str, Person]
) -> Letter | None:
    unsent = obstacle(people.get(wanted.person))
    return outbox.create(
        tx,
        runtime.now(),
        workplan=workplan,
        kind=wanted.kind,
        quarter=quarter,
        step=wanted.step,
        recipient=wanted.person,
        state=unsent.state if unsent else "due",
        domain=domain_of(runtime),
        error=unsent.why if unsent else None,
        about=wanted.about,
    )


def _questions(view: View, opened: Round) -> list[_Wanted]:
    """Return a letter for each question to a focal point that no letter has carried yet."""
    found = []
    for asked in opened.requested:
        activity = view.plan.get(f"activity/{asked.activity}", Activity)
        about = {"topic": "question", "activities": [asked.activity]}
        for entity, person in acting(view.plan, activity.workstream) if activity else ():
            is_carried = any(
                sent.recipient == person and sent.outcome == "accepted" and asked.activity in sent.activities
                for sent in opened.reminders
                if sent.position > asked.position
            )
            if entity == asked.entity and not is_carried:
                found.append(_Wanted("asked", f"asked-{asked.position}", person, about))
    return found


def _is_about_to_be_written_to(tx: Transaction, workplan: str, quarter: str, person: str) -> bool:
    """Return whether a letter to the person waits: a question joins that one."""
    return any(
        one.recipient == person and one.state in {"due", *outbox.IN_FLIGHT}
        for one in outbox.letters_of(tx, workplan, quarter)
    )
