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
from tracker.notifications.tables import links, receipts

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
    return find_receipt(tx, link.workplan, events[0].position)


def find_receipt(tx: Transaction, workplan: str, first_position: int) -> Receipt:
    """Return the receipt that begins at a position.

    Raises:
        NotFoundError: there is none.
    """
    row = tx.core.execute(
        sa.select(receipts).where(
            receipts.c.workplan == workplan, receipts.c.first_position == first_position
        )
    ).first()
    if row is None:
        raise NotFoundError("there is no receipt {position}", position=first_position, value=first_position)
    return _receipt(row)


def receipt_about(tx: Transaction, workplan: str, position: int) -> Receipt | None:
    """Return the receipt of the sending that made an entry, if it came through a link."""
    row = tx.core.execute(
        sa.select(receipts)
        .where(receipts.c.workplan == workplan, receipts.c.first_position <= position)
        .order_by(receipts.c.first_position.desc())
        .limit(1)
    ).first()
    found = _receipt(row) if row else None
    return found if found and position in found.positions else None


def disown(tx: Transaction, now: datetime, receipt: Receipt) -> None:
    """Say that the person of the link neither sent this nor asked for it: the link that did is over."""
    tx.core.execute(
        sa.update(receipts)
        .where(
            receipts.c.workplan == receipt.workplan,
            receipts.c.first_position == receipt.first_position,
            receipts.c.disowned_at.is_(None),
        )
        .values(disowned_at=instant_text(now))
    )
    letter = sa.select(links.c.letter).where(links.c.hash == receipt.link).scalar_subquery()
    tx.core.execute(
        sa.update(links)
        .where(links.c.letter == letter, links.c.revoked_at.is_(None))
        .values(revoked_at=instant_text(now))
    )


def find(tx: Transaction, link: Link, first_position: int) -> Receipt:
    """Return the receipt that begins at a position, if it is one of the link's person and quarter.

    Raises:
        NotFoundError: it is not.
    """
    found = find_receipt(tx, link.workplan, first_position)
    is_theirs = (found.person, found.quarter) == (link.person, link.quarter)
    if not is_theirs or (link.invitation is not None and found.link != link.hash):
        raise NotFoundError("there is no receipt {position}", position=first_position, value=first_position)
    return found


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
