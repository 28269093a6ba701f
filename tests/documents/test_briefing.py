"""The quarterly briefing and the biennial report: two pages, what is in them, by their schemas, in three languages."""

from __future__ import annotations

import io
import json
from datetime import date

import openpyxl
import pypdfium2
import pytest
from jsonschema import Draft202012Validator

from tests.documents.reading import words_in_docx, words_in_pdf
from tracker.demo import DEMO
from tracker.documents.basis import basis_of
from tracker.documents.biennial import biennial, period_meant
from tracker.documents.biennial_document import biennial_document
from tracker.documents.briefing import Quarter, briefing
from tracker.documents.briefing_document import briefing_document
from tracker.documents.files import MEDIA_TYPES, SCHEMAS, file_of
from tracker.documents.pieces import Document
from tracker.errors import RuleError
from tracker.projections.readiness import readiness
from tracker.projections.snapshots import frozen_bytes
from tracker.runtime import Runtime


def brief(runtime: Runtime, quarter: str, language: str = "en", *, details: bool = True) -> Document:
    with runtime.ask(DEMO) as view:
        return briefing_document(Quarter(runtime, view, quarter, language, has_details=details))


@pytest.mark.parametrize(
    "language, title", [("en", "Quarterly briefing"), ("es", "Informe trimestral"), ("fr", "Note")]
)
def test_a_briefing_is_two_pages_in_every_language(demo: Runtime, language: str, title: str) -> None:
    for quarter in ("2023-Q2", "2024-Q2", "2024-Q4"):
        made = file_of(brief(demo, quarter, language), "pdf")
        assert len(pypdfium2.PdfDocument(made)) == 2, quarter
        assert title in words_in_pdf(made)


def test_a_briefing_tells_what_moved_in_its_quarter_and_why(demo: Runtime) -> None:
    document = brief(demo, "2024-Q2")
    for words in (words_in_pdf(file_of(document, "pdf")), words_in_docx(file_of(document, "docx"))):
        assert "Regional review: Africa: was Q3 to Q4 2024, is now 9 to 10 October 2024" in words
        assert "Why: Days and place confirmed by the host" in words
        assert "34 of 45 received, 27 in time" in words
    book = openpyxl.load_workbook(io.BytesIO(file_of(document, "xlsx")))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert {kind: file_of(brief(demo, "2024-Q2"), kind) for kind in MEDIA_TYPES} == {
        kind: file_of(document, kind) for kind in MEDIA_TYPES
    }


def test_a_briefing_of_the_time_is_not_that_of_today(demo: Runtime) -> None:
    with demo.ask(DEMO, "2024-07-02") as then, demo.ask(DEMO) as now:
        old, new = (briefing(Quarter(demo, one, "2024-Q2", "en", has_details=True)) for one in (then, now))
    assert (old["reporting"] or {"reported": 0})["reported"] < new["reporting"]["reported"]


def test_a_quarter_outside_the_plan_or_to_come_is_refused(demo: Runtime) -> None:
    for quarter in ("2021-Q4", "2025-Q1", "9999-Q4"):
        with pytest.raises(RuleError, match="is no quarter of the plan that has begun") as caught:
            brief(demo, quarter)
        assert "2022-Q1 to 2024-Q4" in str(caught.value.way_out)


def test_the_biennial_report_says_what_was_done_on_each_objective(demo: Runtime) -> None:
    with demo.ask(DEMO) as view:
        basis = basis_of(view, "en", has_details=True)
        period = period_meant(view, date(2023, 1, 1), date(2024, 12, 31))
        found, document = biennial(basis, period), biennial_document(basis, period)
        with pytest.raises(RuleError, match="lies before"):
            period_meant(view, date(2024, 1, 1), date(2023, 1, 1))
    assert [one["objective"] for one in found["objectives"]] == list(range(1, 24))
    words = words_in_pdf(file_of(document, "pdf"))
    assert "1 January 2023 to 31 December 2024" in words
    assert "It lies beyond the end of the plan." in words
    book = openpyxl.load_workbook(io.BytesIO(file_of(document, "xlsx")))
    rows = list(book["Done"].iter_rows(min_row=3, values_only=True))
    assert len({(row[0], row[4]) for row in rows}) == sum(len(one["items"]) for one in found["objectives"])


def test_what_is_published_as_json_follows_its_published_schema(demo: Runtime) -> None:
    with demo.ask(DEMO) as view:
        basis = basis_of(view, "en", has_details=True)
        period = period_meant(view, None, None)
        quarter = Quarter(demo, view, None, "en", has_details=True)
        said = {
            "briefing-1": [basis.revealed(briefing(quarter))],
            "biennial-report-1": [basis.revealed(biennial(basis, period))],
            "readiness-1": [
                *(json.loads(frozen_bytes(view.tx, DEMO, "africa", number)) for number in (1, 2)),
                *(readiness(view, region) for region in ("africa", "lac")),
            ],
        }
    for name, answers in said.items():
        schema = json.loads((SCHEMAS / f"{name}.json").read_text())
        Draft202012Validator.check_schema(schema)
        for answer in answers:
            assert not list(Draft202012Validator(schema).iter_errors(answer))
        assert list(Draft202012Validator(schema).iter_errors(answers[0] | {"workplan": 7})), "the control"
