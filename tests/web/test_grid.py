"""Dates and tags of many activities are set in one table, looked over, recorded together and taken back together."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.web.site import HOME, Site, parsed
from tests.web.test_sheets import confirm

GRID = f"{HOME}grid"


def fields(reader: FlaskClient, query: str = "") -> dict[str, str]:
    page = parsed(reader.get(GRID + query)).fields
    return {name: value for name, value in page.items() if name not in {"view", "day", "moment"}}


def test_dates_and_tags_go_in_together_with_one_source(site: Site) -> None:
    reader, before = site.reader("secretariat"), site.entries()
    said = fields(reader)
    assert len([name for name in said if name.endswith(":version")]) == 62, "one is removed from the plan"
    said |= {
        "activity/2.1:window_from": "2023-Q1",
        "activity/2.1:window_to": "2023-Q2",
        "activity/2.2:objectives": "8, 20(b)",
        "activity/2.2:nature": "continuing",
        "source": "The Network's public page",
        "reason": "Planning of July",
    }
    shown = reader.post(GRID, data=said, follow_redirects=True)
    text = parsed(shown).text
    assert "2 entries would be recorded" in text
    for words in ("The Network's public page", "8, 20(b)", "Planning of July"):
        assert words in text, words
    assert site.entries() == before
    done = confirm(reader, shown)
    assert site.entries() == before + 2
    assert "2 entries are recorded" in parsed(done).text
    page = parsed(reader.get(f"{HOME}activities/2.1")).text
    assert "Q1 to Q2 2023" in page
    assert "The Network's public page" in page


def test_a_table_that_changes_nothing_says_so(site: Site) -> None:
    reader = site.reader("secretariat")
    said = fields(reader)
    answer = reader.post(GRID, data=said)
    assert answer.status_code == 422
    assert "Nothing is changed yet" in parsed(answer).text


def test_what_changed_meanwhile_is_told_and_nothing_is_recorded(site: Site) -> None:
    reader = site.reader("secretariat")
    said = fields(reader)
    scheduled = {"from": "2023-Q3", "to": "2023-Q4", "source": "A letter"}
    site.house.enter({"type": "ActivityScheduled", "subject": "activity/2.1", "data": scheduled})
    before = site.entries()
    said |= {"activity/2.1:window_from": "2023-Q1", "activity/2.1:window_to": "2023-Q2", "source": "x"}
    shown = reader.post(GRID, data=said, follow_redirects=True)
    assert "needs a look" in parsed(shown).text
    assert site.entries() == before


def test_one_workstream_alone_can_be_shown(library: Site) -> None:
    said = fields(library.reader("secretariat"), "?workstream=3")
    shown = {name.partition(":")[0] for name in said if name.endswith(":version")}
    assert shown == {f"activity/3.{number}" for number in range(1, 7)}


def test_an_activity_that_was_moved_is_called_by_its_number_of_now(site: Site) -> None:
    moved = {"workstream": "4", "number": "4.9"}
    site.house.enter({"type": "ActivityMoved", "subject": "activity/3.2", "data": moved})
    desk = site.reader("secretariat")
    for page in (GRID, f"{HOME}entries?subject=activity/3.2", f"{HOME}reviews/africa/readiness"):
        said = desk.get(page).get_data(as_text=True)
        assert "4.9" in said, page
        assert "Activity 3.2" not in said, page
        assert ">3.2</a>" not in said, page


def test_the_table_is_the_secretariats(library: Site) -> None:
    for who in ("lead", "auditor", "reviewer", "viewer"):
        assert library.reader(who).get(GRID).status_code == 403, who
