"""The Secretariat's page of webhooks: which systems are told of entries, how far each has come, what to do about it."""

from __future__ import annotations

from typing import cast

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.errors import TrackerError
from tracker.events.catalogue import CATALOGUE
from tracker.languages import spoken
from tracker.web import labels
from tracker.web.guarding import check_form
from tracker.web.language import _
from tracker.web.readers import runtime
from tracker.web.refusal_words import said_plainly
from tracker.web.rendering import shell
from tracker.web.rounds import no_such_button
from tracker.web.visits import Visit, page, visit
from tracker.webhooks import subscriptions
from tracker.webhooks.subscriptions import ACTIONS, Action, Wanted
from tracker.workplan.workstream import Workstream

DONE = {
    "pause": "Paused: nothing is sent until it goes on, and nothing is lost.",
    "resume": "It goes on within a minute.",
    "replay": "It is sent again from there, within a minute.",
    "remove": "Removed: nothing more is sent.",
}


@shell.get("/w/<workplan>/webhooks")
def webhooks(workplan: str) -> tuple[str, int]:
    with visit(workplan, "people") as here:
        return _page(here)


@shell.post("/w/<workplan>/webhooks")
def add_webhook(workplan: str) -> tuple[str, int]:
    """Subscribe an address, and show its secret: this page is the only one that ever does."""
    check_form()
    said = request.form
    with visit(workplan, "people") as here:
        position = 0 if said.get("start") == "beginning" else here.answer.end.position
        types = tuple(one for one in said.getlist("type") if one in CATALOGUE)
        subjects = (
            (f"activity/{said['workstream']}.*", f"workstream/{said['workstream']}")
            if said.get("workstream")
            else ()
        )
        actor = here.principal.actor
        if here.root.simulated:
            return _page(here, fault=_("This plan is simulated: it tells nobody of its entries."), status=422)
        try:
            with runtime().database.write() as tx:
                _made, secret = subscriptions.subscribe(
                    tx,
                    runtime().now(),
                    runtime().settings,
                    workplan=workplan,
                    actor=actor,
                    url=said.get("url", "").strip(),
                    wanted=Wanted(types, subjects),
                    position=position,
                )
        except TrackerError as error:
            return _page(here, fault=said_plainly(error), status=422)
    with visit(workplan, "people") as here:
        return _page(here, secret=secret, status=201)


@shell.get("/w/<workplan>/webhooks/<id>")
def webhook(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002 - the place in the address
    with visit(workplan, "people") as here:
        return _one(here, id)


@shell.post("/w/<workplan>/webhooks/<id>")
def act_on_webhook(workplan: str, id: str) -> tuple[str, int] | Response:  # noqa: A002
    """Do with a webhook what its button says."""
    check_form()
    action, after = request.form.get("action", ""), request.form.get("after", "")
    with visit(workplan, "people") as here:
        if action not in {*ACTIONS, "remove"}:
            raise no_such_button()
        end, secret = here.answer.end.position, None
    try:
        with runtime().database.write() as tx:
            one = subscriptions.webhook_in(tx, workplan, id)
            if action == "remove":
                subscriptions.remove(tx, one)
            elif action == "rotate":
                secret = subscriptions.rotate(tx, runtime().now(), runtime().settings, one)
            else:
                wanted = int(after) if after.isdecimal() and len(after) < 16 else None
                subscriptions.change(tx, one, cast("Action", action), after=wanted, end=end)
    except TrackerError as error:
        with visit(workplan, "people") as here:
            return _one(here, id, fault=said_plainly(error), status=422)
    if secret is not None:
        with visit(workplan, "people") as here:
            return _one(here, id, secret=secret)
    if action == "remove":
        return redirect(f"{url_for('web.webhooks', workplan=workplan, done=action)}#done", 303)
    return redirect(f"{url_for('web.webhook', workplan=workplan, id=id, done=action)}#done", 303)


def _page(
    here: Visit, fault: str | None = None, secret: str | None = None, status: int = 200
) -> tuple[str, int]:
    found = subscriptions.webhooks_of(here.answer.tx, here.id)
    return page(
        "webhooks.html",
        here,
        status,
        items=subscriptions.as_told(here.answer.tx, found, runtime().now()),
        labels=labels,
        types=sorted(
            ((one.type, one.labels[spoken()]) for one in CATALOGUE.values()), key=lambda pair: pair[1]
        ),
        workstreams=[one.id for one in here.answer.plan.all("workstream", Workstream) if not one.withdrawn],
        given=request.form if fault else {},
        fault=fault,
        secret=secret,
        done=DONE.get(request.args.get("done", "")),
    )


def _one(
    here: Visit, id_: str, fault: str | None = None, secret: str | None = None, status: int = 200
) -> tuple[str, int]:
    found = subscriptions.webhook_in(here.answer.tx, here.id, id_)
    return page(
        "webhook.html",
        here,
        status,
        one=subscriptions.as_told(here.answer.tx, [found], runtime().now())[0],
        labels=labels,
        types=[(CATALOGUE[one].labels[spoken()]) for one in found.wanted.types if one in CATALOGUE],
        end=here.answer.end.position,
        fault=fault,
        secret=secret,
        done=DONE.get(request.args.get("done", "")),
    )
