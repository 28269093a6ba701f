"""What the ticker does: each job asks the database what is due and does it; late, twice or on four machines, the same.

A job goes on with the next workplan, round or letter where one fails, and raises at its end, so that its run counts as
failed. Simulated workplans are never touched; of closed ones only the stewards of their products are asked.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from tracker.directory.principals import system
from tracker.errors import ConflictError
from tracker.events.dates import last_day, local_day, quarter_of, quarters_between
from tracker.events.reading import recorded_at
from tracker.events.signing import due_for_signing
from tracker.notifications import outbox
from tracker.notifications.delivery import deliver
from tracker.notifications.due_letters import create_letters
from tracker.notifications.notices import found, tell
from tracker.notifications.settling import lapse, settle_abandoned
from tracker.projections.working_days import working_days
from tracker.proof.keys import sign
from tracker.runtime import Runtime, View
from tracker.webhooks import delivery
from tracker.workplan.calendar import regular_dates
from tracker.workplan.round import Round

log = logging.getLogger(__name__)

TICKER = system("system:ticker")
FIRST_HOUR = 7
"""Letters are written from this hour on, in the workplan's zone: nobody is reminded at midnight."""

WEBHOOKS_AT_ONCE = 8


class JobError(Exception):
    """Parts of a job failed; the rest of it was done."""


@contextlib.contextmanager
def going_on() -> Iterator[Callable[[str], AbstractContextManager[None]]]:
    """Give the way to run parts of a job that must not stop each other; raise at the end if any failed."""
    failed: list[str] = []

    @contextlib.contextmanager
    def each(part: str) -> Iterator[None]:
        try:
            yield
        except Exception:  # the other workplans and rounds are still served
            log.exception("%s failed", part)
            failed.append(part)

    yield each
    if failed:
        raise JobError(f"failed: {', '.join(failed)}")


def sign_heads(runtime: Runtime) -> str:
    """Sign the tree heads that are due: once a day where a log has grown, and soon after a snapshot."""
    with runtime.database.read() as tx:
        due = due_for_signing(tx, runtime.now())
    signed = []
    with going_on() as each:
        for workplan in due:
            with each(f"{workplan} head"):
                signed.append(f"{workplan} at {sign(runtime, workplan).size}")
    return f"signed: {', '.join(signed) or 'none'}"


def open_rounds(runtime: Runtime) -> str:
    """Open the rounds whose day has come: quarters of the plan's period that ended after the log began."""
    opened = []
    with going_on() as each:
        for workplan in real_workplans(runtime):
            with runtime.ask(workplan) as view:
                due = list(rounds_to_open(runtime, view))
            for quarter in due:
                # Where another ticker was faster, the round is open: that is what was wanted.
                with each(f"{workplan} {quarter}"), contextlib.suppress(ConflictError):
                    request = {"type": "RoundOpened", "subject": f"round/{quarter}", "data": {}}
                    runtime.submit(workplan, request, TICKER, "system")
                    opened.append(quarter)
    return f"opened: {', '.join(opened) or 'none'}"


def rounds_to_open(runtime: Runtime, view: View) -> Iterator[str]:
    """Yield the quarters whose round is to be open today and is not; those missed altogether stay missed."""
    root, today = view.workplan, local_day(runtime.now(), view.workplan.zone)
    began = local_day(datetime.fromisoformat(recorded_at(view.tx, view.end.workplan, 1)), root.zone)
    until = str(root.settings.get("reporting_until") or root.period.to)
    for quarter in quarters_between(max(root.period.from_, quarter_of(began)), until):
        if last_day(quarter) >= today or view.plan.has(f"round/{quarter}"):
            continue
        dates = regular_dates(quarter, working_days(root))
        if dates.opens <= today <= dates.closes:
            yield quarter


def write_letters(runtime: Runtime) -> str:
    """Put the letters of every open round's due step into the outbox, and what the Secretariat is to know."""
    count = 0
    with going_on() as each:
        for workplan in real_workplans(runtime):
            if not is_day(runtime, workplan):
                continue
            quarters = _open_quarters(runtime, workplan)
            for quarter in quarters:
                with each(f"{workplan} {quarter}"):
                    count += len(create_letters(runtime, workplan, quarter))
            with each(f"{workplan} notices"):
                count += tell(runtime, workplan, partial(found, quarters=quarters))
    return f"letters written: {count}"


def deliver_letters(runtime: Runtime) -> str:
    """Send what waits, and say ``unknown`` of what a sender left behind between the last dot and the reply."""
    counts: dict[str, int] = {}
    problem = ""
    with going_on() as each:
        for workplan in real_workplans(runtime, with_closed=True):
            with each(workplan):
                for _ in settle_abandoned(runtime, workplan, TICKER):
                    counts["unknown"] = counts.get("unknown", 0) + 1
                now = runtime.now()
                with runtime.ask(workplan) as view:
                    is_closed = view.workplan.closed
                    waiting = [one for one in outbox.waiting(view.tx, now, workplan) if _may_go(one, now)]
                if is_closed:  # nobody is reminded any more, but products outlive their plan
                    waiting = [one for one in waiting if one.kind == "steward"]
                done = deliver(runtime, waiting, TICKER)
                for state in done.states.values():
                    counts[state] = counts.get(state, 0) + 1
                problem = str(done.problem or problem)
    said = ", ".join(f"{state}: {count}" for state, count in sorted(counts.items())) or "nothing to send"
    return f"{said}; {problem}" if problem else said


def deliver_webhooks(runtime: Runtime) -> str:
    """Deliver what subscribers do not have yet; one that is slow or gone keeps no other waiting."""
    with runtime.database.read() as tx:
        due = delivery.due(tx, runtime.now())
    count = 0
    with going_on() as each, ThreadPoolExecutor(WEBHOOKS_AT_ONCE) as pool:
        turns = [(one[1], pool.submit(delivery.deliver, runtime, *one)) for one in due]
        for webhook, turn in turns:
            with each(f"webhook {webhook}"):
                count += turn.result()
    return f"delivered: {count}"


def close_rounds(runtime: Runtime) -> str:
    """Close the rounds whose last day has passed; what was not sent lapses."""
    closed = []
    with going_on() as each:
        for workplan in real_workplans(runtime):
            with runtime.ask(workplan) as view:
                today = local_day(runtime.now(), view.workplan.zone).isoformat()
                over = [one for one in view.plan.all("round", Round) if one.closes < today]
            for one in over:
                with each(f"{workplan} {one.id}"):
                    if not one.closed:
                        request = {"type": "RoundClosed", "subject": f"round/{one.id}", "data": {}}
                        runtime.submit(workplan, request, TICKER, "system")
                        closed.append(one.id)
                    lapse(runtime, workplan, one.id, TICKER)
    return f"closed: {', '.join(closed) or 'none'}"


def real_workplans(runtime: Runtime, *, with_closed: bool = False) -> list[str]:
    """Return the workplans that the ticker serves: not simulated and, but for the stewards' sake, not closed."""
    found = []
    for workplan in runtime.workplan_ids():
        with runtime.ask(workplan) as view:
            if not view.workplan.simulated and (with_closed or not view.workplan.closed):
                found.append(workplan)
    return found


def is_day(runtime: Runtime, workplan: str) -> bool:
    with runtime.ask(workplan) as view:
        return runtime.now().astimezone(ZoneInfo(view.workplan.zone)).hour >= FIRST_HOUR


def _open_quarters(runtime: Runtime, workplan: str) -> list[str]:
    with runtime.ask(workplan) as view:
        today = local_day(runtime.now(), view.workplan.zone)
        return [one.id for one in view.plan.all("round", Round) if is_open(one, today)]


def is_open(one: Round, today: date) -> bool:
    return not one.closed and one.opens <= today.isoformat() <= one.closes


def _may_go(letter: outbox.Letter, now: datetime) -> bool:
    return letter.not_before is None or datetime.fromisoformat(letter.not_before) <= now
