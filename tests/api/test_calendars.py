"""Calendars to subscribe to: read back line by line, by nothing that wrote them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.installation import Installation, fact
from tracker.directory.feeds import MOST

TIMES = {"starts_at": "2023-10-27T15:00", "ends_at": "2023-10-27T17:00", "zone": "Europe/Zurich"}
TALK = TIMES | {
    "kind": "gcm_talks",
    "title": "Conversaciones sobre el Pacto, con una coma; y un punto y coma, en un título que ocupa más de una línea",
    "level": "regional",
    "region": "africa",
    "mode": "online",
    "languages": ["en"],
    "audience": "all",
    "rule": "open",
    "workstreams": ["3"],
    "objectives": ["8"],
}
GUIDE = {
    "languages": ["es"],
    "url": "https://example.org/guia",
    "steward": "oms",
    "sustain_note": "La biblioteca la conserva.",
    "review_on": "2024-06-30",
}


@pytest.fixture
def ana(house: Installation) -> Installation:
    """An installation with Ana, focal point of the OMS, and a token that is hers."""
    added = house.post(
        {"name": "Ana", "email": "ana@example.org", "language": "es", "entities": ["oms"]}, path="people"
    )
    assert added.json is not None
    made = house.post({"role": "lead", "person": added.json["person"]}, path="tokens")
    assert made.json is not None
    house.secrets = {**house.secrets, "ana": made.json["token"], "ana's id": added.json["person"]}
    return house


def subscribe(house: Installation, who: str = "ana", **wanted: Any) -> str:
    made = house.post({"scope": "all"} | wanted, who, path="calendars")
    assert made.status_code == 201, made.text
    assert made.json is not None
    address: str = made.json["address"]
    return "/calendars/" + address.rsplit("/", 1)[1]


def fetched(house: Installation, address: str) -> list[dict[str, str]]:
    """Return the calendar's own properties, then those of each event, checking the form of the whole."""
    answer = house.client().get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    lines = answer.data.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    parts: list[dict[str, str]] = []
    for line in answer.data.decode().replace("\r\n ", "").splitlines():
        if line in {"BEGIN:VCALENDAR", "BEGIN:VEVENT"}:
            parts.append({})
        elif not line.startswith(("END:", "BEGIN:")):
            name, _, value = line.partition(":")
            parts[-1][name] = value
    return parts


def event_of(house: Installation, address: str, subject: str) -> dict[str, str]:
    (found,) = [one for one in fetched(house, address)[1:] if one["UID"].startswith(f"{subject}@")]
    return found


def test_a_session_is_planned_moved_over_the_clock_change_and_cancelled(ana: Installation) -> None:
    address = subscribe(ana, scope="region", region="africa")
    assert len(fetched(ana, address)) == 1
    ana.post(fact("SessionScheduled", "session/talk", TALK))
    planned = event_of(ana, address, "session-talk")
    assert (planned["DTSTART"], planned["DTEND"]) == ("20231027T130000Z", "20231027T150000Z")
    assert planned["SUMMARY"].startswith("Conversaciones sobre el Pacto\\, con una coma\\; y un punto")
    assert planned["URL"].endswith("/w/unnm-2022-2024/sessions/talk")
    assert planned["DESCRIPTION"] == "all · en"
    ana.clock.move(hours=1)
    moved = {"starts_at": "2023-10-30T15:00", "ends_at": "2023-10-30T17:00"}
    ana.post(fact("SessionRescheduled", "session/talk", moved))
    later = event_of(ana, address, "session-talk")
    assert later["DTSTART"] == "20231030T140000Z", "an hour later by the sun, the same by the wall"
    ana.clock.move(hours=1)
    ana.post(fact("SessionCancelled", "session/talk"))
    gone = event_of(ana, address, "session-talk")
    assert gone["STATUS"] == "CANCELLED"
    assert [one["UID"] for one in (planned, later, gone)] == [planned["UID"]] * 3
    assert int(planned["SEQUENCE"]) < int(later["SEQUENCE"]) < int(gone["SEQUENCE"])
    assert planned["DTSTAMP"] < later["DTSTAMP"] < gone["DTSTAMP"]


def test_the_bytes_stay_while_nothing_changes_and_are_not_sent_again(ana: Installation) -> None:
    address = subscribe(ana)
    first = ana.client().get(address)
    for _ in range(50):
        ana.clock.move(days=1)
        assert ana.client().get(address).data == first.data
    again = ana.client().get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_calendar_says_its_name_and_how_often_to_look(ana: Installation) -> None:
    own = fetched(ana, subscribe(ana, scope="region", region="africa", language="fr"))[0]
    assert own["NAME"].endswith("Afrique")
    assert own["X-WR-CALNAME"] == own["NAME"]
    assert own["REFRESH-INTERVAL;VALUE=DURATION"] == "PT6H"
    assert own["SOURCE;VALUE=URI"].endswith(".ics")


def test_each_calendar_shows_what_it_is_about(ana: Installation) -> None:
    ana.post(fact("SessionScheduled", "session/talk", TALK))
    ana.post(fact("ReviewRescheduled", "review/africa", {"starts_on": "2024-10-09", "ends_on": "2024-10-10"})
             | {"reason": "El anfitrión lo pidió."})  # fmt: skip
    for stream, slug in (("3", "mine"), ("5", "others")):
        owner = {"title": "Borrador", "due": "2024-03", "workstream": stream}
        ana.post(fact("MilestoneSet", f"milestone/{slug}", owner))
    ana.post(
        fact("ProductPlanned", "product/guide", {"title": "Guía", "kind": "tool", "activities": ["3.1"]})
    )
    ana.post(fact("ProductPublished", "product/guide", GUIDE))
    ana.post(fact("RoundOpened", "round/2023-Q2"))

    def shown(**wanted: Any) -> set[str]:
        return {one["UID"].partition("@")[0] for one in fetched(ana, subscribe(ana, **wanted))[1:]}

    everything = shown()
    assert {"session-talk", "review-africa", "milestone-mine", "milestone-others"} <= everything
    assert shown(scope="workstream", workstream="3") == {"session-talk", "milestone-mine"}
    assert shown(scope="region", region="africa") == {"session-talk", "review-africa"}
    deadlines = shown(scope="deadlines")
    assert {"round-2023-Q2", "milestone-mine", "product-guide"} <= deadlines
    assert not {"session-talk", "milestone-others"} & deadlines
    review = event_of(ana, subscribe(ana), "review-africa")
    assert (review["DTSTART;VALUE=DATE"], review["DTEND;VALUE=DATE"]) == ("20241009", "20241011")


def test_an_address_that_was_taken_back_opens_nothing(ana: Installation) -> None:
    address = subscribe(ana)
    (held,) = ana.read("calendars", "ana")["items"]
    assert "address" not in held
    assert ana.read("calendars", "lead")["items"] == [], "nobody sees another's"
    path = f"/api/v1/workplans/unnm-2022-2024/calendars/{held['id']}"
    assert ana.client().delete(path, headers=ana.headers("secretariat")).status_code == 404
    assert ana.client().delete(path, headers=ana.headers("ana")).status_code == 204
    assert ana.client().get(address).status_code == 404


def test_an_address_shows_nothing_once_its_owner_may_not_read_the_plan(ana: Installation) -> None:
    address = subscribe(ana)
    person = ana.secrets["ana's id"]
    path = f"/api/v1/workplans/unnm-2022-2024/people/{person}/roles/lead"
    assert ana.client().delete(path, headers=ana.headers("secretariat")).status_code == 204
    assert ana.client().get(address).status_code == 404


def test_what_makes_no_calendar_is_refused(ana: Installation) -> None:
    for wanted, field in (
        ({"scope": "workstream"}, "/workstream"),
        ({"scope": "workstream", "workstream": "99"}, "/workstream"),
        ({"scope": "region"}, "/region"),
        ({"scope": "moon"}, "/scope"),
        ({}, "/scope"),
    ):
        answer = ana.post(wanted, "ana", path="calendars")
        assert answer.status_code == 422, wanted
        assert answer.json is not None
        assert (answer.json["field"], bool(answer.json["way_out"])) == (field, True)
    nobody = ana.post({"role": "auditor"}, path="tokens")
    assert nobody.json is not None
    ana.secrets = {**ana.secrets, "nobody": nobody.json["token"]}
    assert ana.post({"scope": "all"}, "nobody", path="calendars").status_code == 401
    for _ in range(MOST):
        subscribe(ana)
    assert ana.post({"scope": "all"}, "ana", path="calendars").status_code == 422
