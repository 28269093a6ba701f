"""People: who has a role in a plan, what is held about somebody, and erasing a person for ever."""

from __future__ import annotations

from typing import Any

from flask import request

from tracker import erasure
from tracker.directory import people as directory
from tracker.directory.principals import ROLES
from tracker.errors import DeniedError, NotFoundError
from tracker.notifications.handover import seats_of
from tracker.web import labels
from tracker.web.amending import field_words
from tracker.web.guarding import check_form
from tracker.web.language import _
from tracker.web.readers import reader, runtime
from tracker.web.rendering import shell
from tracker.web.signin import fresh_signin_needed
from tracker.web.visits import Visit, allow, page, visit
from tracker.workplan.appointing import leading
from tracker.workplan.workstream import Workstream

LANGUAGES = (("es", "Spanish"), ("en", "English"), ("fr", "French"))
"""The languages of letters, in words."""
DONE = {
    "joined": "They can act from now on. They were not written to: send a sign-in link below when they are to begin.",
    "changed": "It is changed.",
    "granted": "The role counts from now on.",
    "withdrawn": "The role is withdrawn, and counts no more.",
    "appointed": "It is recorded. The next letter of the round asks them too.",
    "released": "It is recorded. Links in letters about it no longer work.",
    "handed": "It is recorded. The old links no longer work, and a letter tells the new focal point what is open.",
    "sent": "A link that signs in once is on its way to their address.",
}
"""What the page of a person says of what was just done; ``done`` in its address names it."""


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
        if not _is_oneself(id):
            allow(here.principal, here.root, "people")
            check_known(here, id)
        return person_page(here, id)


def person_page(here: Visit, id_: str, status: int = 200, **values: Any) -> tuple[str, int]:
    """Render the page of a person, for the Secretariat with its forms; ``values`` say how one of them was filled in."""
    is_oneself = _is_oneself(id_)
    held = erasure.own_data(here.answer.tx, id_, None if is_oneself else here.id)
    return page(
        "person.html",
        here,
        status,
        held=held,
        roles=[(one["workplan"], labels.role_words(one["role"])) for one in held["roles"]],
        acting=_acting(here, id_),
        texts=_texts(here, held["texts"]),
        is_oneself=is_oneself,
        done=_(DONE[request.args["done"]]) if request.args.get("done") in DONE else None,
        can_erase=here.may("people") and not is_oneself,
        desk=_desk(here, held) if here.may("people") and not here.moment.is_past else None,
        **values,
    )


def _desk(here: Visit, held: dict[str, Any]) -> dict[str, Any]:
    """Return what the forms of the Secretariat offer: roles, places held and free, who could take over."""
    plan, tx = here.answer.plan, here.answer.tx
    seats = [(one.workstream, one.entity) for one in seats_of(here.answer, held["person"])]
    led = [(one.id, entity) for one in plan.all("workstream", Workstream) for entity in leading(one)]
    roles = directory.roles_of(tx, here.id)
    others = directory.people_of(tx, [one for one in roles if one != held["person"]])
    return {
        "roles": [(one["role"], labels.role_words(one["role"])) for one in held["roles"]],
        "seats": [(f"{stream}/{entity}", here.name(entity), stream) for stream, entity in seats],
        "free": [
            (f"{stream}/{entity}", here.name(entity), stream)
            for stream, entity in led
            if (stream, entity) not in seats
        ],
        "others": [(one.id, one.name) for one in others.values() if not (one.is_erased or one.suspended)],
        "grantable": [(one, labels.role_words(one)) for one in ROLES],
        "regions": list(labels.REGION.items()),
        "languages": LANGUAGES,
        "can_send": runtime().settings.smtp_url is not None,
        "has_letters": not (held["muted"] or directory.person_of(tx, held["person"]).bounced),
    }


def _is_oneself(person_id: str) -> bool:
    who = reader().person
    return who is not None and who.id == person_id


@shell.get("/w/<workplan>/people/<id>/erase")
def erase_form(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002
    with visit(workplan, "people") as here:
        check_known(here, id)
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
        check_known(here, id)
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


def check_known(here: Visit, person_id: str) -> None:
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
