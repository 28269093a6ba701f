"""People: who has a role in a plan, what is held about somebody, and erasing a person for ever."""

from __future__ import annotations

from typing import Any

from flask import request

from tracker import erasure
from tracker.directory import people as directory
from tracker.errors import DeniedError, NotFoundError
from tracker.web import labels
from tracker.web.amending import field_words
from tracker.web.guarding import check_form
from tracker.web.language import _
from tracker.web.readers import reader, runtime
from tracker.web.rendering import shell
from tracker.web.signin import fresh_signin_needed
from tracker.web.visits import Visit, allow, page, visit
from tracker.workplan.workstream import Workstream


@shell.get("/w/<workplan>/people")
def people(workplan: str) -> tuple[str, int]:
    with visit(workplan, "people") as here:
        roles = directory.roles_of(here.answer.tx, workplan)
        known = directory.people_of(here.answer.tx, list(roles))
        found = sorted(known.values(), key=lambda one: (one.name or "").casefold())
        return page(
            "people.html",
            here,
            people=[(one, _roles(roles[one.id]), _acting(here, one.id)) for one in found],
        )


@shell.get("/w/<workplan>/people/<id>")
def person(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002 - the place in the address
    """Show what is held about somebody: to the person itself all, to the Secretariat as far as this plan."""
    with visit(workplan) as here:
        who = reader().person
        is_oneself = who is not None and who.id == id
        if not is_oneself:
            allow(here.principal, here.root, "people")
            _check_known(here, id)
        held = erasure.own_data(here.answer.tx, id, None if is_oneself else workplan)
        return page(
            "person.html",
            here,
            held=held,
            roles=[(one["workplan"], labels.role_words(one["role"])) for one in held["roles"]],
            acting=_acting(here, id),
            texts=_texts(here, held["texts"]),
            is_oneself=is_oneself,
            can_erase=here.may("people") and not is_oneself,
        )


@shell.get("/w/<workplan>/people/<id>/erase")
def erase_form(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002
    with visit(workplan, "people") as here:
        _check_known(here, id)
        known = _erasable(here, id)
        if needed := fresh_signin_needed():
            return needed
        held = erasure.own_data(here.answer.tx, id, workplan)
        texts = _texts(here, held["texts"])
        return page("erase.html", here, known=known, held=held, acting=_acting(here, id), texts=texts)


@shell.post("/w/<workplan>/people/<id>/erase")
def erase(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002
    """Erase a person, and show what is left to decide; once the name is gone nobody can look for it again."""
    check_form()
    with visit(workplan, "people") as here:
        _check_known(here, id)
        known = _erasable(here, id)
        if needed := fresh_signin_needed():
            return needed
        principal = here.principal
    if request.form.get("action") != "erase":
        return erase_form(workplan, id)
    done = erasure.erase(runtime(), id, principal, "web")
    with visit(workplan, "people") as here:
        here_only = [one for one in done.texts if one["workplan"] == workplan]
        return page(
            "erased.html", here, name=known.name, released=len(done.released), texts=_texts(here, here_only)
        )


def _check_known(here: Visit, person_id: str) -> None:
    """Refuse an id that nobody with a role in this plan has.

    Raises:
        NotFoundError: as said.
    """
    if here.id not in directory.grants_of(here.answer.tx, person_id):
        raise NotFoundError(
            _("Nobody with a role in this plan is known by that address."),
            way_out=_("The people of the plan are listed under People."),
        )


def _erasable(here: Visit, person_id: str) -> directory.Person:
    try:
        return erasure.check_erasable(runtime(), here.id, person_id, here.principal)
    except DeniedError as error:
        plainly = {
            "you cannot erase yourself": _(
                "You cannot erase yourself; ask another member of the Secretariat."
            ),
        }
        said = _(
            "This person also takes part in another plan, whose Secretariat decides as well: it withdraws the roles"
            " there first."
        )
        raise DeniedError(plainly.get(error.template, said)) from error


def _roles(roles: list[str]) -> str:
    return ", ".join(labels.role_words(one) for one in roles)


def _acting(here: Visit, person_id: str) -> list[tuple[str, str]]:
    """Return ``(workstream, entity's name)`` for which somebody is focal point."""
    return [
        (one.id, here.name(point.entity))
        for one in here.answer.plan.all("workstream", Workstream)
        for point in one.focal_points
        if point.person == person_id
    ]


def _texts(here: Visit, found: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Return ``(entry, label of the field)`` of the texts of this plan that hold a name."""
    return [(one["position"], field_words(one["field"])) for one in found if one["workplan"] == here.id]
