"""Calendar feeds: secret addresses, each somebody's own, that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tracker.clock import instant_text, new_id, new_secret
from tracker.database import Transaction
from tracker.directory.hashing import hash_of
from tracker.directory.tables import feeds
from tracker.errors import NotFoundError, RuleError

MOST = 20
"""Feeds of one person in one workplan."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed. It shows what its person may read on the day it is fetched."""

    id: str
    workplan: str
    person: str
    scope: str
    value: str | None
    language: str


def create_feed(tx: Transaction, now: datetime, wanted: Feed) -> str:
    """Keep a feed and return the secret of its address, which is shown this once.

    Raises:
        RuleError: the person has as many as there may be.
    """
    if len(feeds_of(tx, wanted.workplan, wanted.person)) >= MOST:
        raise RuleError(
            "you have {most} calendar addresses, as many as there may be",
            most=MOST,
            way_out="Take back one that you no longer use.",
        )
    secret = new_secret()
    tx.core.execute(
        feeds.insert().values(
            feed=wanted.id,
            hash=hash_of(secret),
            workplan=wanted.workplan,
            person=wanted.person,
            scope=wanted.scope,
            value=wanted.value,
            language=wanted.language,
            created_at=instant_text(now),
        )
    )
    return secret


def new_feed(workplan: str, person: str, scope: str, value: str | None, language: str) -> Feed:
    return Feed(new_id(), workplan, person, scope, value, language)


def feeds_of(tx: Transaction, workplan: str, person: str) -> list[dict[str, Any]]:
    """Return the living feeds of a person, oldest first, without their addresses."""
    query = sa.select(feeds).where(feeds.c.workplan == workplan, feeds.c.person == person)
    return [
        {"id": row.feed, "scope": row.scope, "value": row.value, "created_at": row.created_at}
        for row in tx.core.execute(query.order_by(feeds.c.feed))
    ]


def feed_at(tx: Transaction, secret: str) -> Feed:
    """Return the feed of an address.

    Raises:
        NotFoundError: it was taken back, or never was.
    """
    row = tx.core.execute(sa.select(feeds).where(feeds.c.hash == hash_of(secret))).first()
    if row is None:
        raise nothing_there()
    return Feed(row.feed, row.workplan, row.person, row.scope, row.value, row.language)


def nothing_there() -> NotFoundError:
    return NotFoundError(
        "there is no calendar at this address, or no longer",
        way_out="Sign in and make a new one on the plan's calendar page.",
    )


def remove_feed(tx: Transaction, workplan: str, person: str, feed: str) -> None:
    """Take an address back: from now on there is nothing at it.

    Raises:
        NotFoundError: the person has no such feed there.
    """
    done = tx.core.execute(
        sa.delete(feeds).where(feeds.c.feed == feed, feeds.c.workplan == workplan, feeds.c.person == person)
    )
    if done.rowcount == 0:
        raise NotFoundError("you have no calendar {feed}", feed=feed, value=feed)
