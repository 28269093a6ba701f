"""What a card offers to say of its activity's state, and what each choice will ask for: the rules, before the error."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import Literal, get_args

from tracker.events.vocabulary import Assessment, Status
from tracker.phrases import Phrases
from tracker.workplan.activity import Activity
from tracker.workplan.claims import ENDED, Claim, is_legal

Needs = Literal["", "reason", "evidence"]
STATUSES: tuple[Status, ...] = ("not_started", "in_progress", "on_hold", "completed", "discontinued")


@dataclass(frozen=True, slots=True)
class Option:
    """One state to choose: its value ``status/assessment``, its words, and what it needs beside it.

    ``evidence`` means evidence, or a reason why there is none.
    """

    value: str
    words: str
    needs: Needs
    hint: str


def state_value(claim: Claim) -> str:
    return f"{claim.status}/{claim.assessment or ''}"


def claim_of(value: str) -> tuple[str, str]:
    """Return ``(status, assessment)`` of a choice; nonsense is passed on, to be refused with everything else."""
    status, _, assessment = value.partition("/")
    return status, assessment


def options_of(base: Claim, held: Claim, say: Phrases) -> tuple[Option, ...]:
    """Return what may be said where ``base`` held before the quarter's reports; ``held`` is what is said so far."""
    found = []
    for status in STATUSES:
        if not is_legal(base.status, status):
            continue
        kinds: list[Assessment | None] = [None]
        if status == "in_progress":
            keeps = base.status == "in_progress" and base.assessment is not None
            kinds = [*get_args(Assessment), *([] if keeps else [None])]
        for kind in kinds:
            claim = Claim(status, kind)
            needs = _needs(base, claim)
            hint = say(f"asks_{needs}") if needs else ""
            now = say("as_now") if claim == held else ""
            found.append(
                Option(
                    state_value(claim), say.status(status, kind), needs, ", ".join(filter(None, (now, hint)))
                )
            )
    return tuple(found)


def _needs(base: Claim, claim: Claim) -> Needs:
    """Return what the rules ask for beside a claim (docs/rules.md, "Three axes")."""
    if claim.assessment in {"at_risk", "delayed"}:
        return "reason"
    if claim.status == base.status:
        return ""
    if claim.status in {"on_hold", "discontinued"} or base.status in ENDED:
        return "reason"
    return "evidence" if claim.status == "completed" else ""


def quiet_quarters(activity: Activity, quarter: str) -> int:
    """Return for how many quarters in a row, up to the one before ``quarter``, nothing was said but "nothing new"."""
    told: dict[str, bool] = {}
    for report in activity.reports:
        if report.quarter < quarter:
            is_quiet = report.no_change and not (report.note or report.needs)
            told[report.quarter] = told.get(report.quarter, True) and is_quiet
    return sum(1 for _ in takewhile(lambda one: told[one], sorted(told, reverse=True)))
