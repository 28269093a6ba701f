"""The form as a workbook: down, filled in elsewhere, and up again under the same link."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import python_calamine
import xlsxwriter
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.filling import counted, fill, form_of, reports, send_review
from tests.mailing import MailServer, add_focal_point, entries, sqlite_only
from tracker.runtime import Runtime

pytestmark = sqlite_only
Cells = dict[str, list[list[Any]]]


def cells_of(content: bytes) -> Cells:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def saved(cells: Cells) -> bytes:
    """Return the cells as another program would save them."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    for name, rows in cells.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return file.getvalue()


def typed(cells: Cells, sheet: str, about: str, **said: Any) -> None:
    names, rows = cells[sheet][0], cells[sheet]
    row = next(one for one in rows if one[names.index("activity")] == about)
    for name, value in said.items():
        row[names.index(name)] = value


def hand_in(browser: FlaskClient, path: str, content: bytes) -> TestResponse:
    return browser.post(f"{path}/sheet", data={"sheet": (io.BytesIO(content), "informe.xlsx")})


def test_a_sheet_filled_in_elsewhere_is_reviewed_and_sent_like_the_page(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    fill(browser, path, **{"3.1:what": "no_change"})
    before = counted(runtime)
    answer = browser.get(f"{path}/sheet.xlsx")
    assert "unnm-2022-2024-2023-Q2.xlsx" in answer.headers["Content-Disposition"]
    assert counted(runtime) == before
    cells = cells_of(answer.data)
    assert cells["about"][0] == ["report-1", "unnm-2022-2024", "2023-Q2"]
    names = cells["Informe"][0]
    first = cells["Informe"][3]
    assert first[names.index("activity")] == "3.1"
    assert (first[names.index("what")], first[names.index("state")]) == ("Sin novedad", "no iniciada")
    said = {"state": "in progress, needs attention", "reason": "=1+1 la sede", "occurred_on": 2023}
    typed(cells, "Informe", "3.4", what="Hay novedad", **said)
    typed(cells, "Cifras", "3.4", done=1)
    typed(cells, "Informe", "3.2", what="Nothing new")
    taken = hand_in(browser, path, saved(cells))
    assert (taken.status_code, taken.headers["Location"]) == (303, f"{path}/review")
    assert entries(runtime, "ProgressReported") == []
    review = form_of(browser.get(f"{path}/review")).text
    for words in ("no iniciada → en curso, requiere atención", "0 → 1 de 2", "=1+1 la sede"):
        assert words in review
    send_review(browser, path)
    told = {event.subject: event for event in reports(runtime)}
    assert set(told) == {"activity/3.1", "activity/3.2", "activity/3.4"}
    assert told["activity/3.4"].occurred_on == "2023"
    assert told["activity/3.4"].data.done == {"actividades-de-creacion-de-capacidad": 1}


def test_what_was_typed_on_the_page_since_is_not_overwritten_and_both_are_shown(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    cells = cells_of(browser.get(f"{path}/sheet.xlsx").data)
    fill(browser, path, "save", **{"3.4:what": "news", "3.4:note": "En la página"})
    typed(cells, "Informe", "3.4", what="Hay novedad", note="En la hoja")
    typed(cells, "Informe", "3.2", what="Sin novedad")
    told = hand_in(browser, path, saved(cells))
    assert told.status_code == 409
    assert "En la hoja" in form_of(told).text
    fields = form_of(browser.get(path)).fields
    assert (fields["3.4:note"], fields["3.2:what"]) == ("En la página", "no_change")


def test_a_word_that_is_no_choice_is_refused_at_its_place(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    cells = cells_of(browser.get(f"{path}/sheet.xlsx").data)
    typed(cells, "Informe", "3.4", what="Hay novedad", state="casi lista", note="x")
    assert hand_in(browser, path, saved(cells)).status_code == 303
    assert send_review(browser, path).status_code == 422
    assert 'id="3.4:state-fault"' in browser.get(f"{path}/w/3?check=1").get_data(as_text=True)
    assert reports(runtime) == []


def _other_quarter(cells: Cells) -> bytes:
    cells["about"][0][2] = "2023-Q1"
    return saved(cells)


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 30_000_000)
    return file.getvalue()


def test_what_is_no_sheet_of_this_form_is_refused_and_changes_nothing(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    good = browser.get(f"{path}/sheet.xlsx").data
    before = counted(runtime)
    for content, said in (
        (_other_quarter(cells_of(good)), "otro trimestre"),
        (saved({"Hoja1": [["a"]]}), "no es la hoja"),
        (good[:2000], "no es la hoja"),
        (b"activity,what\n3.2,no_change\n", "no es la hoja"),
        (b"", "no es la hoja"),
        (_bomb(), "demasiado grande"),
    ):
        refused = hand_in(browser, path, content)
        assert refused.status_code == 422, said
        assert said in form_of(refused).text
    assert counted(runtime) == before


def test_rows_of_others_are_left_out(
    runtime: Runtime, browser: FlaskClient, path: str, mail: MailServer
) -> None:
    add_focal_point(runtime, "unodc", "es", ["4"])
    cells = cells_of(browser.get(f"{path}/sheet.xlsx").data)
    typed(cells, "Informe", "3.4", activity="4.1", what="Sin novedad")
    typed(cells, "Informe", "3.2", what="Sin novedad")
    assert hand_in(browser, path, saved(cells)).status_code == 303
    send_review(browser, path)
    assert [event.subject for event in reports(runtime)] == ["activity/3.2"]
