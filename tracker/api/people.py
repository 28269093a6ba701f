"""The Secretariat's desk for people: names and addresses, which no entry of the log holds, and their roles."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from tracker import erasure
from tracker.api.call import PREFIX, Answer, Asked, Call
from tracker.api.dispatch import nothing_here
from tracker.api.queries import REGIONS, Choice, Said
from tracker.database import Transaction
from tracker.directory import people, tokens
from tracker.directory.principals import ROLES
from tracker.events.schemas import TrueOrFalse
from tracker.events.vocabulary import SLUG, SUBJECT_ID
from tracker.languages import LANGUAGES
from tracker.notifications import handover
from tracker.notifications.joining import Newcomer, join
from tracker.workplan.plan import Plan
from tracker.workplan.workstream import Workstream

Body = dict[str, Any]
PERSON = r"[A-Za-z0-9-]+"


class NewPerson(ma.Schema):
    """A person to be added, with a first role; a lead is named focal point of its entities in the same step."""

    name = Said("the full name, on one line", longest=200, required=True)
    email = Said("the address that letters go to", longest=254, required=True)
    language = Choice("the language of letters", LANGUAGES, load_default="en")
    role = Choice("the role in this workplan", ROLES, load_default="lead")
    region = Choice("for a reviewer: the region", REGIONS)
    entities = ma.fields.List(Said("an entity id", SLUG, 80), load_default=list)
    workstreams = ma.fields.List(Said("a workstream id", SUBJECT_ID, 40), load_default=list)


class NewRole(ma.Schema):
    """A role to be granted."""

    role = Choice("the role in this workplan", ROLES, required=True)
    region = Choice("for a reviewer: the region", REGIONS)


def list_people(call: Call, asked: Asked) -> Answer:
    """List the people with a role in the workplan."""
    tx = asked.view.tx
    roles = people.roles_of(tx, call.workplan)
    known = people.people_of(tx, list(roles))
    return Answer({"items": [_person(one, roles, asked.view.plan) for one in known.values()], "next": None})


def show_person(call: Call, asked: Asked) -> Answer:
    """Show one person."""
    return Answer(_shown(asked.view.tx, call.workplan, call.path["person"], asked.view.plan))


def add_person(call: Call, asked: Asked) -> Answer:
    """Add a person with a role, and name a lead focal point, all or nothing; the same address finds the same person."""
    said = dict(call.body)
    newcomer = Newcomer(
        **said | {"entities": tuple(said["entities"]), "workstreams": tuple(said["workstreams"])}
    )
    person = join(call.runtime, call.workplan, newcomer, asked.reader.principal, "api")
    return _now(call, person, 201)


class PersonChange(ma.Schema):
    """What is to be corrected; what is left out stays."""

    name = Said("the full name, on one line", longest=200)
    email = Said("the address; a new one is written to again", longest=254)
    language = Choice("the language of letters", LANGUAGES)
    has_letters = TrueOrFalse(
        load_default=False,
        metadata={"description": "write to them again, though a letter came back or they wanted none"},
    )


class NewHolder(ma.Schema):
    """To whom it goes."""

    to = Said("the person who becomes focal point in all their places; left out: nobody does", PERSON)


def change_person(call: Call, asked: Asked) -> Answer:
    """Correct a person's name, address or language."""
    person = call.path["person"]
    _now(call, person, 200)
    with call.runtime.directory(call.workplan) as tx:
        if call.body.get("email") is not None:
            tokens.check_decides_about(tx, call.runtime.now(), person, asked.reader.principal)
        people.change_person(tx, person, **call.body)
    return _now(call, person, 200)


def hand_over(call: Call, asked: Asked) -> Answer:
    """Release a person everywhere and name another in the same places; their links end, one letter goes.

    `alone` names leads that have nobody left who can be written to.
    """
    person, principal = call.path["person"], asked.reader.principal
    done = handover.hand_over(call.runtime, call.workplan, person, call.body.get("to"), principal, "api")
    seats = [{"workstream": one.workstream, "entity": one.entity} for one in done.seats]
    return Answer({"seats": seats, "letters": list(done.letters), "alone": list(done.alone)})


def grant_role(call: Call, _asked: Asked) -> Answer:
    """Grant a role in this workplan."""
    person = call.path["person"]
    with call.runtime.directory(call.workplan) as tx:
        people.person_of(tx, person)
        people.grant(
            tx, call.runtime.now(), person, call.workplan, call.body["role"], call.body.get("region")
        )
    return _now(call, person, 200)


def withdraw_role(call: Call, _asked: Asked) -> Answer:
    """Withdraw a role in this workplan, and revoke the person's tokens of it; it counts from the next request on."""
    with call.runtime.directory(call.workplan) as tx:
        if not people.withdraw(tx, call.runtime.now(), call.path["person"], call.workplan, call.path["role"]):
            raise nothing_here()
    return Answer(None, 204)


def erase_person(call: Call, asked: Asked) -> Answer:
    """Erase a person for ever: name, address and every way in; entries keep the opaque id and the entity.

    Tells where it was focal point and which texts of this workplan still hold the name; TextRedacted removes each.
    """
    person, principal = call.path["person"], asked.reader.principal
    erasure.check_erasable(call.runtime, call.workplan, person, principal)
    done = erasure.erase(call.runtime, person, principal, "api")
    here = [one for one in done.texts if one["workplan"] == call.workplan]
    return Answer({"person": person, "released": list(done.released), "texts": here})


def show_data(call: Call, asked: Asked) -> Answer:
    """Show all that is held about a person: to the person itself, and to the Secretariat as far as this workplan."""
    person, tx = call.path["person"], asked.view.tx
    if person == asked.reader.person:
        return Answer(erasure.own_data(tx, person))
    if call.workplan not in people.grants_of(tx, person):
        raise nothing_here()
    return Answer(erasure.own_data(tx, person, call.workplan))


def _now(call: Call, person: str, status: int) -> Answer:
    with call.runtime.ask(call.workplan) as view:
        body = _shown(view.tx, call.workplan, person, view.plan)
    return Answer(body, status, {"Location": f"{PREFIX}/workplans/{call.workplan}/people/{person}"})


def _shown(tx: Transaction, workplan: str, person: str, plan: Plan) -> Body:
    roles = people.roles_of(tx, workplan)
    found = people.people_of(tx, [person])
    if person not in roles or person not in found:
        raise nothing_here()
    return _person(found[person], roles, plan)


def _person(one: people.Person, roles: dict[str, list[str]], plan: Plan) -> Body:
    return {
        "person": one.id,
        "name": one.name,
        "email": one.email,
        "language": one.language,
        "roles": roles.get(one.id, []),
        "focal_points": [
            {"workstream": workstream.id, "entity": point.entity}
            for workstream in plan.all("workstream", Workstream)
            for point in workstream.focal_points
            if point.person == one.id
        ],
        "muted": one.muted,
        "suspended": one.suspended,
        "bounced": one.bounced,
    }
