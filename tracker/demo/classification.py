"""Windows, tags and links that the Secretariat enters in the simulated history, each window with its source."""

from __future__ import annotations

from typing import Any

from tracker.demo.steps import Script, because, fact
from tracker.plans.reference import reference, timeline_tags

SIMULATED = "simulado: calendario comunicado por las entidades encargadas"

WINDOWS: dict[str, tuple[str, str]] = {
    "1.1": ("2022-Q4", "2023-Q2"),
    "1.2": ("2023-Q1", "2023-Q4"),
    "1.3": ("2023-Q1", "2023-Q4"),
    "1.4": ("2023-Q2", "2024-Q2"),
    "2.3": ("2023-Q4", "2024-Q1"),
    "2.4": ("2023-Q4", "2024-Q2"),
    "3.1": ("2022-Q4", "2023-Q4"),
    "3.4": ("2023-Q1", "2023-Q4"),
    "4.1": ("2023-Q1", "2024-Q2"),
    "4.2": ("2023-Q2", "2024-Q2"),
    "5.1": ("2023-Q1", "2023-Q2"),
    "5.2": ("2023-Q1", "2023-Q3"),
    "5.4": ("2024-Q1", "2024-Q3"),
    "6.1": ("2022-Q1", "2024-Q4"),
    "7.2": ("2023-Q1", "2024-Q4"),
    "9.2": ("2023-Q3", "2024-Q4"),
    "9.3": ("2023-Q2", "2024-Q2"),
    "11.2": ("2023-Q1", "2023-Q2"),
    "12.1": ("2023-Q1", "2023-Q2"),
    "12.2": ("2023-Q3", "2024-Q4"),
    "13.1": ("2023-Q1", "2023-Q4"),
    "14.3": ("2023-Q1", "2023-Q2"),
    "14.4": ("2023-Q1", "2023-Q2"),
    "14.5": ("2023-Q4", "2024-Q4"),
}

ALL_REGIONS = ("africa", "arab-states", "asia-pacific", "unece", "lac")

TAGS: dict[str, dict[str, Any]] = {
    "1.2": {"objectives": ["1"], "regions": []},
    "1.3": {"objectives": ["1", "23"], "regions": ["africa", "arab-states", "asia-pacific"]},
    "1.4": {"objectives": ["1", "3"], "regions": []},
    "2.1": {"regions": ["africa", "lac"]},
    "2.2": {"objectives": ["8"], "regions": list(ALL_REGIONS)},
    "2.4": {"objectives": ["8", "23"], "regions": []},
    "2.6": {"objectives": ["8"]},
    "3.1": {"objectives": ["15"], "regions": []},
    "3.2": {"objectives": ["1", "15"], "regions": ["africa", "asia-pacific"], "sdgs": ["3"]},
    "3.3": {"objectives": ["15", "16"]},
    "3.4": {"objectives": ["15"], "regions": ["africa", "arab-states"], "sdgs": ["3"]},
    "3.6": {"regions": []},
    "4.1": {"objectives": ["9", "10"], "regions": []},
    "4.2": {"objectives": ["9"], "regions": ["africa", "lac"]},
    "4.3": {"objectives": ["9"]},
    "5.1": {"objectives": ["6", "16"], "regions": []},
    "5.3": {"objectives": ["16", "18"]},
    "5.4": {"objectives": ["16", "18", "22"], "regions": []},
    "6.1": {"objectives": ["23"], "regions": list(ALL_REGIONS), "principles": ["i", "j"]},
    "6.2": {"objectives": ["23"], "regions": list(ALL_REGIONS)},
    "7.1": {"objectives": ["13"], "regions": ["africa", "asia-pacific", "lac"], "principles": ["f", "h"]},
    "7.2": {"objectives": ["13"], "regions": ["africa", "lac"], "principles": ["h"]},
    "8.1": {"objectives": ["5", "6", "18"], "regions": ["africa", "asia-pacific"], "sdgs": ["8", "10.7"]},
    "9.1": {"objectives": ["21"], "regions": ["africa", "unece"]},
    "9.2": {"objectives": ["7", "21"], "regions": ["lac"], "principles": ["h"]},
    "9.3": {"objectives": ["4", "21"], "regions": ["africa"]},
    "9.4": {"objectives": ["21"]},
    "10.1": {"regions": ["africa", "asia-pacific"]},
    "10.6": {"regions": ["asia-pacific"]},
    "10.8": {"regions": ["africa", "lac"]},
    "11.1": {"objectives": ["17"], "regions": []},
    "11.2": {"objectives": ["17"], "regions": []},
    "11.3": {"objectives": ["17"], "regions": ["lac"]},
    "12.1": {"objectives": ["17"], "regions": []},
    "12.2": {"objectives": ["7", "23"], "regions": ["africa", "arab-states"], "principles": ["g"]},
    "12.4": {"objectives": ["1"], "regions": [], "principles": ["g"]},
    "13.1": {"objectives": ["5", "7", "12"], "regions": ["africa"]},
    "13.2": {"objectives": ["5", "7"], "regions": ["africa"]},
    "14.2": {"objectives": ["20"]},
    "14.5": {"objectives": ["19"], "regions": ["africa", "lac"]},
}
"""A good part of the activities, not all: the rest is to be seen as untagged."""

LINKS = (
    ("11.2", "same_as", "12.1"),
    ("3.6", "feeds", "1.2"),
    ("9.5", "feeds", "1.2"),
    ("10.3", "feeds", "1.2"),
    ("12.3", "feeds", "1.2"),
    ("12.4", "feeds", "1.2"),
    ("13.3", "feeds", "1.2"),
    ("14.1", "feeds", "1.2"),
    ("2.4", "follows", "2.2"),
    ("2.5", "follows", "2.4"),
    ("10.6", "uses", "13.1"),
    ("1.5", "uses", "1.4"),
)


def write_classification(script: Script) -> None:
    printed = [
        fact("ActivityScheduled", f"activity/{item['activity']}", **item["window"], source=item["source"])
        for item in reference("timelines").items
    ]
    script.add("2023-02-08 10:15", "desk", *printed)
    said = [
        fact("ActivityScheduled", f"activity/{activity}", from_=first, to=last, source=SIMULATED)
        for activity, (first, last) in WINDOWS.items()
    ]
    script.add("2023-02-09 15:40", "desk", *said)
    whole = [
        fact(
            "WorkstreamTagged",
            f"workstream/{item['workstream']}",
            tags={"objectives": item["objectives"], "paragraphs": item["paragraphs"]},
        )
        for item in timeline_tags()
    ]
    tagged = [fact("ActivityTagged", f"activity/{one}", tags=tags) for one, tags in TAGS.items()]
    script.add("2023-02-10 09:30", "desk", *whole, *tagged[:24])
    script.add("2023-03-02 09:30", "desk", *tagged[24:])
    natures = {
        "4.3": "on_demand",
        "8.1": "on_demand",
        "7.1": "continuing",
        "11.1": "yearly",
        "12.5": "continuing",
    }
    script.add(
        "2023-03-02 10:05",
        "desk",
        *(fact("ActivityTagged", f"activity/{one}", nature=nature) for one, nature in natures.items()),
    )
    linked = [fact("ActivityLinked", f"activity/{one}", kind=kind, to=to) for one, kind, to in LINKS]
    script.add("2023-03-03 11:20", "desk", *linked)
    moved = (
        (
            "2023-08-10 10:30",
            "10.1",
            "2023-Q2",
            "2023-Q4",
            "La segunda parte de la consulta sigue abierta.",
            "2023-q3",
        ),
        ("2023-10-26 16:10", "2.2", "2023-Q1", "2024-Q1", "Se añadió una consulta regional más.", "2023-q4"),
        (
            "2024-01-25 15:20",
            "1.2",
            "2023-Q1",
            "2024-Q2",
            "A further round of comments was agreed.",
            "2024-q1",
        ),
        ("2024-01-25 15:30", "10.2", "2022-Q1", "2024-Q1", "Editing takes one quarter more.", "2024-q1"),
        (
            "2024-07-18 11:00",
            "4.1",
            "2023-Q1",
            "2024-Q3",
            "La segunda nota se publica en septiembre.",
            "2024-q3",
        ),
        (
            "2024-07-18 11:05",
            "9.3",
            "2023-Q2",
            "2024-Q3",
            "Translation into two further languages.",
            "2024-q3",
        ),
    )
    for when, activity, first, last, reason, meeting in moved:
        source = f"simulado: decisión en la reunión trimestral {meeting}"
        window = fact("ActivityScheduled", f"activity/{activity}", from_=first, to=last, source=source)
        script.add(when, "desk", because(window, reason, f"session/reunion-trimestral-{meeting}"))
