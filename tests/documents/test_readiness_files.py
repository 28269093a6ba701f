"""Readiness as PDF, for Word and as a workbook: in three languages, the same bytes, nothing read as a command."""

from __future__ import annotations

import io
from datetime import datetime

import openpyxl
import pytest

from tests.documents.reading import words_in_docx, words_in_pdf
from tracker.demo import DEMO
from tracker.documents.basis import basis_of
from tracker.documents.files import MEDIA_TYPES, file_of
from tracker.documents.pieces import Document
from tracker.documents.readiness import readiness_document, snapshot_document
from tracker.documents.story import story
from tracker.errors import NotFoundError
from tracker.plans.reference import region_labels
from tracker.projections.readiness import readiness
from tracker.runtime import Runtime

REASON = "The calendar of the commission leaves no room in the first half (simulated)."
FINDING = "The provisional agenda is published by the host."


def live(runtime: Runtime, region: str, day: str, language: str, *, details: bool = True) -> Document:
    with runtime.ask(DEMO, day) as view:
        basis = basis_of(view, language, has_details=details)
        return readiness_document(basis, readiness(basis.view, region))


def frozen(runtime: Runtime, number: int, language: str = "en", *, details: bool = True) -> Document:
    with runtime.ask(DEMO) as view:
        return snapshot_document(runtime, view, "africa", number, language, has_details=details)


@pytest.mark.parametrize(
    "language, title, moved",
    [
        (
            "en",
            "Readiness for the regional review: Africa",
            "On 9 February 2024 it moved to: Q3 to Q4 2024.",
        ),
        (
            "es",
            "Estado de preparación para el examen regional: África",
            "El 9 de febrero de 2024 se cambió la fecha",
        ),
        ("fr", "Préparation à l\u2019examen régional : Afrique", "Le 9 février 2024, sa date a été changée"),
    ],
)
def test_a_past_readiness_tells_the_moved_review_in_each_language(
    demo: Runtime, language: str, title: str, moved: str
) -> None:
    document = live(demo, "africa", "2024-09-30", language)
    made = {kind: file_of(document, kind) for kind in MEDIA_TYPES}
    for words in (words_in_pdf(made["pdf"]), words_in_docx(made["docx"])):
        assert title in words.replace("\xa0", " ")
        assert moved in words
        assert REASON in words
    assert b"/Lang" in made["pdf"]
    assert b"pdfuaid" in made["pdf"]
    assert {kind: file_of(document, kind) for kind in MEDIA_TYPES} == made


def test_a_workbook_holds_real_dates_and_no_formula(demo: Runtime) -> None:
    made = file_of(frozen(demo, 2), "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["Lines", "Evidence", "Missing", "Objectives", "Dates"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    evidence = book["Evidence"]
    assert evidence.freeze_panes == "A3"
    assert evidence.auto_filter.ref.startswith("A2:")
    assert "as we knew it at entry" in str(evidence["A1"].value)
    assert "seal" in str(evidence["A1"].value)
    header = [cell.value for cell in evidence[2]]
    dates = [row[header.index("date")].value for row in evidence.iter_rows(min_row=3)]
    assert sum(isinstance(one, datetime) for one in dates) > 20
    assert {row[1].value for row in evidence.iter_rows(min_row=3)} >= {"review/africa", "activity/3.2"}


@pytest.mark.parametrize("number", [1, 2])
def test_a_frozen_document_is_the_same_bytes_whatever_is_asked_later(demo: Runtime, number: int) -> None:
    first = {kind: file_of(frozen(demo, number), kind) for kind in MEDIA_TYPES}
    with demo.ask(DEMO, "2024-10-02") as view:
        again = snapshot_document(demo, view, "africa", number, "en", has_details=True)
    assert {kind: file_of(again, kind) for kind in MEDIA_TYPES} == first
    assert f"Snapshot {number}" in words_in_pdf(first["pdf"])


def test_reasons_and_findings_are_left_out_for_readers_who_do_not_get_them(demo: Runtime) -> None:
    for details in (True, False):
        document = frozen(demo, 2, details=details)
        for said in (words_in_pdf(file_of(document, "pdf")), words_in_docx(file_of(document, "docx"))):
            assert (REASON in said) is details
            assert (FINDING in said) is details
            assert ("they are not for every reader" in said) is not details
        book = openpyxl.load_workbook(io.BytesIO(file_of(document, "xlsx")))
        cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
        assert (REASON in cells) is details


def test_a_snapshot_that_is_not_there_is_refused_with_those_that_are(demo: Runtime) -> None:
    with pytest.raises(NotFoundError, match="africa has no snapshot 9") as caught:
        frozen(demo, 9)
    assert "Its snapshots are: 1, 2." in str(caught.value.way_out)


def test_the_chart_by_objective_is_hidden_and_said_so_where_less_than_half_is_tagged(demo: Runtime) -> None:
    shown, hidden = (live(demo, "africa", day, "en") for day in ("2024-09-30", "2022-12-15"))
    assert "Activities by objective and status" in words_in_pdf(file_of(shown, "pdf"))
    said = words_in_pdf(file_of(hidden, "pdf"))
    assert "Activities by objective and status" not in said
    assert "Chart by objective: hidden" in said


def test_the_slipped_reviews_of_all_five_regions_are_told_as_they_were_known(demo: Runtime) -> None:
    moved: dict[str, dict[str, int]] = {}
    for day in ("2024-01-31", "2024-09-30"):
        with demo.ask(DEMO, day) as view:
            told = {
                region: story(basis_of(view, "en", has_details=True), region) for region in region_labels()
            }
        assert all(one[0] == "Planned at first: Q1 to Q2 2024." for one in told.values())
        assert all("Why:" in said for one in told.values() for said in one if " it moved to: " in said)
        moved[day] = {region: sum(" it moved to: " in said for said in one) for region, one in told.items()}
    early, late = moved.values()
    assert early == {"africa": 0, "arab-states": 1, "asia-pacific": 0, "unece": 1, "lac": 0}
    assert late == {"africa": 2, "arab-states": 2, "asia-pacific": 1, "unece": 1, "lac": 1}
