"""What a review team does about readiness: ask leads about a gap, record a finding, freeze with a sign-off."""

from __future__ import annotations

from functools import partial

from flask import request
from werkzeug.wrappers import Response

from tracker.documents.readiness import counts_words
from tracker.errors import DeniedError, NotFoundError
from tracker.notifications.occasions import unreachable_of
from tracker.notifications.reminders import acting
from tracker.projections.readiness import STATUSES, readiness
from tracker.projections.readiness_rules import LINES
from tracker.projections.rounds import open_quarters
from tracker.projections.snapshots import snapshots
from tracker.web.language import _, n_, occurred_words
from tracker.web.readers import reader
from tracker.web.readiness import may_find, region_in
from tracker.web.readiness_told import basis, line_mark, line_words, region_words
from tracker.web.rendering import shell
from tracker.web.stating import Ask, Said, Statement, form, take
from tracker.web.visits import Visit
from tracker.workplan.activity import Activity
from tracker.workplan.obligations import leads_of

FINDING = "/w/<workplan>/reviews/<region>/finding"
ASKING = "/w/<workplan>/reviews/<region>/ask/<activity>"
FREEZING = "/w/<workplan>/reviews/<region>/freeze"


def _trail(here: Visit, region: str) -> list[tuple[str, str]]:
    back = here.to("region_readiness", region=region)
    return [(here.to("readiness_of_all"), _("Readiness")), (back, region_words(region))]


def check_desk(here: Visit) -> None:
    if not here.principal.has("secretariat"):
        raise DeniedError(_("The Secretariat does this."), way_out=_("Ask it to."))


# ------------------------------------------------------------------------------------------------------ finding


@shell.get(FINDING)
def finding_form(workplan: str, region: str) -> tuple[str, int]:
    return form(workplan, partial(_finding, region))


@shell.post(FINDING)
def record_finding(workplan: str, region: str) -> Response | tuple[str, int]:
    return take(workplan, partial(_finding, region))


def _finding(region: str, here: Visit, said: Said) -> Statement:
    region = region_in(region)
    if not may_find(here, region):
        raise DeniedError(
            _("Findings are recorded by the Secretariat and by the review team of the region."),
            way_out=_("The Secretariat can grant you the role."),
        )
    line, status = said.get("line", ""), said.get("status", "")
    finding, source = (said.get(name, "").strip() for name in ("finding", "source"))
    lacking = {
        "line": _("Choose the line that it is about."),
        "status": _("Choose what the line comes to."),
        "finding": _("Say what was found."),
        "source": _("Say where it is known from."),
    }
    lacking = (
        {name: words for name, words in lacking.items() if not said.get(name, "").strip()} if said else {}
    )
    computed = {one["line"]: one for one in readiness(here.answer, region)["lines"]}
    sentences: list[str] = []
    if line in computed and status in STATUSES:
        by_rules = computed[line].get("computed", computed[line]["status"])
        sentences = [
            _(
                "“{line}” of {region} will say: {status}, by a person’s finding.",
                line=line_words(line),
                region=region_words(region),
                status=line_mark(status).words,
            ),
            _("What was found: {finding}", finding=finding),
            _("Source: {source}", source=source),
            _("By the rules alone it is: {status}. Both will be shown.", status=line_mark(by_rules).words),
        ]
        if "computed" in computed[line]:
            sentences.append(_("It replaces an earlier finding on this line; that one stays in the history."))
    data = {"line": line, "status": status, "finding": finding, "source": source}
    return Statement(
        heading=_("Record a finding: {region}", region=region_words(region)),
        trail=_trail(here, region),
        words=[
            _(
                "What people found out takes precedence over what the rules make of the plan."
                " Please name no private persons."
            )
        ],
        asks=[
            Ask(
                "line",
                "choice",
                _("The line"),
                options=[(one, line_words(one)) for one in LINES],
                begins=[request.args.get("line", "")],
            ),
            Ask(
                "status",
                "choice",
                _("How the line stands"),
                options=[(one, line_mark(one).words) for one in STATUSES],
            ),
            Ask("finding", "text", _("What was found"), longest=8000),
            Ask(
                "source",
                "line",
                _("Where it is known from"),
                _("A document, a page, a meeting."),
                longest=2000,
            ),
        ],
        lacking=lacking,
        sentences=sentences,
        requests=[{"type": "ReadinessFindingRecorded", "subject": f"review/{region}", "data": data}],
        button=_("Record the finding"),
        after=here.to("region_readiness", region=region) + f"#{line}",
    )


# ------------------------------------------------------------------------------------------------------- asking


@shell.get(ASKING)
def ask_form(workplan: str, region: str, activity: str) -> tuple[str, int]:
    return form(workplan, partial(_asking, region, activity))


@shell.post(ASKING)
def ask_leads(workplan: str, region: str, activity: str) -> Response | tuple[str, int]:
    return take(workplan, partial(_asking, region, activity))


def _asking(region: str, activity: str, here: Visit, said: Said) -> Statement:
    check_desk(here)
    region, plan = region_in(region), here.answer.plan
    state = plan.get(f"activity/{activity}", Activity)
    if state is None:
        raise NotFoundError(_("There is no activity {id} in this plan."), id=activity)
    quarters = open_quarters(plan)
    quarter = quarters[-1] if quarters else None
    away = unreachable_of(here.answer)
    points = {entity for entity, person in acting(plan, state.workstream) if person not in away}
    leads = [entity for entity, _first in leads_of(plan, state)]
    options = [
        (
            one,
            here.name(one)
            if one in points
            else _("{lead} (nobody there can be written to)", lead=here.name(one)),
        )
        for one in leads
    ]
    chosen, question = (
        [one for one in said.getlist("entity") if one in leads],
        said.get("question", "").strip(),
    )
    lacking = {}
    if said and not chosen:
        lacking["entity"] = _("Choose whom to ask.")
    if said and not question:
        lacking["question"] = _("Write the question.")
    obstacle = None
    if quarter is None:
        obstacle = _(
            "No reporting round is open, so there is no letter that could carry the question. A round that was closed"
            " is opened again on its own page."
        )
    line = said.get("about") or request.args.get("line", "")
    return Statement(
        heading=_("Ask the leads of activity {number}", number=state.number),
        trail=_trail(here, region),
        words=[
            here.text(here.one(f"activity/{activity}")["text"]),
            *(
                []
                if obstacle
                else [
                    _(
                        "The question joins the letter that waits for the focal point; if none waits, it goes as a"
                        " mail of its own."
                    )
                ]
            ),
            _("Please name no private persons."),
        ],
        asks=[
            Ask(
                "entity",
                "ticks",
                _("Whom to ask"),
                options=options,
                begins=[one for one in leads if one in points],
            ),
            Ask("question", "text", _("Your question"), longest=2000),
        ],
        lacking=lacking,
        sentences=[
            *(
                _("{lead} is asked about activity {number}.", lead=here.name(one), number=state.number)
                for one in chosen
            ),
            _("The question: {question}", question=question),
            _("It belongs to the round for {quarter}.", quarter=occurred_words(quarter) if quarter else ""),
        ],
        requests=[
            {
                "type": "ReportRequested",
                "subject": f"round/{quarter}",
                "data": {"activity": activity, "entity": one, "question": question},
            }
            for one in chosen
        ],
        button=n_("Ask one lead", "Ask {count} leads", len(chosen)),
        after=here.to("region_readiness", region=region, asked=len(chosen))
        + (f"#{line}" if line in LINES else ""),
        obstacle=obstacle,
        carried={"about": line} if line in LINES else {},
    )


# ----------------------------------------------------------------------------------------------------- freezing


@shell.get(FREEZING)
def freeze_form(workplan: str, region: str) -> tuple[str, int]:
    return form(workplan, partial(_freezing, region))


@shell.post(FREEZING)
def freeze(workplan: str, region: str) -> Response | tuple[str, int]:
    return take(workplan, partial(_freezing, region))


def _freezing(region: str, here: Visit, said: Said) -> Statement:
    check_desk(here)
    region, person = region_in(region), reader().person
    picture = readiness(here.answer, region)
    taken = snapshots(here.answer.plan, region)
    number = taken[-1]["number"] + 1 if taken else 1
    position = str(here.answer.question.position)
    lacking = {}
    if said and not said.get("signed"):
        lacking["signed"] = _("Sign it off, or leave it.")
    elif said and said.get("seen") != position:
        lacking["form"] = _(
            "Something was recorded meanwhile: the plan is at entry {now}, you looked at entry {seen}. This is how it"
            " stands now; look it over again.",
            now=position,
            seen=said.get("seen", "-")[:12],
        )
    counts = counts_words(picture, basis(here).say)
    sentences = [
        _(
            "{name} signs off the readiness of {region} as it stands now: {counts}.",
            name=(person.name if person else "") or _("You"),
            region=region_words(region),
            counts=counts,
        ),
        _(
            "It becomes snapshot {number} and shows the plan at entry {position}, by the rules {rules}.",
            number=number,
            position=position,
            rules=picture["rules"],
        ),
        _("It cannot be changed or taken back. Corrections of what it rests on will be listed beside it."),
    ]
    if not picture["has_data"]:
        sentences.insert(
            1, _("Nothing is linked to this region yet. The snapshot will say that nothing is known.")
        )
    data = {"signed_off_by": person.id if person else ""}
    return Statement(
        heading=_("Freeze a snapshot: {region}", region=region_words(region)),
        trail=_trail(here, region),
        words=[
            _("As it stands now, at entry {position}: {counts}.", position=position, counts=counts),
            *(
                []
                if picture["has_data"]
                else [
                    _(
                        "Nothing is linked to this region yet. A snapshot can be frozen all the same, and will say so."
                    )
                ]
            ),
        ],
        asks=[Ask("signed", "tick", _("I have looked at it and sign it off"))],
        lacking=lacking,
        sentences=sentences,
        requests=[
            {
                "type": "ReadinessSnapshotTaken",
                "subject": f"review/{region}",
                "data": data | {"number": number},
            }
        ],
        button=_("Freeze it"),
        after=here.to("snapshot_page", region=region, number=number, done="frozen"),
        carried={"seen": position},
    )
