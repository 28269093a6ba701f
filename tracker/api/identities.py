"""The Secretariat's desk for identities: which account at the sign-in provider is whose."""

from __future__ import annotations

import marshmallow as ma

from tracker.api.call import Answer, Asked, Call
from tracker.api.dispatch import nothing_here
from tracker.api.queries import Said
from tracker.database import Transaction
from tracker.directory import identities, people, tokens
from tracker.workplan.plan import refuse


class NewIdentity(ma.Schema):
    """An account at the provider that this installation is set up with."""

    subject = Said(
        "the account's subject (`sub`), as the provider names it", r"[\x21-\x7e]+", 255, required=True
    )


def list_identities(call: Call, asked: Asked) -> Answer:
    """List the accounts at a sign-in provider that are linked to a person."""
    _check_here(asked.view.tx, call)
    return Answer({"items": identities.identities_of(asked.view.tx, call.path["person"]), "next": None})


def link_identity(call: Call, asked: Asked) -> Answer:
    """Link an account at the sign-in provider to a person, who then signs in with it."""
    provider = call.runtime.settings.provider
    if provider is None:
        raise refuse(
            "this installation has no sign-in provider",
            field="",
            way_out="Whoever runs it sets one up: docs/settings.md, TRACKER_OIDC_ISSUER.",
        )
    with call.runtime.directory(call.workplan) as tx:
        _check_decides(tx, call, asked)
        identities.link(tx, call.runtime.now(), call.path["person"], provider.issuer, call.body["subject"])
        found = identities.identities_of(tx, call.path["person"])
    return Answer({"items": found, "next": None}, 201)


def unlink_identities(call: Call, asked: Asked) -> Answer:
    """Unlink every account at a sign-in provider from a person, and end the person's signins."""
    with call.runtime.directory(call.workplan) as tx:
        _check_decides(tx, call, asked)
        identities.unlink(tx, call.runtime.now(), call.path["person"])
    return Answer(None, 204)


def _check_decides(tx: Transaction, call: Call, asked: Asked) -> None:
    _check_here(tx, call)
    tokens.check_decides_about(tx, call.runtime.now(), call.path["person"], asked.reader.principal)


def _check_here(tx: Transaction, call: Call) -> None:
    if call.workplan not in people.grants_of(tx, call.path["person"]):
        raise nothing_here()
