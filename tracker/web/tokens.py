"""Tokens, by which other systems read and report: the Secretariat's of everybody, anybody's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask import redirect, request
from werkzeug.wrappers import Response

from tracker.clock import instant_text
from tracker.directory import people
from tracker.directory import tokens as directory
from tracker.directory.principals import ROLES, Role
from tracker.errors import DeniedError, RuleError, UnknownReaderError
from tracker.web import labels
from tracker.web.guarding import check_form
from tracker.web.language import _
from tracker.web.readers import reader, runtime
from tracker.web.refusal_words import said_plainly
from tracker.web.rendering import shell
from tracker.web.signin import fresh_signin_needed
from tracker.web.visits import Visit, page, visit
from tracker.workplan.entity import Entity
from tracker.workplan.review import Review
from tracker.workplan.workstream import Workstream

LIVES = (30, 90, 180, 366)


@shell.get("/w/<workplan>/tokens")
def tokens(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        return _page(here)


@shell.post("/w/<workplan>/tokens")
def create_token(workplan: str) -> tuple[str, int]:
    """Create a token and show it: this page is the only one that ever does."""
    check_form()
    with visit(workplan) as here:
        person = _whoever()
        if needed := fresh_signin_needed(f"/w/{workplan}/tokens"):
            return needed
        try:
            wanted = _wanted(here) if here.may("people") else _wanted_own(here, person)
            with runtime().directory(workplan) as tx:
                made, secret = directory.create_token(tx, runtime().now(), wanted)
        except RuleError as error:
            return _page(here, fault=said_plainly(error), status=422)
    with visit(workplan) as here:
        return _page(here, made=made, secret=secret, status=201)


@shell.post("/w/<workplan>/tokens/<id>/revoke")
def revoke_token(workplan: str, id: str) -> Response:  # noqa: A002 - the place in the address
    check_form()
    with visit(workplan) as here:
        own = None if here.may("people") else _whoever()
    with runtime().directory(workplan) as tx:
        directory.revoke_token(tx, runtime().now(), workplan, id, own)
    return redirect(f"/w/{workplan}/tokens", 303)


def _page(
    here: Visit,
    made: str | None = None,
    secret: str | None = None,
    fault: str | None = None,
    status: int = 200,
) -> tuple[str, int]:
    person, is_desk = _whoever(), here.may("people")
    tx, now = here.answer.tx, instant_text(runtime().now())
    found = directory.list_tokens(tx, here.id, None if is_desk else person)
    known = people.people_of(tx, [one["person"] for one in found if one["person"]])
    roles = people.roles_of(tx, here.id)
    shown, _ok = page(
        "tokens.html",
        here,
        tokens=[
            (one, labels.role_words(one["role"]), known.get(one["person"]), one["expires_at"] <= now)
            for one in found
        ],
        roles=[(one, labels.role_words(one)) for one in (ROLES if is_desk else roles.get(person, []))],
        people=_named(people.people_of(tx, list(roles))) if is_desk else [],
        entities=[(one.id, here.name(one.id)) for one in here.answer.plan.all("entity", Entity)]
        if is_desk
        else [],
        workstreams=[one.id for one in here.answer.plan.all("workstream", Workstream)],
        regions=[
            (one.id, here.words_of(f"review/{one.id}")) for one in here.answer.plan.all("review", Review)
        ],
        lives=LIVES,
        made=made,
        secret=secret,
        fault=fault,
        is_desk=is_desk,
        given=request.form if fault else {},
        base=runtime().settings.base_url,
    )
    return shown, status


def _wanted(here: Visit) -> directory.Grant:
    """Return what the Secretariat asks for."""
    said, found = request.form.get, here.answer.plan
    person = said("person") or None
    if person is not None and person not in people.roles_of(here.answer.tx, here.id):
        raise RuleError(_("Choose somebody who has a role in this plan."))
    entity, workstream = said("entity") or None, said("workstream") or None
    for kind, one in (("entity", entity), ("workstream", workstream)):
        if one is not None and not found.has(f"{kind}/{one}"):
            raise RuleError(_("Choose one of the list."))
    return directory.Grant(
        here.id,
        cast("Role", said("role", "")),
        person,
        said("region") or None,
        (entity,) if entity else (),
        (workstream,) if workstream else (),
        ("erase",) if said("erase") else (),
        _life(said("days", "")),
    )


def _wanted_own(here: Visit, person: str) -> directory.Grant:
    """Return what somebody asks for themselves: never more than they may do."""
    principal = people.principal_of(here.answer.tx, person, here.id)
    role = cast("Role", request.form.get("role", ""))
    if not principal.has(role) or role == "public":
        raise DeniedError(_("You can make a token for a role that you have, and for no other."))
    workstream = request.form.get("workstream") or None
    if workstream is not None and not here.answer.plan.has(f"workstream/{workstream}"):
        raise RuleError(_("Choose one of the list."))
    narrowed = (workstream,) if workstream else ()
    region = principal.region if role == "reviewer" else None
    return directory.Grant(
        here.id, role, person, region, workstreams=narrowed, life=_life(request.form.get("days", ""))
    )


def _life(said: str) -> timedelta:
    if said not in {str(one) for one in LIVES}:
        raise RuleError(_("Choose how long the token lives."))
    return timedelta(days=int(said))


def _named(found: dict[str, people.Person]) -> list[tuple[str, Any]]:
    return sorted(
        ((one.id, one.name) for one in found.values() if one.name), key=lambda pair: pair[1].casefold()
    )


def _whoever() -> str:
    who = reader().person
    if who is None:
        raise UnknownReaderError(_("Sign in to see your tokens."))
    return who.id
