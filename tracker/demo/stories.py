"""The hand-written part of the simulated history: late facts, differing co-leads, corrections, slipping milestones."""

from __future__ import annotations

from typing import Any

from tracker.demo.cast import focal_on
from tracker.demo.steps import EntryOf, Request, Script, corrected, fact
from tracker.events.vocabulary import Channel

LINKS = "https://example.invalid/demo"

TOLD = {
    ("3.4", "2023-Q2"),
    ("7.2", "2023-Q2"),
    ("9.1", "2023-Q4"),
    ("10.1", "2023-Q2"),
    ("10.2", "2023-Q2"),
    ("12.1", "2023-Q2"),
    ("12.2", "2023-Q2"),
    ("12.6", "2023-Q3"),
    ("12.6", "2023-Q4"),
    ("12.6", "2024-Q1"),
    ("12.6", "2024-Q2"),
    ("14.2", "2024-Q4"),
    ("6.2", "2024-Q1"),
}
"""The ``(activity, quarter)`` whose reports stand in this file."""


def write_stories(script: Script) -> None:
    _climate_consultation(script)
    _late_facts(script)
    _differing_leads(script)
    _holding_and_reopening(script)
    _amendments(script)
    _milestones(script)
    _questions(script)
    _moments(script)


def _report(
    activity: str, quarter: str, entity: str, on: str | None = None, why: str | None = None, **data: Any
) -> Request:
    made = fact("ProgressReported", f"activity/{activity}", quarter=quarter, **data) | {"entity": entity}
    return made | ({"occurred_on": on} if on else {}) | ({"reason": why} if why else {})


def _hand_in(
    script: Script, when: str, *said: Request, name: str | None = None, channel: Channel = "link"
) -> None:
    """Add reports of one entity about one quarter."""
    who = focal_on(said[0]["entity"], when[:10])
    quarter = said[0]["data"]["quarter"] if channel == "link" else None
    script.add(when, who, *said, channel=channel, name=name, quarter=quarter)


def _status(
    activity: str, status: str, why: str | None = None, on: str | None = None, **data: Any
) -> Request:
    made = fact("ActivityStatusChanged", f"activity/{activity}", status=status, **data)
    return made | ({"reason": why} if why else {}) | ({"occurred_on": on} if on else {})


def _evidence(kind: str, name: str) -> list[dict[str, str]]:
    return [{"kind": kind, "url": f"{LINKS}/{kind}/{name}", "title": "Simulated"}]


def _climate_consultation(script: Script) -> None:
    """10.1: said to be completed, corrected two weeks later, completed at the end of the year."""
    done = _report(
        "10.1",
        "2023-Q2",
        "oim",
        on="2023-06-28",
        status="completed",
        evidence=_evidence("meeting_record", "10.1-part-1"),
        note="Consulta celebrada los días 27 y 28 de junio; conclusiones en preparación.",
    )
    _hand_in(script, "2023-07-21 16:40", done, name="10.1-completed", channel="web")
    data = {
        "quarter": "2023-Q2",
        "status": "in_progress",
        "assessment": "delayed",
        "note": "Celebrada la primera parte de la consulta; la segunda se celebrará en otoño.",
        "evidence": _evidence("meeting_record", "10.1-part-1"),
    }
    reason = "Consultation part 2 is still open: the first part was held, not the whole."
    script.add(
        "2023-08-03 09:25", "desk", corrected("activity/10.1", "10.1-completed", data=data, reason=reason)
    )


def _late_facts(script: Script) -> None:
    """What was told in July 2023 about May and June: on 15 June nobody here knew it."""
    capacity = _report(
        "3.4",
        "2023-Q2",
        "oms",
        on="2023-05-16",
        why="La segunda actividad aún no tiene sede.",
        assessment="at_risk",
        done={"actividades-de-creacion-de-capacidad": 1},
        note="Primera actividad celebrada el 16 de mayo.",
        needs="Sede e interpretación para la segunda actividad.",
        evidence=_evidence("meeting_record", "3.4-first"),
    )
    _hand_in(script, "2023-07-04 10:12", capacity)
    started = _report(
        "12.2",
        "2023-Q2",
        "onu-mujeres",
        on="2023-05",
        assessment="on_track",
        note="Ya había comenzado en mayo con el primer curso piloto.",
    )
    launched = _report(
        "12.1",
        "2023-Q2",
        "onu-mujeres",
        on="2023-05-30",
        status="completed",
        evidence=_evidence("meeting_record", "12.1-launch"),
        note="Presentación oficial celebrada el 30 de mayo, junto con 11.2.",
        sustainability="El instrumento queda en el Centro y se revisa una vez al año.",
    )
    _hand_in(script, "2023-07-06 12:33", started, launched)
    settled = _status(
        "11.2",
        "completed",
        "Same launch as 12.1.",
        "2023-05-30",
        evidence=_evidence("meeting_record", "12.1-launch"),
    )
    script.add("2023-07-18 10:05", "desk", settled)
    second_phase = _report(
        "10.2",
        "2023-Q2",
        "cmnucc",
        on="2023-06-05",
        why="The authors asked for one more round of data.",
        assessment="at_risk",
        needs="Country data until September.",
    )
    _hand_in(script, "2023-07-11 17:58", second_phase)


def _differing_leads(script: Script) -> None:
    exchange = {"eventos-de-aprendizaje": 1, "evento-detencion-de-menores": 1}
    _hand_in(
        script,
        "2023-07-05 09:44",
        _report(
            "7.2",
            "2023-Q2",
            "idc",
            assessment="on_track",
            done=exchange,
            note="First peer exchange held in May.",
        ),
    )
    _hand_in(
        script,
        "2023-07-07 15:02",
        _report("7.2", "2023-Q2", "acnur", why="No host for the second event yet.", assessment="at_risk"),
        channel="api",
    )
    agreed = _report(
        "7.2", "2023-Q2", "acnur", assessment="on_track", note="A host was found; we agree with our co-lead."
    )
    _hand_in(script, "2023-07-26 11:16", agreed, channel="api")

    _hand_in(
        script,
        "2024-01-08 10:20",
        _report("9.1", "2023-Q4", "oim", assessment="on_track", note="Lista de control probada en un país."),
    )
    differs = _report(
        "9.1",
        "2023-Q4",
        "mpi",
        why="Only one of the planned pilots has begun.",
        assessment="delayed",
        needs="A second pilot country.",
    )
    _hand_in(script, "2024-01-12 16:35", differs)
    decided = _status(
        "9.1",
        "in_progress",
        "One pilot of two is under way: it needs attention, it is not late.",
        assessment="at_risk",
    )
    script.add("2024-01-24 17:45", "desk", decided | {"decided_at": "session/reunion-trimestral-2024-q1"})

    _hand_in(
        script,
        "2025-01-08 09:31",
        _report("14.2", "2024-Q4", "fida", assessment="on_track", note="Dialogue entretenu avec le secteur."),
    )
    open_one = _report(
        "14.2", "2024-Q4", "pnud", why="No hay fecha para la segunda mesa.", assessment="at_risk"
    )
    _hand_in(script, "2025-01-13 12:48", open_one)


def _holding_and_reopening(script: Script) -> None:
    held = _report(
        "12.6",
        "2023-Q3",
        "onu-mujeres",
        why="En espera de que se confirme la copresidencia del grupo.",
        status="on_hold",
    )
    _hand_in(script, "2023-10-09 13:20", held)
    _hand_in(script, "2024-01-09 13:20", _report("12.6", "2023-Q4", "onu-mujeres", no_change=True))
    _hand_in(script, "2024-04-09 13:20", _report("12.6", "2024-Q1", "gender-migration-hub", no_change=True))
    resumed = _report(
        "12.6",
        "2024-Q2",
        "onu-mujeres",
        status="in_progress",
        assessment="on_track",
        note="Retomada: copresidencia confirmada.",
    )
    _hand_in(script, "2024-07-05 13:20", resumed)

    paused = _status("5.3", "on_hold", "The survey waits for the wording of the definition.")
    script.add("2024-01-10 15:00", "desk", paused)
    ended = _status(
        "5.3", "discontinued", "Replaced by questions in the survey of the indicators workstream."
    )
    script.add("2024-06-18 15:00", "desk", ended | {"decided_at": "session/reunion-trimestral-2024-q2"})

    reopened = _status(
        "13.1", "in_progress", "A second context was chosen after the first report.", assessment="on_track"
    )
    script.add("2024-03-20 10:50", "desk", reopened)
    finished = _status(
        "13.1", "completed", on="2024-09-13", evidence=_evidence("publication", "13.1-second-context")
    )
    script.add("2024-09-16 10:50", "desk", finished)

    remittances = (
        _report(
            "14.3",
            "2023-Q2",
            "fida",
            status="completed",
            evidence=_evidence("meeting_record", "14.3"),
            on="2023-06-16",
        ),
        _report(
            "14.4",
            "2023-Q2",
            "fida",
            status="completed",
            evidence=_evidence("publication", "14.4"),
            on="2023-06-16",
        ),
    )
    _hand_in(script, "2023-07-10 18:05", *remittances)


def _amendments(script: Script) -> None:
    """A report on the wrong card, swapped dates, a miscount, a text that had to go."""
    wrong = _report(
        "14.5",
        "2023-Q2",
        "pnud",
        assessment="on_track",
        note="Primera mesa con entidades del mercado de remesas.",
    )
    _hand_in(script, "2023-07-12 10:10", wrong, name="wrong-card")
    retracted = fact("EntryRetracted", "activity/14.5", position=EntryOf("wrong-card"))
    right = _report(
        "14.2",
        "2023-Q2",
        "pnud",
        assessment="on_track",
        note="Primera mesa con entidades del mercado de remesas.",
    )
    script.add("2023-07-12 10:32", "pnud", retracted | {"reason": "Es de la actividad 14.2."}, right)

    first = _report(
        "6.2",
        "2024-Q1",
        "acnudh",
        on="2024-03-19",
        assessment="on_track",
        note="Taller de orientación celebrado.",
    )
    second = _report(
        "6.2", "2024-Q1", "acnudh", on="2024-03-05", note="Nota de orientación enviada a las subredes."
    )
    _hand_in(script, "2024-04-08 11:11", first, second, name="swapped")
    script.add(
        "2024-04-09 08:50",
        "acnudh",
        corrected(
            "activity/6.2",
            "swapped",
            0,
            occurred_on="2024-03-05",
            reason="Las dos fechas estaban intercambiadas.",
        ),
        corrected(
            "activity/6.2",
            "swapped",
            1,
            occurred_on="2024-03-19",
            reason="Las dos fechas estaban intercambiadas.",
        ),
    )

    named = _report("11.4", "2024-Q1", "afford", note="For questions call Zoe Sample, extension 12.")
    _hand_in(script, "2024-04-05 10:02", named, name="named")
    redacted = fact(
        "TextRedacted",
        "activity/11.4",
        position=EntryOf("named"),
        field="/data/note",
        authority="Holds the name and number of a (made-up) person.",
    )
    script.add("2024-04-12 09:00", "desk", redacted)


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
        made = fact("MilestoneReached", f"milestone/{slug}", evidence=_evidence("publication", slug))
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
