"""The Secretariat's desk for letters: what a run would send, and holding, releasing, sending again, ending a link."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Literal, assert_never

import sqlalchemy as sa

from tracker.database import Transaction
from tracker.directory.people import Person, people_of
from tracker.errors import ConflictError, NotFoundError
from tracker.notifications import outbox
from tracker.notifications.asking import domain_of
from tracker.notifications.due_letters import today_of
from tracker.notifications.letters import write_letter
from tracker.notifications.links import revoke_links
from tracker.notifications.occasions import obstacle, preview, secretariat_of, unreachable_of
from tracker.notifications.outbox import Letter, State
from tracker.notifications.reminders import Digest, digests, due_step, phase_of
from tracker.notifications.tables import letters, links
from tracker.workplan.round import Round

if TYPE_CHECKING:
    from tracker.events.vocabulary import Step
    from tracker.runtime import Runtime, View

Action = Literal["hold", "release", "send", "resend", "revoke"]
ACTIONS: tuple[Action, ...] = ("hold", "release", "send", "resend", "revoke")
HELD = "held by the Secretariat"
ALLOWED: Mapping[State, tuple[Action, ...]] = {
    "due": ("hold", "send"),
    "held": ("release",),
    "unknown": ("resend", "revoke"),
    "rejected": ("resend",),
    "accepted": ("resend", "revoke"),
    "bounced": ("resend", "revoke"),
}
"""What can be done with a letter in a state; nothing in the others."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a run has for one person: their digest, and the letter where one is there already.

    ``state`` is the letter's, else that which it would get; ``why`` says why it would not go.
    """

    person: Person
    digest: Digest
    letter: Letter | None
    state: State
    why: str | None


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """The run of a round that is next, or due now: its step and day, and who gets what. No step: none is left."""

    opened: Round
    step: str | None
    on: str | None
    foreseen: tuple[Foreseen, ...]


def planned_run(runtime: Runtime, view: View, quarter: str) -> PlannedRun:
    """Return what the next run of a round would send by what is known now; nothing is written.

    Raises:
        NotFoundError: the round is not open.
    """
    opened = view.plan.get(f"round/{quarter}", Round)
    today = today_of(runtime, view).isoformat()
    if opened is None or opened.closed or today > opened.closes:
        raise NotFoundError(
            "the round {quarter} is not open",
            quarter=quarter,
            value=quarter,
            way_out=f"`tracker remind --quarter {quarter} --dry-run` says what opening it would send.",
        )
    known = [one for one in outbox.letters_of(view.tx, view.end.workplan, quarter) if one.kind == "reminder"]
    due = due_step(opened, today_of(runtime, view))
    steps = sorted((one for one in opened.steps if one.on > today), key=lambda one: one.on)
    for step in ([due] if due else []) + steps[:1]:
        found = _foreseen(view, opened, step, known)
        if step is not due or any(one.state in {"due", "held"} for one in found):
            return PlannedRun(opened, step.step, step.on, tuple(found))
    return PlannedRun(opened, None, None, ())


def _foreseen(view: View, opened: Round, step: Step, known: list[Letter]) -> list[Foreseen]:
    made = digests(
        view.plan, opened.id, phase_of(opened, step.step), secretariat_of(view), unreachable_of(view)
    )
    people = people_of(view.tx, [one.person for one in made])
    there = {one.recipient: one for one in known if one.step == step.step}
    found = []
    for digest in made:
        person, letter = people.get(digest.person), there.get(digest.person)
        if person is None:
            continue
        unsent = obstacle(person)
        if letter is not None:
            found.append(Foreseen(person, digest, letter, letter.state, letter.error))
        else:
            state: State = unsent.state if unsent else "due"
            found.append(Foreseen(person, digest, None, state, unsent.why if unsent else None))
    return sorted(found, key=lambda one: (one.person.name or "").casefold())


def rendered(runtime: Runtime, view: View, run: PlannedRun, person: str) -> EmailMessage:
    """Return the letter as a person would get it in a run, in their language; its link opens nothing.

    Raises:
        NotFoundError: the run has nothing for them.
    """
    found = next((one for one in run.foreseen if one.person.id == person), None)
    occasion = preview(runtime, view, found.person, run.opened, run.step) if found and run.step else None
    if occasion is None:
        raise NotFoundError("this run has no letter to {person}", person=person, value=person)
    return write_letter(occasion)


# ---------------------------------------------------------------------------------------------------- one letter


def letter_in(tx: Transaction, workplan: str, letter: str) -> Letter:
    """Return a letter of a workplan.

    Raises:
        NotFoundError: it has none with this id.
    """
    found = outbox.find(tx, letter)
    if found.workplan != workplan:
        raise NotFoundError("there is no letter {letter}", letter=letter, value=letter)
    return found


def act(runtime: Runtime, workplan: str, letter: str, action: Action) -> Letter:
    """Do with a letter what the Secretariat decided, and return it, or the one that goes in its place.

    What becomes due goes with the ticker's next run, within a minute.

    Raises:
        NotFoundError: there is no such letter.
        ConflictError: it is past that.
    """
    now = runtime.now()
    to_come = _steps_to_come(runtime, workplan)
    with runtime.database.write() as tx:
        held = letter_in(tx, workplan, letter)
        if action not in ALLOWED.get(held.state, ()):
            raise _past_that(held, action)
        match action:
            case "hold":
                is_done = outbox.set_aside(tx, now, held, "held", HELD)
            case "release":
                is_done = _release(tx, held, to_come)
                if is_done and held.kind == "reminder" and (held.quarter, held.step) in to_come:
                    return replace(held, state="due", error=None)
            case "send":
                tx.core.execute(sa.update(letters).where(letters.c.letter == letter).values(not_before=None))
                is_done = True
            case "resend":
                if held.state not in {"unknown", "rejected"}:
                    return _another(runtime, tx, held)
                is_done = outbox.put_back(tx, letter)
            case "revoke":
                revoke_links(tx, now, letter)
                is_done = True
            case _:
                assert_never(action)
        if not is_done:
            raise _past_that(outbox.find(tx, letter), action)
        return outbox.find(tx, letter)


def _steps_to_come(runtime: Runtime, workplan: str) -> set[tuple[str, str]]:
    """Return ``(quarter, step)`` of the steps whose day has not come."""
    with runtime.ask(workplan) as view:
        today = today_of(runtime, view).isoformat()
        rounds = view.plan.all("round", Round)
        return {(one.id, step.step) for one in rounds for step in one.steps if step.on > today}


def _release(tx: Transaction, letter: Letter, to_come: set[tuple[str, str]]) -> bool:
    """Let a held letter go. One held before its day is taken out: that day's run writes it anew."""
    if letter.kind != "reminder" or (letter.quarter, letter.step) not in to_come:
        return outbox.put_back(tx, letter.letter)
    gone = sa.delete(letters).where(letters.c.letter == letter.letter, letters.c.state == "held")
    return tx.core.execute(gone).rowcount == 1


def _past_that(letter: Letter, action: str) -> ConflictError:
    can = ", ".join(ALLOWED.get(letter.state, ())) or "nothing"
    return ConflictError(
        "the letter is {state}: {action} is not possible",
        state=letter.state,
        action=action,
        field="/action",
        value=action,
        way_out=f"What can be done with it now: {can}.",
    )


def _another(runtime: Runtime, tx: Transaction, letter: Letter) -> Letter:
    """Write another letter to somebody whose first one was taken by the server and did not help: with a new link."""
    if letter.quarter == outbox.NO_ROUND:
        raise _past_that(letter, "resend")
    known = outbox.letters_of(tx, letter.workplan, letter.quarter)
    mine = [one for one in known if one.kind == "link" and one.recipient == letter.recipient]
    waiting = next((one for one in mine if one.state in {"due", "held", *outbox.IN_FLIGHT}), None)
    made = waiting or outbox.create(
        tx,
        runtime.now(),
        workplan=letter.workplan,
        kind="link",
        quarter=letter.quarter,
        step=f"new-{len(mine) + 1}",
        recipient=letter.recipient,
        state="due",
        domain=domain_of(runtime),
    )
    if made is None:
        raise _past_that(letter, "resend")
    return made


# ------------------------------------------------------------------------------------------------------ a whole run


def hold_run(
    runtime: Runtime, workplan: str, quarter: str, people: Collection[str] = ()
) -> tuple[str | None, int]:
    """Hold the letters of the run that is next, of all or of some people; return its step and how many.

    Those not written yet are put into the outbox held, so that the run finds them there and lets them lie. The steps
    after it are not held.
    """
    now = runtime.now()
    with runtime.ask(workplan) as view:
        run = planned_run(runtime, view, quarter)
    count = 0
    with runtime.database.write() as tx:
        for one in run.foreseen:
            if (people and one.person.id not in people) or run.step is None:
                continue
            if one.letter is not None:
                count += one.state == "due" and outbox.set_aside(tx, now, one.letter, "held", HELD)
                continue
            made = outbox.create(
                tx,
                now,
                workplan=workplan,
                kind="reminder",
                quarter=quarter,
                step=run.step,
                recipient=one.person.id,
                state="held",
                domain=domain_of(runtime),
                error=HELD,
            )
            count += made is not None
    return run.step, count


def release_run(runtime: Runtime, workplan: str, quarter: str, people: Collection[str] = ()) -> int:
    """Release what the Secretariat held of a round, of all or of some people; return how many.

    A step whose day has not come waits for it.
    """
    to_come = _steps_to_come(runtime, workplan)
    with runtime.database.write() as tx:
        known = outbox.letters_of(tx, workplan, quarter)
        held = [
            one
            for one in known
            if (one.state, one.error) == ("held", HELD) and (not people or one.recipient in people)
        ]
        return sum(_release(tx, one, to_come) for one in held)


# -------------------------------------------------------------------------------------------------------- as told


def as_told(tx: Transaction, found: list[Letter]) -> list[dict[str, Any]]:
    """Return letters JSON-ready, each with its links and with what can be done with it."""
    rows = tx.core.execute(
        sa.select(links.c.letter, links.c.created_at, links.c.expires_at, links.c.revoked_at)
        .where(links.c.letter.in_([one.letter for one in found]))
        .order_by(links.c.created_at)
    )
    by_letter: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        told = {"created_at": row.created_at, "expires_at": row.expires_at, "revoked_at": row.revoked_at}
        by_letter.setdefault(row.letter, []).append(told)
    return [
        {
            "letter": one.letter,
            "kind": one.kind,
            "quarter": None if one.quarter == outbox.NO_ROUND else one.quarter,
            "step": one.step,
            "person": one.recipient,
            "state": one.state,
            "why": one.error,
            "created_at": one.created_at,
            "not_before": one.not_before,
            "handed_over_at": one.data_sent_at,
            "settled_at": one.settled_at,
            "attempts": one.attempts,
            "message_id": one.message_id,
            "entities": (one.contents or {}).get("entities", []),
            "activities": (one.contents or {}).get("activities", []),
            "links": by_letter.get(one.letter, []),
            "actions": list(ALLOWED.get(one.state, ())),
        }
        for one in found
    ]
