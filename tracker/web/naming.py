"""The named moments of a plan: their list, each with the ways to go there, and the form that names another."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import new_id
from tracker.errors import ConflictError, DeniedError, MomentError, RuleError, TrackerError, UnavailableError
from tracker.projections.bounds import last_position
from tracker.web.guarding import check_form
from tracker.web.language import _, day_words, instant_words, zone_words
from tracker.web.progress import faults_of
from tracker.web.readers import runtime
from tracker.web.refusals import status_of
from tracker.web.rendering import shell
from tracker.web.visits import Visit, page, visit
from tracker.workplan.naming import naming
from tracker.workplan.root import Moment


@shell.get("/w/<workplan>/moments")
def named_moments(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        return _page(here)


@shell.post("/w/<workplan>/moments")
def name_moment(workplan: str) -> Response | tuple[str, int]:
    """Name a moment; what is refused comes back as it was filled in."""
    check_form()
    title, at = (request.form.get(name, "").strip() for name in ("title", "at"))
    with visit(workplan) as here:
        principal = here.principal
        if not principal.has("secretariat"):
            raise DeniedError(_("The Secretariat names moments."), way_out=_("Ask it to name one."))
        try:
            body = naming(here.root, title, at)
        except RuleError as error:
            return _refused(workplan, error)
    try:
        runtime().submit(workplan, body, principal, "web", request.form.get("key") or new_id())
    except (RuleError, ConflictError, UnavailableError) as error:
        return _refused(workplan, error)
    return redirect(url_for("web.named_moments", workplan=workplan), 303)


def _refused(workplan: str, error: TrackerError) -> tuple[str, int]:
    with visit(workplan) as here:
        return _page(here, status_of(error), faults=faults_of(error), form=request.form)


def _page(here: Visit, status: int = 200, **values: Any) -> tuple[str, int]:
    """Show the moments known at the moment shown, newest first."""
    may_name = here.principal.has("secretariat") and not here.moment.is_past
    shown = [_line(here, one) for one in sorted(here.workplan.moments, key=lambda one: one.at, reverse=True)]
    values = {"faults": {}, "form": {}, **values}
    return page("moments.html", here, status, moments=shown, may_name=may_name, key=new_id(), **values)


def _line(here: Visit, one: Moment) -> dict[str, Any]:
    """``position`` is None where the moment is still to come, 0 where it lies before the log."""
    answer = here.answer
    try:
        position = last_position(answer.tx, answer.end, here.root, runtime().now(), one.at)
    except MomentError:
        position = None
    is_day = "T" not in one.at
    words = day_words(one.at) if is_day else f"{instant_words(one.at, here.zone)}, {zone_words(here.zone)}"
    return {"slug": one.slug, "title": one.title, "words": words, "is_day": is_day, "position": position}
