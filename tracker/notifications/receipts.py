"""What each sending of the form recorded, by whom it says to have been filled in, and that it was disowned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.directory.people import check_email
from tracker.errors import NotFoundError, RuleError
from tracker.events.event import Event
from tracker.notifications.links import Link
from tracker.notifications.tables import receipts

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Filler:
    """Somebody who fills in the form for the person of the link."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The entries that one sending made; ``filler`` None means that the person of the link says to have sent it."""

    workplan: str
    first_position: int
    count: int
    quarter: str
    person: str
    link: str
    sent_at: str
    filler: Filler | None
    disowned_at: str | None

    @property
    def positions(self) -> range:
        return range(self.first_position, self.first_position + self.count)


def filler(name: str, email: str) -> Filler:
    """Return who fills in the form for somebody.

    Raises:
        RuleError: the name or the address is none.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise RuleError("a person needs a name", field="/name", value=name, way_out="Give your full name.")
    return Filler(name, check_email(email))


def keep(
    tx: Transaction, now: datetime, link: Link, events: Sequence[Event], by: Filler | None
) -> Receipt | None:
    """Keep which entries a sending makes, in the transaction that writes them; None where it makes none."""
    if not events:
        return None
    tx.core.execute(
        receipts.insert().values(
            workplan=link.workplan,
            first_position=events[0].position,
            count=len(events),
            quarter=link.quarter,
            person=link.person,
            link=link.hash,
            sent_at=instant_text(now),
            filler_name=by.name if by else None,
            filler_email=by.email if by else None,
        )
    )
    return find(tx, link, events[0].position)


def find(tx: Transaction, link: Link, first_position: int) -> Receipt:
    """Return the receipt that begins at a position, if it is one of the link's person and quarter.

    Raises:
        NotFoundError: it is not.
    """
    for one in receipts_of(tx, link.workplan, link.quarter, link.person):
        if one.first_position == first_position and (link.invitation is None or one.link == link.hash):
            return one
    raise NotFoundError("there is no receipt {position}", position=first_position, value=first_position)


def receipts_of(
    tx: Transaction, workplan: str, quarter: str | None = None, person: str | None = None
) -> list[Receipt]:
    """Return what was sent behind links, oldest first."""
    query = sa.select(receipts).where(receipts.c.workplan == workplan)
    if quarter is not None:
        query = query.where(receipts.c.quarter == quarter)
    if person is not None:
        query = query.where(receipts.c.person == person)
    return [_receipt(row) for row in tx.core.execute(query.order_by(receipts.c.first_position))]


def _receipt(row: Any) -> Receipt:
    by = Filler(row.filler_name, row.filler_email) if row.filler_name else None
    return Receipt(
        *(row.workplan, row.first_position, row.count, row.quarter, row.person, row.link),
        sent_at=row.sent_at,
        filler=by,
        disowned_at=row.disowned_at,
    )
