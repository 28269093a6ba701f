"""What entities say of a status, which status may follow which, and what counts where they differ."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.events.vocabulary import Assessment, Status

FOLLOWS: dict[Status, tuple[Status, ...]] = {
    "not_started": ("in_progress", "on_hold", "completed", "discontinued"),
    "in_progress": ("on_hold", "completed", "discontinued"),
    "on_hold": ("in_progress", "completed", "discontinued"),
    "completed": ("in_progress",),
    "discontinued": ("in_progress",),
}
"""Which lifecycle status may follow which; repeating the present one always fits."""

ENDED: tuple[Status, ...] = ("completed", "discontinued")

CAUTIOUS: tuple[tuple[Status, Assessment | None], ...] = (
    ("discontinued", None),
    ("on_hold", None),
    ("in_progress", "delayed"),
    ("in_progress", "at_risk"),
    ("not_started", None),
    ("in_progress", None),
    ("in_progress", "on_track"),
    ("completed", None),
)
"""Most cautious first: which of two differing claims counts until they agree."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A status, and while in progress how it goes."""

    status: Status
    assessment: Assessment | None


def is_legal(old: Status, new: Status) -> bool:
    return old == new or new in FOLLOWS[old]


def claimed(base: Claim, status: Status | None, assessment: Assessment | None) -> Claim:
    """Return what somebody claims who says ``status`` and ``assessment`` (or neither) where ``base`` held.

    An assessment of something not started also starts it; an assessment not repeated stays while in progress.
    """
    if status is None:
        status = "in_progress" if assessment and base.status == "not_started" else base.status
    if status != "in_progress":
        return Claim(status, None)
    kept = base.assessment if base.status == "in_progress" else None
    return Claim(status, assessment or kept)


def combine(claims: list[Claim]) -> tuple[Claim, bool]:
    """Return the claim that counts and whether the claims are in dispute."""
    distinct = sorted(set(claims), key=lambda claim: CAUTIOUS.index((claim.status, claim.assessment)))
    return distinct[0], len(distinct) > 1
