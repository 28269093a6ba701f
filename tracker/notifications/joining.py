"""Joining a plan: a name and an address in the directory, a role, and a lead's places, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.database import Transaction
from tracker.directory import people
from tracker.directory.principals import Principal, Role
from tracker.errors import ConflictError
from tracker.events.vocabulary import Channel
from tracker.workplan.appointing import appointments

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is to join. A lead acts for ``entities``, by default wherever they lead; a reviewer has a ``region``."""

    name: str
    email: str
    language: str
    role: Role
    region: str | None = None
    entities: tuple[str, ...] = ()
    workstreams: tuple[str, ...] = ()


def places_of(view: View, person: str, newcomer: Newcomer) -> list[dict[str, Any]]:
    """Return the requests that name a newcomer focal point, none but for a lead.

    Raises:
        RuleError: no entity is given, or one does not lead there.
    """
    if newcomer.role != "lead":
        return []
    return appointments(view.plan, person, newcomer.entities, newcomer.workstreams)


def join(runtime: Runtime, workplan: str, newcomer: Newcomer, principal: Principal, channel: Channel) -> str:
    """Let somebody join and return the person's id; whoever has the address already keeps name and language.

    Raises:
        RuleError: a field cannot be; nothing was written.
        ConflictError: somebody else added the address in this moment.
    """
    with runtime.ask(workplan) as view:
        person = people.person_at(view.tx, newcomer.email) or people.new_person()
        requests = places_of(view, person, newcomer)

    def enter(tx: Transaction, _decision: object = None) -> None:
        now = runtime.now()
        held = people.add_person(tx, now, newcomer.name, newcomer.email, newcomer.language, person)
        if held != person:
            raise ConflictError(
                "this address was added by somebody else just now",
                field="/email",
                value=newcomer.email,
                way_out="Send the same again.",
            )
        people.grant(tx, now, person, workplan, newcomer.role, newcomer.region)

    if requests:
        runtime.submit(workplan, requests, principal, channel, alongside=enter)
    else:
        with runtime.directory(workplan) as tx:
            enter(tx)
    return person
