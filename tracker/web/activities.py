"""One activity: what the plan says, how it stands, its history, and the form to report on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import new_id
from tracker.errors import ConflictError, DeniedError, RuleError, TrackerError, UnavailableError
from tracker.projections.inputs import inputs_of, products_of
from tracker.projections.timeline import trend_of
from tracker.web import labels
from tracker.web.amending import rehearse
from tracker.web.changed import told_doer
from tracker.web.differences import target_words
from tracker.web.figures import awaited
from tracker.web.guarding import check_form
from tracker.web.language import _
from tracker.web.plan import RECENT, recent
from tracker.web.progress import ReportForm, faults_of, form_for, request_of, told_of
from tracker.web.readers import runtime
from tracker.web.recordable import offered
from tracker.web.refusals import status_of
from tracker.web.rendering import shell
from tracker.web.telling import Told, since, told
from tracker.web.visits import Visit, page, visit
from tracker.workplan.obligations import leads_of

KEY_REUSED = "this Idempotency-Key was used with another body"
ALL = 500
STATUS = "status"
"""What of a history is asked for where only changes of status are."""


@shell.get("/w/<workplan>/activities/<id>")
def activity(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002 - the place in the address
    with visit(workplan) as here:
        view = here.one(f"activity/{id}")
        return _page(
            here,
            id,
            view,
            form_for(here, id, view),
            receipt=request.args.get("receipt") or request.args.get("done"),
        )


@shell.post("/w/<workplan>/activities/<id>")
def report_progress(workplan: str, id: str) -> Response | tuple[str, int]:  # noqa: A002
    """Say what a report will record, then record it; whatever is refused comes back with all that was filled in."""
    check_form()
    said = request.form.to_dict()
    with visit(workplan) as here:
        view = here.one(f"activity/{id}")
        form = form_for(here, id, view, said)
        if form is None:
            raise DeniedError(
                _("You cannot report about this activity."),
                way_out=_("Its leads and the Secretariat can; ask the Secretariat to name you focal point."),
            )
        if said.get("action") == "edit":
            return _page(here, id, view, form, is_open=True)
        principal, body = here.principal, request_of(said, id, is_on_behalf=form.is_on_behalf)
        try:
            effect = rehearse(here, body) if said.get("action") != "record" else None
        except (RuleError, ConflictError, UnavailableError) as error:
            return _refused(workplan, id, said, error)
        if said.get("action") != "record":
            return page(
                "report_review.html",
                here,
                activity=view,
                said=said,
                told=told_of(here, form, body),
                effect=effect or [],
            )
    try:
        done = runtime().submit(workplan, body, principal, "web", said.get("key") or new_id())
    except (RuleError, ConflictError, UnavailableError) as error:
        return _refused(workplan, id, said, error)
    address = url_for("web.activity", workplan=workplan, id=id, receipt=done.first_position)
    return redirect(f"{address}#receipt", 303)


def _refused(workplan: str, id_: str, said: dict[str, str], error: TrackerError) -> tuple[str, int]:
    """Show the form again as it was filled in, with what is wrong and what happened meanwhile."""
    known = int(said["version"]) if said.get("version", "").isdecimal() else 0
    with visit(workplan) as here:
        view = here.one(f"activity/{id_}")
        is_sent_before = isinstance(error, RuleError) and error.template == KEY_REUSED
        if is_sent_before or isinstance(error, ConflictError):
            said = said | {"key": new_id(), "version": ""}  # what happened since is shown beside the form
        form = form_for(here, id_, view, said)
        if form is None:
            raise error
        newer: list[Told] = []
        if isinstance(error, ConflictError) or is_sent_before:
            newer = since(here, f"activity/{id_}", known)
        if not isinstance(error, ConflictError):
            form = replace(form, faults=faults_of(error))
        return _page(here, id_, view, form, status_of(error), newer=newer, is_open=True)


def _page(
    here: Visit,
    id_: str,
    view: dict[str, Any],
    form: ReportForm | None,
    status: int = 200,
    *,
    receipt: str | None = None,
    newer: list[Told] | None = None,
    is_open: bool = False,
) -> tuple[str, int]:
    subject, answer, only = f"activity/{id_}", here.answer, request.args.get("history")
    entries, after = told(here, recent(here, subject, ALL if only in {"all", STATUS} else RECENT))
    if only == STATUS:
        entries = [one for one in entries if any(line.label == _("status") for line in one.lines)]
    windows = here.reveal(trend_of(answer.tx, here.id, answer.plan, answer.question, subject))["points"]
    receipted = next((one for one in entries if receipt and str(one.position) == receipt), None)
    return page(
        "activity.html",
        here,
        status,
        activity=view,
        workstream=here.one(f"workstream/{view['workstream']}"),
        marks=labels.activity_marks(view, is_awaited=id_ in awaited(here)),
        targets=[
            one | {"words": target_words(one, here), "reached": view["done"].get(one["id"], 0)}
            for one in view.get("targets") or ()
        ],
        form=form,
        is_open=is_open,
        since=newer or [],
        entries=entries,
        has_more=after is not None,
        inputs=(inputs := inputs_of(here.answer.plan, id_)),
        asked_of={
            one.id: here.names([entity for entity, _first in leads_of(here.answer.plan, one)])
            for one in inputs.awaited
        },
        only=only if only == STATUS else None,
        windows=[(one["new"], told_doer(here, one)) for one in windows],
        products=products_of(here.answer.plan, id_),
        ways=offered(here, "activity", view),
        added=offered(here, "milestone"),
        receipt=receipted,
        labels=labels,
    )
