"""Settling a letter: what became of it is an entry of the log, and its state is set in the same transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import tenacity

from tracker.database import Transaction
from tracker.directory.principals import Principal
from tracker.errors import ConflictError, TrackerError, UnavailableError
from tracker.notifications import outbox
from tracker.notifications.outbox import UNRECORDED, Letter, State

if TYPE_CHECKING:
    from tracker.runtime import Runtime

log = logging.getLogger(__name__)


def record(
    runtime: Runtime,
    letter: Letter,
    after: State,
    settle: Callable[[Transaction], bool],
    principal: Principal,
) -> bool:
    """Append what became of a letter; the same transaction sets its state. False where it is no longer ours to say.

    A letter that reminds nobody is no entry: only its state is set.

    Raises:
        UnavailableError: the database did not take it, several times.
    """
    if letter.kind in UNRECORDED:
        with runtime.database.write() as tx:
            return settle(tx)
    contents = letter.contents or {}
    said: dict[str, Any] = {
        "step": letter.step,
        "recipient": letter.recipient,
        "message_id": letter.message_id,
    }
    if after == "accepted":
        request = {"type": "ReminderSent", "data": said | contents}
    else:
        request = {"type": "ReminderFailed", "data": said | {"outcome": after}}

    def alongside(tx: Transaction, _decision: object) -> None:
        if not settle(tx):
            raise ConflictError("somebody else settled letter {letter}", letter=letter.letter)

    def submit() -> bool:
        runtime.submit(
            letter.workplan,
            request | {"subject": f"round/{letter.quarter}"},
            principal,
            "system",
            f"letter:{letter.letter}:{letter.attempts}:{after}",
            alongside=alongside,
        )
        return True

    again = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(UnavailableError),
        stop=tenacity.stop_after_attempt(3),
        wait=tenacity.wait_random_exponential(multiplier=0.2, max=2),
        reraise=True,
    )
    try:
        return bool(again(submit))
    except ConflictError:
        return False
    except UnavailableError:
        raise
    except TrackerError:
        # The log takes no entry about it any more (the plan was closed meanwhile); the outbox still knows.
        log.exception("letter %s is %s, and the log does not take an entry of it", letter.letter, after)
        with runtime.database.write() as tx:
            return settle(tx)


def settle_abandoned(runtime: Runtime, workplan: str, principal: Principal) -> list[Letter]:
    """Say ``unknown`` of the letters whose sender died between the final dot and the reply; return them."""
    with runtime.database.read() as tx:
        found = outbox.abandoned(tx, runtime.now(), workplan)
    why = "the sender stopped before the server's reply was written down"
    return [one for one in found if _set_aside(runtime, one, "unknown", why, principal)]


def lapse(runtime: Runtime, workplan: str, quarter: str, principal: Principal) -> list[Letter]:
    """Let the unsent reminders of a closed round lapse, instead of flooding out later; return them."""
    with runtime.database.read() as tx:
        found = [
            one
            for one in outbox.letters_of(tx, workplan, quarter)
            if one.kind in {"reminder", "asked"}
            and (one.state in outbox.UNSENT or outbox.is_waiting(one, runtime.now()))
        ]
    return [one for one in found if _set_aside(runtime, one, "lapsed", "the round is closed", principal)]


def _set_aside(runtime: Runtime, letter: Letter, after: State, why: str, principal: Principal) -> bool:
    def settle(tx: Transaction) -> bool:
        return outbox.set_aside(tx, runtime.now(), letter, after, why)

    return record(runtime, letter, after, settle, principal)
