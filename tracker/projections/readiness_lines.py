"""The lines of a region's readiness that are about the review itself and its meetings, and the list of all lines.

Every line is a pure function and says only ids, dates, counts, links and seals of texts: what it returns is frozen in
snapshots, so a change to it is a new version of the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tracker.events.dates import local_day
from tracker.events.shapes import to_json
from tracker.projections.readiness_activities import activities, gaps_and_needs, objectives, pledges, tags
from tracker.projections.readiness_region import SECRETARIAT, Item, Line, Region, end_of_review, lacks
from tracker.workplan.session import Session

# ------------------------------------------------------------------------------------------------- the review


def date_and_host(region: Region) -> Line:
    review, who = region.review, [SECRETARIAT, region.host]
    if review is None:
        return Line("unknown", missing=[lacks("review", [SECRETARIAT])])
    subject = f"review/{region.id}"
    moves = [
        {"position": move.position, "on": move.on, "old": to_json(move.old), "new": to_json(move.new)}
        | ({"reason": to_json(move.reason)} if move.reason else {})
        for move in review.reschedulings
    ]
    cited = region.cite(
        subject,
        status=review.status,
        planned=to_json(review.planned),
        current=to_json(review.current),
        commission=review.commission,
        place=review.place,
        held_on=review.held_on,
        outcomes=list(review.outcomes) or None,
    )
    details = {"moves": moves}
    if review.status == "held":
        return Line("met", [cited], [], details)
    if review.status == "cancelled":
        return Line("missing", [cited], [lacks("new-date", who, subject)], details)
    end = end_of_review(review)
    if end is not None and end < region.day:
        return Line("missing", [cited], [lacks("held-or-moved", who, subject)], details)
    lacking = [] if review.current.starts_on else [lacks("days", who, subject)]
    if review.place is None:
        lacking.append(lacks("place", who, subject))
    return Line("partly" if lacking else "met", [cited], lacking, details)


def agenda(region: Region) -> Line:
    """An agenda counts in full where it is of a session on the days of the review itself."""
    published = [one for one in region.sessions if any(m.kind == "agenda" for m in one.materials)]
    evidence = [_meeting(region, one) for one in published]
    review = region.review
    days = (
        (review.current.starts_on, review.current.ends_on or review.current.starts_on)
        if review
        else (None, None)
    )
    first, last = days
    if first and last and any(first <= (one.starts_at or "")[:10] <= last for one in published):
        return Line("met", evidence)
    lacking = [lacks("agenda", [SECRETARIAT, region.host])]
    return Line("partly" if evidence else region.absent(), evidence, lacking)


def sign_off(region: Region) -> Line:
    """Whether somebody signed a snapshot lately. Inside a snapshot this is about the ones before it."""
    review, lacking = region.review, [lacks("sign-off", [SECRETARIAT])]
    if review is None:
        return Line("unknown", missing=lacking)
    if not review.snapshots:
        return Line("missing", missing=lacking)
    last = review.snapshots[-1]
    age = (region.day - local_day(datetime.fromisoformat(last.taken_at), region.zone)).days
    evidence = [
        {
            "subject": f"review/{region.id}",
            "position": last.position,
            "snapshot": last.number,
            "age_days": max(age, 0),
        }
    ]
    if age <= region.rules.sign_off_days:
        return Line("met", evidence)
    return Line("partly", evidence, lacking)


def voluntary_reports(region: Region) -> Line:
    review = region.review
    who = [SECRETARIAT, region.host]
    if review is None:
        return Line("unknown", missing=[lacks("expected-reports", who)])
    subject = f"review/{region.id}"
    received = {report.country: report for report in review.reports_received}
    evidence = [region.cite(subject, country=country, url=one.url) for country, one in received.items()]
    awaited = [country for country in review.reports_expected if country not in received]
    details = {
        "expected": len(review.reports_expected),
        "received": len(received),
        "unannounced": [country for country in received if country not in review.reports_expected],
    }
    lacking = [
        lacks("voluntary-report", [{"role": "country", "country": one}], subject, country=one)
        for one in awaited
    ]
    if not review.reports_expected and not received:
        return Line("unknown", [], [lacks("expected-reports", who, subject)], details)
    if not awaited:
        return Line("met", evidence, [], details)
    return Line("partly" if received else "missing", evidence, lacking, details)


# --------------------------------------------------------------------------------------------------- meetings


def _meeting(region: Region, session: Session) -> Item:
    return region.cite(
        f"session/{session.id}",
        status=session.status,
        starts_at=session.starts_at,
        objectives=list(session.objectives),
        materials=[{"kind": m.kind, "url": m.url, "language": m.language} for m in session.materials],
    )


def _has_summary(session: Session) -> bool:
    return session.rule == "chatham_house" or any(
        material.kind == "summary" for material in session.materials
    )


def _meetings(region: Region, kinds: tuple[str, ...], what: str) -> Line:
    found = [one for one in region.sessions if one.kind in kinds]
    held = [one for one in found if one.status == "held"]
    to_come = [one for one in found if one.status in {"proposed", "scheduled"}]
    evidence = [_meeting(region, one) for one in found]
    lacking = [lacks("summary", [SECRETARIAT], f"session/{one.id}") for one in held if not _has_summary(one)]
    if not held:
        lacking.append(lacks(what, [SECRETARIAT, region.host]))
    may_apply = [region.cite(f"session/{one.id}") for one in region.open_sessions if one.kind in kinds]
    details = {"held": len(held), "to_come": len(to_come), "may_also_apply": may_apply}
    if held:
        return Line("partly" if lacking else "met", evidence, lacking, details)
    if to_come:
        return Line("partly", evidence, lacking, details)
    return Line("missing" if found else region.absent(), evidence, lacking, details)


def consultations(region: Region) -> Line:
    return _meetings(region, region.rules.consultations, "consultation")


def talks(region: Region) -> Line:
    return _meetings(region, region.rules.talks, "talk")


LINES_2026_1: dict[str, Callable[[Region], Line]] = {
    "date-and-host": date_and_host,
    "consultations": consultations,
    "agenda": agenda,
    "talks": talks,
    "voluntary-reports": voluntary_reports,
    "activities": activities,
    "objectives": objectives,
    "pledges": pledges,
    "gaps-and-needs": gaps_and_needs,
    "tags": tags,
    "sign-off": sign_off,
}

COMPUTED: dict[str, dict[str, Callable[[Region], Line]]] = {"2026-1": LINES_2026_1}
"""``{version: {line: how it is computed}}``."""
