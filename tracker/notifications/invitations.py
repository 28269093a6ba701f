"""Asking a colleague: a focal point hands some cards to somebody outside the directory, by a link of their own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tracker.clock import instant_text, new_id
from tracker.database import Transaction
from tracker.errors import RuleError
from tracker.languages import LANGUAGES
from tracker.notifications import outbox
from tracker.notifications.links import Link
from tracker.notifications.receipts import Filler
from tracker.notifications.tables import invitations

MOST = 10
"""Colleagues that one person may ask about one quarter: the form is no way to write to the world."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who was asked by whom about which activities."""

    id: str
    person: str
    quarter: str
    activities: tuple[str, ...]
    to: Filler
    language: str


def invite(
    tx: Transaction,
    now: datetime,
    link: Link,
    activities: Sequence[str],
    to: Filler,
    language: str,
    domain: str,
) -> Invitation:
    """Put a letter with a link of its own to a colleague into the outbox.

    Raises:
        RuleError: no card was chosen, or too many people were asked.
    """
    if not activities:
        raise RuleError("no activity is chosen", field="/activities", way_out="Choose at least one.")
    if len(invitations_of(tx, link)) >= MOST:
        raise RuleError(
            "{count} colleagues were asked about this quarter already",
            count=MOST,
            field="/email",
            value=to.email,
            way_out="Ask the Secretariat to name another focal point.",
        )
    made = Invitation(
        new_id(),
        link.person,
        link.quarter,
        tuple(activities),
        to,
        language if language in LANGUAGES else "en",
    )
    tx.core.execute(
        invitations.insert().values(
            invitation=made.id,
            workplan=link.workplan,
            quarter=link.quarter,
            person=link.person,
            activities=json.dumps(made.activities),
            name=to.name,
            email=to.email,
            language=made.language,
            created_at=instant_text(now),
            expires_at=link.expires_at,
        )
    )
    outbox.create(
        tx,
        now,
        workplan=link.workplan,
        kind="invitation",
        quarter=link.quarter,
        step=made.id,
        recipient=link.person,
        state="due",
        domain=domain,
    )
    return made


def find_invitation(tx: Transaction, invitation: str) -> Invitation | None:
    """Return an invitation; None where it is forgotten with the person who made it."""
    row = tx.core.execute(sa.select(invitations).where(invitations.c.invitation == invitation)).first()
    return _invitation(row) if row else None


def invitations_of(tx: Transaction, link: Link) -> list[Invitation]:
    """Return whom the person of a link asked about its quarter, oldest first."""
    rows = tx.core.execute(
        sa.select(invitations)
        .where(
            invitations.c.workplan == link.workplan,
            invitations.c.quarter == link.quarter,
            invitations.c.person == link.person,
        )
        .order_by(invitations.c.created_at)
    )
    return [_invitation(row) for row in rows]


def _invitation(row: Any) -> Invitation:
    return Invitation(
        *(row.invitation, row.person, row.quarter),
        activities=tuple(json.loads(row.activities)),
        to=Filler(row.name, row.email),
        language=row.language,
    )
