"""The link in a letter: a random handle that opens one person's form about one quarter, and nothing else.

It is not a login. The handle itself is in the letter only; here is its hash, and the row decides, so that a link can be
revoked. Opening one is not recorded anywhere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tracker.clock import instant_text, new_secret
from tracker.database import Transaction
from tracker.directory.hashing import hash_of
from tracker.directory.people import people_of, set_muted
from tracker.directory.principals import Principal
from tracker.errors import DeniedError
from tracker.notifications.outbox import Letter
from tracker.notifications.tables import invitations, links
from tracker.workplan.plan import Plan
from tracker.workplan.round import Round

SHORTEST_LIFE = timedelta(days=21)
LONGEST_HANDLE = 100


class EndedError(DeniedError):
    """The link was good when the page was asked for, and is not any more."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a handle opens. ``activities`` empty means all that the person acts for.

    ``invitation`` is set where the person asked a colleague to fill in those activities for them.
    """

    hash: str
    letter: str
    workplan: str
    person: str
    quarter: str
    activities: tuple[str, ...]
    expires_at: str
    revoked_at: str | None
    invitation: str | None = None

    @property
    def principal(self) -> Principal:
        """Who reports by this link: the person, about this quarter only."""
        return Principal(
            self.person,
            frozenset({"link"}),
            self.person,
            quarter=self.quarter,
            activities=self.activities,
        )


def make_link(tx: Transaction, now: datetime, letter: Letter, closes: datetime) -> str:
    """Return a fresh handle for a try at sending a letter; it lives until the round closes, at least three weeks.

    The handles of earlier tries end, unless one of them may have arrived.
    """
    if letter.data_sent_at is None:
        tx.core.execute(sa.delete(links).where(links.c.letter == letter.letter))
    handle = new_secret()
    asked = _asked(tx, letter)
    tx.core.execute(
        links.insert().values(
            hash=hash_of(handle),
            letter=letter.letter,
            workplan=letter.workplan,
            person=letter.recipient,
            quarter=letter.quarter,
            created_at=instant_text(now),
            expires_at=instant_text(max(closes, now + SHORTEST_LIFE)),
            invitation=letter.step if asked else None,
            activities=asked,
        )
    )
    return handle


def _asked(tx: Transaction, letter: Letter) -> str | None:
    """Return the activities that an invitation is about, as they are stored."""
    if letter.kind != "invitation":
        return None
    query = sa.select(invitations.c.activities).where(invitations.c.invitation == letter.step)
    return str(tx.core.execute(query).scalar_one())


def find_link(tx: Transaction, handle: str) -> Link | None:
    """Return what a handle opens, good or not; None where it never opened anything."""
    if len(handle) > LONGEST_HANDLE:
        return None
    row = tx.core.execute(sa.select(links).where(links.c.hash == hash_of(handle))).first()
    return _link(row) if row else None


def _link(row: Any) -> Link:
    return Link(
        hash=row.hash,
        letter=row.letter,
        workplan=row.workplan,
        person=row.person,
        quarter=row.quarter,
        activities=tuple(json.loads(row.activities)) if row.activities else (),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        invitation=row.invitation,
    )


def end_of_day(day: str, zone: str) -> datetime:
    """Return the instant at which a day is over in a zone."""
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), ZoneInfo(zone))


def is_good(link: Link, opened: Round | None, zone: str, now: datetime) -> bool:
    """Return whether a link still opens its form: it follows its round where that was extended."""
    if link.revoked_at is not None:
        return False
    is_open = opened is not None and not opened.closed and now < end_of_day(opened.closes, zone)
    return is_open or instant_text(now) < link.expires_at


def round_of(plan: Plan, link: Link) -> Round | None:
    return plan.get(f"round/{link.quarter}", Round)


def check_still_good(tx: Transaction, link: Link) -> None:
    """Refuse, inside the transaction that is about to write, a link revoked since the form was shown.

    Raises:
        EndedError: it was revoked, or its person left.
    """
    row = tx.core.execute(sa.select(links).where(links.c.hash == link.hash)).first()
    person = people_of(tx, [link.person]).get(link.person)
    if row is None or row.revoked_at is not None or person is None or person.is_erased or person.suspended:
        raise EndedError("this link has ended", way_out="Ask for a new one.")


def revoke_links(tx: Transaction, now: datetime, letter: str) -> None:
    """End the links of a letter."""
    tx.core.execute(
        sa.update(links)
        .where(links.c.letter == letter, links.c.revoked_at.is_(None))
        .values(revoked_at=instant_text(now))
    )


def mute(tx: Transaction, now: datetime, link: Link) -> None:
    """Send the person of a link no more letters; what they owe stays."""
    set_muted(tx, link.person, instant_text(now))
