"""What somebody typed behind a letter's link and has not sent: kept card by card, no entry, gone with the link."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.notifications.links import Link
from tracker.notifications.tables import drafts

LONGEST = 20_000
"""Characters kept of one field: more than any field takes, so that a refusal can show what was typed."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is typed on the card of one activity: ``{name of the field: value}``.

    ``revision`` counts its savings, ``page`` is the showing of the form that saved it last.
    """

    fields: dict[str, str]
    revision: int
    page: str
    saved_at: str


def drafts_of(tx: Transaction, link: Link) -> dict[str, Draft]:
    """Return ``{activity: draft}`` of whoever holds a link."""
    rows = tx.core.execute(sa.select(drafts).where(_of(link)))
    return {row.activity: Draft(json.loads(row.fields), row.revision, row.page, row.saved_at) for row in rows}


def save(
    tx: Transaction, now: datetime, link: Link, activity: str, fields: Mapping[str, str], page: str = ""
) -> Draft:
    """Keep what is typed on a card; the draft's revision rises only where something changed."""
    said = {name: value[:LONGEST] for name, value in fields.items() if value}
    held = drafts_of(tx, link).get(activity)
    if held and held.fields == said:
        return held
    made = Draft(said, held.revision + 1 if held else 1, page, instant_text(now))
    row = {
        "fields": json.dumps(said),
        "revision": made.revision,
        "page": page,
        "saved_at": made.saved_at,
        "expires_at": link.expires_at,
    }
    if held:
        tx.core.execute(sa.update(drafts).where(_of(link), drafts.c.activity == activity).values(**row))
    else:
        tx.core.execute(drafts.insert().values(**_key(link), activity=activity, **row))
    return made


def drop(tx: Transaction, link: Link, activities: Iterable[str]) -> None:
    tx.core.execute(sa.delete(drafts).where(_of(link), drafts.c.activity.in_(list(activities))))


def forget(tx: Transaction, person: str) -> None:
    """Remove all that a person typed and did not send."""
    tx.core.execute(sa.delete(drafts).where(drafts.c.person == person))


def prune(tx: Transaction, now: datetime, workplan: str, still_open: Iterable[str]) -> int:
    """Remove the drafts whose link is over and whose round is not open any more; return how many."""
    done = tx.core.execute(
        sa.delete(drafts).where(
            drafts.c.workplan == workplan,
            drafts.c.expires_at < instant_text(now),
            drafts.c.quarter.not_in(list(still_open)),
        )
    )
    return done.rowcount


def held_of(tx: Transaction, person: str) -> list[dict[str, Any]]:
    """Return what a person typed and did not send, for somebody who asks what is held about them."""
    rows = tx.core.execute(sa.select(drafts).where(drafts.c.person == person).order_by(drafts.c.saved_at))
    return [
        {
            "workplan": row.workplan,
            "quarter": row.quarter,
            "activity": row.activity,
            "fields": json.loads(row.fields),
        }
        for row in rows
    ]


def _key(link: Link) -> dict[str, str]:
    return {
        "workplan": link.workplan,
        "quarter": link.quarter,
        "person": link.person,
        "invitation": link.invitation or "",
    }


def _of(link: Link) -> sa.ColumnElement[bool]:
    return sa.and_(*(drafts.c[name] == value for name, value in _key(link).items()))
