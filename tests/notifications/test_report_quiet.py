"""An activity about which nothing new was said for a year: the form asks once what is to become of it."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.filling import fill, form_of, reports, send
from tests.mailing import PLAN, QUARTER, sqlite_only
from tracker.directory.principals import Principal
from tracker.runtime import Runtime


@sqlite_only
def test_after_four_quarters_without_news_the_form_asks_once(
    runtime: Runtime, browser: FlaskClient, path: str, oms: str
) -> None:
    for quarter in ("2022-Q2", "2022-Q3", "2022-Q4", "2023-Q1"):
        body = {"type": "ProgressReported", "subject": "activity/3.4", "entity": "oms"}
        link = Principal(oms, frozenset({"link"}), oms, quarter=quarter)
        runtime.submit(PLAN, body | {"data": {"quarter": quarter, "no_change": True}}, link, "link")
    page = form_of(browser.get(path)).text
    assert "Sin novedad en 4 trimestres seguidos" in page
    for answer, place in (("hold", "reason"), ("end", "reason")):
        refused = fill(browser, path, **{"3.4:what": answer})
        assert (refused.status_code, f'id="3.4:{place}-fault"' in refused.get_data(as_text=True)) == (
            422,
            True,
        )
    assert send(browser, path, **{"3.4:what": "still"}).status_code == 200
    (report,) = [event for event in reports(runtime) if event.data.quarter == QUARTER]
    assert report.data.no_change
    assert report.data.note
    assert "trimestres seguidos" not in form_of(browser.get(path)).text
