"""A progress report or a decision about a status: what it must say to be taken, and what it changes."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.errors import RuleError
from tracker.events.catalogue import ActivityStatusChanged, ProgressReported
from tracker.events.dates import first_day, quarter_of
from tracker.events.event import Event, Wish
from tracker.events.vocabulary import Sealed, Status
from tracker.workplan import subitems
from tracker.workplan.activity_parts import Report
from tracker.workplan.claims import ENDED, FOLLOWS, Claim, claimed, combine, is_legal
from tracker.workplan.obligations import oldest_open_quarter
from tracker.workplan.plan import World, needs_reason, refuse

if TYPE_CHECKING:
    from tracker.workplan.activity import Activity


_SAYING = tuple(f.name for f in fields(ProgressReported) if f.name != "quarter")


def decide_report(
    state: Activity, wish: Wish, data: ProgressReported, world: World, day: date
) -> ProgressReported:
    """Return the report as it is stored: its quarter resolved, the start of the activity said.

    Raises:
        RuleError: it says nothing, contradicts itself, or lacks a reason or evidence.
    """
    if not any(getattr(data, name) for name in _SAYING):
        raise refuse(
            "the report about activity {id} says nothing",
            field="/data",
            value={},
            way_out="Say a status, an assessment, numbers or a note; or `no_change: true`.",
            id=state.id,
        )
    quarter = data.quarter or oldest_open_quarter(world.plan, state) or quarter_of(day)
    _check_quarter(quarter, world)
    _check_parts(state, data)
    if data.no_change and (data.status or data.assessment or data.done or data.subitems):
        raise refuse(
            "the report says both that nothing changed and what changed",
            field="/data/no_change",
            value=True,
            way_out="Leave out `no_change`, or the changes.",
        )
    stored = replace(data, quarter=quarter)
    base = state.base_for(quarter)
    if base is None:
        _check_saying(state, wish, data, None, Claim(data.status or "in_progress", data.assessment))
        return stored
    if data.assessment and data.status is None and base.status not in {"not_started", "in_progress"}:
        raise refuse(
            "activity {id} is {status}: only an activity in progress can be {assessment}",
            field="/data/assessment",
            value=data.assessment,
            way_out="Say `status: in_progress` too, with a reason, or leave out the assessment.",
            id=state.id,
            status=base.status,
            assessment=data.assessment,
        )
    claim = claimed(base, data.status, data.assessment)
    if not is_legal(base.status, claim.status):
        raise _illegal(state.id, base.status, claim.status, "/data/status")
    _check_saying(state, wish, data, base, claim)
    return (
        replace(stored, status="in_progress") if base.status != claim.status and not data.status else stored
    )


def _check_saying(
    state: Activity, wish: Wish, data: ProgressReported, base: Claim | None, claim: Claim
) -> None:
    """Refuse a report that lacks what its claim asks for; ``base`` is None where it is about an older quarter."""
    if data.assessment and claim.status != "in_progress":
        raise _not_in_progress(claim.status, data.assessment)
    if base is None or claim.status != base.status:
        _check_reasons(wish, state.id, base, claim.status)
    if data.assessment in {"at_risk", "delayed"} and not (data.same_reason and state.assessment_reason):
        needs_reason(wish, "`{assessment}` needs a reason", assessment=data.assessment)
    is_new = claim.status == "completed" and (base is None or base.status != "completed")
    if is_new and not data.evidence and wish.reason is None:
        raise refuse(
            "`completed` needs evidence, or a reason why there is none",
            field="/data/evidence",
            way_out="Give a link in `evidence`, or say in `reason` why there is none.",
        )


def decide_status(state: Activity, wish: Wish, data: ActivityStatusChanged) -> ActivityStatusChanged | None:
    """Return the decision to store, or None where it holds already and nothing is disputed."""
    if data.assessment and data.status != "in_progress":
        raise _not_in_progress(data.status, data.assessment)
    claim = claimed(state.claim, data.status, data.assessment)
    if claim == state.claim and not state.disputed and not data.evidence and not data.sustainability:
        return None
    if state.disputed:
        needs_reason(wish, "deciding between differing reports needs a reason")
    if not is_legal(state.status, claim.status):
        raise _illegal(state.id, state.status, claim.status, "/data/status")
    if claim.status != state.status:
        _check_reasons(wish, state.id, state.claim, claim.status)
    if data.assessment in {"at_risk", "delayed"} and data.assessment != state.assessment:
        needs_reason(wish, "`{assessment}` needs a reason", assessment=data.assessment)
    lacks = not (data.evidence or data.no_evidence_reason or wish.reason)
    if data.status == "completed" and state.status != "completed" and lacks:
        raise refuse(
            "`completed` needs evidence, or a reason why there is none",
            field="/data/evidence",
            way_out="Give a link in `evidence`, or say why there is none in `no_evidence_reason`.",
        )
    return data


def reported(state: Activity, event: Event, data: ProgressReported) -> Activity:
    """Return the state after a report; one about an older quarter than the newest reported changes no status."""
    quarter = data.quarter or ""
    report = Report(
        position=event.position,
        quarter=quarter,
        entity=event.speaker,
        occurred_on=event.occurred_on,
        recorded_at=event.recorded_at,
        no_change=bool(data.no_change),
        status=data.status,
        assessment=data.assessment,
        note=data.note,
        needs=data.needs,
        reason=event.reason,
        evidence=data.evidence,
        regions=data.regions,
        countries=data.countries,
        objectives=data.objectives,
    )
    statuses = data.subitems or {}
    state = replace(
        state,
        reports=_kept(state.reports, report),
        done=dict(sorted({**state.done, **(data.done or {})}.items())),
        evidence=(*state.evidence, *(one for one in data.evidence or () if one not in state.evidence)),
        subitems=tuple(replace(item, status=statuses.get(item.key, item.status)) for item in state.subitems),
        sustainability=data.sustainability or state.sustainability,
    )
    base = state.base_for(quarter)
    if base is None or not (data.no_change or data.status or data.assessment):
        return state
    claims = dict(state.claims) if quarter == state.quarter else {}
    speaker = event.speaker or ""
    if not data.no_change or speaker not in claims:  # else it says that its own last claim still holds
        claims[speaker] = claimed(base, data.status, data.assessment)
    combined, disputed = combine(list(claims.values()))
    return replace(
        state,
        quarter=quarter,
        before=base,
        claims=claims,
        status=combined.status,
        assessment=combined.assessment,
        disputed=disputed,
        assessment_reason=_reason(state, combined, data.assessment, event),
    )


def _kept(reports: tuple[Report, ...], newest: Report) -> tuple[Report, ...]:
    """Return what later questions need.

    Of each quarter the first report, which settles it; each entity's latest, and its latest about the newest quarter;
    about older quarters only what says more than a status, and the last reason of each assessment. A state must not
    grow with its history: every append writes it whole, every past plan reads it.
    """
    first = {newest.quarter: newest.position}
    for one in reports:
        first[one.quarter] = min(one.position, first.get(one.quarter, one.position))
    about = (newest.quarter, newest.entity)
    left = [
        one for one in reports if (one.quarter, one.entity) != about or one.position == first[one.quarter]
    ]
    left.append(newest)
    latest = {one.entity: one.position for one in left}
    reasons = {one.assessment: one.position for one in left if one.assessment and one.reason}
    held = {*first.values(), *latest.values(), *reasons.values()}
    last_quarter = max(first)
    return tuple(
        one for one in left if one.quarter == last_quarter or one.position in held or _says_more(one)
    )


def _says_more(report: Report) -> bool:
    return bool(report.needs or report.regions or report.countries or report.objectives)


def _reason(state: Activity, claim: Claim, said: str | None, event: Event) -> Sealed | None:
    """Return the reason of the assessment that counts, which may be another's than the one just said."""
    if claim.assessment not in {"at_risk", "delayed"}:
        return None
    if said == claim.assessment:
        return event.reason or state.assessment_reason
    if claim.assessment == state.assessment:
        return state.assessment_reason
    given = (
        one.reason for one in reversed(state.reports) if one.assessment == claim.assessment and one.reason
    )
    return next(given, state.assessment_reason)


def decided(state: Activity, event: Event, data: ActivityStatusChanged) -> Activity:
    """Return the state after a decision: it overrules the quarter's reports so far, later ones are judged from it."""
    claim = Claim(data.status, data.assessment)
    if claim.status == "in_progress" and claim.assessment is None and state.status == "in_progress":
        claim = Claim("in_progress", state.assessment)
    return replace(
        state,
        status=claim.status,
        assessment=claim.assessment,
        disputed=False,
        before=claim,
        claims={},
        evidence=(*state.evidence, *(one for one in data.evidence or () if one not in state.evidence)),
        assessment_reason=_reason(state, claim, data.assessment, event),
        sustainability=data.sustainability or state.sustainability,
    )


def _check_quarter(quarter: str, world: World) -> None:
    if first_day(quarter) > world.today:
        raise refuse(
            "the quarter {quarter} has not begun",
            field="/data/quarter",
            value=quarter,
            way_out=f"Report about {quarter_of(world.today)} or earlier.",
            quarter=quarter,
        )
    if quarter < quarter_of(world.first_day):
        raise refuse(
            "the quarter {quarter} lies before the plan's period",
            field="/data/quarter",
            value=quarter,
            way_out=f"Report about {quarter_of(world.first_day)} or later.",
            quarter=quarter,
        )


def _check_parts(state: Activity, data: ProgressReported) -> None:
    targets = [target.id for target in state.targets or ()]
    for target in data.done or {}:
        if target not in targets:
            raise refuse(
                "activity {id} has no target {target}",
                field=f"/data/done/{target}",
                value=target,
                way_out=f"Its targets are: {', '.join(targets) or 'none; say it in a note'}.",
                id=state.id,
                target=target,
            )
    in_plan = tuple(item for item in state.subitems if not item.withdrawn)
    for key, status in (data.subitems or {}).items():
        pointer = f"/data/subitems/{key}"
        held = subitems.require(state.id, in_plan, key, pointer)
        if not is_legal(held.status, status):
            raise _illegal(f"{state.id}({key})", held.status, status, pointer)


def _check_reasons(wish: Wish, subject: str, base: Claim | None, status: Status) -> None:
    if status in {"on_hold", "discontinued"}:
        needs_reason(wish, "`{status}` needs a reason", status=status)
    if base and base.status in ENDED:
        needs_reason(wish, "reopening activity {subject} needs a reason", subject=subject)


def _illegal(subject: str, old: Status, new: Status, pointer: str) -> RuleError:
    return refuse(
        "activity {subject} is {old}: {new} cannot follow",
        field=pointer,
        value=new,
        way_out=f"What may follow {old}: {', '.join(FOLLOWS[old])}. An earlier entry can be corrected instead.",
        subject=subject,
        old=old,
        new=new,
    )


def _not_in_progress(status: Status, assessment: str) -> RuleError:
    return refuse(
        "`{assessment}` says how work in progress goes, not of what is {status}",
        field="/data/assessment",
        value=assessment,
        way_out="Leave out the assessment, or say `status: in_progress`.",
        assessment=assessment,
        status=status,
    )
