"""Tokens for other systems, and one-time links and signins for people."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tracker.clock import instant_text, new_id, new_secret
from tracker.database import Transaction
from tracker.directory.people import principal_of
from tracker.directory.principals import ROLES, Principal, Role
from tracker.directory.tables import signin_links, signins, tokens
from tracker.errors import NotFoundError, RuleError, UnknownReaderError

PREFIX = "wpt_"
LONGEST = timedelta(days=366)
KEPT_AFTER = timedelta(days=30)
LINK_LIFE = timedelta(minutes=60)
IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
FRESH = timedelta(minutes=15)
"""How long after signing in somebody may still do what nobody can undo."""


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token may do."""

    workplan: str
    role: Role
    person: str | None = None
    region: str | None = None
    entities: tuple[str, ...] = ()
    workstreams: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    life: timedelta = timedelta(days=180)


def create_token(tx: Transaction, now: datetime, wanted: Grant) -> tuple[str, str]:
    """Create a token and return its id and its secret, which is shown this once."""
    if wanted.role not in ROLES:
        raise RuleError(
            "`{role}` is no role",
            role=wanted.role,
            field="/role",
            value=wanted.role,
            way_out=f"The roles are: {', '.join(ROLES)}.",
        )
    if wanted.role == "lead" and not (wanted.person or wanted.entities):
        raise RuleError(
            "a token that reports needs a person or an entity to report for",
            field="/person",
            way_out="Name the focal point (--person), or the entity (--entity).",
        )
    if wanted.role == "reviewer" and not wanted.region:
        raise RuleError(
            "a reviewer's token needs a region", field="/region", way_out="Give the region of the review."
        )
    if not timedelta() < wanted.life <= LONGEST:
        raise RuleError(
            "a token lives at most {days} days",
            days=LONGEST.days,
            field="/days",
            way_out="Choose fewer days.",
        )
    secret, token = PREFIX + new_secret(), new_id()
    tx.core.execute(
        tokens.insert().values(
            token=token,
            hash=hash_of(secret),
            prefix=secret[:8],
            workplan=wanted.workplan,
            role=wanted.role,
            person=wanted.person,
            region=wanted.region,
            entities=json.dumps(wanted.entities),
            workstreams=json.dumps(wanted.workstreams),
            scopes=json.dumps(wanted.scopes),
            created_at=instant_text(now),
            expires_at=instant_text(now + wanted.life),
        )
    )
    return token, secret


def token_principal(tx: Transaction, now: datetime, secret: str) -> tuple[str, Principal]:
    """Return the workplan and the principal of a token.

    Raises:
        UnknownReaderError: it is unknown, expired or revoked.
    """
    return _token(tx.one(f"{_FOUND} WHERE hash = ?", hash_of(secret)), now)


def token_again(tx: Transaction, now: datetime, actor: str) -> tuple[str, Principal]:
    """Return the same for a token known by its actor ``token:<id>``: is it still good?"""
    return _token(tx.one(f"{_FOUND} WHERE token = ?", actor.removeprefix("token:")), now)


# Every request asks this: by the driver, as the hot paths do.
_FOUND = (
    "SELECT token, workplan, role, person, region, entities, workstreams, scopes, expires_at, revoked_at"
    " FROM tokens"
)


def _token(row: tuple[Any, ...] | None, now: datetime) -> tuple[str, Principal]:
    if row is None or row[9] or row[8] <= instant_text(now):
        raise UnknownReaderError(
            "this token is not, or no longer, good",
            way_out="Ask the Secretariat for a new one; it is sent as `Authorization: Bearer <token>`.",
        )
    token, workplan, role, person, region, entities, workstreams, scopes, _expires_at, _revoked_at = row
    return workplan, Principal(
        actor=f"token:{token}",
        roles=frozenset({role}),
        person=person,
        region=region,
        entities=tuple(json.loads(entities)),
        workstreams=tuple(json.loads(workstreams)),
        scopes=tuple(json.loads(scopes)),
    )


def touch_token(tx: Transaction, actor: str, day: str) -> None:
    """Remember the day a token was last used."""
    tx.core.execute(
        sa.update(tokens).where(tokens.c.token == actor.removeprefix("token:")).values(last_used_on=day)
    )


def list_tokens(tx: Transaction, workplan: str) -> list[dict[str, Any]]:
    """Return the tokens of a workplan, newest first, without their secrets."""
    rows = tx.core.execute(
        sa.select(tokens).where(tokens.c.workplan == workplan).order_by(tokens.c.created_at.desc())
    )
    return [
        {
            "id": row.token,
            "prefix": row.prefix,
            "role": row.role,
            "person": row.person,
            "entities": json.loads(row.entities),
            "workstreams": json.loads(row.workstreams),
            "scopes": json.loads(row.scopes),
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "last_used_on": row.last_used_on,
            "revoked_at": row.revoked_at,
        }
        for row in rows
    ]


def revoke_token(tx: Transaction, now: datetime, workplan: str, token: str) -> None:
    """Revoke a token: from now on it opens nothing.

    Raises:
        NotFoundError: there is none such in the workplan.
    """
    done = tx.core.execute(
        sa.update(tokens)
        .where(tokens.c.token == token, tokens.c.workplan == workplan, tokens.c.revoked_at.is_(None))
        .values(revoked_at=instant_text(now))
    )
    if done.rowcount == 0:
        raise NotFoundError("there is no living token {token}", token=token, value=token)


def make_signin_link(tx: Transaction, now: datetime, person: str, life: timedelta = LINK_LIFE) -> str:
    """Return the secret of a link that signs a person in once."""
    secret = new_secret()
    tx.core.execute(
        signin_links.insert().values(hash=hash_of(secret), person=person, expires_at=instant_text(now + life))
    )
    return secret


def living_links(tx: Transaction, now: datetime, person: str) -> int:
    """Return how many of a person's sign-in links still work."""
    query = sa.select(sa.func.count()).where(
        signin_links.c.person == person,
        signin_links.c.used_at.is_(None),
        signin_links.c.expires_at > instant_text(now),
    )
    return int(tx.core.execute(query).scalar_one())


def is_good_link(tx: Transaction, now: datetime, secret: str) -> bool:
    """Return whether a sign-in link would still work; looking does not use it up."""
    row = tx.core.execute(sa.select(signin_links).where(signin_links.c.hash == hash_of(secret))).first()
    return row is not None and not row.used_at and row.expires_at > instant_text(now)


def sign_in(tx: Transaction, now: datetime, secret: str) -> str:
    """Use a sign-in link up and return the secret of the new signin.

    Raises:
        UnknownReaderError: the link was used, has expired, or never was.
    """
    used = tx.core.execute(
        sa.update(signin_links)
        .where(
            signin_links.c.hash == hash_of(secret),
            signin_links.c.used_at.is_(None),
            signin_links.c.expires_at > instant_text(now),
        )
        .values(used_at=instant_text(now))
    )
    if used.rowcount == 0:
        raise UnknownReaderError(
            "this sign-in link was used already, has expired, or is incomplete",
            way_out="Ask for a new one on the sign-in page.",
        )
    person = tx.core.execute(
        sa.select(signin_links.c.person).where(signin_links.c.hash == hash_of(secret))
    ).scalar_one()
    made = new_secret()
    tx.core.execute(
        signins.insert().values(
            hash=hash_of(made),
            person=person,
            created_at=instant_text(now),
            seen_at=instant_text(now),
            expires_at=instant_text(now + ABSOLUTE),
        )
    )
    return made


def signed_in_person(tx: Transaction, now: datetime, secret: str) -> str | None:
    """Return who is signed in by this secret; None where it is idle, expired, revoked or unknown."""
    row = tx.core.execute(sa.select(signins).where(signins.c.hash == hash_of(secret))).first()
    if (
        row is None
        or row.revoked_at
        or row.expires_at <= instant_text(now)
        or row.seen_at <= instant_text(now - IDLE)
    ):
        return None
    return str(row.person)


def is_fresh(tx: Transaction, now: datetime, secret: str) -> bool:
    """Return whether a signin was made just now; using it does not make it any fresher."""
    made = tx.core.execute(sa.select(signins.c.created_at).where(signins.c.hash == hash_of(secret))).scalar()
    return made is not None and made > instant_text(now - FRESH)


def touch_signin(tx: Transaction, now: datetime, secret: str) -> None:
    """Say that a signin is still in use."""
    tx.core.execute(
        sa.update(signins).where(signins.c.hash == hash_of(secret)).values(seen_at=instant_text(now))
    )


def sign_out(tx: Transaction, now: datetime, secret: str) -> None:
    tx.core.execute(
        sa.update(signins).where(signins.c.hash == hash_of(secret)).values(revoked_at=instant_text(now))
    )


def principal_again(tx: Transaction, now: datetime, workplan: str, principal: Principal) -> Principal:
    """Return the principal as it is now, inside the transaction that is about to write.

    Raises:
        UnknownReaderError: it lost its rights meanwhile.
    """
    if principal.has("system", "link"):
        return principal
    if principal.actor.startswith("token:"):
        home, again = token_again(tx, now, principal.actor)
        return again if home == workplan else Principal(principal.actor, frozenset({"public"}))
    return principal_of(tx, principal.actor, workplan)


def was_ever_signed_in(tx: Transaction) -> bool:
    return tx.core.execute(sa.select(signins.c.hash).limit(1)).first() is not None


def prune_signins(tx: Transaction, now: datetime) -> int:
    """Remove the signins and the links to sign in that ended a month ago; return how many.

    The newest signin stays: it says that somebody has signed in once.
    """
    over = instant_text(now - KEPT_AFTER)
    newest = sa.select(signins.c.hash).order_by(signins.c.created_at.desc()).limit(1).scalar_subquery()
    is_over = sa.or_(signins.c.expires_at < over, signins.c.revoked_at < over)
    done = tx.core.execute(sa.delete(signins).where(is_over, signins.c.hash != newest))
    used = tx.core.execute(sa.delete(signin_links).where(signin_links.c.expires_at < over))
    return done.rowcount + used.rowcount


def void_links(tx: Transaction, now: datetime, person: str) -> None:
    """Make every sign-in link of a person that was not used yet worthless."""
    tx.core.execute(
        sa.update(signin_links)
        .where(signin_links.c.person == person, signin_links.c.used_at.is_(None))
        .values(used_at=instant_text(now))
    )
