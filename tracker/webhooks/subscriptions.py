"""Subscriptions: what is wanted, to where, from which entry on; and what can be done with one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from tracker.clock import instant_text, new_id
from tracker.database import Transaction
from tracker.directory.principals import Principal, system
from tracker.directory.tokens import principal_again
from tracker.errors import ConflictError, NotFoundError, RuleError, UnknownReaderError
from tracker.settings import Settings
from tracker.webhooks.signatures import conceal, disclose, new_signing_secret
from tracker.webhooks.tables import attempts, webhooks
from tracker.webhooks.targets import check_target

State = Literal["active", "paused", "dead", "gone", "stopped"]
"""``dead``: it failed for longer than DEAD_AFTER. ``gone``: its receiver answered 410. ``stopped``: whoever it is for
may no longer read the history.
"""
Action = Literal["pause", "resume", "replay", "rotate"]
ACTIONS: tuple[Action, ...] = ("pause", "resume", "replay", "rotate")
MOST = 20
"""Subscriptions of one reader in one workplan."""
OVERLAP = timedelta(hours=24)
"""How long a secret is still signed with after it was rotated, unless said otherwise."""
ATTEMPTS_SHOWN = 20

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are wanted; an empty list wants all.

    ``subjects`` are ids (``activity/3.2``), kinds (``activity``) or beginnings (``activity/3.*``).
    """

    types: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()

    def as_json(self) -> dict[str, list[str]]:
        return {"types": list(self.types), "subjects": list(self.subjects), "entities": list(self.entities)}


@dataclass(frozen=True, slots=True)
class Webhook:
    """One subscription. Its receiver has everything wanted up to ``position``."""

    webhook: str
    workplan: str
    actor: str
    url: str
    wanted: Wanted
    state: State
    position: int
    secrets: tuple[Body, ...]
    created_at: str
    delivered_at: str | None
    failing_since: str | None
    attempts: int
    not_before: str | None
    why: str | None
    claimed_by: str | None
    claimed_until: str | None

    def living_secrets(self, settings: Settings, now: datetime) -> list[str]:
        """Return the secrets to sign with, the newest first.

        Raises:
            DeliveryError: they cannot be read.
        """
        said = instant_text(now)
        return [
            disclose(settings, one["sealed"])
            for one in self.secrets
            if one["until"] is None or one["until"] > said
        ]


def subscribe(
    tx: Transaction,
    now: datetime,
    settings: Settings,
    *,
    workplan: str,
    actor: str,
    url: str,
    wanted: Wanted,
    position: int,
) -> tuple[Webhook, str]:
    """Keep a subscription and return it with its secret, which is shown this once.

    Raises:
        RuleError: the address is none that may be posted to, or there are as many as there may be.
    """
    check_target(url, settings.webhook_networks)
    if len(webhooks_of(tx, workplan, actor)) >= MOST:
        raise RuleError(
            "you have {most} webhooks, as many as there may be",
            most=MOST,
            way_out="Remove one that is no longer used.",
        )
    secret, made = new_signing_secret(), new_id()
    tx.core.execute(
        webhooks.insert().values(
            webhook=made,
            workplan=workplan,
            actor=actor,
            url=url,
            filter=json.dumps(wanted.as_json()),
            state="active",
            position=position,
            secrets=json.dumps([{"sealed": conceal(settings, secret), "until": None}]),
            created_at=instant_text(now),
            attempts=0,
        )
    )
    return webhook_in(tx, workplan, made), secret


def webhook_in(tx: Transaction, workplan: str, webhook: str, actor: str | None = None) -> Webhook:
    """Return a subscription of a workplan; ``actor`` says whose it must be.

    Raises:
        NotFoundError: there is none such.
    """
    query = sa.select(webhooks).where(webhooks.c.webhook == webhook, webhooks.c.workplan == workplan)
    row = tx.core.execute(query).first()
    if row is None or actor not in {None, row.actor}:
        raise NotFoundError("there is no webhook {webhook}", webhook=webhook, value=webhook)
    return _webhook(row)


def webhooks_of(tx: Transaction, workplan: str, actor: str | None = None) -> list[Webhook]:
    """Return the subscriptions of a workplan, or of one reader there, oldest first."""
    query = sa.select(webhooks).where(webhooks.c.workplan == workplan)
    if actor is not None:
        query = query.where(webhooks.c.actor == actor)
    return [_webhook(row) for row in tx.core.execute(query.order_by(webhooks.c.webhook))]


def _webhook(row: Any) -> Webhook:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    wanted = {name: tuple(said) for name, said in json.loads(values.pop("filter")).items()}
    return Webhook(**values | {"wanted": Wanted(**wanted), "secrets": tuple(json.loads(values["secrets"]))})


def principal_behind(tx: Transaction, now: datetime, webhook: Webhook) -> Principal:
    """Return with which rights a subscription reads today.

    Raises:
        UnknownReaderError: its token is no longer good.
    """
    if webhook.actor.startswith("system:"):
        return system(webhook.actor)
    return principal_again(tx, now, webhook.workplan, Principal(webhook.actor, frozenset({"public"})))


def check_actor(tx: Transaction, now: datetime, workplan: str, actor: str) -> None:
    """Refuse to subscribe for somebody who has no rights here.

    Raises:
        RuleError: as said.
    """
    try:
        known = principal_again(tx, now, workplan, Principal(actor, frozenset({"public"})))
    except UnknownReaderError:
        known = None
    if known is None or not known.is_signed_in:
        raise RuleError(
            "nobody called {actor} has a role in {workplan}",
            actor=actor,
            workplan=workplan,
            value=actor,
            way_out="Give the id of a person (`tracker person list`) or `token:` and the id of a token.",
        )


# --------------------------------------------------------------------------------------------------- what can be done


def change(tx: Transaction, webhook: Webhook, action: Action, *, after: int | None, end: int) -> None:
    """Pause, resume or replay a subscription. Whoever is delivering for it loses the claim and stops.

    Raises:
        RuleError: there is no entry to replay after.
        ConflictError: it is not in a state in which this can be done.
    """
    values: Body = {"claimed_by": None, "claimed_until": None}
    fresh: Body = {
        "state": "active",
        "failing_since": None,
        "attempts": 0,
        "not_before": None,
        "why": None,
    }
    match action:
        case "pause":
            if webhook.state != "active":
                raise _misfit(webhook, action)
            values |= {"state": "paused", "why": None}
        case "resume":
            if webhook.state == "active" and webhook.not_before is None:
                raise _misfit(webhook, action)
            values |= fresh
        case "replay":
            if after is None or not 0 <= after <= end:
                raise RuleError(
                    "there is no entry to replay after",
                    field="/after",
                    value=after,
                    way_out=f"Give a position from 0, before the first entry, to {end}, the last.",
                )
            values |= fresh | {"position": after}
        case "rotate":
            raise _misfit(webhook, action)
    tx.core.execute(sa.update(webhooks).where(webhooks.c.webhook == webhook.webhook).values(**values))


def _misfit(webhook: Webhook, action: Action) -> ConflictError:
    return ConflictError(
        "a webhook that is {state} cannot be changed so: {action}",
        state=webhook.state,
        action=action,
        field="/action",
        value=action,
        way_out="Read it again; `state` says how it is.",
    )


def rotate(
    tx: Transaction, now: datetime, settings: Settings, webhook: Webhook, overlap: timedelta = OVERLAP
) -> str:
    """Return a new secret, shown this once; until ``overlap`` ends, deliveries are signed with the last one, too."""
    secret, until = new_signing_secret(), instant_text(now + overlap)
    kept = [one | {"until": min(one["until"] or until, until)} for one in webhook.secrets]
    secrets = [{"sealed": conceal(settings, secret), "until": None}, *kept[:1]]
    tx.core.execute(
        sa.update(webhooks)
        .where(webhooks.c.webhook == webhook.webhook)
        .values(secrets=json.dumps(secrets if overlap else secrets[:1]))
    )
    return secret


def remove(tx: Transaction, webhook: Webhook) -> None:
    tx.core.execute(sa.delete(attempts).where(attempts.c.webhook == webhook.webhook))
    tx.core.execute(sa.delete(webhooks).where(webhooks.c.webhook == webhook.webhook))


def remove_all_of(tx: Transaction, actor: str) -> None:
    """Remove every subscription of a person who is being erased."""
    held = sa.select(webhooks.c.webhook).where(webhooks.c.actor == actor)
    tx.core.execute(sa.delete(attempts).where(attempts.c.webhook.in_(held)))
    tx.core.execute(sa.delete(webhooks).where(webhooks.c.actor == actor))


# ------------------------------------------------------------------------------------------------------------ showing


def as_told(tx: Transaction, found: Sequence[Webhook], now: datetime) -> list[Body]:
    """Return subscriptions as readers see them, without their secrets."""
    said = instant_text(now)
    return [
        {
            "webhook": one.webhook,
            "url": one.url,
            "actor": one.actor,
            **one.wanted.as_json(),
            "state": one.state,
            "position": one.position,
            "created_at": one.created_at,
            "delivered_at": one.delivered_at,
            "failing_since": one.failing_since,
            "attempts": one.attempts,
            "not_before": one.not_before,
            "why": one.why,
            "old_secret_until": max(
                (old["until"] for old in one.secrets if old["until"] and old["until"] > said), default=None
            ),
            "last_attempts": _last_attempts(tx, one.webhook),
        }
        for one in found
    ]


def _last_attempts(tx: Transaction, webhook: str) -> list[Body]:
    query = sa.select(attempts).where(attempts.c.webhook == webhook).order_by(attempts.c.attempt.desc())
    names = ("position", "at", "status", "said", "milliseconds")
    return [
        {name: getattr(row, name) for name in names} for row in tx.core.execute(query.limit(ATTEMPTS_SHOWN))
    ]
