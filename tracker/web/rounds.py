"""The Secretariat's desk for rounds: how each stands row by row, what the next run sends, and what to do about it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from tracker.clock import new_id
from tracker.directory.people import people_of
from tracker.errors import DeniedError, NotFoundError
from tracker.events.dates import local_day
from tracker.events.vocabulary import Channel
from tracker.notifications import desk, outbox
from tracker.notifications.notices import without_anybody
from tracker.notifications.occasions import unreachable_of
from tracker.notifications.reminders import acting
from tracker.projections.rounds import figures, rates, round_head, round_rows, round_view
from tracker.web import labels
from tracker.web.guarding import check_form
from tracker.web.language import _, day_words
from tracker.web.readers import principal_in, runtime
from tracker.web.rendering import shell
from tracker.web.report import preview_form
from tracker.web.visits import Visit, allow, page, visit
from tracker.workplan.activity import Activity
from tracker.workplan.obligations import leads_of
from tracker.workplan.plan import natural
from tracker.workplan.round import Round

LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'"
SHOWN = ("awaited", "late", "reported", "excused", "disputed")
CHANNEL: Channel = "web"
DONE = {
    "extended": "The round is now due on {due} and closes on {closes}. Its letters follow the new days.",
    "excused": "The report is excused: nobody is asked for it any more, and it counts as not expected.",
    "asked": "The question is recorded. It joins the letter that waits, or goes as a mail of its own within minutes.",
    "held": "Held letters: {count}. They wait until you release them; letters of later days are not held.",
    "released": "Released letters: {count}. What is due goes within minutes.",
}
"""What a page says of what was just done; ``done`` in its address names it."""


@shell.get("/w/<workplan>/rounds")
def rounds(workplan: str) -> tuple[str, int]:
    with visit(workplan, "rounds") as here:
        found = sorted(here.answer.plan.all("round", Round), key=lambda one: natural(f"round/{one.id}"))
        items = []
        for one in reversed(found):
            once = {row["activity"]: row for row in round_rows(here.answer.plan, one, here.zone)}
            items.append(round_head(one) | {"figures": figures(once.values())})
        return page("rounds.html", here, items=items, rates=rates(here.answer.plan, here.zone))


@shell.get("/w/<workplan>/rounds/<quarter>")
def round_page(workplan: str, quarter: str) -> tuple[str, int]:
    with visit(workplan, "rounds") as here:
        opened = _round(here, quarter)
        view = round_view(here.answer.plan, opened, here.zone)
        asked = {name: request.args.get(name, "").strip() for name in ("show", "entity", "workstream")}
        if not asked["show"]:
            asked["show"] = "awaited" if view["figures"]["awaited"] else "reported"
        is_now = not here.moment.is_past
        rows = [row for row in view["rows"] if _is_shown(row, asked)]
        counts: dict[str, int] = {}
        for letter in outbox.letters_of(here.answer.tx, workplan, quarter) if is_now else ():
            counts[letter.state] = counts.get(letter.state, 0) + 1
        return page(
            "round.html",
            here,
            round=view,
            rows=rows,
            asked=asked,
            shown=SHOWN,
            people=_people(here, [one["recipient"] for row in rows for one in row["letters"]]),
            letters=counts,
            alone=without_anybody(here.answer, quarter) if is_now and not opened.closed else [],
            may_act=is_now and here.may("letters"),
            is_open=not opened.closed,
            today=local_day(runtime().now(), here.zone).isoformat(),
            done=_done_words(view),
            labels=labels,
        )


def _is_shown(row: dict[str, Any], asked: dict[str, str]) -> bool:
    if (asked["entity"] and row["entity"] != asked["entity"]) or (
        asked["workstream"] and row["workstream"] != asked["workstream"]
    ):
        return False
    match asked["show"]:
        case "awaited":
            return bool(row["state"] == "not_reported")
        case "late":
            return bool(row["days_late"])
        case "excused":
            return bool(row["state"] == "excused")
        case "disputed":
            return bool(row["disputed"])
        case "reported":
            return row["report"] is not None
        case _:
            return True


def _done_words(view: dict[str, Any]) -> str | None:
    done, count = request.args.get("done", ""), request.args.get("count", "0")
    if done not in DONE:
        return None
    operands = {"due": day_words(view["due"]), "closes": day_words(view["closes"])}
    return _(DONE[done], **operands, count=count if count.isdecimal() else "0")


def _round(here: Visit, quarter: str) -> Round:
    found = here.answer.plan.get(f"round/{quarter}", Round)
    if found is None:
        raise NotFoundError(_("There was no round for {quarter} at the moment shown."), quarter=quarter)
    return found


def _people(here: Visit, ids: list[str]) -> dict[str, str]:
    """Return ``{person: name}`` for those who may see names; others see the opaque ids."""
    if not here.may("people"):
        return {}
    return {
        one.id: one.name or one.id for one in people_of(here.answer.tx, list(dict.fromkeys(ids))).values()
    }


# ------------------------------------------------------------------------------------------------ what is done


@shell.post("/w/<workplan>/rounds/<quarter>")
def act_on_round(workplan: str, quarter: str) -> Redirect:
    """Extend the round, excuse a report, or ask a lead: an entry each."""
    check_form()
    said = defaultdict(str, {name: value.strip() for name, value in request.form.items()})
    subject, data = f"round/{quarter}", dict[str, Any]()
    match said["action"]:
        case "extend":
            kind, done, data = "RoundExtended", "extended", {"due": said["due"], "closes": said["closes"]}
        case "excuse":
            kind, done, data = "ReportExcused", "excused", {"quarter": quarter}
            subject = f"activity/{said['activity']}"
        case "ask":
            kind, done = "ReportRequested", "asked"
            data = {name: said[name] for name in ("activity", "entity", "question")}
        case _:
            raise no_such_button()
    wish = {"type": kind, "subject": subject, "data": data}
    if said["reason"]:
        wish["reason"] = said["reason"]
    runtime().submit(workplan, wish, principal_in(workplan), CHANNEL, said["key"] or new_id())
    address = url_for("web.round_page", workplan=workplan, quarter=quarter, done=done)
    return redirect(f"{address}#done", 303)


def no_such_button() -> DeniedError:
    return DeniedError(_("This page has no such button."), way_out=_("Go back and use those that it has."))


@shell.get("/w/<workplan>/rounds/<quarter>/rows/<activity>/<entity>")
def round_row(workplan: str, quarter: str, activity: str, entity: str) -> tuple[str, int]:
    """Show what can be decided about one row: to ask, to excuse, to report on its behalf."""
    with visit(workplan, "letters") as here:
        _round(here, quarter)
        view = here.one(f"activity/{activity}")
        state = here.answer.plan.get(f"activity/{activity}", Activity)
        if state is None or entity not in dict(leads_of(here.answer.plan, state)):
            raise NotFoundError(
                _("{entity} does not lead activity {activity}."), entity=entity, activity=activity
            )
        points = [person for one, person in acting(here.answer.plan, state.workstream) if one == entity]
        names = _people(here, points)
        return page(
            "round_row.html",
            here,
            quarter=quarter,
            activity=view,
            entity=entity,
            key=new_id(),
            is_reachable=bool(set(points) - unreachable_of(here.answer)),
            focal_points=[(one, names.get(one, one)) for one in points],
        )


# ----------------------------------------------------------------------------------------------------- the next run


@shell.get("/w/<workplan>/rounds/<quarter>/run")
def run(workplan: str, quarter: str) -> tuple[str, int]:
    with visit(workplan, "rounds") as here:
        _round(here, quarter)
        planned = desk.planned_run(runtime(), here.answer, quarter)
        going = [one for one in planned.foreseen if one.state == "due"]
        held = [one for one in planned.foreseen if one.state == "held" and one.why == desk.HELD]
        return page(
            "run.html",
            here,
            run=planned,
            quarter=quarter,
            going=len(going),
            held=len(held),
            may_act=not here.moment.is_past and here.may("letters"),
            may_see_names=here.may("people"),
            states=labels.LETTER_STATE,
            labels=labels,
            done=_done_words(round_head(planned.opened)),
        )


@shell.post("/w/<workplan>/rounds/<quarter>/run")
def act_on_run(workplan: str, quarter: str) -> Redirect:
    """Hold or release the next run, or the letter to one person in it."""
    check_form()
    people = [request.form["person"]] if request.form.get("person") else []
    with visit(workplan, "letters") as here:
        _round(here, quarter)
    match request.form.get("action"):
        case "hold":
            done, (_step, count) = "held", desk.hold_run(runtime(), workplan, quarter, people)
        case "release":
            done, count = "released", desk.release_run(runtime(), workplan, quarter, people)
        case _:
            raise no_such_button()
    address = url_for("web.run", workplan=workplan, quarter=quarter, done=done, count=count)
    return redirect(f"{address}#done", 303)


@shell.get("/w/<workplan>/rounds/<quarter>/run/<person>")
def planned_letter(workplan: str, quarter: str, person: str) -> Response:
    """Show a letter of the next run as its mail program would, in the reader's language; its link opens nothing."""
    with visit(workplan, "rounds") as here:
        planned = desk.planned_run(runtime(), here.answer, quarter)
        message = desk.rendered(runtime(), here.answer, planned, person)
    part = message.get_body(("html",))
    made = make_response(str(part.get_content()) if part else "")
    # A letter's styles stand in it, as mail programs want them; nothing else may run or be fetched.
    made.headers["Content-Security-Policy"] = LETTER_POLICY
    return made


@shell.route("/w/<workplan>/rounds/<quarter>/form/<person>", methods=["GET", "POST"])
@shell.route("/w/<workplan>/rounds/<quarter>/form/<person>/w/<workstream>", methods=["GET", "POST"])
def form_preview(workplan: str, quarter: str, person: str, workstream: str | None = None) -> Response:
    """Show the very form that a focal point sees behind their link; its buttons record nothing."""
    with visit(workplan, "rounds") as here:
        allow(here.principal, here.root, "rounds")
        _round(here, quarter)
        place = url_for("web.form_preview", workplan=workplan, quarter=quarter, person=person)
        return preview_form(here.answer, person, quarter, place, workstream)
