"""Meetings, products and commitments through the pages: said in sentences first, recorded once, refused well."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.site import HOME, Site, parsed
from tests.web.test_amending import report
from tests.web.test_reporting import fields_of as fields_of_form

TALK = {
    "title": "Saving lives",
    "kind": "gcm_talks",
    "starts_at": "2023-10-27T15:00",
    "ends_at": "2023-10-27T17:00",
    "zone": "Africa/Nairobi",
    "mode": "online",
    "level": "regional",
    "region": "africa",
    "languages": "en, fr",
    "audience": "Member States",
    "rule": "open",
    "workstreams": ["2", "3"],
    "objectives": ["8"],
}


def form(reader: FlaskClient, page: str) -> dict[str, Any]:
    return dict(fields_of_form(reader, f"{HOME}record/{page}"))


def send(reader: FlaskClient, page: str, said: dict[str, Any], action: str = "record") -> TestResponse:
    return reader.post(f"{HOME}record/{page}", data=said | {"action": action})


def recorded(site: Site, who: str, page: str, **said: Any) -> str:
    """Fill a form in, look it over, record it; return the text of what was to be recorded and of the page after."""
    reader = site.reader(who)
    filled = form(reader, page) | said
    before = site.entries()
    looked = send(reader, page, filled, "review")
    assert looked.status_code == 200, parsed(looked).text
    assert site.entries() == before, "looking it over records nothing"
    answer = send(reader, page, {**filled, **fields(looked)})
    assert answer.status_code == 303, parsed(answer).text
    assert site.entries() == before + 1
    assert send(reader, page, {**filled, **fields(looked)}).status_code == 303, "sent twice, recorded once"
    assert site.entries() == before + 1
    shown = parsed(reader.get(answer.headers["Location"])).text
    assert f"Recorded as entry {before + 1}" in shown
    return f"{parsed(looked).text} {shown}"


def fields(answer: TestResponse) -> dict[str, str]:
    page = parsed(answer).fields
    return {name: page[name] for name in ("request_key", "version", "id") if name in page}


def test_a_session_is_scheduled_moved_held_and_its_material_added(site: Site):
    said = recorded(site, "secretariat", "session-scheduled", **TALK)
    assert "“Saving lives” takes place on 27 October 2023, 15:00 to 17:00, Nairobi time." in said
    assert "That is 27 October 2023, 14:00, Geneva time." in said
    assert "14:00 to 16:00 Geneva time" in said
    moved = {"starts_at": "2023-10-30T15:00", "ends_at": "2023-10-30T17:00", "reason": "The host asked."}
    said = recorded(site, "secretariat", "session-moved/saving-lives", **moved)
    assert "Until now it was set for 27 October 2023, 15:00" in said
    assert "13:00 to 15:00 Geneva time" in said, "the clock went back between the two"
    assert "first planned for 27 October 2023, 15:00" in said
    site.house.clock.move(days=130)
    held = {"attendance": "Member States: 40\nStakeholders: 61", "counts_for": ["3.4"]}
    said = recorded(site, "reviewer", "session-held/saving-lives", **held)
    assert "was held, 30 October 2023" in said
    assert "It counts by itself for: 3.4." in said
    assert "Then this is still to come: recording, summary." in said
    assert "Member States 40" in said
    assert "Still missing: recording, summary" in said
    assert "Saving lives" in parsed(site.reader("secretariat").get(f"{HOME}follow-up")).text
    summary = {"kind": "summary", "url": "https://example.org/s", "language": "en"}
    said = recorded(site, "secretariat", "session-material/saving-lives", **summary)
    assert "Still missing: recording" in said


def test_codes_of_languages_times_and_zones_are_said_in_words(site: Site):
    recorded(site, "secretariat", "session-scheduled", **TALK)
    reader = site.reader("secretariat")
    entry = parsed(reader.get(f"{HOME}entries/{site.entries()}")).text
    assert "27 October 2023, 15:00" in entry
    assert "Nairobi time" in entry
    assert "English, French" in entry
    assert "2023-10-27T" not in entry
    assert "Africa/Nairobi" not in entry


def test_a_review_is_moved_with_a_reason_and_told_as_a_story(site: Site):
    dates = {"starts_on": "2024-02-04", "ends_on": "2024-02-06", "place": "Bangkok"}
    said = recorded(
        site, "secretariat", "review-moved/asia-pacific", reason="The hall is being mended.", **dates
    )
    assert "moves to: 4 to 6 February 2024" in said
    assert (
        "Planned at first: Q1 to Q2 2024. Moved on 5 July 2023 to: 4 to 6 February 2024. Why: The hall"
        in said
    )
    said = recorded(
        site, "secretariat", "report-received/asia-pacific", country="KE", url="https://example.org/ke"
    )
    assert "Kenya belongs to another region: Africa. It is recorded all the same." in said
    said = recorded(site, "secretariat", "report-expected/asia-pacific", country="KZ")
    assert "Kazakhstan also: UNECE region" in said


def test_a_product_goes_from_plan_to_use_and_a_commitment_is_reported(site: Site):
    lead = {"title": "دليل", "kind": "guidance", "activities": ["3.4"]}
    said = recorded(site, "lead", "product-planned", **lead)
    assert "“دليل” is planned as a product." in said
    published = {
        "url": "https://example.org/g",
        "languages": "ar",
        "steward": "oms",
        "sustain_note": "The library keeps it.",
    }
    said = recorded(site, "lead", "product-published/product", **published)
    assert "OMS keeps it usable" in said
    assert "4 July 2024" in said, "to be looked at again after a year"
    used = {"country": "NP", "by": "The Ministry of Labour"}
    assert "Nepal, The Ministry of Labour" in recorded(site, "lead", "product-used/product", **used)
    said = recorded(site, "lead", "product-reviewed/product", outcome="current")
    assert "still good" in said
    said = recorded(
        site, "secretariat", "commitment-reported/4", note="Two briefings.", links="https://example.org/b"
    )
    assert "Two briefings." in said


OFFERED = [
    ("lead", {"session-proposed", "product-planned", "product-published/instrumento"}),
    ("reviewer", {"session-proposed", "session-scheduled", "report-received/africa"}),
    ("auditor", set()),
    ("viewer", set()),
    (
        "secretariat",
        {
            "session-proposed",
            "session-scheduled",
            "product-planned",
            "report-received/africa",
        }
        | {
            "report-received/lac",
            "review-moved/africa",
            "product-published/instrumento",
            "commitment-reported/4",
        },
    ),
]


@pytest.mark.parametrize("who, expected", OFFERED, ids=[who for who, _ in OFFERED])
def test_pages_offer_what_their_reader_may_record_and_refuse_the_rest(
    library: Site, who: str, expected: set[str]
):
    reader, before = library.reader(who), library.entries()
    every = OFFERED[-1][1]
    kinds = (
        "sessions",
        "products",
        "reviews/africa",
        "reviews/lac",
        "products/instrumento",
        "sessions/gcm-talks",
    )
    links = {link for page in (*kinds, "commitments/4") for link in parsed(reader.get(HOME + page)).links}
    assert {way for way in every if f"{HOME}record/{way}" in links} == expected
    token = parsed(reader.get(HOME)).fields["form_token"]
    for way in every:
        status = reader.get(f"{HOME}record/{way}").status_code
        assert (status == 200) == (way in expected), way
        if way not in expected:
            assert send(reader, way, {"form_token": token}).status_code == 403
    past = f"?as_of=position:{before - 1}"
    pages = [parsed(reader.get(f"{HOME}{page}{past}")) for page in kinds]
    assert not [link for page in pages for link in page.links if "/record/" in link], (
        "a past view is read only"
    )
    assert reader.get(f"{HOME}record/session-proposed{past}").status_code == 403
    assert library.entries() == before


RLO = "\u202eevil"
REFUSED: list[tuple[str, dict[str, Any], str | None, str]] = [
    ("session-scheduled", TALK | {"ends_at": "2023-10-27T14:00"}, "ends_at", "It ends before it starts."),
    ("session-scheduled", TALK | {"zone": "Africa/Nairobbi"}, "zone", "This is not a time zone."),
    ("session-scheduled", TALK | {"starts_at": "soon"}, "starts_at", "This is not a time."),
    (
        "session-scheduled",
        TALK | {"zone": "Europe/Zurich", "starts_at": "2024-03-31T02:30", "ends_at": "2024-03-31T04:00"},
        "starts_at",
        "the clock is put forward",
    ),
    ("session-scheduled", TALK | {"title": ""}, "title", "Please fill this in."),
    ("session-scheduled", TALK | {"title": "a\x07b"}, "title", "control character"),
    ("session-scheduled", TALK | {"country": "XX"}, "country", "ISO 3166"),
    ("session-proposed", {"title": "x" * 301, "kind": "workshop"}, "title", "300 characters"),
    (
        "session-held/gcm-talks",
        {"occurred_on": "2023-07-01", "attendance": "many"},
        "attendance",
        "one group on each",
    ),
    (
        "review-planned",
        {"region": "africa", "commission": "ECA", "starts_on": "2024-10-09"},
        None,
        "has its review already",
    ),
    (
        "review-held/lac",
        {"occurred_on": "2023-07-01"},
        "occurred_on",
        "It is planned for 1 January 2024 or later",
    ),
    ("review-moved/lac", {"starts_on": "2023-07-04", "reason": "x"}, "starts_on", "has passed"),
    ("review-moved/lac", {"reason": "x"}, "window/from", "Fill in one of"),
    ("commitment-reported/4", {"note": "x" * 8001}, "note", "too long"),
    ("commitment-reported/4", {"note": "x", "links": "here"}, "links", "not a web address"),
]


@pytest.mark.parametrize("page, said, field, message", REFUSED)
def test_what_cannot_be_is_refused_at_its_place_and_what_was_typed_stays(
    library: Site, page: str, said: dict[str, Any], field: str | None, message: str
):
    reader, before = library.reader("secretariat"), library.entries()
    filled = form(reader, page) | said
    for action in ("review", "record"):
        answer = send(reader, page, filled, action)
        shown = parsed(answer)
        assert answer.status_code in {409, 422}
        assert message in shown.text, shown.text
        assert field is None or f"{field}-fault" in shown.ids
        if "reason" in said:
            assert shown.fields["reason"].strip() == said["reason"]
    assert library.entries() == before


def test_a_lead_proposes_and_words_that_run_the_other_way_stay_in_their_place(site: Site):
    recorded(site, "lead", "session-proposed", title=RLO, kind="workshop")
    assert "1 session is proposed" in parsed(site.reader("secretariat").get(HOME)).text, "it waits for them"
    html = site.reader("viewer").get(f"{HOME}sessions").get_data(as_text=True)
    assert f"<bdi>{RLO}</bdi>" in html


def test_the_form_of_another_site_records_nothing(site: Site):
    reader, before = site.reader("secretariat"), site.entries()
    filled = form(reader, "session-proposed") | {"title": "A", "kind": "workshop", "form_token": "forged"}
    assert send(reader, "session-proposed", filled).status_code == 403
    assert site.entries() == before


def test_what_came_in_meanwhile_is_shown_beside_what_was_written(site: Site):
    reader, page = site.reader("secretariat"), "commitment-reported/4"
    mine = form(reader, page) | {"note": "Mine."}
    recorded(site, "secretariat", page, note="Theirs.")
    answer = send(reader, page, mine)
    shown = parsed(answer)
    assert (answer.status_code, shown.fields["note"].strip()) == (409, "Mine.")
    assert "Theirs." in shown.text


def test_the_next_of_a_recurring_meeting_is_one_click_away(site: Site):
    page = parsed(site.reader("secretariat").get(f"{HOME}sessions"))
    links = [link for link in page.links if "period=2023-Q3" in link]
    assert any(link.startswith(f"{HOME}record/session-scheduled") for link in links)
    opened = parsed(site.reader("secretariat").get(links[0])).fields
    assert (opened["title"], opened["kind"]) == ("Reuniones trimestrales 2023-Q3", "quarterly_meeting")
    assert "2022-Q3" not in " ".join(page.links), "what was over when the plan was adopted is no duty"
    assert any("period=2023" in link and "reunion-anual" in link for link in page.links)


def test_sessions_are_filtered_and_the_address_keeps_it(library: Site):
    reader = library.reader("viewer")
    assert "5 sessions fit" in parsed(reader.get(f"{HOME}sessions?status=proposed")).text
    one = parsed(reader.get(f"{HOME}sessions?kind=annual_meeting&status=proposed"))
    assert ("1 session fits" in one.text, one.fields["kind"]) == (True, "annual_meeting")
    for nonsense in ("kind=x", "region=moon", "objective=99", "workstream=99", "missing=x"):
        assert "No session fits" in parsed(reader.get(f"{HOME}sessions?{nonsense}")).text


def test_a_zone_that_is_none_is_refused_with_the_way_out(library: Site):
    answer = library.reader("viewer").get(f"{HOME}sessions/gcm-talks?zone=Mars/Olympus")
    assert (answer.status_code, "America/Bogota" in parsed(answer).text) == (422, True)


def test_the_register_of_products_is_filtered(library: Site):
    reader = library.reader("viewer")
    assert "A tool" in parsed(reader.get(f"{HOME}products?kind=tool&workstream=3")).text
    for nothing in ("look=due", "status=published", "country=KE", "kind=x"):
        assert "No product fits" in parsed(reader.get(f"{HOME}products?{nothing}")).text, nothing


@pytest.mark.parametrize(
    "who, page, said",
    [
        ("lead", "product-planned", {"title": "A", "kind": "tool", "activities": ["2.1"]}),
        ("reviewer", "session-proposed", {"title": "A", "kind": "dialogue", "region": "lac"}),
    ],
)
def test_what_is_not_theirs_comes_back_as_it_was_filled_in(
    library: Site, who: str, page: str, said: dict[str, Any]
):
    reader, before = library.reader(who), library.entries()
    filled = form(reader, page)
    assert who != "reviewer" or filled["region"] == "africa", "their own region is there to begin with"
    for action in ("review", "record"):
        answer = send(reader, page, filled | said, action)
        shown = parsed(answer)
        assert (answer.status_code, shown.fields["title"]) == (403, "A")
        assert "This is not yours to record as it stands" in shown.text
    assert library.entries() == before


def test_a_receipt_offers_only_what_its_reader_may_do(site: Site):
    position = report(site)
    path = f"{HOME}activities/3.4?receipt={position}"
    offered = [f"{HOME}entries/{position}/{way}" for way in ("correct", "withdraw")]
    assert set(offered) <= set(parsed(site.reader("lead").get(path)).links)
    for who in ("reviewer", "auditor"):
        assert not set(offered) & set(parsed(site.reader(who).get(path)).links), who
