"""Who of the directory somebody is who signed in at a provider: by issuer and subject, linked once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.directory.people import person_at, person_of
from tracker.directory.signins import sign_out_everywhere
from tracker.directory.tables import identities
from tracker.errors import ConflictError, DeniedError, NotFoundError


@dataclass(frozen=True, slots=True)
class Identified:
    """Who signed in there. ``email`` only where the provider vouches for it; ``proved_at`` where it says when."""

    issuer: str
    subject: str
    email: str | None
    proved_at: datetime | None


def recognise(tx: Transaction, now: datetime, who: Identified) -> str:
    """Return the person behind an identity.

    The first time, somebody is found by the address that the provider vouches for, if the directory holds it and nobody
    was linked to it yet: an address may be given to another person later, an identity never is.

    Raises:
        DeniedError: nobody is known by it, or who is may not sign in.
    """
    person = _person_behind(tx, who.issuer, who.subject)
    if person is None and who.email is not None:
        found = person_at(tx, who.email)
        if found is not None and not any(one["issuer"] == who.issuer for one in identities_of(tx, found)):
            link(tx, now, found, who.issuer, who.subject)
            person = found
    if person is None:
        raise DeniedError(
            "nobody here is known by the account that you signed in with",
            way_out="Ask the Secretariat: it knows you by another address, or does not know you yet.",
        )
    known = person_of(tx, person)
    if known.is_erased or known.suspended:
        raise DeniedError("this account may not sign in any more", way_out="Ask the Secretariat.")
    return person


def link(tx: Transaction, now: datetime, person: str, issuer: str, subject: str) -> None:
    """Link an identity to a person.

    Raises:
        NotFoundError: nobody has this id.
        ConflictError: it is somebody else's.
    """
    person_of(tx, person)
    held = _person_behind(tx, issuer, subject)
    if held == person:
        return
    if held is not None:
        raise ConflictError(
            "this identity is linked to somebody else",
            field="/subject",
            value=subject,
            way_out="Unlink it there first.",
        )
    tx.core.execute(
        identities.insert().values(issuer=issuer, subject=subject, person=person, linked_at=instant_text(now))
    )


def unlink(tx: Transaction, now: datetime, person: str) -> None:
    """Unlink every identity of a person, and end the signins that may rest on them.

    Raises:
        NotFoundError: there is none.
    """
    if not tx.core.execute(sa.delete(identities).where(identities.c.person == person)).rowcount:
        raise NotFoundError("{person} has no identity at a provider", person=person, value=person)
    sign_out_everywhere(tx, now, person)


def identities_of(tx: Transaction, person: str) -> list[dict[str, Any]]:
    rows = tx.core.execute(
        sa.select(identities).where(identities.c.person == person).order_by(identities.c.linked_at)
    )
    return [{"issuer": row.issuer, "subject": row.subject, "linked_at": row.linked_at} for row in rows]


def _person_behind(tx: Transaction, issuer: str, subject: str) -> str | None:
    query = sa.select(identities.c.person).where(
        identities.c.issuer == issuer, identities.c.subject == subject
    )
    return tx.core.execute(query).scalar()
