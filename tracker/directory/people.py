"""People: names and addresses, which no entry of the log ever holds, and the roles they were granted."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address

import sqlalchemy as sa

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.directory.principals import ROLES, Principal, Role
from tracker.directory.tables import grants, people, tokens
from tracker.errors import NotFoundError, RuleError
from tracker.languages import LANGUAGES


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the directory. An erased one has neither name nor address.

    ``bounced``: their address takes no mail; they may do all that they might do before.
    """

    id: str
    name: str | None
    email: str | None
    language: str
    muted: bool = False
    suspended: bool = False
    bounced: bool = False

    @property
    def is_erased(self) -> bool:
        return self.name is None


def check_email(said: str) -> str:
    """Return the address, or refuse it.

    Raises:
        RuleError: it is none, or could smuggle a header into a letter.
    """
    text = said.strip()
    try:
        fits = "\r" not in text and "\n" not in text and Address(addr_spec=text).domain and len(text) <= 254
    except (HeaderParseError, ValueError, IndexError):
        fits = False
    if not fits:
        raise RuleError(
            "`{email}` is no mail address",
            email=said[:80],
            field="/email",
            value=said[:80],
            way_out="Give one such as name@example.org.",
        )
    return text


def new_person() -> str:
    """Return an id for somebody; it says nothing, and so may stand in entries for ever."""
    return f"p{secrets.token_hex(8)}"


def person_at(tx: Transaction, email: str) -> str | None:
    """Return the id of the person who has an address, in any case."""
    query = sa.select(people.c.person).where(sa.func.lower(people.c.email) == email.strip().lower())
    return tx.core.execute(query).scalar()


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise RuleError(
            "letters are written in {known}, not in `{language}`",
            known=", ".join(LANGUAGES),
            language=language,
            field="/language",
            value=language,
            way_out="Choose one of them.",
        )


def check_newcomer(name: str, email: str, language: str) -> None:
    """Refuse what cannot be entered.

    Raises:
        RuleError: as said.
    """
    check_email(email)
    _check_language(language)
    _check_name(name)


def _check_name(name: str) -> None:
    if not name.strip() or any(char < " " for char in name):
        raise RuleError(
            "a person needs a name", field="/name", value=name, way_out="Give the full name, on one line."
        )


def add_person(
    tx: Transaction, now: datetime, name: str, email: str, language: str, person: str | None = None
) -> str:
    """Add a person and return the id (``person``, if given); the same address again returns the person who has it."""
    check_newcomer(name, email, language)
    email = email.strip()
    if held := person_at(tx, email):
        return held
    person = person or new_person()
    tx.core.execute(
        people.insert().values(
            person=person, name=name.strip(), email=email, language=language, created_at=instant_text(now)
        )
    )
    return person


def check_role(role: str, region: str | None) -> None:
    """Refuse a role that nobody can have.

    Raises:
        RuleError: as said.
    """
    if role not in ROLES:
        raise RuleError(
            "`{role}` is no role",
            role=role,
            field="/role",
            value=role,
            way_out=f"The roles are: {', '.join(ROLES)}.",
        )
    if role == "reviewer" and not region:
        raise RuleError(
            "a reviewer needs a region", field="/region", way_out="Give the region of the review."
        )


def grant(
    tx: Transaction, now: datetime, person: str, workplan: str, role: Role, region: str | None = None
) -> None:
    """Grant a role in a workplan; a reviewer has a region."""
    check_role(role, region)
    tx.core.execute(
        sa.delete(grants).where(
            grants.c.person == person, grants.c.workplan == workplan, grants.c.role == role
        )
    )
    tx.core.execute(
        grants.insert().values(
            person=person, workplan=workplan, role=role, region=region, granted_at=instant_text(now)
        )
    )


def withdraw(tx: Transaction, now: datetime, person: str, workplan: str, role: str) -> bool:
    """Take a role in a workplan back, with the person's tokens of that role; return whether the person had it.

    Raises:
        RuleError: nobody would be left in the Secretariat, and so nobody who could grant a role again.
    """
    if role == "secretariat" and secretariat_of(tx, workplan) == [person]:
        raise RuleError(
            "nobody else is in the Secretariat of {workplan}",
            workplan=workplan,
            field="/role",
            value=role,
            way_out="Grant the role to somebody else first.",
        )
    tx.core.execute(
        sa.update(tokens)
        .where(
            tokens.c.person == person,
            tokens.c.workplan == workplan,
            tokens.c.role == role,
            tokens.c.revoked_at.is_(None),
        )
        .values(revoked_at=instant_text(now))
    )
    done = tx.core.execute(
        sa.delete(grants).where(
            grants.c.person == person, grants.c.workplan == workplan, grants.c.role == role
        )
    )
    return done.rowcount > 0


def secretariat_of(tx: Transaction, workplan: str) -> list[str]:
    """Return the ids of those who can act for the Secretariat now."""
    roles = roles_of(tx, workplan)
    known = people_of(tx, [one for one, held in roles.items() if "secretariat" in held])
    return [one.id for one in known.values() if not (one.is_erased or one.suspended)]


def person_of(tx: Transaction, person: str) -> Person:
    """Return a person.

    Raises:
        NotFoundError: nobody has this id.
    """
    found = people_of(tx, [person])
    if not found:
        raise NotFoundError("there is no person {person}", person=person, value=person)
    return found[person]


def people_of(tx: Transaction, ids: list[str] | None = None) -> dict[str, Person]:
    """Return ``{id: person}`` of the ids given, or of everybody."""
    query = sa.select(people).order_by(people.c.created_at, people.c.person)
    if ids is not None:
        query = query.where(people.c.person.in_(ids))
    return {
        row.person: Person(
            *(row.person, row.name, row.email, row.language),
            muted=bool(row.muted_at),
            suspended=bool(row.suspended_at),
            bounced=bool(row.bounced_at),
        )
        for row in tx.core.execute(query)
    }


def roles_of(tx: Transaction, workplan: str) -> dict[str, list[str]]:
    """Return ``{person: roles}`` of everybody with a role in a workplan."""
    found: dict[str, list[str]] = {}
    for row in tx.core.execute(
        sa.select(grants).where(grants.c.workplan == workplan).order_by(grants.c.role)
    ):
        found.setdefault(row.person, []).append(row.role)
    return found


def principal_of(tx: Transaction, person: str, workplan: str) -> Principal:
    """Return what a person may do in a workplan, as of now; one who is suspended or erased may do nothing."""
    in_force = sa.and_(people.c.suspended_at.is_(None), people.c.erased_at.is_(None))
    query = (
        sa.select(grants.c.role, grants.c.region)
        .join(people, people.c.person == grants.c.person)
        .where(grants.c.person == person, grants.c.workplan == workplan, in_force)
    )
    rows = list(tx.core.execute(query))
    region = next((row.region for row in rows if row.role == "reviewer"), None)
    return Principal(person, frozenset(row.role for row in rows) or frozenset({"public"}), person, region)


def grants_of(tx: Transaction, person: str) -> list[str]:
    """Return the workplans in which a person has a role."""
    query = (
        sa.select(grants.c.workplan).where(grants.c.person == person).distinct().order_by(grants.c.workplan)
    )
    return [str(row.workplan) for row in tx.core.execute(query)]


def set_muted(tx: Transaction, person: str, at: str | None) -> None:
    tx.core.execute(sa.update(people).where(people.c.person == person).values(muted_at=at))


def set_bounced(tx: Transaction, person: str, at: str | None) -> None:
    tx.core.execute(sa.update(people).where(people.c.person == person).values(bounced_at=at))


def change_person(
    tx: Transaction,
    person: str,
    *,
    name: str | None = None,
    email: str | None = None,
    language: str | None = None,
    has_letters: bool = False,
) -> None:
    """Change what the directory holds about a person; what is None stays.

    A new address is written to again, whatever became of the old one; so is the old one with ``has_letters``, which
    also ends the person's wish to get none.

    Raises:
        NotFoundError: nobody has this id.
        RuleError: a value cannot be, or somebody else has the address.
    """
    known = person_of(tx, person)
    if known.is_erased:
        raise NotFoundError("there is no person {person}", person=person, value=person)
    values: dict[str, str | None] = {}
    if name is not None:
        _check_name(name)
        values["name"] = name.strip()
    if language is not None:
        _check_language(language)
        values["language"] = language
    if email is not None:
        values["email"] = check_email(email)
        if person_at(tx, email) not in {None, person}:
            raise RuleError(
                "somebody else has the address {email}",
                email=email,
                field="/email",
                value=email,
                way_out="Give another, or name that person focal point instead.",
            )
        if known.email != values["email"]:
            values["bounced_at"] = None
    if has_letters:
        values |= {"bounced_at": None, "muted_at": None}
    if values:
        tx.core.execute(sa.update(people).where(people.c.person == person).values(**values))
