"""The Secretariat's desk for people: letting somebody join, and what is changed about them afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from flask import redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from tracker.directory import people as directory
from tracker.directory.principals import ROLES, Role
from tracker.errors import ConflictError, NotFoundError, RuleError
from tracker.notifications.handover import hand_over, seats_of
from tracker.notifications.joining import Newcomer, join, places_of
from tracker.web import labels
from tracker.web.guarding import check_form
from tracker.web.language import _
from tracker.web.people import LANGUAGES, check_known, person_page
from tracker.web.readers import runtime
from tracker.web.refusal_words import said_plainly
from tracker.web.refusals import status_of
from tracker.web.rendering import shell
from tracker.web.rounds import no_such_button
from tracker.web.signin import send_beside
from tracker.web.visits import Visit, page, visit
from tracker.workplan.appointing import led_by
from tracker.workplan.entity import Entity

# ------------------------------------------------------------------------------------------------------- joining


@shell.get("/w/<workplan>/people/add")
def add_form(workplan: str) -> tuple[str, int]:
    with visit(workplan, "people") as here:
        said = request.args.to_dict()
        return _adding(here, MultiDict({"language": here.languages[0], "role": "lead"} | said))


@shell.post("/w/<workplan>/people/add")
def add(workplan: str) -> Response | tuple[str, int]:
    """Say what would be, then let somebody join; whatever is refused comes back as it was filled in."""
    check_form()
    form = request.form
    newcomer = _newcomer(form)
    with visit(workplan, "people") as here:
        if form.get("action") == "edit":
            return _adding(here, form)
        held = directory.person_at(here.answer.tx, newcomer.email)
        try:
            directory.check_newcomer(newcomer.name, newcomer.email, newcomer.language)
            directory.check_role(newcomer.role, newcomer.region)
            places = places_of(here.answer, held or directory.new_person(), newcomer)
        except RuleError as error:
            return _adding(here, form, error)
        if form.get("action") != "record":
            return _adding(here, form, places=places, held=held)
        principal = here.principal
    try:
        person = join(runtime(), workplan, newcomer, principal, "web")
    except (RuleError, ConflictError) as error:
        with visit(workplan, "people") as here:
            return _adding(here, form, error)
    return _back(workplan, person, "joined")


def _newcomer(form: MultiDict[str, str]) -> Newcomer:
    said = {name: form.get(name, "").strip() for name in ("name", "email", "language", "role", "region")}
    is_lead = said["role"] == "lead"
    return Newcomer(
        said["name"],
        said["email"],
        said["language"],
        cast("Role", said["role"]),
        (said["region"] or None) if said["role"] == "reviewer" else None,
        tuple(form.getlist("entities")) if is_lead else (),
        tuple(form.getlist("workstreams")) if is_lead else (),
    )


def _adding(
    here: Visit,
    form: MultiDict[str, str],
    error: RuleError | ConflictError | None = None,
    places: list[dict[str, Any]] | None = None,
    held: str | None = None,
) -> tuple[str, int]:
    """Show the form; with ``places`` (perhaps none) what is about to be done."""
    known = directory.person_of(here.answer.tx, held) if held else None
    return page(
        "person_add.html",
        here,
        status_of(error) if error else 200,
        form=form,
        faults=_faults(error),
        is_confirmed=places is not None,
        seats=_places(here, places or []),
        known=known,
        roles=[(one, labels.role_words(one)) for one in ROLES],
        role=labels.role_words(form.get("role", "")),
        region=_(labels.REGION.get(form.get("region", ""), "")),
        regions=labels.REGION.items(),
        languages=LANGUAGES,
        leads=_leads(here),
        workstreams=here.all("workstream"),
    )


def _faults(error: RuleError | ConflictError | None) -> dict[str, str]:
    if error is None:
        return {}
    return {(error.field or "").strip("/").split("/")[0] or "form": said_plainly(error)}


def _places(here: Visit, requests: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return ``(entity's name, workstream)`` of the places that requests name somebody for."""
    return [(here.name(one["data"]["entity"]), one["subject"].partition("/")[2]) for one in requests]


def _leads(here: Visit) -> list[tuple[str, str, str]]:
    """Return ``(entity, its name, the workstreams that it leads)``, by name."""
    plan = here.answer.plan
    found = [(one.id, led_by(plan, one.id)) for one in plan.all("entity", Entity)]
    named = [(id_, here.name(id_), ", ".join(led)) for id_, led in found if led]
    return sorted(named, key=lambda one: one[1].casefold())


# ------------------------------------------------------------------------------------------- what is changed later


@dataclass(frozen=True, slots=True)
class Deed:
    """What a button of a person's page asks for. ``words``, where there are any, are confirmed before it is done."""

    done: str
    do: Callable[[], Any]
    words: list[str] = field(default_factory=list)
    button: str = ""


@shell.post("/w/<workplan>/people/<id>")
def change(workplan: str, id: str) -> Response | tuple[str, int]:  # noqa: A002 - the place in the address
    check_form()
    with visit(workplan, "people") as here:
        check_known(here, id)
        deed = _deed(here, id)
        if deed.words and request.form.get("confirmed") != "yes":
            return page("person_confirm.html", here, deed=deed, said=request.form, person=_known(here, id))
    try:
        deed.do()
    except (RuleError, ConflictError) as error:
        with visit(workplan, "people") as here:
            return person_page(here, id, status_of(error), faults=_faults(error), said=request.form)
    return _back(workplan, id, deed.done)


def _known(here: Visit, person: str) -> directory.Person:
    return directory.person_of(here.answer.tx, person)


def _deed(here: Visit, person: str) -> Deed:
    """Return what the pressed button means.

    Raises:
        DeniedError: the page has no such button.
        NotFoundError: it names somebody who is not there.
    """
    said = {name: value.strip() for name, value in request.form.items()}
    run, workplan, principal = runtime(), here.id, here.principal
    name = _known(here, person).name or ""

    def in_directory(write: Callable[[Any], Any]) -> Callable[[], None]:
        def do() -> None:
            with run.directory(workplan) as tx:
                write(tx)

        return do

    def submit(*requests: dict[str, Any]) -> Callable[[], Any]:
        return lambda: run.submit(workplan, list(requests), principal, "web")

    match said.get("action"):
        case "change":
            values = {one: said.get(one, "") for one in ("name", "email", "language")}
            has_letters = said.get("has_letters") == "yes"
            return Deed(
                "changed",
                in_directory(
                    lambda tx: directory.change_person(tx, person, **values, has_letters=has_letters)
                ),
            )
        case "grant":
            role, region = cast("Role", said.get("role", "")), said.get("region") or None
            return Deed(
                "granted",
                in_directory(lambda tx: directory.grant(tx, run.now(), person, workplan, role, region)),
            )
        case "withdraw":
            return Deed(
                "withdrawn",
                in_directory(
                    lambda tx: directory.withdraw(tx, run.now(), person, workplan, said.get("role", ""))
                ),
            )
        case "appoint" | "release" as action:
            return _seat(here, name, action, _request(action, person, said), submit)
        case "handover":
            to = said.get("to") or None
            other = _known(here, to).name if to else None
            seats = [
                _("{entity}, workstream {number}", entity=here.name(one.entity), number=one.workstream)
                for one in seats_of(here.answer, person)
            ]
            first = (
                _("{other} is focal point in place of {name}, for:", other=other, name=name)
                if other
                else _("{name} is no longer focal point, and nobody takes over, for:", name=name)
            )
            return Deed(
                "handed" if to else "released",
                lambda: hand_over(run, workplan, person, to, principal, "web"),
                [first, *seats],
                _("Hand over"),
            )
        case "link":
            address = _known(here, person).email or ""
            return Deed("sent", lambda: send_beside(address))
        case _:
            raise no_such_button()


def _request(action: str, person: str, said: dict[str, str]) -> dict[str, Any]:
    """Return the request of a seat, spelt by its button as ``workstream/entity``."""
    workstream, _slash, entity = said.get("seat", "").partition("/")
    kind = "FocalPointNamed" if action == "appoint" else "FocalPointReleased"
    return {
        "type": kind,
        "subject": f"workstream/{workstream}",
        "data": {"person": person, "entity": entity},
    }


def _seat(
    here: Visit, name: str, action: str, wish: dict[str, Any], submit: Callable[..., Callable[[], Any]]
) -> Deed:
    subject, entity = wish["subject"], wish["data"]["entity"]
    if here.answer.plan.standing(subject) is None or here.answer.plan.standing(f"entity/{entity}") is None:
        raise NotFoundError(_("There is no such place in this plan."), way_out=_("Choose one of the list."))
    operands = {
        "name": name,
        "entity": here.name(entity),
        "number": subject.partition("/")[2],
    }
    if action == "appoint":
        words = _("{name} becomes focal point of {entity} in workstream {number}.", **operands)
        return Deed("appointed", submit(wish), [words], _("Record it"))
    words = _("{name} is no longer focal point of {entity} in workstream {number}.", **operands)
    return Deed("released", submit(wish), [words], _("Record it"))


def _back(workplan: str, person: str, done: str) -> Response:
    return redirect(f"{url_for('web.person', workplan=workplan, id=person, done=done)}#done", 303)
