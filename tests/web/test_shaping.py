"""The Secretariat changes the plan through pages: every kind of change, in a sentence first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.site import HOME, Site, parsed
from tests.web.test_recording import form, recorded, send
from tracker.events.catalogue import CATALOGUE
from tracker.web.fact_forms import FORMS
from tracker.web.fact_hints import HINTS
from tracker.web.plan_forms import PLAN
from tracker.web.plan_words import SAID

BECAUSE = {"reason": "The principals decided so."}
CHANGES: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "activity-added",
        {"workstream": "3", "number": "3.9", "text/es": "Una actividad nueva.", "text/en": "A new activity."},
        ["Activity 3.9 is added to workstream 3.", "Una actividad nueva."],
    ),
    (
        "activity-decided/3.4",
        {"status": "completed", "evidence_url": "https://example.org/record"},
        ["Activity 3.4 is completed, by decision."],
    ),
    (
        "activity-scheduled/3.2",
        {"window/from": "2023-Q1", "window/to": "2023-Q3", "source": "Letter of WHO"},
        ["Activity 3.2 has the window Q1 to Q3 2023."],
    ),
    (
        "activity-tagged/3.2",
        {"tags/objectives": "15, 20(b)", "tags/regions": ["africa"], "nature": "continuing"},
        ["Activity 3.2 is tagged", "continuing work"],
    ),
    ("activity-reworded/3.2", {"text/es": "Otro texto."}, ["Activity 3.2 is worded anew", "Otro texto."]),
    ("activity-moved/3.2", {"workstream": "4", "number": "4.9"}, ["stands in workstream 4 as 4.9"]),
    ("activity-linked/3.2", {"kind": "feeds", "to": "1.2"}, ["is linked: feeds activity 1.2"]),
    ("subitem-added/3.2", {"label": "a", "text/es": "Una parte."}, ["has a further part", "Una parte."]),
    ("activity-closed-out/3.2", {"outcome": "carried_over", "to_plan": "next"}, ["carried over"]),
    ("activity-withdrawn/3.2", {"replaced_by": "3.4"} | BECAUSE, ["is removed from the plan"]),
    ("activity-reinstated/9.2", BECAUSE, ["is part of the plan again"]),
    (
        "workstream-added",
        {"number": "15", "title/es": "Un lineamiento nuevo", "category": "new"},
        ["Workstream 15 is added to the plan."],
    ),
    ("workstream-reworded/3", {"title/es": "Otro título"}, ["Workstream 3 is worded anew", "Otro título"]),
    ("workstream-tagged/3", {"tags/objectives": "15"}, ["Workstream 3 is tagged"]),
    ("lead-assigned/3", {"user": "oit"}, ["OIT leads Workstream 3 from now on."]),
    ("lead-released/3", {"user": "oms"} | BECAUSE, ["OMS leads Workstream 3 no longer"]),
    ("participant-joined/3", {"user": "psi", "printed": "PSI"}, ["PSI takes part in Workstream 3."]),
    (
        "milestone-set",
        {"title/es": "Un hito", "due": "2024-Q1", "activity": "3.4"},
        ["“Un hito” is due Q1 2024."],
    ),
    ("entity-added", {"names/es": "Otra entidad (OE)", "printed": "OE", "kind": "group"}, ["Otra entidad"]),
    ("entity-renamed/oms", {"names/es": "Organización de la Salud"}, ["Organización de la Salud"]),
    ("entity-tagged/oms", {"region": "unece"}, ["Where OMS works is recorded"]),
    ("commitment-added", {"text/es": "Un compromiso."}, ["A commitment of the Network is added."]),
]


@pytest.mark.parametrize("page, said, words", CHANGES, ids=[one[0] for one in CHANGES])
def test_a_change_is_said_in_a_sentence_and_recorded_once(
    site: Site, page: str, said: dict[str, Any], words: list[str]
):
    shown = recorded(site, "secretariat", page, **said)
    for one in words:
        assert one in shown, one


def test_every_form_about_the_plan_has_its_sentence_and_fills_its_event():
    assert {one.event for one in PLAN} == set(SAID)
    for form_ in FORMS.values():
        assert CATALOGUE[form_.event].founding <= form_.founds, form_.way
    assert {ask.hint for form_ in FORMS.values() for ask in form_.asks if ask.hint} == set(HINTS)


def test_a_milestone_moves_is_reached_and_another_is_cancelled(site: Site):
    recorded(
        site, "secretariat", "milestone-set", **{"title/es": "Un hito", "due": "2024-Q1", "workstream": "3"}
    )
    said = {"due": "2024-06"} | BECAUSE
    assert "moves to June 2024" in recorded(site, "secretariat", "milestone-moved/un-hito", **said)
    said = {"evidence_url": "https://example.org/hito"}
    assert "was reached" in recorded(site, "secretariat", "milestone-reached/un-hito", **said)


def test_an_official_translation_that_is_left_alone_stays_official(site: Site):
    reader = site.reader("secretariat")
    held = form(reader, "workstream-reworded/3")
    send(reader, "workstream-reworded/3", held | {"title/es": "Otro título"})
    with site.house.runtime.ask("unnm-2022-2024") as view:
        title = view.plan.standings["workstream/3"].state.title
    assert title["es"] == "Otro título"
    assert title["unofficial"] == ("en", "fr"), "ours before, ours now"


def test_settings_of_the_plan_change_and_the_rest_stays(site: Site):
    reader, before = site.reader("secretariat"), site.entries()
    said = form(reader, "plan-amended") | {"settings/public": "yes", "reason": "The principals opened it."}
    looked = parsed(send(reader, "plan-amended", said, "review"))
    assert "settings change" in looked.text
    assert send(reader, "plan-amended", said).status_code == 303
    assert site.entries() == before + 1
    assert site.reader().get(HOME).status_code == 200, "everybody may read it now"


@pytest.mark.parametrize(
    "page, said, field, words",
    [
        ("activity-added", {"workstream": "3", "number": "3.9"}, "text/es", "Please fill this in."),
        (
            "activity-scheduled/3.2",
            {"window/from": "2023-Q3", "window/to": "2023-Q1", "source": "x"},
            "window",
            "before",
        ),
        ("activity-tagged/3.2", {"tags/objectives": "99"}, "tags/objectives", "objective from 1 to 23"),
        ("activity-withdrawn/3.2", {}, "reason", "Please fill this in."),
        ("activity-decided/3.4", {"status": "on_hold"}, "reason", "needs a reason"),
        ("milestone-set", {"title/es": "Un hito", "due": "2024-Q1"}, "activity", "Fill in one of"),
        ("milestone-set", {"title/es": "Un hito", "due": "soon", "activity": "3.4"}, "due", "not a date"),
    ],
)
def test_what_cannot_be_comes_back_with_the_reason_at_its_place(
    library: Site, page: str, said: dict[str, Any], field: str, words: str
):
    reader, before = library.reader("secretariat"), library.entries()
    answer = send(reader, page, form(reader, page) | said, "review")
    shown = parsed(answer)
    assert answer.status_code == 422
    assert words in shown.text
    assert any(one.startswith(field) and one.endswith("-fault") for one in shown.ids), shown.ids
    assert library.entries() == before


@pytest.mark.parametrize("who", ["lead", "reviewer", "auditor", "viewer"])
def test_nobody_else_is_offered_or_may_make_changes_to_the_plan(library: Site, who: str):
    reader, before = library.reader(who), library.entries()
    assert reader.get(f"{HOME}shaping").status_code == 403
    assert "Change the plan here" not in parsed(reader.get(f"{HOME}activities/3.4")).text
    token = parsed(reader.get(HOME)).fields["form_token"]
    for page in (
        "activity-added",
        "activity-withdrawn/3.2",
        "lead-assigned/3",
        "plan-closed",
        "entity-added",
    ):
        assert reader.get(f"{HOME}record/{page}").status_code == 403, page
        assert send(reader, page, {"form_token": token}).status_code == 403, page
    assert library.entries() == before


def test_the_page_to_change_the_plan_leads_to_every_addition(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}shaping"))
    for way in (
        "workstream-added",
        "activity-added",
        "milestone-set",
        "entity-added",
        "plan-amended",
        "plan-closed",
    ):
        assert f"{HOME}record/{way}" in page.links
    past = parsed(library.reader("secretariat").get(f"{HOME}shaping?as_of=2023-05-15"))
    assert "read only" in past.text
    assert not [one for one in past.links if "/record/" in one]


def test_a_part_is_reworded_and_removed_by_its_own_label(site: Site):
    for way, more in (
        ("subitem-reworded/8.1", {"text/es": "Otra redacción."}),
        ("subitem-withdrawn/8.1", BECAUSE),
    ):
        assert parsed(site.reader("secretariat").get(f"{HOME}record/{way}")).fields["key"] == ""
        assert "Recorded as entry" in recorded(site, "secretariat", way, key="1", **more)
