"""A run of a round's letters: open the round if need be, find the step that is due, write to whoever owes, once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.directory.people import people_of
from tracker.directory.principals import Principal, system
from tracker.errors import ConflictError, RuleError
from tracker.events.catalogue import RoundOpened
from tracker.events.event import Wish
from tracker.events.vocabulary import Channel, Step
from tracker.notifications import outbox
from tracker.notifications.delivery import Delivered, Hook, deliver, nothing
from tracker.notifications.due_letters import create_letters, today_of
from tracker.notifications.occasions import obstacle, secretariat_of, unreachable_of
from tracker.notifications.outbox import Letter
from tracker.notifications.reminders import Digest, digests, due_step, phase_of, rows_of, still_owed
from tracker.notifications.settling import settle_abandoned
from tracker.notifications.smtp import Post
from tracker.projections.working_days import working_days
from tracker.workplan import round as rounds
from tracker.workplan.calendar import AGAIN, dates_by_hand
from tracker.workplan.plan import World
from tracker.workplan.round import Round

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View

CLI = system("system:cli")
AWAIT_SECONDS, AWAIT_TRIES = 5, 50


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did: the step, how many rows (an activity and one of its leads) are owed, the letters it touched."""

    quarter: str
    step: str | None
    owed: int
    letters: tuple[tuple[str, str], ...] = ()
    problem: str | None = None
    way_out: str | None = None

    def as_json(self) -> dict[str, Any]:
        states = [state for _, state in self.letters]
        return {
            "quarter": self.quarter,
            "step": self.step,
            "owed": self.owed,
            "letters": [{"person": person, "state": state} for person, state in self.letters],
            "sent": states.count("accepted"),
            "held": states.count("held") + states.count("muted"),
            "failed": states.count("rejected"),
            "unknown": states.count("unknown") + states.count("data_sent"),
        }


def remind(
    runtime: Runtime,
    workplan: str,
    quarter: str,
    dry_run: bool = False,  # noqa: FBT001, FBT002 - how the command line calls it
    *,
    say: Callable[[str], None] = lambda _words: None,
) -> dict[str, Any]:
    """Send what is due of a round, opening it if need be; twice sends nothing new.

    ``say`` is told, in plain words, why letters wait that should have gone out.

    Raises:
        RuleError: the quarter is not over, the workplan is closed, or it is a simulated one.
    """
    done = run_round(runtime, workplan, quarter, is_dry=dry_run)
    if done.problem:
        say(f"{done.problem}. {done.way_out or ''}".strip())
    return done.as_json()


def run_round(
    runtime: Runtime,
    workplan: str,
    quarter: str,
    *,
    is_dry: bool = False,
    principal: Principal = CLI,
    channel: Channel = "cli",
    post: Post | None = None,
    hook: Hook = nothing,
) -> Run:
    """Do the same for a caller who wants to know more than the command line shows."""
    with runtime.ask(workplan) as view:
        _check(view, is_dry=is_dry)
        if is_dry:
            return _foreseen(runtime, view, quarter)
        is_open = _is_open(runtime, view, quarter)
    if not is_open:
        _open(runtime, workplan, quarter, principal, channel)
    settle_abandoned(runtime, workplan, principal)
    created = create_letters(runtime, workplan, quarter)
    with runtime.database.read() as tx:
        waiting = outbox.waiting(tx, runtime.now(), workplan, quarter)
    done = deliver(runtime, waiting, principal, post=post, hook=hook)
    _await_others(runtime, workplan, quarter, {one.letter for one in waiting})
    return _told(runtime, workplan, quarter, created, waiting, done)


def _check(view: View, *, is_dry: bool) -> None:
    if view.workplan.closed:
        raise RuleError(
            "{workplan} is closed: nobody is reminded any more",
            workplan=view.workplan.id,
            way_out="Corrections are still taken; ask for them personally.",
        )
    if view.workplan.simulated and not is_dry:
        raise RuleError(
            "{workplan} is simulated: nobody is written to",
            workplan=view.workplan.id,
            way_out="Add --dry-run to see who would be, or choose a real workplan with --workplan.",
        )


def _is_open(runtime: Runtime, view: View, quarter: str) -> bool:
    opened = view.plan.get(f"round/{quarter}", Round)
    return opened is not None and not opened.closed and today_of(runtime, view).isoformat() <= opened.closes


def _world(runtime: Runtime, view: View) -> World:
    return World(
        plan=view.plan,
        now=runtime.now(),
        today=today_of(runtime, view),
        zone=view.workplan.zone,
        first_day=view.workplan.first_day,
        is_closed=view.workplan.closed,
        is_working_day=working_days(view.workplan),
    )


def _opening(runtime: Runtime, view: View, quarter: str) -> dict[str, Any]:
    """Return the request that opens a round, or opens it again with steps of other names."""
    opened = view.plan.get(f"round/{quarter}", Round)
    if opened is None:
        return {"type": "RoundOpened", "subject": f"round/{quarter}", "data": {}}
    dates = dates_by_hand(today_of(runtime, view), working_days(view.workplan))
    before = sum(1 for step in opened.steps if step.step.startswith(AGAIN))
    steps = [
        {"step": f"{AGAIN}{before + number}", "on": step.on} for number, step in enumerate(dates.steps, 1)
    ]
    data = {"due": dates.due.isoformat(), "closes": dates.closes.isoformat(), "steps": steps}
    return {"type": "RoundExtended", "subject": f"round/{quarter}", "data": data}


def _open(runtime: Runtime, workplan: str, quarter: str, principal: Principal, channel: Channel) -> None:
    with runtime.ask(workplan) as view:
        if _is_open(runtime, view, quarter):
            return  # opened by somebody else since we looked; extending it now would begin it anew
        request = _opening(runtime, view, quarter)
    try:
        runtime.submit(workplan, request, principal, channel)
    except ConflictError:
        with runtime.ask(workplan) as view:
            if not _is_open(runtime, view, quarter):  # else somebody opened it meanwhile: all the better
                raise


def _await_others(runtime: Runtime, workplan: str, quarter: str, letters: set[str]) -> None:
    """Wait a little for letters of this run that the ticker is sending at this moment, to tell what became of them."""
    for _ in range(AWAIT_TRIES):
        with runtime.database.read() as tx:
            known = outbox.letters_of(tx, workplan, quarter)
        if not any(one.letter in letters and one.state in outbox.IN_FLIGHT for one in known):
            return
        time.sleep(AWAIT_SECONDS / AWAIT_TRIES)


def _told(
    runtime: Runtime,
    workplan: str,
    quarter: str,
    created: list[Letter],
    waiting: list[Letter],
    done: Delivered,
) -> Run:
    touched = {one.letter for one in (*created, *waiting)}
    with runtime.ask(workplan) as view:
        opened = view.plan.get(f"round/{quarter}", Round)
        step = due_step(opened, today_of(runtime, view)) if opened else None
        owed = still_owed(rows_of(view.plan, quarter))
        letters = [
            (one.recipient, done.states.get(one.letter, one.state))
            for one in outbox.letters_of(view.tx, workplan, quarter)
            if one.letter in touched
        ]
    problem = done.problem
    return Run(
        quarter,
        step.step if step else None,
        owed,
        tuple(letters),
        str(problem) if problem else None,
        problem.way_out if problem else None,
    )


def _foreseen(runtime: Runtime, view: View, quarter: str) -> Run:
    """Return what a run would do now; nothing is written."""
    opened = view.plan.get(f"round/{quarter}", Round)
    if opened is None or not _is_open(runtime, view, quarter):
        opened = _foreseen_round(runtime, view, quarter, opened)
    step = due_step(opened, today_of(runtime, view))
    if step is None:
        return Run(quarter, None, still_owed(rows_of(view.plan, quarter)))
    phase = phase_of(opened, step.step)
    wanted = digests(view.plan, quarter, phase, secretariat_of(view), unreachable_of(view))
    people = people_of(view.tx, [one.person for one in wanted])
    sent = {
        one.recipient for one in outbox.letters_of(view.tx, view.end.workplan, quarter) if _is_of(one, step)
    }
    letters = [
        (digest.person, _foreseen_state(people, digest)) for digest in wanted if digest.person not in sent
    ]
    return Run(quarter, step.step, still_owed(rows_of(view.plan, quarter)), tuple(letters))


def _is_of(letter: Letter, step: Step) -> bool:
    return letter.kind == "reminder" and letter.step == step.step and letter.state not in {"due", "claimed"}


def _foreseen_state(people: dict[str, Any], digest: Digest) -> str:
    unsent = obstacle(people.get(digest.person))
    return unsent.state if unsent else "due"


def _foreseen_round(runtime: Runtime, view: View, quarter: str, held: Round | None) -> Round:
    request = _opening(runtime, view, quarter)
    if held is not None:
        data = request["data"]
        steps = tuple(Step(one["step"], one["on"]) for one in data["steps"])
        return Round(
            quarter, held.opens, data["due"], data["closes"], steps, False, held.extensions + 1, (), ()
        )
    world = _world(runtime, view)
    decided = rounds.decide(None, Wish(f"round/{quarter}", RoundOpened()), world, world.today)
    if not isinstance(decided, RoundOpened):
        raise RuleError("the round {quarter} cannot be opened", quarter=quarter)
    return Round(
        quarter,
        decided.opens or "",
        decided.due or "",
        decided.closes or "",
        decided.steps or (),
        False,
        0,
        (),
        (),
    )
