"""The Secretariat's desk for tokens, by which other systems read and write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import marshmallow as ma

from tracker.api.call import PREFIX, Answer, Asked, Call
from tracker.api.queries import REGIONS, Choice, Said
from tracker.directory import people, tokens
from tracker.directory.principals import ROLES
from tracker.events.schemas import Whole
from tracker.events.vocabulary import SLUG, SUBJECT_ID, Rule
from tracker.workplan.plan import refuse

Body = dict[str, Any]


class NewToken(ma.Schema):
    """A token to be created. One that reports names the person or the entities that it reports for."""

    role = Choice("what it may do", ROLES, required=True)
    person = Said("the opaque id of the person it acts for", r"[A-Za-z0-9-]+", 80)
    region = Choice("for a reviewer: the region", REGIONS)
    entities = ma.fields.List(Said("an entity id", SLUG, 80), load_default=list)
    workstreams = ma.fields.List(Said("a workstream id", SUBJECT_ID, 40), load_default=list)
    scopes = ma.fields.List(Choice("a further scope", ("erase",)), load_default=list)
    days = Whole(Rule("how many days it lives, 1 to 366", minimum=1, maximum=366), load_default=180)


def list_tokens(call: Call, asked: Asked) -> Answer:
    """List the tokens of the workplan, newest first, without their secrets."""
    return Answer({"items": tokens.list_tokens(asked.view.tx, call.workplan), "next": None})


def create_token(call: Call, _asked: Asked) -> Answer:
    """Create a token; its secret is in this answer and nowhere else."""
    body = call.body
    wanted = tokens.Grant(
        call.workplan,
        body["role"],
        body.get("person"),
        body.get("region"),
        tuple(body["entities"]),
        tuple(body["workstreams"]),
        tuple(body["scopes"]),
        timedelta(days=body["days"]),
    )
    with call.runtime.directory(call.workplan) as tx:
        if wanted.person is not None and not people.people_of(tx, [wanted.person]):
            raise refuse(
                "there is no person {person}",
                field="/person",
                value=wanted.person,
                way_out="Add the person first; the answer has the id.",
                person=wanted.person,
            )
        made, secret = tokens.create_token(tx, call.runtime.now(), wanted)
        shown = next(one for one in tokens.list_tokens(tx, call.workplan) if one["id"] == made)
    return Answer(
        shown | {"token": secret}, 201, {"Location": f"{PREFIX}/workplans/{call.workplan}/tokens/{made}"}
    )


def revoke_token(call: Call, _asked: Asked) -> Answer:
    """Revoke a token: from now on it opens nothing."""
    with call.runtime.directory(call.workplan) as tx:
        tokens.revoke_token(tx, call.runtime.now(), call.workplan, call.path["id"])
    return Answer(None, 204)
