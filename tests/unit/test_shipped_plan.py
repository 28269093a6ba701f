"""The shipped plan is the printed one, word for word: nothing is missing, nothing is added."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tracker.events.catalogue import CATALOGUE
from tracker.events.shapes import from_json, to_json
from tracker.plans import reader
from tracker.workplan.document import Document, requests_of

SEED = (Path(__file__).parents[1] / "fixtures" / "workplan-2022-2024.es.txt").read_text(encoding="utf-8")


def joined(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def plan() -> Document:
    return reader.read_file(reader.SHIPPED)


@pytest.fixture(scope="module")
def requests(plan) -> list[dict[str, Any]]:
    return requests_of(plan)


def test_the_shipped_plan_has_every_part_of_the_printed_one(plan, requests) -> None:
    activities = [activity for workstream in plan.workstreams for activity in workstream["activities"]]
    subitems = [item for activity in activities for item in activity.get("subitems", ())]
    leads = [lead["entity"] for workstream in plan.workstreams for lead in workstream["leads"]]

    assert Counter(request["type"] for request in requests) == {
        "WorkplanAdopted": 1,
        "EntityAdded": 81,
        "CommitmentAdded": 16,
        "WorkstreamAdded": 14,
        "LeadAssigned": 37,
        "ParticipantJoined": 125,
        "ActivityAdded": 63,
        "ActivityScheduled": 1,
        "ActivityTagged": 5,
        "MilestoneSet": 1,
        "SessionProposed": 5,
        "ReviewPlanned": 5,
    }
    assert len(set(leads)) == 21
    assert leads.count("oim") == 8
    assert len(subitems) == 15
    assert sum("label" not in item for item in subitems) == 3
    assert Counter(workstream["category"] for workstream in plan.workstreams) == {"new": 5, "ongoing": 9}
    components = [None] * 5 + ["core"] + ["thematic"] * 8
    assert [workstream.get("component") for workstream in plan.workstreams] == components
    counts = " ".join(str(len(workstream["activities"])) for workstream in plan.workstreams)
    assert counts == "5 6 6 3 4 2 3 1 5 10 4 6 3 5"


def test_activities_are_numbered_without_a_gap(plan) -> None:
    for number, workstream in enumerate(plan.workstreams, start=1):
        assert workstream["number"] == str(number)
        numbers = [activity["number"] for activity in workstream["activities"]]
        assert numbers == [f"{number}.{place}" for place in range(1, len(numbers) + 1)]


def plan_strings(plan: Document) -> Iterator[str]:
    """Every string that claims to be the printed plan's own."""
    yield plan.title["es"]
    for section in plan.front_matter:
        yield from [section["heading"]] if "heading" in section else []
        yield from section["paragraphs"]
    for entity in plan.entities:
        yield entity["names"]["es"]
        yield from entity["printed"]
    for item in (*plan.commitments, *plan.milestones, *plan.sessions):
        yield item["text" if "text" in item else "title"]["es"]
    for workstream in plan.workstreams:
        yield workstream["title"]["es"]
        yield from [workstream["preamble"]["es"]] if "preamble" in workstream else []
        yield from (entry["printed"] for entry in (*workstream["leads"], *workstream["participants"]))
        for activity in workstream["activities"]:
            yield activity["text"]["es"]
            yield from (item["text"]["es"] for item in activity.get("subitems", ()))
            for target in activity.get("targets", ()):
                yield target["unit"]["es"]
                yield from (part["label"]["es"] for part in target.get("parts", ()))


def test_every_text_stands_in_the_printed_plan(plan) -> None:
    printed = joined(SEED)

    assert [text for text in plan_strings(plan) if text not in printed] == []


def test_activities_stand_in_the_order_of_the_printed_plan(plan) -> None:
    printed, reached = joined(SEED), 0
    for workstream in plan.workstreams:
        reached = printed.index(f"{workstream['number']}. {workstream['title']['es']}", reached)
        for activity in workstream["activities"]:
            for text in (activity["text"], *(item["text"] for item in activity.get("subitems", ()))):
                reached = printed.index(text["es"], reached) + len(text["es"])


FURNITURE = {
    "Actividades :",
    "Cronograma",
    "Entidades encargadas",
    "Participantes",
    "Nuevos lineamientos",
    "LINEAMIENTOS EN CURSO",
    "Objetivos del Pacto Mundial para la Migración",
    "Objetivos de Desarrollo Sostenible",
    "Párrafo de la Declaración sobre los Progresos del Foro de Examen de la Migración Internacional",
    "Esferas temáticas del Fondo Fiduciario de Asociados Múltiples para la Migración",
}
BROKEN = {  # the last two of these as workstream 14 breaks them into lines
    *(
        "Párrafo de la Declaración",
        "sobre los Progresos del",
        "Foro de Examen de la",
        "Migración Internacional",
    ),
    *("Esferas temáticas del", "Fondo Fiduciario de", "Asociados Múltiples para la", "Migración"),
}
GLUE = re.compile(r"\b(representado por|a saber|y|e)\b|[,;: ]")


def test_nothing_of_the_printed_plan_is_left_out(plan) -> None:
    texts = set(plan_strings(plan)) | FURNITURE | BROKEN
    texts |= {f"{workstream['number']}. {workstream['title']['es']}" for workstream in plan.workstreams}
    texts |= {", ".join(map(str, workstream["declaration_paragraphs"])) for workstream in plan.workstreams}
    names = sorted((name for entity in plan.entities for name in entity["printed"]), key=len, reverse=True)
    headings = sorted(FURNITURE, key=len, reverse=True)

    def is_accounted_for(line: str) -> bool:
        bare = (line, line.removeprefix("- "), re.sub(r"^- (\d+(\*\*)?|[a-f]\.) ", "", line))
        if any(text in texts for text in bare) or line.isdigit():
            return True
        for known in (*names, *headings):
            line = line.replace(known, "")
        return not GLUE.sub("", line) or line.strip() in texts

    lines = [joined(line) for line in SEED.splitlines() if line.strip()]
    assert [line for line in lines if not is_accounted_for(line)] == []


def test_every_passage_quoted_in_a_note_stands_in_the_printed_plan(plan) -> None:
    printed = joined(SEED)
    notes = [*plan.notes, *(note for workstream in plan.workstreams for note in workstream["notes"])]
    quoted = [passage for note in notes for passage in re.findall(r"“([^”]+)”", note)]

    assert len(quoted) > 60
    assert [passage for passage in quoted if passage not in printed] == []


def test_each_printed_name_belongs_to_one_entity(plan) -> None:
    owners = Counter(name for entity in plan.entities for name in set(entity["printed"]))
    by_id = {entity["id"]: entity for entity in plan.entities}
    entries = [entry for item in plan.workstreams for entry in (*item["leads"], *item["participants"])]
    named = {name for entry in entries for name in (entry["entity"], *entry.get("represented_by", ()))}
    others = [entry for entry in entries if entry["printed"] not in by_id[entry["entity"]]["printed"]]

    assert [name for name, count in owners.items() if count > 1] == []
    assert [(entry["entity"], entry["represented_by"]) for entry in others] == [
        ("civil-society-action-committee", ["alianza-americas", "picum", "migrant-forum-in-asia"]),
        ("investigadores-independientes", ["person-2", "person-3"]),
    ]
    assert named == set(by_id)


def test_natural_persons_are_named_nowhere_but_in_fields_that_can_be_redacted(plan, requests) -> None:
    persons = {entity["id"]: entity["names"]["es"] for entity in plan.entities if entity["kind"] == "person"}
    assert sorted(persons) == ["person-1", "person-2", "person-3"]

    for request in requests:
        about = request["subject"].removeprefix("entity/")
        people = {about, request["data"].get("entity"), *request["data"].get("represented_by", ())}
        if people & persons.keys():
            continue
        text = json.dumps(request, ensure_ascii=False)
        assert not any(name in text for name in (*persons.values(), "Vitorino"))


def test_only_what_a_text_says_is_scheduled_tagged_and_counted(plan, requests) -> None:
    said = [(request["type"], request["subject"], request["data"]) for request in requests]
    activities = [activity for workstream in plan.workstreams for activity in workstream["activities"]]
    counted = {
        (activity["number"], target["id"]): (target["min"], target.get("max"))
        for activity in activities
        for target in activity.get("targets", ())
    }

    assert {subject: data for kind, subject, data in said if kind == "ActivityScheduled"} == {
        "activity/8.1": {
            "from": "2022-Q1",
            "to": "2024-Q4",
            "source": "8.1: “a lo largo del periodo 2022-2024”",
        }
    }
    assert {subject: data["tags"] for kind, subject, data in said if kind == "ActivityTagged"} == {
        "activity/2.1": {"objectives": ["8"]},
        "activity/3.6": {"objectives": ["15", "16", "19", "21"]},
        "activity/14.1": {"objectives": ["19", "20"]},
        "activity/14.3": {"objectives": ["20(b)"]},
        "activity/14.4": {"objectives": ["20(b)"]},
    }
    assert counted == {
        ("3.4", "actividades-de-creacion-de-capacidad"): (2, 2),
        ("4.1", "notas-o-resumenes"): (2, None),
        ("4.2", "dialogos"): (2, 2),
        ("5.1", "reuniones-en-linea"): (2, None),
        ("7.2", "eventos-de-aprendizaje"): (3, 3),
        ("7.2", "evento-detencion-de-menores"): (1, None),
        ("9.2", "corredores-migratorios"): (2, 2),
        ("11.3", "contextos-o-redes"): (1, 2),
        ("13.1", "contextos"): (1, 2),
    }


def test_the_duties_are_proposed_with_no_date_that_is_not_printed(requests) -> None:
    data = {request["subject"]: request["data"] for request in requests}

    windows = {subject: item.get("window") for subject, item in data.items()}
    commissions = {subject: item.get("commission") for subject, item in data.items()}

    assert {subject: window for subject, window in windows.items() if subject.startswith("session/")} == {
        "session/reuniones-trimestrales": None,
        "session/reunion-anual": None,
        "session/informacion-a-los-directivos": None,
        "session/reuniones-informativas-estados-miembros": None,
        "session/gcm-talks": {"from": "2023-Q1", "to": "2024-Q4"},
    }
    assert {windows[subject]["from"] for subject in windows if subject.startswith("review/")} == {"2024-Q1"}
    assert {subject: name for subject, name in commissions.items() if subject.startswith("review/")} == {
        "review/africa": "ECA",
        "review/arab-states": "ESCWA",
        "review/asia-pacific": "ESCAP",
        "review/unece": "UNECE",
        "review/lac": "ECLAC",
    }
    assert data["milestone/tercer-informe-bienal"]["due"] == {"from": "2024-Q3", "to": "2024-Q4"}
    assert data["milestone/tercer-informe-bienal"]["commitment"] == "12"
    assert "tercer informe bienal" in data["commitment/12"]["text"]["es"]


def test_every_request_is_dated_with_the_day_of_adoption(requests) -> None:
    assert {request["occurred_on"] for request in requests} == {"2022-12-15"}


def test_ordinary_yaml_readers_see_the_same_plan() -> None:
    text = reader.SHIPPED.read_text(encoding="utf-8")

    assert yaml.safe_load(text) == reader._Yaml(text).parsed()[0]


def test_reading_it_again_gives_the_same_requests_in_the_same_order(requests) -> None:
    assert json.dumps(requests_of(reader.read_file(reader.SHIPPED))) == json.dumps(requests)


def test_every_request_fits_the_catalogue(requests) -> None:
    for request in requests:
        declared = CATALOGUE[request["type"]]
        data = request["data"] | ({"origin": "log"} if request["type"] == "WorkplanAdopted" else {})

        assert to_json(from_json(declared.data, data)) == data
        assert request["subject"].partition("/")[0] == declared.kind
