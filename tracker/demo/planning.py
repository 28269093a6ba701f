"""How the plan itself changes in the simulated history: focal points, leads, texts, commitments, closing out."""

from __future__ import annotations

from tracker.demo.cast import ACTORS, FIRST_FOCAL, SUCCESSIONS
from tracker.demo.classification import SIMULATED
from tracker.demo.steps import Script, Someone, because, fact
from tracker.workplan.document import Document, id_of


def write_planning(script: Script, document: Document) -> None:
    _focal_points(script, document)
    _changes_of_text(script)
    _leads(script)
    _commitments(script)
    _closing_out(script)


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


def _changes_of_text(script: Script) -> None:
    added = {
        "7.4": "(Actividad simulada) Elaborar una guía breve sobre alternativas a la detención en el ámbito local.",
        "3.7": "(Actividad simulada) Organizar un intercambio sobre continuidad de la atención en las fronteras.",
    }
    script.add(
        "2023-10-18 12:00",
        "desk",
        because(
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
        because(
            fact("ActivityAdded", "activity/3.7", workstream="3", number="3.7", text={"es": added["3.7"]}),
            "Necesidad señalada en la consulta regional.",
            "session/reunion-trimestral-2024-q2",
        ),
        fact("ActivityTagged", "activity/3.7", tags={"objectives": ["15"], "regions": ["africa"]}),
    )
    script.add(
        "2023-12-12 10:00",
        "desk",
        because(
            fact("ActivityWithdrawn", "activity/12.3", replaced_by="12.6"),
            "Se integra en 12.6 para no informar dos veces de lo mismo.",
            "session/reunion-anual-2023",
        ),
    )
    script.add(
        "2023-11-16 09:20",
        "desk",
        because(
            fact("ActivityMoved", "activity/9.5", workstream="1", number="1.6"),
            "Todos los indicadores pasan al lineamiento 1.",
            "session/reunion-anual-2023",
        ),
    )
    script.add(
        "2024-02-20 16:00",
        "desk",
        because(
            fact(
                "ActivityReworded",
                "activity/2.6",
                text={"es": "(Redacción simulada) Preparar materiales sobre las recomendaciones prácticas."},
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
        because(
            fact("LeadReleased", "workstream/3", entity="cglu"),
            "La entidad seguirá como participante.",
            "session/reunion-anual-2023",
        ),
        fact("FocalPointReleased", "workstream/3", person=Someone("cglu"), entity="cglu"),
        fact("ParticipantJoined", "workstream/3", entity="cglu", printed="CGLU"),
        because(
            fact("LeadAssigned", "workstream/3", entity="oim"),
            "Relevo acordado entre las entidades encargadas.",
            "session/reunion-anual-2023",
        ),
        fact("FocalPointNamed", "workstream/3", person=Someone("oim-2"), entity="oim"),
    )
    script.add(
        "2023-07-14 09:45",
        "desk",
        because(
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
