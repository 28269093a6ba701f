"""What a report says, in sentences: before it is sent with what it changes from, afterwards as it was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracker.phrases import Phrases, in_language
from tracker.workplan.activity import Activity
from tracker.workplan.claims import Claim

SENTENCES = Path(__file__).parent / "translations" / "reports.yaml"


@dataclass(frozen=True, slots=True)
class Goal:
    """A target as sentences name it: its unit, how many are meant (``2``, ``4-6``), how many are done."""

    unit: str
    most: str
    done: int


@dataclass(frozen=True, slots=True)
class Known:
    """What a report is told against. Without ``before`` only what was said is told, and not from what it changes."""

    goals: Mapping[str, Goal] = field(default_factory=dict)
    before: Claim | None = None


def goals_of(activity: Activity, say: Phrases) -> dict[str, Goal]:
    found = {}
    for target in activity.targets or ():
        most = f"{target.min}-{target.max}" if target.max not in {None, target.min} else str(target.min)
        found[target.id] = Goal(
            in_language(target.unit, say.language)[0], most, activity.done.get(target.id, 0)
        )
    return found


def sentences(event: Mapping[str, Any], say: Phrases, known: Known) -> list[str]:
    """Return what a report, or the taking back of one, says (its JSON, texts readable), part by part."""
    data = event["data"]
    if event.get("type") == "EntryRetracted":
        return [
            say("said_retracted", position=data["position"]),
            *([event["reason"]] if event.get("reason") else []),
        ]
    words = [say(f"said_{name}") for name in ("no_change", "no_requests") if data.get(name)]
    if data.get("status") or data.get("assessment"):
        new = _state(data.get("status") or "in_progress", data.get("assessment"), say)
        old = say.status(known.before.status, known.before.assessment) if known.before else new
        words.append(new if new == old else say("said_status", old=old, new=new))
    words += [_done(target, total, say, known) for target, total in (data.get("done") or {}).items()]
    words += [
        say("said_subitem", key=key, status=say(status) if status in say.texts else status)
        for key, status in (data.get("subitems") or {}).items()
    ]
    if data.get("note"):
        words.append(data["note"])
    if data.get("needs"):
        words.append(say("said_needs", text=data["needs"]))
    words += [
        say("said_evidence", text=one.get("title") or one.get("url", ""))
        for one in data.get("evidence") or ()
    ]
    if event.get("reason"):
        words.append(say("said_reason", text=event["reason"]))
    if data.get("same_reason"):
        words.append(say("said_same_reason"))
    if event.get("occurred_on") and known.before:
        words.append(say("said_occurred", text=event["occurred_on"]))
    return words


def _state(status: str, assessment: str | None, say: Phrases) -> str:
    is_known = all(one in say.texts for one in (status, assessment) if one)
    return say.status(status, assessment) if is_known else f"{status} {assessment or ''}".strip()


def _done(target: str, total: object, say: Phrases, known: Known) -> str:
    goal = known.goals.get(target)
    if goal is None:
        return f"{target}{say.colon}{total}"
    old = f"{goal.done} → " if known.before else ""
    return say("said_done", unit=goal.unit, old=old, total=total, most=goal.most)
