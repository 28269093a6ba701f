"""Erasing a person: the directory forgets name, address and every way in; the log keeps only opaque ids.

Texts that hold the name stand beside the log and are listed, for somebody to decide about each; a redaction is an entry
of its own. See docs/guarantees.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.clock import instant_text
from tracker.database import Database, Transaction
from tracker.directory.feeds import feeds_of
from tracker.directory.identities import identities_of
from tracker.directory.people import Person, grants_of, person_of
from tracker.directory.principals import Principal
from tracker.directory.tables import feeds, grants, identities, people, signin_links, signins, tokens
from tracker.directory.tokens import principal_again, tokens_of
from tracker.errors import DeniedError, NotFoundError
from tracker.events.ledger import Removal
from tracker.events.vocabulary import Channel
from tracker.notifications import drafts
from tracker.notifications.tables import invitations, letters, links, receipts
from tracker.projections.removals import redacted_hashes
from tracker.runtime import Runtime
from tracker.webhooks.subscriptions import remove_all_of, webhooks_of
from tracker.workplan.workstream import Workstream

Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing did, and the texts that still hold the name: ``{workplan, position, field}``."""

    person: str
    released: tuple[str, ...]
    texts: tuple[Found, ...]


def check_erasable(runtime: Runtime, workplan: str, person: str, principal: Principal) -> Person:
    """Return a person of a workplan whom this member of its Secretariat may erase: what is erased is erased everywhere.

    Raises:
        NotFoundError: nobody with a role in the workplan has this id.
        DeniedError: it is the asker, or somebody who takes part where the asker decides nothing.
    """
    with runtime.database.read() as tx:
        known, now = person_of(tx, person), runtime.now()
        taking_part = set(grants_of(tx, person))
        if workplan not in taking_part:
            raise NotFoundError(
                "nobody in {workplan} has the id {person}", workplan=workplan, person=person, value=person
            )
        if principal.person == person:
            raise DeniedError(
                "you cannot erase yourself",
                way_out="Ask another member of the Secretariat, or whoever runs the system: `tracker person erase`.",
            )
        taking_part |= {one for one in runtime.workplan_ids() if _releases(runtime, one, person)}
        if not all(principal_again(tx, now, one, principal).has("secretariat") for one in taking_part):
            raise DeniedError(
                "{person} also takes part in another workplan, whose Secretariat decides as well",
                person=person,
                way_out="Let it withdraw the roles there first, or run `tracker person erase` on the machine.",
            )
    return known


def erase(runtime: Runtime, person: str, principal: Principal, channel: Channel = "cli") -> Erased:
    """Erase a person from the directory, for ever. A second time changes nothing.

    Raises:
        NotFoundError: nobody has this id.
    """
    with runtime.database.read() as tx:
        known = person_of(tx, person)
        texts = texts_naming(tx, known)
    released = []
    for workplan in runtime.workplan_ids():
        wishes = _releases(runtime, workplan, person)
        if wishes:
            runtime.submit(workplan, wishes, principal, channel)
            released += [f"{workplan}: {wish['subject']} ({wish['data']['entity']})" for wish in wishes]
    with runtime.directory() as tx:
        now = instant_text(runtime.now())
        tx.core.execute(
            sa.update(people).where(people.c.person == person).values(name=None, email=None, erased_at=now)
        )
        tx.core.execute(sa.delete(grants).where(grants.c.person == person))
        tx.core.execute(sa.delete(feeds).where(feeds.c.person == person))
        remove_all_of(tx, person)
        tx.core.execute(sa.delete(identities).where(identities.c.person == person))
        tx.core.execute(sa.delete(signin_links).where(signin_links.c.person == person))
        tx.core.execute(sa.delete(signins).where(signins.c.person == person))
        tx.core.execute(
            sa.update(tokens)
            .where(tokens.c.person == person, tokens.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        tx.core.execute(
            sa.update(links)
            .where(links.c.person == person, links.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        drafts.forget(tx, person)
        tx.core.execute(sa.delete(invitations).where(invitations.c.person == person))
        tx.core.execute(
            sa.update(receipts).where(receipts.c.person == person).values(filler_name=None, filler_email=None)
        )
        tx.core.execute(
            sa.update(letters)
            .where(letters.c.recipient == person, letters.c.state.in_(("due", "held", "muted")))
            .values(state="lapsed", settled_at=now)
        )
    runtime.ledger.add([Removal("erasure", person)])
    scrub(runtime.database)
    return Erased(person, tuple(released), tuple(texts))


def _releases(runtime: Runtime, workplan: str, person: str) -> list[Found]:
    with runtime.ask(workplan) as view:
        return [
            {
                "type": "FocalPointReleased",
                "subject": f"workstream/{one.id}",
                "data": {"person": person, "entity": point.entity},
            }
            for one in view.plan.all("workstream", Workstream)
            for point in one.focal_points
            if point.person == person
        ]


def texts_naming(tx: Transaction, person: Person) -> list[Found]:
    """Return where the texts beside the log hold the person's name or address, in any case."""
    wanted = [said.casefold() for said in (person.name, person.email) if said]
    rows = tx.all("SELECT workplan, position, field, text FROM texts ORDER BY workplan, position, field")
    return [
        {"workplan": workplan, "position": position, "field": field}
        for workplan, position, field, text in rows
        if any(said in text.casefold() for said in wanted)
    ]


def scrub(database: Database) -> None:
    """Overwrite the free pages in which removed values may still stand."""
    if database.is_sqlite:  # secure_delete has zeroed the pages; the write-ahead log still holds their past
        with database.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (*_WAYS_IN, "texts", *_BEHIND_LINKS):
            connection.exec_driver_sql(f"VACUUM (FULL) {table}")


_WAYS_IN = ("people", "grants", "tokens", "signins", "signin_links", "identities")
_BEHIND_LINKS = ("drafts", "invitations", "receipts")


def own_data(tx: Transaction, person: str, workplan: str | None = None) -> Found:
    """Return everything the directory holds about a person, and where its texts may name them.

    ``workplan`` leaves out what is about others: one Secretariat is not told what somebody does elsewhere.
    """
    known = person_of(tx, person)
    rows = tx.core.execute(sa.select(grants).where(grants.c.person == person))
    sent = tx.core.execute(
        sa.select(letters).where(letters.c.recipient == person).order_by(letters.c.created_at)
    )
    held: Found = {
        "person": known.id,
        "name": known.name,
        "email": known.email,
        "language": known.language,
        "muted": known.muted,
        "roles": [{"workplan": row.workplan, "role": row.role, "region": row.region} for row in rows],
        "workplans": grants_of(tx, person),
        "identities": identities_of(tx, person),
        "tokens": tokens_of(tx, person),
        "calendars": [
            {"workplan": one} | feed for one in grants_of(tx, person) for feed in feeds_of(tx, one, person)
        ],
        "webhooks": [
            {"workplan": one, "url": webhook.url, "state": webhook.state, "created_at": webhook.created_at}
            for one in grants_of(tx, person)
            for webhook in webhooks_of(tx, one, person)
        ],
        "letters": [
            {"workplan": row.workplan, "quarter": row.quarter, "step": row.step, "state": row.state}
            for row in sent
        ],
        "drafts": drafts.held_of(tx, person),
        "texts": texts_naming(tx, known),
    }
    if workplan is None:
        return held
    only = {name: [one for one in held[name] if one["workplan"] == workplan] for name in _BY_WORKPLAN}
    return held | only | {"workplans": [one for one in held["workplans"] if one == workplan]}


_BY_WORKPLAN = ("roles", "tokens", "calendars", "webhooks", "letters", "drafts", "texts")


def sync_ledger(runtime: Runtime) -> int:
    """Write what a crash kept out of the ledger: every redaction of the logs, every erasure of the directory."""
    with runtime.database.read() as tx:
        found = [Removal("redaction", sha256) for sha256 in redacted_hashes(tx)]
        rows = tx.core.execute(sa.select(people.c.person).where(people.c.erased_at.is_not(None)))
        found += [Removal("erasure", row.person) for row in rows]
    return runtime.ledger.add(found)
