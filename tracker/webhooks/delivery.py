"""The delivery of entries to subscribers: in order, one after the other, each until it is taken.

At least once: whoever dies between a receiver's answer and the note of it delivers that entry again, with the same id.
Who may deliver for a subscription is one row's claim; one that was lost, to a replay or to time, is not written past.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from tracker.clock import instant_text, new_id
from tracker.database import Transaction
from tracker.errors import DeliveryError, UnknownReaderError
from tracker.projections.reading_rights import may
from tracker.runtime import Runtime
from tracker.settings import Network
from tracker.webhooks.messages import MEDIA_TYPE, Message, next_message
from tracker.webhooks.signatures import signed_headers
from tracker.webhooks.subscriptions import Webhook, principal_behind, webhooks_of
from tracker.webhooks.tables import attempts, webhooks
from tracker.webhooks.targets import Reply, post

LEASE = timedelta(minutes=3)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=2)
DEAD_AFTER = timedelta(days=3)
TURN_SECONDS = 60.0
"""How long one turn delivers for one subscription; the next turn goes on."""
ATTEMPTS_KEPT = 100

Post = Callable[[str, bytes, Mapping[str, str], Sequence[Network]], Reply]


def due(tx: Transaction, now: datetime) -> list[tuple[str, str]]:
    """Return ``(workplan, webhook)`` of the subscriptions for which there may be something to deliver."""
    said = instant_text(now)
    rows = tx.all(_DUE, said, said)
    return [(workplan, webhook) for workplan, webhook in rows]


def deliver(runtime: Runtime, workplan: str, webhook: str, send: Post = post) -> int:
    """Deliver what a subscription wants and does not have yet; return how many entries were taken."""
    owner, count = new_id(), 0
    until = time.monotonic() + TURN_SECONDS
    with runtime.database.write() as tx:
        if not _claim(tx, runtime.now(), webhook, owner):
            return 0
    try:
        while time.monotonic() < until and _deliver_next(runtime, workplan, webhook, owner, send):
            count += 1
    finally:
        with runtime.database.write() as tx:
            _release(tx, webhook, owner)
    return count


def _deliver_next(runtime: Runtime, workplan: str, webhook: str, owner: str, send: Post) -> bool:
    """Deliver one entry; False where there is none, it was not taken, or somebody else has the claim."""
    with runtime.ask(workplan) as view:
        now = runtime.now()
        one = next((one for one in webhooks_of(view.tx, workplan) if one.webhook == webhook), None)
        if one is None or one.claimed_by != owner:
            return False
        try:
            reads = may(principal_behind(view.tx, now, one), view.present, "history")
        except UnknownReaderError:
            reads = False
        message = next_message(view, runtime.settings, one.wanted, one.position) if reads else None
        end = view.end.position
    if not reads:
        why = "whoever this webhook belongs to may no longer read the history"
        return _move(runtime, one, owner, {"state": "stopped", "why": why})
    if message is None:
        return _move(runtime, one, owner, {"position": end})
    reply = _post(runtime, one, message, now, send)
    return _note(runtime, one, owner, message, reply)


def _post(runtime: Runtime, one: Webhook, message: Message, now: datetime, send: Post) -> Reply:
    try:
        secrets = one.living_secrets(runtime.settings, now)
    except DeliveryError as error:
        return Reply(None, f"{error}. {error.way_out}", 0)
    headers = {
        "Content-Type": MEDIA_TYPE,
        "User-Agent": "workplan-tracker",
        **signed_headers(secrets, message.id, now, message.body),
    }
    return send(one.url, message.body, headers, runtime.settings.webhook_networks)


def _note(runtime: Runtime, one: Webhook, owner: str, message: Message, reply: Reply) -> bool:
    """Write down how a delivery went; True where the next may follow."""
    now = runtime.now()
    said = instant_text(now)
    row = {
        "attempt": new_id(),
        "webhook": one.webhook,
        "position": message.position,
        "at": said,
        "status": reply.status,
        "said": reply.said,
        "milliseconds": reply.milliseconds,
    }
    if reply.is_taken:
        values = {
            "position": message.position,
            "delivered_at": said,
            "failing_since": None,
            "attempts": 0,
            "not_before": None,
            "why": None,
            "claimed_until": instant_text(now + LEASE),
        }
        _move(runtime, one, owner, values, row)
        return True
    since = one.failing_since or said
    values = {
        "failing_since": since,
        "attempts": one.attempts + 1,
        "why": reply.said or f"HTTP {reply.status}",
    }
    if reply.status == 410:
        values |= {"state": "gone"}
    elif now - datetime.fromisoformat(since) >= DEAD_AFTER:
        values |= {"state": "dead"}
    else:
        values |= {"not_before": instant_text(now + _pause(one.attempts, reply.retry_after))}
    return _move(runtime, one, owner, values, row)


def _pause(tries: int, asked: int | None) -> timedelta:
    """Return how long to wait: twice as long each time, or as long as the receiver asks, within the longest."""
    own = FIRST_PAUSE * (1 << min(tries, 12))
    return min(max(own, timedelta(seconds=asked or 0)), LONGEST_PAUSE)


def _move(
    runtime: Runtime,
    one: Webhook,
    owner: str,
    values: Mapping[str, object],
    attempt: Mapping[str, object] | None = None,
) -> bool:
    """Change a subscription if the claim still holds; always False, as there is nothing to go on with."""
    with runtime.database.write() as tx:
        tx.core.execute(
            sa.update(webhooks)
            .where(webhooks.c.webhook == one.webhook, webhooks.c.claimed_by == owner)
            .values(**values)
        )
        if attempt:
            tx.core.execute(attempts.insert().values(**attempt))
    return False


def _claim(tx: Transaction, now: datetime, webhook: str, owner: str) -> bool:
    said = instant_text(now)
    return tx.run(_CLAIM, owner, instant_text(now + LEASE), webhook, said) == 1


def _release(tx: Transaction, webhook: str, owner: str) -> None:
    mine = sa.and_(webhooks.c.webhook == webhook, webhooks.c.claimed_by == owner)
    tx.core.execute(sa.update(webhooks).where(mine).values(claimed_by=None, claimed_until=None))
    kept = (
        sa.select(attempts.c.attempt)
        .where(attempts.c.webhook == webhook)
        .order_by(attempts.c.attempt.desc())
        .limit(ATTEMPTS_KEPT)
    )
    tx.core.execute(sa.delete(attempts).where(attempts.c.webhook == webhook, attempts.c.attempt.not_in(kept)))


_DUE = (
    "SELECT webhooks.workplan, webhook FROM webhooks"
    " JOIN workplan_heads ON workplan_heads.workplan = webhooks.workplan"
    " WHERE state = 'active' AND webhooks.position < workplan_heads.position"
    " AND (not_before IS NULL OR not_before <= ?) AND (claimed_until IS NULL OR claimed_until < ?)"
    " ORDER BY webhook"
)
_CLAIM = (
    "UPDATE webhooks SET claimed_by = ?, claimed_until = ?"
    " WHERE webhook = ? AND state = 'active' AND (claimed_until IS NULL OR claimed_until < ?)"
)
