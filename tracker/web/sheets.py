"""Sheets: handed out, handed in, judged row by row, confirmed; imports undone; what public pages suggest."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.errors import NotFoundError, RuleError, TrackerError
from tracker.events.catalogue import CATALOGUE
from tracker.events.dates import local_day
from tracker.languages import spoken
from tracker.plans.reader import read_text
from tracker.projections.rounds import open_quarters
from tracker.projections.sheets import MEDIA_TYPES, Format
from tracker.projections.suggestions import suggestions
from tracker.projections.undoing import imports
from tracker.sheets import uploads
from tracker.sheets.foreseeing import foreseen, in_words
from tracker.sheets.handing_out import progress_sheet, setup_sheet
from tracker.sheets.progress import PROGRESS
from tracker.sheets.recording import Outcome, plan_sheet, record_sheet
from tracker.sheets.rows import Shared
from tracker.sheets.setup import SETUP
from tracker.sheets.undoing import undo
from tracker.sheets.uploads import Upload
from tracker.web.amending import field_words
from tracker.web.guarding import check_form
from tracker.web.language import _, n_
from tracker.web.readers import runtime
from tracker.web.refusal_words import said_plainly, told
from tracker.web.rendering import shell
from tracker.web.visits import Visit, page, visit
from tracker.workplan.document import DocumentError, requests_of
from tracker.workplan.document_differences import differences

KINDS = {"setup": SETUP, "progress": PROGRESS}
MOST_SHOWN = 500


@shell.get("/w/<workplan>/sheets")
def sheets(workplan: str) -> tuple[str, int]:
    with visit(workplan, "people") as here:
        return _page(here)


def _page(here: Visit, fault: str | None = None, status: int = 200) -> tuple[str, int]:
    period = here.workplan.period
    years = range(int(period.from_[:4]), int(period.to[:4]) + 1)
    today = local_day(runtime().now(), here.zone).isoformat()
    return page(
        "sheets.html",
        here,
        status,
        fault=fault,
        given=request.form if fault else {},
        quarters=[f"{year}-Q{number}" for year in years for number in (1, 2, 3, 4)],
        open_quarters=open_quarters(here.answer.plan),
        sessions=[(one["id"], here.text(one["title"])) for one in here.all("session")],
        imports=imports(here.answer.tx, here.id),
        suggestions=suggestions(here.answer.plan, here.id),
        today=today,
        done=request.args.get("done"),
        undone=request.args.get("undone"),
    )


@shell.get("/w/<workplan>/sheets/<any(setup, progress):kind>.<any(csv, xlsx):form>")
def blank_sheet(workplan: str, kind: str, form: Format) -> Response:
    """Hand out a sheet to fill in."""
    with visit(workplan, "people") as here:
        is_csv = form == "csv"
        if kind == "setup":
            data = setup_sheet(here.answer, is_csv=is_csv)
        else:
            data = progress_sheet(here.answer, is_csv=is_csv, quarters=request.args.getlist("quarter"))
        answer = Response(data, content_type=MEDIA_TYPES[form])
        answer.headers["Content-Disposition"] = f'attachment; filename="{workplan}-{kind}.{form}"'
        return answer


@shell.post("/w/<workplan>/sheets")
def hand_in(workplan: str) -> tuple[str, int] | Response:
    """Keep a file until it is confirmed, and show what it would do."""
    check_form()
    kind, file = request.form.get("kind", ""), request.files.get("file")
    with visit(workplan, "people") as here:
        if kind not in {*KINDS, "document"} or file is None or not file.filename:
            return _page(here, _("Choose a file."), 422)
        data, shared, principal = file.read(), _shared(here, kind), here.principal
        try:
            if kind == "document":
                _requests(here, data)
            else:
                plan_sheet(runtime(), workplan, principal, KINDS[kind], file.filename, data, shared)
        except (RuleError, DocumentError) as error:
            return _page(here, _plainly(error), 422)
    with runtime().database.write() as tx:
        made = uploads.keep(tx, runtime().now(), workplan, principal.actor, kind, file.filename, data, shared)
    return redirect(url_for("web.handed_in", workplan=workplan, upload=made), 303)


def _shared(here: Visit, kind: str) -> Shared:
    """Return what the form says once for all; reports by the Secretariat are always on behalf of somebody."""
    said = {
        name: request.form.get(name, "").strip() or None for name in ("reason", "occurred_on", "decided_at")
    }
    if kind != "progress":
        return Shared(**said)
    today = local_day(runtime().now(), here.zone).isoformat()
    return Shared(**said, received_on=request.form.get("received_on") or today)


@shell.get("/w/<workplan>/sheets/<upload>")
def handed_in(workplan: str, upload: str) -> tuple[str, int]:
    """Show row by row what a file would do, judged now."""
    with visit(workplan, "people") as here:
        found = _kept(here, upload)
        if found.kind == "document":
            return _document_page(here, found)
        return _outcome_page(here, found)


@shell.post("/w/<workplan>/sheets/<upload>")
def confirm(workplan: str, upload: str) -> tuple[str, int] | Response:
    """Record what a file says, all of it or nothing; what happened since it was shown is told instead."""
    check_form()
    with visit(workplan, "people") as here:
        found, principal = _kept(here, upload), here.principal
        requests = _requests(here, found.data) if found.kind == "document" else []
    try:
        if found.kind == "document":
            done = runtime().submit(workplan, requests, principal, "import") if requests else None
        else:
            outcome = plan_sheet(
                runtime(), workplan, principal, KINDS[found.kind], found.name, found.data, found.shared
            )
            done = record_sheet(runtime(), workplan, principal, outcome)
    except TrackerError as error:
        with visit(workplan, "people") as here:
            if found.kind == "document":
                return _document_page(here, found, said_plainly(error), 422)
            return _outcome_page(here, found, said_plainly(error), 422)
    with runtime().database.write() as tx:
        uploads.forget(tx, workplan, principal.actor)
    count = done.count if done and not done.is_repeat else 0
    return redirect(f"{url_for('web.sheets', workplan=workplan, done=count)}#done", 303)


@shell.post("/w/<workplan>/sheets/undo")
def undo_import(workplan: str) -> tuple[str, int] | Response:
    """Take every entry of an import back, all or none."""
    check_form()
    with visit(workplan, "people") as here:
        principal = here.principal
        try:
            done = undo(runtime(), workplan, request.form.get("import", ""), principal, "web")
        except TrackerError as error:
            return _page(here, said_plainly(error), 422)
    count = done.count if done else 0
    return redirect(f"{url_for('web.sheets', workplan=workplan, undone=count)}#done", 303)


@shell.post("/w/<workplan>/sheets/suggestions")
def accept_suggestion(workplan: str) -> tuple[str, int] | Response:
    """Enter one thing that a public page says."""
    check_form()
    with visit(workplan, "people") as here:
        wanted, principal = request.form.get("subject"), here.principal
        found = next((one for one in suggestions(here.answer.plan, workplan) if one.subject == wanted), None)
        if found is None:
            return _page(here, _("This is no longer suggested: the plan says it already."), 409)
    runtime().submit(workplan, dict(found.request), principal, "web")
    return redirect(f"{url_for('web.sheets', workplan=workplan)}#suggestions", 303)


# ---------------------------------------------------------------------------------------------------------- showing


def _kept(here: Visit, upload: str) -> Upload:
    try:
        return uploads.kept(here.answer.tx, runtime().now(), here.id, here.principal.actor, upload)
    except NotFoundError as error:
        raise NotFoundError(
            _(
                "This file is no longer kept: it was recorded, replaced by another, or handed in more than a day ago."
            ),
            way_out=_("Hand it in again."),
        ) from error


def _outcome_page(here: Visit, found: Upload, fault: str | None = None, status: int = 200) -> tuple[str, int]:
    kind = KINDS[found.kind]
    outcome = plan_sheet(runtime(), here.id, here.principal, kind, found.name, found.data, found.shared)
    return page(
        "sheet.html",
        here,
        status,
        upload=found,
        outcome=outcome,
        lines=_lines(here, outcome, found.shared),
        more=max(0, len({one.row for one in outcome.new}) - MOST_SHOWN),
        decided_at=here.words_of(found.shared.decided_at) if found.shared.decided_at else None,
        fault=fault,
    )


def _lines(here: Visit, outcome: Outcome, shared: Shared) -> list[dict[str, Any]]:
    """Return what each row would change, in words; what is said once for all is not said again in each."""
    made: dict[int, dict[str, Any]] = {}
    for one in outcome.new:
        if one.faults or (one.row not in made and len(made) == MOST_SHOWN):
            continue
        seen = foreseen(one)
        line = made.setdefault(
            one.row,
            {
                "row": one.row,
                "words": here.words_of(one.subject),
                "href": here.to_subject(one.subject),
                "about": [
                    _named(here, said) for said in seen.about[1:] if said != f"as of {shared.occurred_on}"
                ],
                "changes": [],
            },
        )
        line["changes"] += [
            (field_words(f"/data/{field}"), old, new)
            for field, old, new in seen.changes
            if not (field == "reason" and one.request["reason"] == shared.reason)
        ]
    return list(made.values())


def _named(here: Visit, said: str) -> str:
    return here.name(said) if here.answer.plan.has(f"entity/{said}") else said


def _requests(here: Visit, data: bytes) -> list[dict[str, Any]]:
    """Return what a plan document says otherwise than the plan.

    Raises:
        RuleError, DocumentError: it is no such document, or that of another plan.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RuleError(_("This is not a plan document: it is not written in UTF-8.")) from error
    document = read_text(text)
    if document.id != here.id:
        raise RuleError(_("This is the document of another plan: {id}.").format(id=document.id))
    return differences(here.answer.plan, requests_of(document))


def _document_page(
    here: Visit, found: Upload, fault: str | None = None, status: int = 200
) -> tuple[str, int]:
    requests = _requests(here, found.data)
    lines = [
        {
            "type": CATALOGUE[one["type"]].labels[spoken()],
            "subject": one["subject"],
            "words": here.words_of(one["subject"])
            if here.answer.plan.has(one["subject"])
            else one["subject"],
            "data": [(field_words(f"/data/{name}"), in_words(said)) for name, said in one["data"].items()],
        }
        for one in requests[:MOST_SHOWN]
    ]
    return page(
        "document_compared.html",
        here,
        status,
        upload=found,
        lines=lines,
        count=len(requests),
        more=max(0, len(requests) - MOST_SHOWN),
        fault=fault,
    )


def _plainly(error: RuleError | DocumentError) -> str:
    if isinstance(error, DocumentError):
        first = "; ".join(f"{one.path}: {told(one.message)}" for one in error.faults[:5])
        count = len(error.faults)
        return n_(
            "{count} fault in the document: {first}",
            "{count} faults in the document: {first}",
            count,
            first=first,
        )
    return said_plainly(error)
