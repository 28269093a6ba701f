"""How ready a region is for its review: every line met, partly, missing or unknown, with its evidence, at any position.

The *picture* is what the rules make of a plan on a day: ids, dates, counts, links and seals, no names and no texts. Its
canonical bytes are what a snapshot freezes. The live answer is the same picture with labels.

Source: docs/readiness.md.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from tracker.errors import NotFoundError
from tracker.events.event import kind_of
from tracker.events.shapes import to_json
from tracker.plans.reference import objective_labels, region_labels, region_named
from tracker.projections.questions import Question
from tracker.projections.readiness_labels import LINE_LABELS, MISSING_WORDS
from tracker.projections.readiness_lines import COMPUTED
from tracker.projections.readiness_region import Line, Region, region_of
from tracker.projections.readiness_rules import CURRENT, Rules, rules_of
from tracker.workplan.activity import Activity
from tracker.workplan.plan import Plan, natural
from tracker.workplan.review import Finding
from tracker.workplan.root import Workplan

Picture = dict[str, Any]
FORMAT = "readiness/1"
STATUSES = ("met", "partly", "missing", "unknown")


class Asked(Protocol):
    """An answered question, as the runtime opens one."""

    @property
    def plan(self) -> Plan: ...

    @property
    def question(self) -> Question: ...


def known_region(said: str) -> str:
    """Return the id of a region from its id, commission or name, in any case.

    Raises:
        NotFoundError: it is none; names those there are.
    """
    region = region_named(said)
    if region is None:
        raise NotFoundError(
            "there is no region {said}",
            said=said,
            field="region",
            value=said,
            way_out=f"The regions are: {', '.join(region_labels())}.",
        )
    return region


def readiness(view: Asked, region: str, rules: str = CURRENT) -> Picture:
    """Return the live readiness of a region: the picture, the question it answers, and labels in three languages.

    ``lines`` holds ``{line, label, status, by, evidence, missing: [{what, words, who, subject?}], details, findings?,
    computed?}``; texts of findings and needs are still sealed.

    Raises:
        NotFoundError: there is no such region, or no such version of the rules.
    """
    region = known_region(region)
    question = view.question
    made = picture(
        view.plan,
        region,
        question.position,
        question.recorded_at,
        question.day,
        question.zone,
        rules_of(rules),
    )
    for line in made["lines"]:
        line["label"] = LINE_LABELS.get(line["line"], {})
        for lacking in line["missing"]:
            lacking["words"] = MISSING_WORDS.get(lacking["what"], {})
        for row in line["details"].get("rows", ()):
            row["label"] = objective_labels()[row["objective"]]
    return {"question": question.as_json(), "region_label": region_labels()[region]} | made


def readiness_words(made: Picture, language: str = "en") -> str:
    """Return a live readiness as text for a terminal: each line, how much evidence it has, and what is missing."""
    counts = ", ".join(f"{count} {status}" for status, count in made["counts"].items())
    words = [
        f"{made['region_label'][language]}, {made['question']['words']} (entry {made['position']}): {counts}."
    ]
    if not made["has_data"]:
        words.append("Nothing is linked to this region yet.")
    for line in made["lines"]:
        found = " by a person's finding" if line["by"] == "finding" else ""
        evidence = len(line["evidence"]) or len(
            [row for row in line["details"].get("rows", ()) if row["activities"]]
        )
        words.append(f"  {line['status']:8}{line['label'][language]}: evidence {evidence}{found}")
        words += [f"          {said}" for said in _lacking(line["missing"], language)]
    return "\n".join(words)


def _lacking(missing: list[Picture], language: str) -> list[str]:
    """Return what a line lacks, each thing once with everything it is missing from."""
    gathered: dict[str, list[str]] = {}
    for one in missing:
        about = one.get("country") or one.get("subject") or one.get("objective")
        gathered.setdefault(one["words"].get(language, one["what"]), []).append(str(about or ""))
    return [f"{words} {_some([one for one in about if one])}".rstrip() for words, about in gathered.items()]


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more


def picture(
    plan: Plan, region: str, position: int, recorded_at: str, day: date, zone: str, rules: Rules
) -> Picture:
    """Return what the rules make of a plan that stands at a position, seen on a day.

    The same arguments give the same picture, whatever was entered later.
    """
    seen = region_of(plan, region, day, zone, rules)
    findings = {one.line: one for one in (seen.review.findings if seen.review else ())}
    computed = COMPUTED[rules.version]
    lines = [_line(name, computed[name](seen), findings.get(name)) for name in rules.lines]
    root = plan.get("workplan", Workplan)
    made: Picture = {
        "format": FORMAT,
        "workplan": root.id if root else None,
        "origin": root.origin if root else None,
        "region": region,
        "rules": rules.version,
        "position": position,
        "recorded_at": recorded_at,
        "day": day.isoformat(),
        "counts": {status: sum(1 for line in lines if line["status"] == status) for status in STATUSES},
        "has_data": _has_data(seen),
        "lines": lines,
        "findings": [_finding(one) for name, one in sorted(findings.items()) if name not in rules.lines],
    }
    return made | {"rests_on": _rests_on(plan, made)}


def _line(name: str, line: Line, finding: Finding | None) -> Picture:
    """Return a line as it is shown: what a person found goes before what the rules make of it, and both are said."""
    made: Picture = {
        "line": name,
        "status": finding.status if finding else line.status,
        "by": "finding" if finding else "rules",
        "evidence": line.evidence,
        "missing": line.missing,
        "details": line.details,
    }
    if finding:
        made |= {"findings": [_finding(finding)], "computed": line.status}
    return made


def _finding(finding: Finding) -> Picture:
    return {
        "position": finding.position,
        "line": finding.line,
        "status": finding.status,
        "finding": to_json(finding.finding),
        "source": to_json(finding.source),
    }


def _has_data(seen: Region) -> bool:
    review = seen.review
    return bool(
        seen.linked
        or seen.sessions
        or (review and (review.reports_expected or review.reports_received or review.findings))
    )


def _rests_on(plan: Plan, made: Picture) -> dict[str, int]:
    """Return ``{subject: its newest position}`` of everything that stands in a picture, and of their workstreams."""
    subjects = {f"review/{made['region']}"}
    _gather(made["lines"], subjects)
    for subject in tuple(subjects):
        activity = plan.get(subject, Activity) if kind_of(subject) == "activity" else None
        if activity:
            subjects.add(f"workstream/{activity.workstream}")
    held = {subject: standing for subject in subjects if (standing := plan.standing(subject))}
    return {
        subject: held[subject].position
        for subject in sorted(held, key=lambda one: (kind_of(one), natural(one)))
    }


def _gather(value: Any, subjects: set[str]) -> None:
    """Put all subjects that a value names among ``subjects``."""
    if isinstance(value, list):
        for item in value:
            _gather(item, subjects)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "subject":
                subjects.add(item)
            elif key == "may_also_apply":
                subjects.update(one if isinstance(one, str) else one["subject"] for one in item)
            elif isinstance(item, dict | list):
                _gather(item, subjects)
