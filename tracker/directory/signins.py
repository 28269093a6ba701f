"""Where a person is signed in: making a signin, listing them, ending one or all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from tracker.clock import instant_text, new_secret
from tracker.database import Transaction
from tracker.directory.hashing import hash_of
from tracker.directory.tables import signins

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
FRESH = timedelta(minutes=15)
"""How long after proving who they are somebody may still do what nobody can undo."""
ID_LENGTH = 16
"""So much of the stored hash names a signin to its owner; it opens nothing."""


@dataclass(frozen=True, slots=True)
class Signin:
    """A signin that works, as its owner sees it."""

    id: str
    created_at: str
    seen_at: str
    expires_at: str
    is_this: bool


def new_signin(
    tx: Transaction, now: datetime, person: str, proved_at: datetime | None, instead_of: str | None = None
) -> str:
    """Return the secret of a new signin.

    ``proved_at`` is when they proved who they are, as far as we know; ``instead_of`` the secret of the signin that the
    same browser had: it ends, so that nobody goes on with a secret from before.
    """
    if instead_of:
        sign_out(tx, now, instead_of)
    made = new_secret()
    tx.core.execute(
        signins.insert().values(
            hash=hash_of(made),
            person=person,
            created_at=instant_text(now),
            seen_at=instant_text(now),
            expires_at=instant_text(now + ABSOLUTE),
            proved_at=instant_text(proved_at) if proved_at else None,
        )
    )
    return made


def signed_in_person(tx: Transaction, now: datetime, secret: str) -> str | None:
    """Return who is signed in by this secret; None where it is idle, expired, revoked or unknown."""
    query = sa.select(signins.c.person).where(signins.c.hash == hash_of(secret), _works(now))
    return tx.core.execute(query).scalar()


def signins_of(tx: Transaction, now: datetime, person: str, this: str | None) -> list[Signin]:
    """Return the working signins of a person, the one used last first; ``this`` is the secret of the one that asks."""
    query = sa.select(signins).where(signins.c.person == person, _works(now))
    rows = tx.core.execute(query.order_by(signins.c.seen_at.desc(), signins.c.created_at.desc()))
    mine = hash_of(this) if this else None
    return [
        Signin(row.hash[:ID_LENGTH], row.created_at, row.seen_at, row.expires_at, row.hash == mine)
        for row in rows
    ]


def end_signin(tx: Transaction, now: datetime, person: str, id: str) -> bool:  # noqa: A002 - as Signin says it
    """End one signin of a person; return whether it worked until now."""
    named = sa.func.substr(signins.c.hash, 1, ID_LENGTH) == id
    return _end(tx, now, sa.and_(signins.c.person == person, named)) > 0


def sign_out(tx: Transaction, now: datetime, secret: str) -> None:
    _end(tx, now, signins.c.hash == hash_of(secret))


def sign_out_everywhere(tx: Transaction, now: datetime, person: str) -> int:
    """End every signin of a person; return how many worked until now."""
    return _end(tx, now, signins.c.person == person)


def is_fresh(tx: Transaction, now: datetime, secret: str) -> bool:
    """Return whether somebody proved just now who they are; using a signin does not make it any fresher."""
    proved = tx.core.execute(sa.select(signins.c.proved_at).where(signins.c.hash == hash_of(secret))).scalar()
    return proved is not None and proved > instant_text(now - FRESH)


def touch_signin(tx: Transaction, now: datetime, secret: str) -> None:
    """Say that a signin is still in use."""
    tx.core.execute(
        sa.update(signins).where(signins.c.hash == hash_of(secret)).values(seen_at=instant_text(now))
    )


def was_ever_signed_in(tx: Transaction) -> bool:
    return tx.core.execute(sa.select(signins.c.hash).limit(1)).first() is not None


def _works(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        signins.c.revoked_at.is_(None),
        signins.c.expires_at > instant_text(now),
        signins.c.seen_at > instant_text(now - IDLE),
    )


def _end(tx: Transaction, now: datetime, which: sa.ColumnElement[bool]) -> int:
    done = tx.core.execute(sa.update(signins).where(which, _works(now)).values(revoked_at=instant_text(now)))
    return done.rowcount
