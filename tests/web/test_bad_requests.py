"""No request, however bad, breaks a page or changes anything; on both engines."""

from __future__ import annotations

import pytest

from tests.web.site import HOME, Site, parsed

BAD = (
    f"{HOME}?as_of=%00",
    f"{HOME}plan?status=%00&entity=%F0%9F%92%A9",
    f"{HOME}?view=then&day=%00",
    f"{HOME}?as_of=-P99999Y",
    f"{HOME}?as_of=2023-06-15T10:00",
    f"{HOME}?effective_on=position:3",
    f"{HOME}entries?kind=%25&type='--&entity=x&channel=y&after=zzz",
    f"{HOME}entries?after=999999999999999999999",
    f"{HOME}entries?from=nonsense",
    f"{HOME}entries?subject=activity/9.9.9.9",
    f"{HOME}entries/0",
    f"{HOME}entries/99999999999999999999999",
    f"{HOME}entries/abc",
    f"{HOME}activities/%00",
    f"{HOME}activities/99",
    f"{HOME}activities/..%2F..%2Fetc",
    f"{HOME}reviews/mars",
    f"{HOME}rounds/2023-Q9",
    f"{HOME}rounds/1900-Q1/run",
    f"{HOME}rounds/2023-Q2?show=x&entity='--&done=held&count=<b>",
    f"{HOME}rounds/2023-Q2/run/nobody",
    f"{HOME}rounds/2023-Q2/form/nobody/w/99",
    f"{HOME}rounds/2023-Q2/rows/3.1/nobody",
    f"{HOME}letters?quarter=%F0%9F%92%A9&state=none",
    f"{HOME}sessions/{'x' * 5000}",
    f"{HOME}changes?from=@&to=@@",
    f"{HOME}changes?axis=now&from_day=2023-99-99",
    f"{HOME}changes?from=position:0",
    "/w/%00/",
    "/w/none/",
    "/w/none/activities/1",
    f"/signin/{'s' * 3000}",
    "/signin/%00",
)


def test_bad_addresses_get_a_plain_page_and_change_nothing(either_site: Site):
    reader, before = either_site.reader("secretariat"), either_site.entries()
    for path in BAD:
        answer = reader.get(path, follow_redirects=True)
        assert answer.status_code < 500, (path, answer.status_code)
        assert parsed(answer).headings, path
    assert either_site.entries() == before


def test_bad_forms_get_a_plain_page_and_record_nothing(either_site: Site):
    reader, before = either_site.reader("lead"), either_site.entries()
    page = f"{HOME}activities/3.4"
    token = parsed(reader.get(page)).fields["form_token"]
    for bad in (
        {},
        {"quarter": "nonsense", "note": "x"},
        {"status": "finished"},
        {"version": "-1", "note": "x", "quarter": "2031-Q1"},
        {"note": "\x00"},
        {"note": "x" * 9000},
        {"done-": "1"},
        {"done-nothing": "1"},
        {"part-z": "completed"},
        {"voice": "oim", "note": "x"},
        {"evidence_url": "javascript:alert(1)", "evidence_kind": "nonsense"},
        {"occurred_on": "2023-Q9", "note": "x"},
    ):
        answer = reader.post(page, data={"form_token": token, "key": "k"} | bad)
        assert 400 <= answer.status_code < 500, (bad, answer.status_code)
        assert parsed(answer).headings
    assert either_site.entries() == before


def test_a_report_is_taken_on_both_engines(either_site: Site):
    reader = either_site.reader("lead")
    page = f"{HOME}activities/3.4"
    said = {
        name: value for name, value in parsed(reader.get(page)).fields.items() if name not in {"view", "day"}
    }
    assert reader.post(page, data=said | {"note": "Taken.", "action": "record"}).status_code == 303
    assert "Taken." in parsed(reader.get(page)).text


@pytest.mark.parametrize("method", ["put", "delete", "patch", "post"])
def test_other_methods_are_refused_with_what_is_allowed(library: Site, method: str):
    answer = getattr(library.reader("secretariat"), method)(f"{HOME}reviews")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert parsed(answer).headings


def test_a_database_that_does_not_answer_is_said_plainly(site: Site, monkeypatch: pytest.MonkeyPatch):
    reader = site.reader("lead")
    page = f"{HOME}activities/3.4"
    said = {
        name: value for name, value in parsed(reader.get(page)).fields.items() if name not in {"view", "day"}
    }
    with site.house.runtime.database.write() as tx:
        tx.run("ALTER TABLE idempotency_keys RENAME TO gone")
    answer = reader.post(page, data=said | {"note": "Kept while the database rests.", "action": "record"})
    assert answer.status_code == 503
    assert parsed(answer).fields["note"] == "Kept while the database rests."
    assert "Nothing is known to be saved" in parsed(answer).text
