"""The meetings of the simulated history.

Dates and titles of the GCM Talks of 2023 are the published ones; how they went, and every other meeting, is made up.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tracker.demo.steps import Request, Script, corrected, fact
from tracker.plans.reference import reference, region_labels

LINKS = "https://example.invalid/demo/session"
EUROPE = "Europe/Zurich"

OBJECTIVES = {"1": ["1"], "2": ["8"], "3": ["15"], "4": ["9"], "7": ["13"], "11": ["17"], "14": ["19", "20"]}
"""``{workstream: objectives}`` of the published sessions, as far as their workstream says."""
REGIONS = {"2023-07-24": "africa", "2023-07-25": "arab-states", "2023-07-26": "asia-pacific"}
UNPUBLISHED = {
    ("2023-04-27", "summary"),
    ("2023-05-25", "recording"),
    ("2023-07-26", "summary"),
    ("2023-07-25", "recording"),
}
"""Material that nobody published: a follow-up list has something to list."""


def write_meetings(script: Script) -> None:
    _published_talks(script)
    _further_talks(script)
    _regular_meetings(script)
    _consultations(script)
    _dialogues(script)


def scheduled(
    kind: str, title: str, day: str, start: str, end: str, mode: str, languages: list[str], **more: Any
) -> dict[str, Any]:
    """Return the data of a SessionScheduled; unless said otherwise, global and open to all."""
    usual: dict[str, Any] = {"level": "global", "zone": EUROPE, "audience": "open to all", "rule": "open"}
    usual |= {
        "workstreams": [],
        "objectives": [],
        "kind": kind,
        "title": title,
        "mode": mode,
        "languages": languages,
    }
    return usual | {"starts_at": f"{day}T{start}", "ends_at": f"{day}T{end}"} | more


def _session(type_: str, slug: str, **data: Any) -> Request:
    return fact(type_, f"session/{slug}", **data)


def _material(slug: str, kind: str, language: str = "en") -> Request:
    return _session(
        "SessionMaterialPublished", slug, kind=kind, language=language, url=f"{LINKS}/{slug}/{kind}"
    )


def _after(day: str, days: int) -> str:
    then = date.fromisoformat(day) + timedelta(days=days)
    while then.weekday() > 4:
        then += timedelta(days=1)
    return then.isoformat()


def _published_talks(script: Script) -> None:
    for number, item in enumerate(reference("gcm-talks-2023").items):
        day, stream = item["date"], str(item["workstream_inferred"])
        slug = f"gcm-talks-{day}"
        region = REGIONS.get(day)
        is_closed = item["audience"] == "Member States only"
        data = scheduled(
            "gcm_talks",
            item["title_en"],
            day,
            item["start_cet"],
            item["end_cet"],
            item["mode"] or "online",
            item["interpretation"],
            audience=item["audience"] or "not stated",
            rule="chatham_house" if is_closed else "open",
            workstreams=[stream],
            objectives=OBJECTIVES.get(stream, []),
            level="regional" if region else "global",
        )
        if region:
            data["region"] = region
        script.add(f"{_after(day, -24)} 11:{number:02}", "desk", _session("SessionScheduled", slug, **data))
        attendance = {"member-states": 18 + 5 * number, "stakeholders": 40 + 7 * (number % 4)}
        held = _session("SessionHeld", slug, attendance=attendance) | {"occurred_on": day}
        if day == "2023-05-24":
            held["data"]["counts_for"] = ["7.2"]
        script.add(f"{_after(day, 1)} 09:{number:02}", "desk", held, name=f"held-{day}")
        if is_closed:
            continue
        for kind, days in (("recording", 4), ("summary", 20)):
            if (day, kind) not in UNPUBLISHED:
                script.add(f"{_after(day, days)} 14:{number:02}", "desk", _material(slug, kind))

    miscount = {"attendance": {"member-states": 48, "stakeholders": 61}}
    right = corrected(
        "session/gcm-talks-2023-06-22", "held-2023-06-22", data=miscount, reason="Online guests were missing."
    )
    script.add("2023-06-27 10:00", "desk", right)


def _further_talks(script: Script) -> None:
    simulated = "GCM Talks (simulated session): "
    planned: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("2023-10-19", "from indicators to reports", "2023-09-20", {"objectives": ["1", "23"]}),
        ("2023-11-30", "skills and their recognition", "2023-10-30", {"objectives": ["18"]}),
        ("2024-02-22", "legal identity on the way", "2024-01-18", {"objectives": ["4", "21"]}),
        (
            "2024-05-16",
            "towards the African review",
            "2024-04-15",
            {"region": "africa", "objectives": ["5", "23"]},
        ),
        (
            "2024-06-05",
            "towards the Arab review",
            "2024-05-06",
            {"region": "arab-states", "objectives": ["23"]},
        ),
        (
            "2024-09-12",
            "diaspora finance in Africa",
            "2024-08-12",
            {"region": "africa", "objectives": ["19", "20"]},
        ),
        (
            "2024-10-31",
            "climate and mobility in the Pacific",
            "2024-09-30",
            {"region": "asia-pacific", "objectives": ["2"]},
        ),
        ("2024-11-21", "integration in cities", "2024-10-21", {"region": "lac", "objectives": ["16"]}),
    )
    for day, title, said_on, said in planned:
        more = {"level": "regional"} | said if "region" in said else said
        data = scheduled(
            "gcm_talks", simulated + title, day, "15:00", "16:30", "online", ["en", "fr", "es"], **more
        )
        script.add(f"{said_on} 10:25", "desk", _session("SessionScheduled", f"gcm-talks-{day}", **data))
    cancelled = _session("SessionCancelled", "gcm-talks-2023-11-30")
    cancelled["reason"] = "No date suited the speakers before the end of the year (simulated)."
    script.add("2023-11-17 17:00", "desk", cancelled)
    moved = _session(
        "SessionRescheduled", "gcm-talks-2024-02-22", starts_at="2024-03-21T15:00", ends_at="2024-03-21T16:30"
    )
    moved["reason"] = "Interpretation was not available on the first date (simulated)."
    script.add("2024-02-14 09:50", "desk", moved)
    for slug, day, kinds in (
        ("2023-10-19", "2023-10-19", ("recording", "summary")),
        ("2024-02-22", "2024-03-21", ("recording",)),
        ("2024-05-16", "2024-05-16", ("recording",)),
        ("2024-06-05", "2024-06-05", ("recording", "summary")),
        ("2024-09-12", "2024-09-12", ("summary",)),
        ("2024-10-31", "2024-10-31", ("recording", "summary")),
        ("2024-11-21", "2024-11-21", ()),
    ):
        held = _session(
            "SessionHeld", f"gcm-talks-{slug}", attendance={"member-states": 31, "stakeholders": 58}
        )
        script.add(f"{_after(day, 1)} 09:40", "desk", held | {"occurred_on": day})
        for place, kind in enumerate(kinds):
            script.add(f"{_after(day, 6 + 9 * place)} 14:20", "desk", _material(f"gcm-talks-{slug}", kind))


QUARTERLY = {
    "2023-q1": "2023-03-09",
    "2023-q2": "2023-06-08",
    "2023-q3": "2023-08-09",
    "2023-q4": "2023-10-17",
    "2024-q1": "2024-01-24",
    "2024-q2": "2024-04-10",
    "2024-q3": "2024-07-17",
    "2024-q4": "2024-10-16",
}
PRINCIPALS = ("2023-06-15", "2023-12-07", "2024-06-13", "2024-12-05")


def _regular_meetings(script: Script) -> None:
    """Quarterly and annual meetings, updates of the principals, briefings: all dates are made up."""
    inner: dict[str, Any] = {"audience": "members of the Network"}
    for year in ("2023", "2024"):
        said = [
            _session(
                "SessionScheduled",
                f"reunion-trimestral-{name}",
                **scheduled(
                    "quarterly_meeting",
                    f"Reunión trimestral {name}",
                    day,
                    "15:00",
                    "17:00",
                    "online",
                    ["es", "en"],
                    **inner,
                ),
            )
            for name, day in QUARTERLY.items()
            if name.startswith(year)
        ]
        annual = scheduled(
            "annual_meeting",
            f"Reunión anual {year} (simulada)",
            f"{year}-11-07",
            "09:30",
            "17:00",
            "hybrid",
            ["es", "en", "fr"],
            **inner,
        )
        said.append(_session("SessionScheduled", f"reunion-anual-{year}", **annual))
        said += [
            _session(
                "SessionScheduled",
                f"directivos-{day}",
                **scheduled(
                    "principals_update",
                    f"Información a los directivos, {day} (simulada)",
                    day,
                    "16:00",
                    "18:00",
                    "hybrid",
                    ["en", "fr"],
                    audience="principals of the Executive Committee",
                    rule="chatham_house",
                ),
            )
            for day in PRINCIPALS
            if day.startswith(year)
        ]
        script.add(f"{year}-01-17 16:00", "desk", *said)
        held = _session(
            "SessionHeld", f"reunion-anual-{year}", attendance={"members": 64, "stakeholders": 120}
        )
        script.add(f"{year}-11-08 09:10", "desk", held | {"occurred_on": f"{year}-11-07"})
        script.add(f"{year}-11-20 09:10", "desk", _material(f"reunion-anual-{year}", "summary", "es"))
    for name, day in QUARTERLY.items():
        held = _session("SessionHeld", f"reunion-trimestral-{name}", attendance={"members": 38 + len(name)})
        script.add(f"{day} 17:30", "desk", held)
        if name not in {"2023-q4", "2024-q3"}:
            script.add(
                f"{_after(day, 8)} 11:30", "desk", _material(f"reunion-trimestral-{name}", "summary", "es")
            )
    for day in PRINCIPALS:
        script.add(
            f"{day} 18:20", "desk", _session("SessionHeld", f"directivos-{day}", attendance={"principals": 9})
        )
    briefing = scheduled(
        "member_state_briefing",
        "Sesión informativa para los Estados Miembros (simulada)",
        "2024-02-27",
        "10:00",
        "11:30",
        "hybrid",
        ["en", "fr", "es"],
        audience="Member States",
    )
    script.add("2024-02-05 10:00", "desk", _session("SessionScheduled", "informativa-2024-02", **briefing))
    held = _session("SessionHeld", "informativa-2024-02", attendance={"member-states": 72})
    script.add("2024-02-27 12:15", "desk", held)


def _consultations(script: Script) -> None:
    """Regional consultations before each review, all made up."""
    planned = (
        ("unece", "2024-02-01", "2023-12-14", "consultation", ("summary",)),
        ("africa", "2024-04-25", "2024-03-12", "consultation", ("summary",)),
        ("arab-states", "2024-05-29", "2024-04-18", "consultation", ("summary",)),
        ("africa", "2024-08-28", "2024-07-16", "dialogue", ()),
        ("asia-pacific", "2024-11-20", "2024-10-08", "consultation", ("summary",)),
        ("lac", "2025-01-23", "2024-12-03", "consultation", ("summary", "recording")),
    )
    for region, day, said_on, kind, kinds in planned:
        slug = f"consulta-{region}-{day}"
        title = f"Regional {kind} before the review: {region_labels()[region]['en']} (simulated)"
        data = scheduled(
            kind, title, day, "10:00", "13:00", "online", ["en", "fr"], level="regional", region=region
        )
        data |= {"objectives": ["23"], "workstreams": ["6"]}
        script.add(f"{said_on} 15:15", "desk", _session("SessionScheduled", slug, **data))
        held = _session("SessionHeld", slug, attendance={"member-states": 24, "civil-society": 33})
        script.add(f"{_after(day, 1)} 10:45", "desk", held | {"occurred_on": day})
        for place, material in enumerate(kinds):
            script.add(f"{_after(day, 12 + place)} 16:40", "desk", _material(slug, material))
    hearing = scheduled(
        "consultation",
        "Stakeholder hearing before the review (simulated)",
        "2024-10-08",
        "09:00",
        "12:00",
        "hybrid",
        ["en", "fr"],
        level="regional",
        region="africa",
    )
    script.add(
        "2024-09-03 10:10", "africa-desk", _session("SessionScheduled", "audiencia-africa-2024", **hearing)
    )
    script.add("2024-09-19 10:10", "africa-desk", _material("audiencia-africa-2024", "agenda"))
    held = _session("SessionHeld", "audiencia-africa-2024", attendance={"stakeholders": 85})
    script.add("2024-10-08 17:00", "africa-desk", held)


def _dialogues(script: Script) -> None:
    """The dialogues of 4.2, which count by themselves; the first was recorded two weeks after it took place."""
    for day, said_on, held_on in (
        ("2023-06-13", "2023-05-15", "2023-06-28"),
        ("2024-03-14", "2024-02-13", "2024-03-15"),
    ):
        slug = f"dialogo-trafico-{day}"
        proposed = _session(
            "SessionProposed",
            slug,
            kind="dialogue",
            title="Dialogue on responses to smuggling (simulated)",
            workstreams=["4"],
        )
        script.add(f"{_after(said_on, -14)} 10:00", "unodc", proposed, channel="api")
        title = "Dialogue on responses to smuggling (simulated)"
        data = scheduled(
            "dialogue", title, day, "14:00", "16:00", "online", ["en", "es"], audience="Member States"
        )
        data |= {"workstreams": ["4"], "objectives": ["9"], "rule": "chatham_house"}
        script.add(f"{said_on} 10:35", "desk", _session("SessionScheduled", slug, **data))
        held = _session("SessionHeld", slug, attendance={"member-states": 21}, counts_for=["4.2"])
        script.add(f"{held_on} 10:35", "desk", held | {"occurred_on": day})
