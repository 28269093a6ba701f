"""Correcting, withdrawing and removing through the pages: who may, what is said before it is done, what shows after."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.installation import WORKPLAN
from tests.web.site import HOME, Parsed, Site, parsed
from tests.web.test_reporting import fields_of as fields_of_form


def position_of(site: Site, event_type: str, subject: str) -> int:
    """Return the last entry of a type about a subject."""
    with site.house.runtime.database.read() as tx:
        row = tx.one(
            "SELECT max(position) FROM events WHERE workplan = ? AND type = ? AND subject = ?",
            WORKPLAN,
            event_type,
            subject,
        )
    assert row
    return int(row[0])


def report(site: Site) -> int:
    """Return the entry of the WHO's report about activity 3.4."""
    return position_of(site, "ProgressReported", "activity/3.4")


def page_of(position: int, way: str) -> str:
    return f"{HOME}entries/{position}/{way}"


def send(reader: FlaskClient, page: str, said: dict[str, Any], action: str = "record") -> TestResponse:
    return reader.post(page, data=said | {"action": action})


def amend(site: Site, who: str, position: int, way: str, **said: str) -> TestResponse:
    """Fill the form in, look it over, and record what it says."""
    reader, page = site.reader(who), page_of(position, way)
    form = fields_of_form(reader, page) | {name.replace("__", "/"): value for name, value in said.items()}
    looked = send(reader, page, form, "review")
    assert looked.status_code == 200, parsed(looked).text
    return send(reader, page, {**form, **parsed(looked).fields})


def test_a_lead_corrects_its_own_report_and_sees_before_what_will_be_recorded(site: Site):
    position, before = report(site), site.entries()
    reader, page = site.reader("lead"), page_of(position, "correct")
    form = fields_of_form(reader, page)
    assert (form["occurred_on"], form["data/quarter"]) == ("2023-04-05", "2023-Q1")
    assert form["data/note"].strip() == "Two venues were seen."
    said = form | {
        "occurred_on": "2023-03-30",
        "data/note": "Three venues were seen.",
        "data/assessment": "at_risk",
        "reason": "The host withdrew.",
        "why": "The list was old.",
    }
    looked = parsed(send(reader, page, said, "review"))
    assert site.entries() == before, "looking it over records nothing"
    for words in (
        "This will be recorded",
        "happened: 5 April 2023 → 30 March 2023",
        "what was done: Two venues were seen. → Three venues were seen.",
        "how the work is going: on track → needs attention",
        "its reason: The host withdrew.",
        "Why it is corrected: The list was old.",
        "This changes how Activity 3.4 stands:",
        "assessment: on track → needs attention",
    ):
        assert words in looked.text, words
    answer = send(reader, page, {**said, **looked.fields})
    assert answer.status_code == 303
    shown = parsed(reader.get(answer.headers["Location"]))
    assert f"Recorded as entry {before + 1}" in shown.text
    for words in (
        "corrected later",
        "What became of it",
        "The list was old.",
        "Three venues were seen.",
        "OMS",
    ):
        assert words in shown.text, words
    assert "Two venues were seen." in shown.text, "the original stays"


def test_what_is_left_as_it_was_is_not_part_of_the_correction(site: Site):
    position = report(site)
    amend(site, "lead", position, "correct", occurred_on="2023-04", why="Which day, nobody knows.")
    with site.house.runtime.database.read() as tx:
        row = tx.one(
            "SELECT stored FROM events WHERE workplan = ? AND position = ?", WORKPLAN, site.entries()
        )
    assert row
    stored = bytes(row[0]).decode()
    assert f'"data":{{"occurred_on":"2023-04","position":{position}}}' in stored


def test_an_entry_is_withdrawn_and_stays_readable(site: Site):
    position = report(site)
    answer = amend(site, "secretariat", position, "withdraw", why="Entered on the wrong card.")
    assert answer.status_code == 303
    shown = parsed(site.reader("viewer").get(f"{HOME}activities/3.4"))
    assert "retracted" in shown.text
    shown = parsed(site.reader("lead").get(f"{HOME}entries/{position}"))
    for words in ("retracted", "Entered on the wrong card.", "Two venues were seen."):
        assert words in shown.text, words
    assert not [link for link in shown.links if link.endswith(("/correct", "/withdraw"))], "it is final"


def test_a_text_is_removed_and_what_remains_is_said(site: Site):
    position = report(site)
    reader, page = site.reader("secretariat"), page_of(position, "remove")
    form = fields_of_form(reader, page) | {"field": "/data/note", "authority": "Data protection officer"}
    looked = parsed(send(reader, page, form, "review"))
    assert "is removed for ever" in looked.text
    assert "Two venues were seen." in looked.text
    assert "The rest of the entry stays" in looked.text
    assert send(reader, page, {**form, **looked.fields}).status_code == 303
    shown = parsed(site.reader("lead").get(f"{HOME}entries/{position}")).text
    assert "Two venues" not in shown
    assert "A text of this entry was removed for ever." in shown
    assert "Data protection officer" in shown
    assert "It stands in the log as it was recorded" in shown, "the proof still holds"
    with site.house.runtime.database.read() as tx:
        assert not tx.all("SELECT text FROM texts WHERE text LIKE 'Two venues%'")


def test_other_entries_that_hold_the_same_text_are_named_before_it_goes(site: Site):
    position = report(site)
    amend(site, "lead", position, "correct", data__needs="More rooms", why="It was left out.")
    reader, page = site.reader("secretariat"), page_of(position, "remove")
    form = fields_of_form(reader, page) | {"field": "/data/note", "authority": "DPO"}
    looked = parsed(send(reader, page, form, "review"))
    assert f"The same text also stands in: entry {site.entries()}" in looked.text


RIGHTS = [
    ("lead", "ProgressReported", "activity/3.4", {"correct", "withdraw"}),
    ("other lead", "ProgressReported", "activity/3.4", set()),
    ("auditor", "ProgressReported", "activity/3.4", set()),
    ("reviewer", "ProgressReported", "activity/3.4", set()),
    ("secretariat", "ProgressReported", "activity/3.4", {"correct", "withdraw", "remove"}),
    ("secretariat", "ActivityAdded", "activity/3.4", {"correct", "withdraw"}),
    ("lead", "ActivityAdded", "activity/3.4", set()),
    ("secretariat", "WorkplanAdopted", "workplan", set()),
    ("secretariat", "EntryCorrected", "activity/3.1", {"remove"}),
]


@pytest.mark.parametrize("who, event_type, subject, expected", RIGHTS)
def test_an_entry_offers_what_its_reader_may_do_with_it_and_refuses_the_rest(
    library: Site, who: str, event_type: str, subject: str, expected: set[str]
):
    position = position_of(library, event_type, subject)
    reader, before = library.reader(who), library.entries()
    links = parsed(reader.get(f"{HOME}entries/{position}")).links
    ways = ("correct", "withdraw", "remove")
    assert {way for way in ways if page_of(position, way) in links} == expected
    past = parsed(reader.get(f"{HOME}entries/{position}?as_of=position:{before - 1}")).links
    assert f"{HOME}entries/{position}/genuine?as_of=position:{before - 1}" in past
    assert not [link for link in past if link.split("?")[0].endswith(ways)], "a past view is read only"
    token = parsed(reader.get(HOME)).fields["form_token"]
    for way in ways:
        said = {"form_token": token, "why": "x", "authority": "x", "field": "/data/note", "action": "record"}
        allowed = way in expected
        assert (reader.get(page_of(position, way)).status_code == 200) == allowed
        if not allowed:
            assert reader.post(page_of(position, way), data=said).status_code == 403
    assert library.entries() == before


def test_once_the_round_is_closed_only_the_secretariat_corrects(site: Site):
    site.house.enter(
        {"type": "RoundOpened", "subject": "round/2023-Q1", "data": {}},
        {"type": "RoundClosed", "subject": "round/2023-Q1", "data": {}},
    )
    position = report(site)
    assert site.reader("lead").get(page_of(position, "correct")).status_code == 403
    assert site.reader("secretariat").get(page_of(position, "correct")).status_code == 200


@pytest.mark.parametrize(
    "way, filled, field, message",
    [
        ("correct", {"occurred_on": "2023-03"}, "why", "Say why"),
        ("correct", {"why": "x"}, None, "Nothing differs yet"),
        ("correct", {"why": "x", "occurred_on": "soon"}, "occurred_on", "This is not a date."),
        ("correct", {"why": "x", "occurred_on": "2031"}, "occurred_on", "cannot have happened on 2031"),
        (
            "correct",
            {"why": "x", "data/evidence/0/url": "here"},
            "data/evidence/0/url",
            "This is not a web address",
        ),
        ("correct", {"why": "x", "data/done": "dialogues: many"}, "data/done", ""),
        ("correct", {"why": "x", "data/quarter": "2023-Q9"}, "data/quarter", ""),
        ("withdraw", {}, "why", "Say why"),
        ("remove", {"field": "/data/note"}, "authority", "Say who decided it"),
        ("remove", {"authority": "x"}, "field", "Choose the text"),
    ],
)
def test_a_refusal_keeps_what_was_filled_in_and_says_why_at_its_place(
    library: Site, way: str, filled: dict[str, str], field: str | None, message: str
):
    reader, page = library.reader("secretariat"), page_of(report(library), way)
    before = library.entries()
    form = fields_of_form(reader, page) | filled
    for action in ("review", "record"):
        answer = send(reader, page, form, action)
        shown = parsed(answer)
        assert answer.status_code == 422
        assert message in shown.text
        assert field is None or f"{field}-fault" in shown.ids
        for name, value in filled.items():
            assert shown.fields[name].strip() == value
    assert library.entries() == before


def test_a_correction_that_breaks_what_came_after_is_refused_before_it_is_confirmed(site: Site):
    first = position_of(site, "ActivityAdded", "activity/3.4")
    reader, page = site.reader("secretariat"), page_of(first, "withdraw")
    form = fields_of_form(reader, page) | {"why": "x"}
    answer = send(reader, page, form, "review")
    assert answer.status_code == 422
    assert "This will be recorded" not in parsed(answer).text


def test_an_entry_corrected_meanwhile_shows_both_and_takes_yours_when_sent_again(site: Site):
    position = report(site)
    reader, page = site.reader("lead"), page_of(position, "correct")
    mine = fields_of_form(reader, page) | {"data/note": "Mine.", "why": "My reason."}
    assert (
        amend(site, "secretariat", position, "correct", data__note="Theirs.", why="Their reason.").status_code
        == 303
    )
    looked, answer = (send(reader, page, mine, action) for action in ("review", "record"))
    assert (looked.status_code, answer.status_code) == (409, 409)
    for shown in (parsed(looked), parsed(answer)):
        for words in ("Their reason.", "Two venues were seen. → Theirs.", "Theirs. → Mine."):
            assert words in shown.text, words
        assert (shown.fields["data/note"].strip(), shown.fields["why"].strip()) == ("Mine.", "My reason.")
    assert send(reader, page, {**mine, **fields(parsed(answer))}).status_code == 303
    assert "Theirs. → Mine." in parsed(reader.get(f"{HOME}entries/{position}")).text


def fields(page: Parsed) -> dict[str, str]:
    return {name: value for name, value in page.fields.items() if name not in {"view", "day", "moment"}}


def test_the_same_form_sent_twice_is_recorded_once(site: Site):
    position = report(site)
    reader, page = site.reader("lead"), page_of(position, "withdraw")
    form = fields_of_form(reader, page) | {"why": "Twice."}
    assert send(reader, page, form).status_code == 303
    recorded = site.entries()
    send(reader, page, form)
    assert site.entries() == recorded


def test_a_form_from_elsewhere_amends_nothing(site: Site):
    position, before = report(site), site.entries()
    reader = site.reader("secretariat")
    for way in ("correct", "withdraw", "remove"):
        page = page_of(position, way)
        form = fields_of_form(reader, page) | {"why": "x", "authority": "x", "field": "/data/note"}
        assert send(reader, page, form | {"form_token": "forged"}).status_code == 403
        foreign = reader.post(
            page, data=form | {"action": "record"}, headers={"Origin": "https://evil.example"}
        )
        assert foreign.status_code == 403
    assert site.entries() == before


def test_removing_needs_a_signin_of_the_last_minutes(site: Site):
    position, before = report(site), site.entries()
    reader, page = site.reader("secretariat"), page_of(position, "remove")
    form = fields_of_form(reader, page) | {"field": "/data/note", "authority": "DPO"}
    site.house.clock.move(minutes=16)
    for answer in (reader.get(page), send(reader, page, form)):
        assert answer.status_code == 403
        assert "Sign in once more" in parsed(answer).text
    assert site.entries() == before
    assert reader.get(page_of(position, "withdraw")).status_code == 200, "what can be told needs none"
    reader.post(site.link_for("secretariat"))
    fresh = fields_of_form(reader, page) | {"field": "/data/note", "authority": "DPO"}
    assert send(reader, page, fresh).status_code == 303


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/w//evil", "/\\evil", "javascript:x"]
)
def test_a_signin_leads_on_only_within_this_system(site: Site, to: str):
    client = site.house.client()
    answer = client.post(site.link_for("lead"), query_string={"to": to})
    assert answer.headers["Location"] == "/"
    inside = client.post(site.link_for("lead"), query_string={"to": f"{HOME}entries/3"})
    assert inside.headers["Location"] == f"{HOME}entries/3"


def test_the_entry_says_everything_that_was_recorded(library: Site):
    position = position_of(library, "ActivityAdded", "activity/3.4")
    shown = parsed(library.reader("auditor").get(f"{HOME}entries/{position}"))
    assert re.search(r"Text \(Spanish\) Organizar dos actividades", shown.text)
