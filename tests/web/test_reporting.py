"""Reporting through the form of an activity: what is recorded, what comes back, what is kept out."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.site import HOME, Site, parsed

PAGE = f"{HOME}activities/3.4"


def fields_of(reader: FlaskClient, page: str = PAGE) -> dict[str, str]:
    """Return the form's fields as a browser would send them untouched."""
    found = parsed(reader.get(page)).fields
    return {name: value for name, value in found.items() if name not in {"view", "day", "moment"}}


def send(reader: FlaskClient, said: dict[str, str], page: str = PAGE, **more: Any) -> TestResponse:
    return reader.post(page, data={"action": "record"} | said, **more)


def test_a_report_is_recorded_and_told_in_the_history(site: Site):
    reader = site.reader("lead")
    said = fields_of(reader) | {
        "assessment": "at_risk",
        "reason": "The host withdrew.",
        "note": "One workshop took place.",
        "done-capacity-building-activities": "",
        "evidence_url": "https://example.org/record",
        "evidence_title": "The record",
        "occurred_on": "2023-05-16",
    }
    answer = send(reader, said)
    assert answer.status_code == 303
    receipt = parsed(reader.get(answer.headers["Location"]))
    assert f"Recorded as entry {site.entries()}" in receipt.text
    page = parsed(reader.get(PAGE)).text
    for words in (
        "on track → needs attention",
        "Why: The host withdrew.",
        "One workshop took place.",
        "The record",
        "OMS on these pages",
        "happened 16 May 2023",
    ):
        assert words in page, words


def test_what_a_report_will_record_is_said_before(site: Site):
    reader, before = site.reader("lead"), site.entries()
    said = fields_of(reader) | {
        "assessment": "at_risk",
        "reason": "The host withdrew.",
        "note": "One workshop.",
    }
    page = parsed(send(reader, said | {"action": "review"}))
    for words in (
        "OMS reports about Q2 2023:",
        "on track → needs attention",
        "The host withdrew.",
        "One workshop.",
    ):
        assert words in page.text, words
    assert site.entries() == before, "looking it over records nothing"
    again = parsed(send(reader, page.fields | {"action": "edit"}))
    assert again.fields["note"].strip() == "One workshop."
    assert send(reader, again.fields | {"action": "record"}).status_code == 303
    assert site.entries() == before + 1


def test_nothing_changed_is_a_full_report(site: Site):
    reader = site.reader("lead")
    answer = send(reader, fields_of(reader) | {"what": "no_change"})
    assert answer.status_code == 303
    assert "No change reported, Q2 2023" in parsed(reader.get(PAGE)).text


def test_the_rules_are_said_before_the_mistake(library: Site):
    page = parsed(library.reader("lead").get(PAGE)).text
    assert "needs attention say why, below" in page
    assert "completed give a link as evidence, or say below why there is none" in page


@pytest.mark.parametrize(
    "filled, field, message",
    [
        (
            {"assessment": "delayed"},
            "reason",
            "“delayed, says the lead” needs a reason: say what the difficulty is.",
        ),
        ({"status": "on_hold"}, "reason", "“on hold” needs a reason: say why."),
        ({"status": "completed"}, "evidence_url", "“completed” needs a link that shows it"),
        ({"note": "x", "occurred_on": "2031-01-01"}, "occurred_on", "1 January 2031 lies in the future."),
        (
            {"note": "x", "occurred_on": "2019-01-01"},
            "occurred_on",
            "1 January 2019 lies before the plan begins",
        ),
        ({"note": "x", "occurred_on": "yesterday"}, "occurred_on", "This is not a date."),
        ({"note": "x", "evidence_url": "example"}, "evidence_url", "This is not a web address."),
        ({"what": "no_change", "assessment": "on_track"}, "what", "choose one of the two"),
        (
            {"status": "on_hold", "reason": "r", "assessment": "on_track"},
            "assessment",
            "does not go with “on hold”",
        ),
        ({}, "what", "The report says nothing yet"),
    ],
)
def test_a_refusal_keeps_what_was_filled_in_and_says_why_at_the_field(
    site: Site, filled: dict[str, str], field: str, message: str
):
    reader, before = site.reader("lead"), site.entries()
    said = fields_of(reader) | {"needs": "A «venue» & <funds>"} if filled else fields_of(reader)
    answer = send(reader, said | filled)
    page = parsed(answer)
    assert answer.status_code == 422
    assert site.entries() == before
    assert message in page.text
    assert f"{field}-fault" in page.ids
    for name, value in (said | filled).items():
        assert page.fields.get(name, "").strip() == value, name
    assert "`" not in page.text


def test_after_a_refusal_the_corrected_form_is_taken(site: Site):
    reader = site.reader("lead")
    refused = parsed(send(reader, fields_of(reader) | {"assessment": "delayed"})).fields
    assert send(reader, refused | {"reason": "Funds came late."}).status_code == 303


def test_sending_the_same_form_twice_records_it_once(site: Site):
    reader, before = site.reader("lead"), site.entries()
    said = fields_of(reader) | {"note": "Sent twice."}
    first, second = send(reader, said), send(reader, said)
    assert first.headers["Location"] == second.headers["Location"]
    assert site.entries() == before + 1


def test_going_back_and_sending_other_words_does_not_pass_for_the_first(site: Site):
    reader = site.reader("lead")
    said = fields_of(reader) | {"note": "First."}
    send(reader, said)
    answer = send(reader, said | {"note": "Second."})
    page = parsed(answer)
    assert answer.status_code in {409, 422}
    assert page.fields["note"] == "Second."
    assert page.fields["key"] != said["key"]
    assert (
        send(reader, {k: v for k, v in page.fields.items() if k not in {"view", "day", "moment"}}).status_code
        == 303
    )


def test_on_a_conflict_both_versions_are_shown_and_the_second_can_be_sent(site: Site):
    first, second = site.reader("lead"), site.reader("secretariat")
    mine = fields_of(second) | {"voice": "cglu", "assessment": "on_track", "note": "Mine, typed meanwhile."}
    send(first, fields_of(first) | {"assessment": "at_risk", "reason": "Theirs came first."})
    before = site.entries()
    answer = send(second, mine)
    page = parsed(answer)
    assert answer.status_code == 409
    assert site.entries() == before
    assert "Somebody reported while you were writing" in page.text
    assert "Theirs came first." in page.text
    assert page.fields["note"] == "Mine, typed meanwhile."
    again = send(second, {k: v for k, v in page.fields.items() if k not in {"view", "day", "moment"}})
    assert again.status_code == 303
    assert "The leads differ" in parsed(second.get(PAGE)).text


def test_the_secretariat_says_on_whose_behalf(site: Site):
    reader = site.reader("secretariat")
    said = fields_of(reader) | {"note": "Said on the phone.", "behalf_by": "phone"}
    refused = send(reader, said)
    assert refused.status_code == 422
    assert "voice-fault" in parsed(refused).ids
    assert send(reader, said | {"voice": "oms"}).status_code == 303
    assert "Secretariat, for OMS" in parsed(reader.get(PAGE)).text


def test_a_form_without_the_token_of_this_signin_is_refused(site: Site):
    reader, other, before = site.reader("lead"), site.reader("secretariat"), site.entries()
    said = fields_of(reader) | {"note": "Forged."}
    theirs = fields_of(other)["form_token"]
    for token in ("", "nonsense", theirs):
        assert send(reader, said | {"form_token": token}).status_code == 403
    assert site.entries() == before
    assert send(reader, said).status_code == 303  # the control: with its own token it is taken


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_that_another_site_sent_is_refused(site: Site, headers: dict[str, str]):
    reader, before = site.reader("lead"), site.entries()
    said = fields_of(reader) | {"note": "From elsewhere."}
    answer = send(reader, said, headers=headers)
    assert answer.status_code == 403
    assert "Nothing was recorded" in parsed(answer).text
    assert site.entries() == before
    good = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert send(reader, said, headers=good).status_code == 303


@pytest.mark.parametrize("who", ["other lead", "viewer", "auditor", "reviewer"])
def test_others_cannot_report_even_with_a_form_made_by_hand(site: Site, who: str):
    reader, before = site.reader(who), site.entries()
    token = parsed(reader.get("/")).fields["form_token"]
    answer = send(reader, {"form_token": token, "key": "k", "what": "no_change"})
    assert answer.status_code == 403
    assert site.entries() == before


def test_a_past_view_offers_no_form(library: Site):
    assert "Report progress" not in parsed(library.reader("lead").get(f"{PAGE}?as_of=2023-06-01")).text


def test_parts_and_counts_are_reported(site: Site):
    reader = site.reader("secretariat")
    page = f"{HOME}activities/3.4"
    done = next(name for name in fields_of(reader, page) if name.startswith("done-"))
    assert send(reader, fields_of(reader, page) | {"voice": "oms", done: "1"}, page).status_code == 303
    assert "1 of 2" in parsed(reader.get(page)).text
    wrong = send(reader, fields_of(reader, page) | {"voice": "oms", done: "many"}, page)
    assert wrong.status_code == 422
    assert "Give a whole number, 0 or more." in parsed(wrong).text


def test_what_was_written_is_shown_again_when_the_signin_ended_meanwhile(site: Site):
    reader, before = site.reader("lead"), site.entries()
    said = fields_of(reader) | {"note": "Two workshops took place in May."}
    reader.post("/signout", data={"form_token": said["form_token"]})
    answer = send(reader, said)
    page = parsed(answer)
    assert answer.status_code == 403
    assert "What you wrote is not lost" in page.text
    assert "Two workshops took place in May." in page.text
    assert said["form_token"] not in answer.get_data(as_text=True)
    assert site.entries() == before
