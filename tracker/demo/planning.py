"""What the Secretariat enters in the simulated history: focal points, windows, tags, links, changes of the plan."""

from __future__ import annotations

from typing import Any

from tracker.demo.cast import ACTORS, FIRST_FOCAL, SUCCESSIONS
from tracker.demo.steps import Request, Script, Someone, fact
from tracker.plans.reference import reference, timeline_tags
from tracker.workplan.document import Document, id_of

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
    ("12.4", "feeds", "1.2"),
    ("14.1", "feeds", "1.2"),
    ("2.4", "follows", "2.2"),
    ("2.5", "follows", "2.4"),
    ("10.6", "uses", "13.1"),
    ("1.5", "uses", "1.4"),
)


def write_planning(script: Script, document: Document) -> None:
    _focal_points(script, document)
    _windows_and_tags(script)
    _changes_of_text(script)
    _leads(script)
    _commitments(script)
    _closing_out(script)


def _because(request: Request, reason: str, decided_at: str | None = None) -> Request:
    return request | {"reason": reason} | ({"decided_at": decided_at} if decided_at else {})


def _leading(document: Document, entity: str) -> list[str]:
    """Return the workstreams that an entity leads."""
    return [
        id_of(one) for one in document.workstreams if any(lead["entity"] == entity for lead in one["leads"])
    ]


def _focal_points(script: Script, document: Document) -> None:
    named = [
        fact("FocalPointNamed", f"workstream/{number}", person=Someone(key), entity=entity)
        for entity, key in FIRST_FOCAL.items()
        for number in _leading(document, entity)
    ]
    script.add("2022-12-19 11:00", "desk", *named)
    for day, old, new in SUCCESSIONS:
        entity = ACTORS[old].entity or ""
        changed = [
            fact(type_, f"workstream/{number}", person=Someone(key), entity=entity)
            for number in _leading(document, entity)
            for type_, key in (("FocalPointReleased", old), ("FocalPointNamed", new))
        ]
        script.add(f"{day} 18:30", "desk", *changed)


def _windows_and_tags(script: Script) -> None:
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
        script.add(when, "desk", _because(window, reason, f"session/reunion-trimestral-{meeting}"))


def _changes_of_text(script: Script) -> None:
    added = {
        "7.4": "(Actividad simulada) Elaborar una guía breve sobre alternativas a la detención en el ámbito local.",
        "3.7": "(Actividad simulada) Organizar un intercambio sobre continuidad de la atención en las fronteras.",
    }
    script.add(
        "2023-10-18 12:00",
        "desk",
        _because(
            fact("ActivityAdded", "activity/7.4", workstream="7", number="7.4", text={"es": added["7.4"]}),
            "Propuesta de las entidades encargadas.",
            "session/reunion-trimestral-2023-q4",
        ),
        fact("ActivityTagged", "activity/7.4", tags={"objectives": ["13"], "regions": []}),
        fact("ActivityScheduled", "activity/7.4", from_="2023-Q4", to="2024-Q4", source=SIMULATED),
    )
    script.add(
        "2024-04-11 12:00",
        "desk",
        _because(
            fact("ActivityAdded", "activity/3.7", workstream="3", number="3.7", text={"es": added["3.7"]}),
            "Necesidad señalada en la consulta regional.",
            "session/reunion-trimestral-2024-q2",
        ),
        fact("ActivityTagged", "activity/3.7", tags={"objectives": ["15"], "regions": ["africa"]}),
    )
    script.add(
        "2023-12-12 10:00",
        "desk",
        _because(
            fact("ActivityWithdrawn", "activity/12.3", replaced_by="12.6"),
            "Se integra en 12.6 para no informar dos veces de lo mismo.",
            "session/reunion-anual-2023",
        ),
    )
    script.add(
        "2023-11-16 09:20",
        "desk",
        _because(
            fact("ActivityMoved", "activity/9.5", workstream="1", number="1.6"),
            "Todos los indicadores pasan al lineamiento 1.",
            "session/reunion-anual-2023",
        ),
    )
    script.add(
        "2024-02-20 16:00",
        "desk",
        _because(
            fact(
                "ActivityReworded",
                "activity/2.6",
                text={
                    "es": "(Redacción simulada) Preparar materiales de comunicación sobre las recomendaciones prácticas."
                },
            ),
            "Texto acortado a petición de las entidades encargadas.",
        ),
    )
    script.add(
        "2024-03-05 10:40",
        "desk",
        fact(
            "SubitemAdded",
            "activity/7.2",
            text={"es": "(Subapartado simulado) Nota de síntesis de los tres eventos."},
        ),
    )


def _leads(script: Script) -> None:
    script.add(
        "2023-12-11 09:00",
        "desk",
        _because(
            fact("LeadReleased", "workstream/3", entity="cglu"),
            "La entidad seguirá como participante.",
            "session/reunion-anual-2023",
        ),
        fact("FocalPointReleased", "workstream/3", person=Someone("cglu"), entity="cglu"),
        fact("ParticipantJoined", "workstream/3", entity="cglu", printed="CGLU"),
        _because(
            fact("LeadAssigned", "workstream/3", entity="oim"),
            "Relevo acordado entre las entidades encargadas.",
            "session/reunion-anual-2023",
        ),
        fact("FocalPointNamed", "workstream/3", person=Someone("oim-2"), entity="oim"),
    )
    script.add(
        "2023-07-14 09:45",
        "desk",
        _because(
            fact("LeadAssigned", "workstream/9", entity="unicef", activity="9.2"),
            "UNICEF coordinates this activity; the others contribute.",
        ),
    )


def _commitments(script: Script) -> None:
    notes = (
        (
            "2023-06-30 17:10",
            "4",
            "Doce recursos de la Red publicados en el Centro en el semestre (simulado).",
        ),
        (
            "2023-12-18 16:30",
            "6",
            "Reunión anual celebrada; acta enviada a miembros y partes interesadas (simulado).",
        ),
        ("2024-01-30 12:20", "11", "Calendario de los cinco exámenes comunicado a los miembros (simulado)."),
        (
            "2024-06-28 15:00",
            "3",
            "Subredes de tres regiones informaron de la puesta a prueba de herramientas (simulado).",
        ),
        (
            "2024-07-01 15:00",
            "12",
            "Primer esquema del informe bienal compartido con el Comité Ejecutivo (simulado).",
        ),
        (
            "2024-12-16 11:00",
            "16",
            "Cuatro reuniones trimestrales y una anual celebradas en el año (simulado).",
        ),
    )
    for when, commitment, note in notes:
        reported = fact("CommitmentReported", f"commitment/{commitment}", note=note)
        reported["data"]["links"] = [f"https://example.invalid/demo/commitment/{commitment}"]
        script.add(when, "desk", reported)


def _closing_out(script: Script) -> None:
    completed = ("1.1", "1.2", "1.3", "2.1", "2.2", "3.1", "4.2", "9.3", "10.1", "10.2")
    carried = ("2.5", "3.2", "5.4", "6.1", "6.2", "9.1", "14.5")
    script.add(
        "2025-02-14 10:00",
        "desk",
        *(fact("ActivityClosedOut", f"activity/{one}", outcome="completed") for one in completed),
        *(
            fact("ActivityClosedOut", f"activity/{one}", outcome="carried_over", to_plan="unnm-2025-2028")
            for one in carried
        ),
        fact("ActivityClosedOut", "activity/5.3", outcome="discontinued"),
    )
