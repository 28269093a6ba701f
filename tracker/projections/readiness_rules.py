"""What a region's readiness is judged by, as data with a version. A version that was ever used stays as it was.

A snapshot is recomputed under the version it records, so a change to a number, a list or a line is a new version, and
where a line is computed otherwise both ways stay in :mod:`tracker.projections.readiness_lines`, told apart by version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.errors import NotFoundError

LINES = (
    "date-and-host",
    "consultations",
    "agenda",
    "talks",
    "voluntary-reports",
    "activities",
    "objectives",
    "pledges",
    "gaps-and-needs",
    "tags",
    "sign-off",
)
"""The ids of the lines, in the order in which they are read; a finding names one of them."""


@dataclass(frozen=True, slots=True)
class Rules:
    """One version. ``last_reviews`` is ``{region: last day of the previous review}``, left out where none is known.

    A report older than ``quiet_days`` is no longer fresh. Nearer to the review than ``near_days``, what nobody ever
    mentioned is missing rather than unknown. A sign-off older than ``sign_off_days`` no longer counts in full.
    """

    version: str
    lines: tuple[str, ...]
    last_reviews: Mapping[str, str]
    quiet_days: int
    near_days: int
    sign_off_days: int
    talks: tuple[str, ...]
    consultations: tuple[str, ...]
    practices: tuple[str, ...]
    objectives: int


RULES: dict[str, Rules] = {
    "2026-1": Rules(
        version="2026-1",
        lines=LINES,
        # The first round of reviews. Source: the pages named in tracker/plans/reference/regional-reviews.json.
        last_reviews={
            "africa": "2021-09-01",
            "arab-states": "2021-02-25",
            "asia-pacific": "2021-03-12",
            "lac": "2021-04-28",
        },
        quiet_days=120,  # a quarter and the month in which it is reported
        near_days=90,  # the first of the drafts before a review
        sign_off_days=90,
        talks=("gcm_talks",),
        consultations=("consultation", "dialogue", "peer_exchange", "workshop"),
        practices=("hub_practice",),
        objectives=23,
    ),
}

CURRENT = "2026-1"


def rules_of(version: str = CURRENT) -> Rules:
    """Return the rules of a version.

    Raises:
        NotFoundError: this release does not know it.
    """
    if version not in RULES:
        raise NotFoundError(
            "this release does not know the readiness rules {version}",
            version=version,
            value=version,
            way_out=f"It knows {', '.join(RULES)}. Run the release that took the snapshot, or a newer one.",
        )
    return RULES[version]
