"""Tokens for other systems, and links that sign people in once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tracker.clock import instant_text, new_id, new_secret
from tracker.database import Transaction
from tracker.directory.hashing import hash_of
from tracker.directory.people import grants_of, principal_of
from tracker.directory.principals import ROLES, Principal, Role
from tracker.directory.signins import new_signin
from tracker.directory.tables import provider_visits, signin_links, signins, tokens
from tracker.errors import DeniedError, NotFoundError, RuleError, UnknownReaderError

PREFIX = "wpt_"
LONGEST = timedelta(days=366)
KEPT_AFTER = timedelta(days=30)
LINK_LIFE = timedelta(minutes=60)


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
    "SELECT token, workplan, role, person, region, entities, workstreams, scopes, expires_at, revoked_at,"
    " (SELECT coalesce(suspended_at, erased_at) FROM people WHERE people.person = tokens.person)"
    " FROM tokens"
)


def _token(row: tuple[Any, ...] | None, now: datetime) -> tuple[str, Principal]:
    if row is None or row[10] or row[9] or row[8] <= instant_text(now):
        raise UnknownReaderError(
            "this token is not, or no longer, good",
            way_out="Ask the Secretariat for a new one; it is sent as `Authorization: Bearer <token>`.",
        )
    token, workplan, role, person, region, entities, workstreams, scopes, *_ = row
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


def list_tokens(tx: Transaction, workplan: str, person: str | None = None) -> list[dict[str, Any]]:
    """Return the tokens of a workplan, or those of one person there, newest first, without their secrets."""
    query = sa.select(tokens).where(tokens.c.workplan == workplan)
    if person is not None:
        query = query.where(tokens.c.person == person)
    return [_shown(row) for row in tx.core.execute(query.order_by(tokens.c.created_at.desc()))]


def tokens_of(tx: Transaction, person: str) -> list[dict[str, Any]]:
    """Return what is held about a person's tokens, wherever they are for."""
    rows = tx.core.execute(sa.select(tokens).where(tokens.c.person == person).order_by(tokens.c.created_at))
    return [
        {"workplan": row.workplan}
        | {name: _shown(row)[name] for name in ("id", "prefix", "role", "last_used_on")}
        for row in rows
    ]


def _shown(row: Any) -> dict[str, Any]:
    return {
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


def revoke_token(
    tx: Transaction, now: datetime, workplan: str, token: str, person: str | None = None
) -> None:
    """Revoke a token, ``person``'s own where one is named: from now on it opens nothing.

    Raises:
        NotFoundError: there is none such in the workplan.
    """
    which = [tokens.c.token == token, tokens.c.workplan == workplan, tokens.c.revoked_at.is_(None)]
    if person is not None:
        which.append(tokens.c.person == person)
    done = tx.core.execute(sa.update(tokens).where(*which).values(revoked_at=instant_text(now)))
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


def sign_in(tx: Transaction, now: datetime, secret: str, instead_of: str | None = None) -> str:
    """Use a sign-in link up and return the secret of the new signin, ``instead_of`` the one that the browser had.

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
    return new_signin(tx, now, person, proved_at=now, instead_of=instead_of)


def check_decides_about(tx: Transaction, now: datetime, person: str, principal: Principal) -> None:
    """Refuse to change how somebody signs in who takes part where the asker decides nothing.

    Raises:
        DeniedError: whoever changes an address or an identity could sign in with it, everywhere.
    """
    elsewhere = [
        one
        for one in grants_of(tx, person)
        if not principal_again(tx, now, one, principal).has("secretariat")
    ]
    if elsewhere:
        raise DeniedError(
            "{person} also takes part in another workplan, whose Secretariat decides as well",
            person=person,
            way_out="Ask whoever runs the system: `tracker person change` and `tracker person identity`.",
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


def prune_signins(tx: Transaction, now: datetime) -> int:
    """Remove the signins and the links to sign in that ended a month ago; return how many.

    The newest signin stays: it says that somebody has signed in once.
    """
    over = instant_text(now - KEPT_AFTER)
    newest = sa.select(signins.c.hash).order_by(signins.c.created_at.desc()).limit(1).scalar_subquery()
    is_over = sa.or_(signins.c.expires_at < over, signins.c.revoked_at < over)
    done = tx.core.execute(sa.delete(signins).where(is_over, signins.c.hash != newest))
    used = tx.core.execute(sa.delete(signin_links).where(signin_links.c.expires_at < over))
    left = tx.core.execute(sa.delete(provider_visits).where(provider_visits.c.expires_at < instant_text(now)))
    return done.rowcount + used.rowcount + left.rowcount


def void_links(tx: Transaction, now: datetime, person: str) -> None:
    """Make every sign-in link of a person that was not used yet worthless."""
    tx.core.execute(
        sa.update(signin_links)
        .where(signin_links.c.person == person, signin_links.c.used_at.is_(None))
        .values(used_at=instant_text(now))
    )
