"""What pages show as files to save, at the moment shown and with the rights of their reader."""

from __future__ import annotations

import csv
import io

import pytest

from tests.web.site import HOME, Site, parsed


@pytest.mark.parametrize("page, file", [("plan", "plan"), ("rounds", "rounds"), ("entries", "entries")])
def test_a_page_offers_its_file_at_its_moment(library: Site, page: str, file: str) -> None:
    reader = library.reader("secretariat")
    moment = "?as_of=2023-05-01"
    if page != "rounds":  # before the first there is none to save
        assert f"{HOME}{file}.csv{moment}" in parsed(reader.get(f"{HOME}{page}{moment}")).links
    answer = reader.get(f"{HOME}{file}.csv")
    assert answer.headers["Content-Disposition"].endswith(f'{file}.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows or page == "rounds"
    assert reader.get(f"{HOME}{file}.xlsx").get_data()[:2] == b"PK"


def test_a_file_says_no_more_than_its_reader_may_know(library: Site) -> None:
    viewer = library.reader("viewer")
    rows = csv.DictReader(io.StringIO(viewer.get(f"{HOME}plan.csv").get_data().decode("utf-8-sig")))
    assert {(row["assessment"], row["assessment_reason"]) for row in rows} == {("", "")}
    assert [viewer.get(f"{HOME}{name}.csv").status_code for name in ("rounds", "entries")] == [403, 403]
    assert library.reader().get(f"{HOME}plan.csv").status_code == 401
