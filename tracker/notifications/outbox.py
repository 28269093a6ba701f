"""The outbox: which letters wait, who has claimed one, and how far each came. Every step is one compare-and-set.

``due -> claimed -> connected -> data_sent -> accepted | rejected | unknown``, besides ``held``, ``muted``,
``superseded``, ``lapsed``, and ``bounced`` for what was accepted and came back. ``data_sent`` is committed before the
final dot, by the owner of the claim only: whatever dies earlier is tried again, whatever dies later is ``unknown`` and
is never tried again by itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from tracker.clock import instant_text, new_id
from tracker.database import Transaction
from tracker.errors import NotFoundError
from tracker.notifications.tables import letters

State = Literal[
    "due",
    "claimed",
    "connected",
    "data_sent",
    "accepted",
    "rejected",
    "unknown",
    "held",
    "muted",
    "superseded",
    "lapsed",
    "bounced",
]
Kind = Literal["reminder", "link", "asked", "notice", "receipt", "invitation", "steward"]
"""``reminder``: the digest of a step. ``link``: the same, asked for by somebody whose link had ended. ``asked``: about
some activities only, beside the steps. ``notice``: what the Secretariat is to know; of no round. ``receipt``: of what
was sent behind a link. ``invitation``: to a colleague whom a focal point asks. ``steward``: whether a product is still
good; of no round.
"""
UNRECORDED: tuple[Kind, ...] = ("notice", "receipt", "invitation", "steward")
"""Letters that remind nobody: that they went out is no entry of the log."""
NO_ROUND = "-"
"""The quarter of a letter that belongs to no round."""

UNSENT: tuple[State, ...] = ("due", "held")
CLAIMS: tuple[State, ...] = ("claimed", "connected")
IN_FLIGHT: tuple[State, ...] = (*CLAIMS, "data_sent")
LEASE = timedelta(minutes=10)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of the outbox. ``contents`` is what its last rendering held, for the entry that says it was sent.

    ``about`` is what a letter that is no digest is made from, by ids only: ``{"topic": …, …}``.
    """

    letter: str
    workplan: str
    kind: Kind
    quarter: str
    step: str
    recipient: str
    state: State
    message_id: str
    claimed_by: str | None
    claimed_until: str | None
    attempts: int
    not_before: str | None
    created_at: str
    data_sent_at: str | None
    settled_at: str | None
    contents: dict[str, Any] | None
    error: str | None
    about: dict[str, Any] | None = None


def _letter(row: Any) -> Letter:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    read = {name: json.loads(values[name]) if values[name] else None for name in ("contents", "about")}
    return Letter(**values | read)


def dump(contents: dict[str, Any]) -> str:
    return json.dumps(contents)


def create(
    tx: Transaction,
    now: datetime,
    *,
    workplan: str,
    kind: Kind,
    quarter: str,
    step: str,
    recipient: str,
    state: State,
    domain: str,
    error: str | None = None,
    about: dict[str, Any] | None = None,
) -> Letter | None:
    """Put a letter into the outbox; None where one with this key is there already, whatever became of it."""
    letter = new_id()
    made = tx.run(
        "INSERT INTO letters (letter, workplan, kind, quarter, step, recipient, state, message_id, attempts,"
        " created_at, error, about) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)"
        " ON CONFLICT (workplan, kind, quarter, step, recipient) DO NOTHING",
        *(letter, workplan, kind, quarter, step, recipient, state, f"<{letter}@{domain}>"),
        *(instant_text(now), error, dump(about) if about else None),
    )
    return find(tx, letter) if made else None


def find(tx: Transaction, letter: str) -> Letter:
    """Return a letter.

    Raises:
        NotFoundError: there is none with this id.
    """
    row = tx.core.execute(sa.select(letters).where(letters.c.letter == letter)).first()
    if row is None:
        raise NotFoundError("there is no letter {letter}", letter=letter, value=letter)
    return _letter(row)


def find_sent(tx: Transaction, message_id: str) -> Letter | None:
    """Return the letter with a Message-ID."""
    row = tx.core.execute(sa.select(letters).where(letters.c.message_id == message_id)).first()
    return _letter(row) if row else None


def letters_of(tx: Transaction, workplan: str, quarter: str | None = None) -> list[Letter]:
    """Return the letters of a workplan, or of one of its rounds, oldest first."""
    query = sa.select(letters).where(letters.c.workplan == workplan)
    if quarter is not None:
        query = query.where(letters.c.quarter == quarter)
    return [_letter(row) for row in tx.core.execute(query.order_by(letters.c.created_at, letters.c.letter))]


def waiting(tx: Transaction, now: datetime, workplan: str, quarter: str | None = None) -> list[Letter]:
    """Return the letters that may be claimed: those due, and those whose claim ran out before ``data_sent``."""
    return [one for one in letters_of(tx, workplan, quarter) if is_waiting(one, now)]


def is_waiting(letter: Letter, now: datetime) -> bool:
    if letter.state == "due":
        return True
    return letter.state in CLAIMS and (letter.claimed_until or "") < instant_text(now)


def handed_over_since(tx: Transaction, since: datetime) -> int:
    """Return how many letters of all workplans were handed over after an instant."""
    query = sa.select(sa.func.count()).where(letters.c.data_sent_at > instant_text(since))
    return int(tx.core.execute(query).scalar() or 0)


def abandoned(tx: Transaction, now: datetime, workplan: str) -> list[Letter]:
    """Return the letters that were handed over to the last dot by somebody who never said what became of them."""
    said = instant_text(now)
    return [
        one
        for one in letters_of(tx, workplan)
        if one.state == "data_sent" and (one.claimed_until or "") < said
    ]


def claim(tx: Transaction, now: datetime, letter: str, owner: str, lease: timedelta = LEASE) -> bool:
    """Take a letter for ``owner``; False where somebody else has it or it is no longer waiting."""
    said = instant_text(now)
    is_free = sa.or_(
        letters.c.state == "due",
        sa.and_(letters.c.state.in_(CLAIMS), letters.c.claimed_until < said),
    )
    done = tx.core.execute(
        sa.update(letters)
        .where(letters.c.letter == letter, is_free)
        .values(
            state="claimed",
            claimed_by=owner,
            claimed_until=instant_text(now + lease),
            attempts=letters.c.attempts + 1,
            error=None,
        )
    )
    return done.rowcount == 1


def move(
    tx: Transaction, letter: str, owner: str, before: Sequence[State], after: State, **values: Any
) -> bool:
    """Move a letter from one of the states ``before`` to ``after``; False where ``owner`` no longer has the claim."""
    done = tx.core.execute(
        sa.update(letters)
        .where(letters.c.letter == letter, letters.c.claimed_by == owner, letters.c.state.in_(before))
        .values(state=after, **values)
    )
    return done.rowcount == 1


def release(
    tx: Transaction, now: datetime, letter: Letter, owner: str, why: str, *, is_pausing: bool
) -> bool:
    """Give a claim back: the letter is due again. Only for an owner who knows that no final dot was sent.

    With ``is_pausing`` the ticker leaves it alone for a while that doubles with every try.
    """
    pause = min(FIRST_PAUSE * 2 ** min(letter.attempts, 10), LONGEST_PAUSE)
    return move(
        tx,
        letter.letter,
        owner,
        ("claimed", "connected", "data_sent"),
        "due",
        claimed_by=None,
        claimed_until=None,
        data_sent_at=letter.data_sent_at,
        not_before=instant_text(now + pause) if is_pausing else None,
        error=why,
    )


def set_aside(tx: Transaction, now: datetime, letter: Letter, after: State, why: str | None = None) -> bool:
    """Settle a letter that nobody is sending; False where it moved since ``letter`` was read."""
    done = tx.core.execute(
        sa.update(letters)
        .where(
            letters.c.letter == letter.letter,
            letters.c.state == letter.state,
            letters.c.claimed_by.is_not_distinct_from(letter.claimed_by),
        )
        .values(state=after, settled_at=instant_text(now), error=why)
    )
    return done.rowcount == 1


def supersede(
    tx: Transaction, now: datetime, workplan: str, quarter: str, kept: Collection[str], people: Iterable[str]
) -> int:
    """Set aside the unsent reminders of a round to these people, but for the steps ``kept``."""
    said = instant_text(now)
    is_unsent = sa.or_(
        letters.c.state.in_(UNSENT),
        sa.and_(letters.c.state.in_(CLAIMS), letters.c.claimed_until < said),
    )
    done = tx.core.execute(
        sa.update(letters)
        .where(
            letters.c.workplan == workplan,
            letters.c.kind == "reminder",
            letters.c.quarter == quarter,
            letters.c.step.not_in(kept),
            letters.c.recipient.in_(list(people)),
            is_unsent,
        )
        .values(state="superseded", settled_at=said, claimed_by=None)
    )
    return done.rowcount


def put_back(tx: Transaction, letter: str) -> bool:
    """Make a letter due again by the decision of a person, who knows that a second copy may arrive."""
    done = tx.core.execute(
        sa.update(letters)
        .where(letters.c.letter == letter, letters.c.state.in_(("unknown", "rejected", "held", "muted")))
        .values(
            state="due", claimed_by=None, claimed_until=None, not_before=None, settled_at=None, error=None
        )
    )
    return done.rowcount == 1


def first_of_round(tx: Transaction, letter: Letter) -> str | None:
    """Return the Message-ID of the first letter about the same round that this person was sent."""
    return tx.core.execute(
        sa.select(letters.c.message_id)
        .where(
            letters.c.workplan == letter.workplan,
            letters.c.quarter == letter.quarter,
            letters.c.recipient == letter.recipient,
            letters.c.letter != letter.letter,
            letters.c.state == "accepted",
        )
        .order_by(letters.c.data_sent_at)
        .limit(1)
    ).scalar()
