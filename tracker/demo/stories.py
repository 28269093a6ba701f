"""The hand-written reports of the simulated history: late facts, differing co-leads, pauses, corrections."""

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


def proof(kind: str, name: str) -> list[dict[str, str]]:
    return [{"kind": kind, "url": f"{LINKS}/{kind}/{name}", "title": "Simulated"}]


def _climate_consultation(script: Script) -> None:
    """10.1: said to be completed, corrected two weeks later, completed at the end of the year."""
    done = _report(
        "10.1",
        "2023-Q2",
        "oim",
        on="2023-06-28",
        status="completed",
        evidence=proof("meeting_record", "10.1-part-1"),
        note="Consulta celebrada los días 27 y 28 de junio; conclusiones en preparación.",
    )
    _hand_in(script, "2023-07-21 16:40", done, name="10.1-completed", channel="web")
    data = {
        "quarter": "2023-Q2",
        "status": "in_progress",
        "assessment": "delayed",
        "note": "Celebrada la primera parte de la consulta; la segunda se celebrará en otoño.",
        "evidence": proof("meeting_record", "10.1-part-1"),
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
        evidence=proof("meeting_record", "3.4-first"),
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
        evidence=proof("meeting_record", "12.1-launch"),
        note="Presentación oficial celebrada el 30 de mayo, junto con 11.2.",
        sustainability="El instrumento queda en el Centro y se revisa una vez al año.",
    )
    _hand_in(script, "2023-07-06 12:33", started, launched)
    settled = _status(
        "11.2",
        "completed",
        "Same launch as 12.1.",
        "2023-05-30",
        evidence=proof("meeting_record", "12.1-launch"),
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
        "13.1", "completed", on="2024-09-13", evidence=proof("publication", "13.1-second-context")
    )
    script.add("2024-09-16 10:50", "desk", finished)

    remittances = (
        _report(
            "14.3",
            "2023-Q2",
            "fida",
            status="completed",
            evidence=proof("meeting_record", "14.3"),
            on="2023-06-16",
        ),
        _report(
            "14.4",
            "2023-Q2",
            "fida",
            status="completed",
            evidence=proof("publication", "14.4"),
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
