"""Milestones that slip, questions to leads and named moments of the simulated history."""

from __future__ import annotations

from typing import Any

from tracker.demo.steps import Script, fact
from tracker.demo.stories import proof


def write_milestones(script: Script) -> None:
    _milestones(script)
    _questions(script)
    _moments(script)


def _milestones(script: Script) -> None:
    planned = (
        (
            "primer-borrador-indicadores",
            "Primer borrador del conjunto de indicadores",
            "2023-09-30",
            {"activity": "1.2"},
        ),
        (
            "borrador-recomendaciones",
            "Borrador de las recomendaciones prácticas",
            {"from": "2024-Q1", "to": "2024-Q1"},
            {"activity": "2.4"},
        ),
        ("primera-nota-tecnica", "Primera nota técnica", "2023-11", {"activity": "4.1"}),
        ("segunda-fase-informe", "Segunda fase del informe", "2023-12-15", {"activity": "10.2"}),
        ("presentacion-instrumento", "Presentación del instrumento", "2023-05", {"activity": "11.2"}),
        ("directrices-diasporas", "Directrices sobre diásporas", "2024-12", {"activity": "14.5"}),
        (
            "orientaciones-integracion",
            "Primer proyecto de las orientaciones",
            "2024-06-28",
            {"activity": "5.4"},
        ),
        ("encuesta-integracion", "Encuesta en línea", "2023-11-30", {"activity": "5.3"}),
    )
    script.add(
        "2023-02-14 11:00",
        "desk",
        *(
            fact("MilestoneSet", f"milestone/{slug}", title=title, due=due, **owner)
            for slug, title, due, owner in planned
        ),
    )
    moves: tuple[tuple[str, str, Any, str], ...] = (
        (
            "2023-09-21 10:00",
            "primer-borrador-indicadores",
            "2023-12-15",
            "Faltan aportaciones de dos lineamientos.",
        ),
        (
            "2023-12-12 15:00",
            "primer-borrador-indicadores",
            "2024-02-29",
            "Members asked for a further round of comments.",
        ),
        ("2024-02-27 15:00", "primer-borrador-indicadores", "2024-04-30", "Translation takes longer."),
        (
            "2024-01-24 17:55",
            "borrador-recomendaciones",
            {"from": "2024-Q2", "to": "2024-Q2"},
            "The consultations were extended.",
        ),
        (
            "2024-06-20 12:00",
            "borrador-recomendaciones",
            {"from": "2024-Q3", "to": "2024-Q3"},
            "Se espera a la última consulta.",
        ),
        ("2023-12-14 12:00", "segunda-fase-informe", "2024-03-15", "One more round of data."),
        (
            "2024-11-28 12:00",
            "directrices-diasporas",
            "2025-06",
            "El diálogo con los interesados terminó más tarde.",
        ),
        (
            "2024-06-25 12:00",
            "orientaciones-integracion",
            "2024-11-29",
            "Drafting depends on the definition.",
        ),
        ("2024-05-30 12:00", "tercer-informe-bienal", "2024-10", "Calendario simulado: fecha precisada."),
        (
            "2024-10-21 12:00",
            "tercer-informe-bienal",
            "2024-11-15",
            "Simulated: inputs of two regions came late.",
        ),
        ("2024-11-13 12:00", "tercer-informe-bienal", "2024-12-06", "Simulated: editing."),
    )
    for when, slug, due, reason in moves:
        script.add(
            when, "desk", fact("MilestoneRescheduled", f"milestone/{slug}", due=due) | {"reason": reason}
        )
    reached = (
        ("2023-07-04 16:30", "presentacion-instrumento", "2023-05-30"),
        ("2023-11-27 10:00", "primera-nota-tecnica", "2023-11-24"),
        ("2024-04-26 17:00", "primer-borrador-indicadores", "2024-04-26"),
        ("2024-03-18 10:00", "segunda-fase-informe", "2024-03-14"),
        ("2024-09-20 10:00", "borrador-recomendaciones", "2024-09-19"),
        ("2024-12-06 17:30", "tercer-informe-bienal", "2024-12-06"),
    )
    for when, slug, on in reached:
        made = fact("MilestoneReached", f"milestone/{slug}", evidence=proof("publication", slug))
        script.add(when, "desk", made | {"occurred_on": on})
    gone = fact("MilestoneCancelled", "milestone/encuesta-integracion") | {
        "reason": "La actividad quedó en suspenso."
    }
    script.add("2024-01-10 15:05", "desk", gone)


def _questions(script: Script) -> None:
    script.add(
        "2024-01-16 10:00",
        "desk",
        fact(
            "ReportRequested",
            "round/2023-Q4",
            activity="9.3",
            entity="oim",
            question="Which two countries does the guidance cover?",
        ),
        fact(
            "ReportRequested",
            "round/2023-Q4",
            activity="12.2",
            entity="onu-mujeres",
            question="¿Cuántas personas participaron en los cursos piloto?",
        ),
    )
    excused = fact("ReportExcused", "activity/11.1", quarter="2023-Q3") | {
        "reason": "Yearly activity, due in March."
    }
    script.add("2023-10-04 10:00", "desk", excused)
    excused = fact("ReportExcused", "activity/11.1", quarter="2024-Q3") | {
        "reason": "Yearly activity, due in March."
    }
    script.add("2024-10-04 10:00", "desk", excused)
    bounced = fact("ReminderFailed", "round/2023-Q2", step="before-due", recipient="p0", outcome="bounced")
    script.write(
        "2023-07-06 09:10",
        "system:ticker",
        lambda scene: [bounced | {"data": bounced["data"] | {"recipient": scene.cast["youth"]}}],
    )


def _moments(script: Script) -> None:
    moments = (
        (
            "2023-06-16 09:00",
            "principals-2023-06-15",
            "Principals, 15 June 2023",
            "2023-06-15T18:00:00+02:00",
        ),
        ("2023-11-08 12:00", "annual-meeting-2023", "Annual meeting 2023", "2023-11-07"),
        (
            "2023-12-08 09:00",
            "principals-2023-12-07",
            "Principals, 7 December 2023",
            "2023-12-07T18:00:00+01:00",
        ),
        (
            "2024-06-14 09:00",
            "principals-2024-06-13",
            "Principals, 13 June 2024",
            "2024-06-13T18:00:00+02:00",
        ),
        (
            "2024-12-06 09:00",
            "principals-2024-12-05",
            "Principals, 5 December 2024",
            "2024-12-05T18:00:00+01:00",
        ),
    )
    for when, slug, title, at in moments:
        script.add(when, "desk", fact("MomentNamed", "workplan", slug=slug, title=title, at=at))
