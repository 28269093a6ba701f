"""Who sees what: today's rights govern every page, past ones too."""

from __future__ import annotations

import pytest

from tests.web.site import HARBOUR, HOME, Site, parsed
from tracker.directory import people
from tracker.directory.principals import PUBLIC, Principal
from tracker.projections.reading_rights import may, without_details

REASON = "The secret venue problem."
PAGES = (
    "",
    "activities/2.1",
    "workstreams/2",
    "reviews",
    "entities/oms",
    "changes?from=2023-02-01",
    "?as_of=2023-05-01",
)


@pytest.mark.parametrize("page", [*PAGES, "entries", "entries/300"])
def test_a_private_plan_asks_the_public_to_sign_in(library: Site, page: str):
    answer = library.reader().get(HOME + page)
    assert answer.status_code == 401
    assert f"/signin?to={HOME}{page.partition('?')[0]}" in parsed(answer).links, "and leads back here"
    assert "migra" not in parsed(answer).text.lower()


def test_the_first_page_names_a_plan_that_the_reader_may_not_see(library: Site):
    page = parsed(library.reader().get("/"))
    assert "Workplan of the United Nations Network" in page.text
    assert "Sign in to read it" in page.text
    assert HOME not in page.links


def test_who_is_known_but_has_no_role_here_finds_nothing(site: Site):
    runtime = site.house.runtime
    with runtime.directory() as tx:
        people.add_person(tx, runtime.now(), "A Stranger", "stranger@example.org", "en")
    client = site.house.client()
    client.post(site.link_for("stranger"))
    assert client.get(HOME).status_code == 404


@pytest.mark.parametrize("who", ["lead", "other lead", "reviewer", "auditor", "secretariat"])
def test_who_takes_part_reads_reasons_and_speakers(library: Site, who: str):
    page = parsed(library.reader(who).get(f"{HOME}activities/2.1"))
    assert REASON in page.text
    assert "needs attention" in page.text
    assert "ACNUR on the command line" in page.text
    assert library.reader(who).get(f"{HOME}entries").status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "?status=at_risk"])
def test_a_viewer_reads_the_plan_without_reasons_assessments_and_speakers(library: Site, page: str):
    shown = parsed(library.reader("viewer").get(HOME + page)).text
    assert REASON not in shown
    assert "needs attention" not in shown
    assert "on the command line" not in shown


def test_a_viewer_may_not_open_the_history(library: Site):
    assert library.reader("viewer").get(f"{HOME}entries").status_code == 403
    assert library.reader("viewer").get(f"{HOME}entries/300").status_code == 403


def test_the_public_reads_the_demonstration_without_reasons_assessments_and_speakers(library: Site):
    page = parsed(library.reader().get(f"/w/{HARBOUR}/activities/1.1"))
    assert "in progress" in page.text
    assert "A reason that the public does not read" not in page.text
    assert "needs attention" not in page.text
    assert library.reader().get(f"/w/{HARBOUR}/entries").status_code == 401


def test_rights_are_those_of_today_on_past_views_too(site: Site):
    reader, runtime = site.reader("viewer"), site.house.runtime
    past = f"{HOME}?as_of=2023-05-01"
    assert reader.get(past).status_code == 200
    with runtime.directory() as tx:
        person = people.person_at(tx, "viewer@example.org")
        assert person
        people.withdraw(tx, runtime.now(), person, "unnm-2022-2024", "viewer")
    assert reader.get(past).status_code == 404


def test_only_leads_of_the_activity_and_the_secretariat_get_the_form(library: Site):
    offered = {
        who: "Report progress" in parsed(library.reader(who).get(f"{HOME}activities/3.4")).text
        for who in ("lead", "other lead", "viewer", "reviewer", "auditor", "secretariat")
    }
    assert [who for who, is_offered in offered.items() if is_offered] == ["lead", "secretariat"]


def test_the_table_for_readers(library: Site):
    with library.house.runtime.ask("unnm-2022-2024") as private, library.house.runtime.ask(HARBOUR) as public:
        viewer = Principal("p1", frozenset({"viewer"}))
        assert not may(PUBLIC, private.workplan, "state")
        assert may(PUBLIC, public.workplan, "state")
        assert not may(PUBLIC, public.workplan, "details")
        assert may(viewer, private.workplan, "state")
        assert not may(viewer, private.workplan, "history")
        assert not may(Principal("p2", frozenset({"lead"})), private.workplan, "people")
        assert may(Principal("p3", frozenset({"auditor"})), private.workplan, "rounds")


def test_details_are_taken_out_at_any_depth():
    view = {"status": "held", "assessment": "at_risk", "moves": [{"on": "2023", "reason": "because"}]}
    assert without_details(view) == {"status": "held", "moves": [{"on": "2023"}]}
