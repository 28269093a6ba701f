"""Readiness on pages: seen, asked about, found, tagged, frozen, compared, verified; and who may do what."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.site import HARBOUR, HOME, Site, parsed
from tracker.directory import people
from tracker.directory.principals import system
from tracker.web import readiness_told
from tracker.workplan.appointing import appointments

REGION = f"{HOME}reviews/africa"


def fill(client: FlaskClient, path: str, said: dict[str, Any], action: str = "look") -> TestResponse:
    """Send a form as its page has it, with what somebody fills in."""
    fields = parsed(client.get(path)).fields
    kept = {name: fields[name] for name in ("form_token", "key", "seen", "about") if name in fields}
    return client.post(path, data={**kept, **said, "action": action})


def record(client: FlaskClient, path: str, said: dict[str, Any]) -> TestResponse:
    shown = fill(client, path, said)
    assert shown.status_code == 200, parsed(shown).text
    assert "This will be recorded" in parsed(shown).text
    fields = parsed(shown).fields
    return client.post(path, data={**fields, **said, "action": "record"})


def give_focal_points(site: Site, *entities: str) -> None:
    runtime = site.house.runtime
    for entity in entities:
        with runtime.directory("unnm-2022-2024") as tx:
            person = people.add_person(
                tx, runtime.now(), f"Somebody of {entity}", f"{entity}@example.org", "en"
            )
            people.grant(tx, runtime.now(), person, "unnm-2022-2024", "lead")
        with runtime.ask("unnm-2022-2024") as view:
            wishes = appointments(view.plan, person, [entity], ["3"])
        runtime.submit("unnm-2022-2024", wishes, system("system:cli"), "cli")


def test_an_officer_tags_asks_two_leads_records_a_finding_freezes_and_verifies(site: Site) -> None:
    give_focal_points(site, "cglu")
    desk = site.reader("secretariat")
    tags = {"regions": ["africa"], "objectives": ["15"]}
    assert record(desk, f"{HOME}activities/3.4/tags", tags).status_code == 303
    page = parsed(desk.get(f"{REGION}/readiness"))
    assert "A recent report is missing" in page.text or "Linked activities met" in page.text
    question = {"entity": ["oms", "cglu"], "question": "Which countries took part?"}
    asked = record(desk, f"{REGION}/ask/3.4?line=activities", question)
    assert asked.location.endswith("readiness?asked=2#activities")
    assert "2 leads are asked" in parsed(desk.get(asked.location)).text
    finding = {"line": "agenda", "status": "partly", "finding": "A draft <b>exists</b>", "source": "A page"}
    assert record(desk, f"{REGION}/finding", finding).status_code == 303
    page = parsed(desk.get(f"{REGION}/readiness"))
    assert "A draft <b>exists</b>" in page.text
    assert "By the rules alone:" in page.text
    done = record(desk, f"{REGION}/freeze", {"signed": "1"})
    assert done.location.endswith("/reviews/africa/snapshots/1?done=frozen")
    shown = parsed(desk.get(f"{REGION}/snapshots/1?verify=1&with=lac"))
    assert "Computed again: the same, byte for byte" in shown.text
    assert "Latin America and the Caribbean" in shown.text
    assert "signed off by Secretariat" in shown.text
    assert "Since snapshot 1" in parsed(desk.get(f"{REGION}/readiness?since=1")).text
    assert f"{REGION}/snapshots/1" in parsed(desk.get(f"{REGION}/snapshots")).links
    files = [link for link in shown.links if link.startswith("/api/v1/")]
    own, translated = files[:4], files[4:]
    assert [desk.get(one).get_data()[:2] for one in own] == [b"%P", b"PK", b"PK", b'{"']
    assert ["language=es" in one for one in translated] == [True] * 3 + [False] * 3


def test_a_region_without_anything_can_be_frozen_and_says_so(site: Site) -> None:
    desk = site.reader("secretariat")
    shown = parsed(fill(desk, f"{HOME}reviews/lac/freeze", {"signed": "1"})).text
    assert "The snapshot will say that nothing is known." in shown
    done = record(desk, f"{HOME}reviews/lac/freeze", {"signed": "1"})
    assert "there were no data to rest on" in parsed(desk.get(done.location)).text


def test_freezing_asks_for_the_sign_off_and_for_another_look_where_something_came_meanwhile(
    site: Site,
) -> None:
    desk, path = site.reader("secretariat"), f"{REGION}/freeze"
    before = site.entries()
    unsigned = fill(desk, path, {})
    assert unsigned.status_code == 422
    assert "Sign it off, or leave it." in parsed(unsigned).text
    shown = parsed(fill(desk, path, {"signed": "1"}))
    finding = {"line": "agenda", "status": "met", "finding": "It is there", "source": "A page"}
    record(desk, f"{REGION}/finding", finding)
    late = desk.post(path, data={**shown.fields, "action": "record"})
    assert late.status_code == 422
    assert "Something was recorded meanwhile" in parsed(late).text
    assert site.entries() == before + 1, "the finding alone"


@pytest.mark.parametrize(
    "path", ["snapshots/7", "snapshots/x", "snapshots/999999999999", "readiness?since=4"]
)
def test_a_snapshot_that_is_not_there_is_answered_with_what_is(library: Site, path: str) -> None:
    answer = library.reader("secretariat").get(f"{REGION}/{path}")
    assert answer.status_code == 404
    assert "None was taken yet." in parsed(answer).text


def test_a_region_that_is_not_there_is_answered_with_those_that_are(library: Site) -> None:
    for path in ("readiness", "snapshots", "snapshots/1", "finding", "freeze", "voluntary-reports"):
        answer = library.reader("secretariat").get(f"{HOME}reviews/atlantis/{path}")
        assert answer.status_code == 404, path
        assert "africa" in parsed(answer).text


def test_reviewers_find_in_their_region_and_freeze_nothing(site: Site) -> None:
    reviewer = site.reader("reviewer")
    said = {"line": "talks", "status": "met", "finding": "All were summarised", "source": "A list"}
    assert record(reviewer, f"{REGION}/finding", said).status_code == 303
    arrived = {"what": "received", "country": ["KE", "GH"]}
    assert record(reviewer, f"{REGION}/voluntary-reports", arrived).status_code == 303
    for path in ("finding", "voluntary-reports"):
        assert reviewer.get(f"{HOME}reviews/lac/{path}").status_code == 403
    for path in (f"{REGION}/freeze", f"{REGION}/ask/3.4", f"{HOME}activities/3.4/tags"):
        assert reviewer.get(path).status_code == 403, path
    links = parsed(reviewer.get(f"{REGION}/readiness")).links
    assert not [one for one in links if one.endswith(("/freeze", "/tags"))]


def test_readiness_is_for_those_who_read_details_and_frozen_snapshots_for_all(site: Site) -> None:
    desk = site.reader("secretariat")
    said = {"line": "agenda", "status": "met", "finding": "A finding for insiders", "source": "A page"}
    record(desk, f"{REGION}/finding", said)
    record(desk, f"{REGION}/freeze", {"signed": "1"})
    viewer = site.reader("viewer")
    for path in (f"{HOME}readiness", f"{REGION}/readiness"):
        assert viewer.get(path).status_code == 403
        assert site.reader().get(path).status_code == 401
    shown = parsed(viewer.get(f"{REGION}/snapshots/1"))
    assert "Agenda" in shown.text
    assert "A finding for insiders" not in shown.text
    assert "A finding for insiders" in parsed(desk.get(f"{REGION}/snapshots/1")).text
    assert site.reader().get(f"/w/{HARBOUR}/reviews/africa/snapshots").status_code == 200


def test_a_past_readiness_is_read_only(library: Site) -> None:
    desk = library.reader("secretariat")
    shown = parsed(desk.get(f"{REGION}/readiness?as_of=2023-05-15"))
    assert "as we knew it on 15 May 2023" in shown.text
    assert not [one for one in shown.links if "/freeze" in one or "/finding" in one]
    assert desk.get(f"{REGION}/freeze?as_of=2023-05-15").status_code == 403


def test_the_page_of_documents_gives_each_as_each_kind(site: Site) -> None:
    desk = site.reader("secretariat")
    record(desk, f"{REGION}/freeze", {"signed": "1"})
    html = desk.get(f"{HOME}documents").get_data(as_text=True)
    places = re.findall(r'formaction="([^"]+)"', html)
    assert len(places) == 8
    assert [desk.get(one).status_code for one in places] == [200] * 8
    outsider = site.reader("viewer").get(f"{HOME}documents").get_data(as_text=True)
    assert "briefing" not in outsider
    assert "snapshots/1.pdf" in outsider


def test_it_says_in_a_sentence_how_much_is_missing(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}reviews/africa/readiness"))
    found = re.search(
        r"(\d+) of 11 lines (is|are) met\. (\d+) things are missing; each is named below", page.text
    )
    assert found, page.text
    assert (found[2] == "is") == (found[1] == "1")
    assert f"met {found[1]} partly" in page.text, "the counts above it say the same"


def test_a_long_list_says_how_much_more_there_is(library: Site, monkeypatch: pytest.MonkeyPatch):
    desk = library.reader("secretariat")
    whole = parsed(desk.get(f"{REGION}/readiness"))
    assert "are in the files" not in whole.text
    monkeypatch.setattr(readiness_told, "MOST", 3)
    part = parsed(desk.get(f"{REGION}/readiness"))
    untagged = re.search(r"(\d+) of \d+ items carry no region", part.text)
    assert untagged
    assert f"{int(untagged[1]) - 3} more are in the files." in part.text
    assert ("things are missing; each is named" in part.text) == (
        "things are missing; each is named" in whole.text
    )
