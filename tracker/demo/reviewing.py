"""The regional reviews of the simulated history.

The days and places are the published ones; when and why they moved, who reported, what was found and frozen is made up.
"""

from __future__ import annotations

from typing import Any

from tracker.demo.steps import Request, Script, Someone, corrected, fact
from tracker.plans.reference import reference, region_labels

MOVES: tuple[tuple[str, str, dict[str, Any] | None, str], ...] = (
    ("2023-11-21 11:00", "unece", None, "Days agreed, back to back with another meeting (simulated)."),
    (
        "2023-12-19 10:30",
        "arab-states",
        {"window": {"from": "2024-Q2", "to": "2024-Q3"}},
        "El país anfitrión pidió más tiempo (simulado).",
    ),
    (
        "2024-02-09 12:10",
        "africa",
        {"window": {"from": "2024-Q3", "to": "2024-Q4"}},
        "The calendar of the commission leaves no room in the first half (simulated).",
    ),
    ("2024-03-26 16:20", "arab-states", None, "Fechas y sede confirmadas (simulado)."),
    (
        "2024-04-03 09:30",
        "asia-pacific",
        {"window": {"from": "2024-Q4", "to": "2025-Q1"}},
        "To follow the ministerial meeting of the region (simulated).",
    ),
    (
        "2024-05-22 10:00",
        "lac",
        {"window": {"from": "2024-Q4", "to": "2025-Q1"}},
        "Se aplaza para reunir antes los informes voluntarios (simulado).",
    ),
    ("2024-06-11 15:45", "africa", None, "Days and place confirmed by the host (simulated)."),
    (
        "2024-10-02 14:00",
        "asia-pacific",
        None,
        "Days confirmed; they fall after the end of the plan (simulated).",
    ),
    ("2024-11-12 17:00", "lac", None, "Fechas confirmadas; caen después del fin del plan (simulado)."),
)
"""``(when, region, window or None for the published days, reason)``."""

EXPECTED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "unece": ("2024-01-15 11:30", "2024-03-01", ("CH", "MD", "ES", "PT")),
    "arab-states": ("2024-04-16 11:30", "2024-06-27", ("EG", "MA", "JO")),
    "africa": ("2024-01-22 11:30", "2024-09-05", ("GH", "KE", "MA", "NG", "SN", "UG", "ZM", "ET")),
    "asia-pacific": ("2024-10-15 11:30", "2025-01-28", ("BD", "FJ", "NP", "PH", "TH")),
    "lac": ("2024-11-19 11:30", "2025-03-10", ("CL", "CO", "GT", "JM", "MX")),
}
"""``{region: (when they were announced, when most of them came, countries)}``."""

LINKS = "https://example.invalid/demo/review"


def write_reviews(script: Script) -> None:
    facts = {item["region"]: item for item in reference("regional-reviews").items}
    for when, region, window, reason in MOVES:
        item = facts[region]
        dates = window or {"starts_on": item["start"], "ends_on": item["end"], "place": item["place"]}
        script.add(when, "desk", _review("ReviewRescheduled", region, **dates) | {"reason": reason})
    for region, item in facts.items():
        held = _review("ReviewHeld", region) | {"occurred_on": item["end"]}
        script.add(f"{item['end']} 18:30", "desk", held)
        moment = fact(
            "MomentNamed",
            "workplan",
            slug=f"review-{region}-{item['start']}",
            title=f"Regional review: {region_labels()[region]['en']}",
            at=item["end"],
        )
        script.add(f"{item['end']} 18:35", "desk", moment)
    script.add(
        "2024-04-08 10:00", "desk", _review("ReviewOutcomePublished", "unece", url=f"{LINKS}/unece/outcome")
    )
    script.add(
        "2024-08-12 10:00",
        "desk",
        _review("ReviewOutcomePublished", "arab-states", url=f"{LINKS}/arab-states/outcome"),
    )
    script.add(
        "2024-11-15 10:00", "desk", _review("ReviewOutcomePublished", "africa", url=f"{LINKS}/africa/outcome")
    )
    script.add(
        "2025-03-27 10:00",
        "desk",
        _review("ReviewOutcomePublished", "asia-pacific", url=f"{LINKS}/asia-pacific/outcome"),
    )
    _voluntary_reports(script)
    _findings_and_snapshots(script)


def _review(type_: str, region: str, **data: Any) -> Request:
    return fact(type_, f"review/{region}", **data)


def _voluntary_reports(script: Script) -> None:
    for region, (announced, received, countries) in EXPECTED.items():
        said = [_review("VoluntaryReportExpected", region, country=country) for country in countries]
        script.add(announced, "desk", *said)
        early, most, last = countries[:1], countries[1:-2], countries[-2:]
        came = {country: f"{LINKS}/{region}/voluntary-report-{country.lower()}" for country in countries}
        got = {
            country: _review("VoluntaryReportReceived", region, country=country, url=url)
            for country, url in came.items()
        }
        if region == "africa":
            script.add("2024-01-29 10:00", "africa-desk", *(got[country] for country in early))
            script.add(f"{received} 10:00", "africa-desk", *(got[country] for country in most))
            script.add("2024-10-07 10:00", "africa-desk", *(got[country] for country in last))
        else:
            script.add(f"{received} 10:00", "desk", *got.values())


def _finding(region: str, line: str, status: str, finding: str, source: str) -> Request:
    return _review(
        "ReadinessFindingRecorded", region, line=line, status=status, finding=finding, source=source
    )


def _findings_and_snapshots(script: Script) -> None:
    freeze = _review("ReadinessSnapshotTaken", "africa", signed_off_by=Someone("desk"))
    script.add(
        "2024-01-30 11:10",
        "africa-desk",
        _finding(
            "africa",
            "consultations",
            "partly",
            "Two national consultations are known by mail only.",
            "Mail of the regional network (simulated).",
        ),
    )
    script.add("2024-01-31 17:00", "desk", freeze, name="africa-1")
    moment = fact(
        "MomentNamed", "workplan", slug="africa-readiness-1", title="Africa, first snapshot", at="2024-01-31"
    )
    script.add("2024-01-31 17:20", "desk", moment)
    script.add(
        "2024-09-26 12:00",
        "africa-desk",
        _finding(
            "africa",
            "agenda",
            "met",
            "The provisional agenda is published by the host.",
            "Page of the host commission (simulated).",
        ),
        _finding(
            "africa",
            "consultations",
            "met",
            "All sub-regional consultations took place.",
            "Summary of the regional network (simulated).",
        ),
        name="africa-findings",
    )
    script.add("2024-09-30 17:00", "desk", freeze, name="africa-2")
    moment = fact(
        "MomentNamed", "workplan", slug="africa-readiness-2", title="Africa, second snapshot", at="2024-09-30"
    )
    script.add("2024-09-30 17:20", "desk", moment)
    said = {
        "line": "consultations",
        "status": "partly",
        "finding": "One sub-regional consultation is still to be summarised.",
        "source": "Summary of the regional network (simulated).",
    }
    corrects = corrected(
        "review/africa", "africa-findings", 1, data=said, reason="One summary is outstanding."
    )
    script.add("2024-10-03 09:10", "desk", corrects)
    script.add(
        "2024-03-06 10:00",
        "desk",
        _finding("unece", "agenda", "met", "The agenda is published.", "Page of the host (simulated)."),
    )
