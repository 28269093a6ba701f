"""Whatever people type is set as they typed it: right-to-left letters, commands, formulas, and more than a page."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pypdfium2
import pytest

from tests.documents.reading import words_in_docx, words_in_pdf
from tracker.documents.basis import words_in
from tracker.documents.charts import by_round
from tracker.documents.files import MEDIA_TYPES, file_of
from tracker.documents.pieces import (
    Bullets,
    Chart,
    Document,
    Grid,
    Heading,
    Link,
    Mark,
    Paragraph,
    Sheet,
    is_right_to_left,
)
from tracker.documents.svg import svg_of

ARABIC = "البرنامج المؤقت منشور"
COMMANDS = '#set page(width: 1pt) = *bold* $x$ <script> #import "x" \\ @cite'
FORMULA = "=HYPERLINK(1)"


def document(*texts: str, language: str = "en") -> Document:
    say = words_in(language)
    rates = [{"quarter": "2023-Q1", "expected": 4, "reported": 3, "on_time": 2, "late": 1}]
    grid = Grid(["What"], [[text] for text in texts], [1])
    return Document(
        name="odd",
        title=texts[0],
        subtitle=texts[-1],
        say=say,
        zone="Europe/Zurich",
        made=datetime(2024, 1, 31, 12, tzinfo=UTC),
        known=texts[0],
        seal_line="entry 1 · seal 7F3A-91C2",
        cover=[("Shows", texts[0])],
        pieces=[
            Heading(texts[0]),
            *(Paragraph(text, look) for text in texts for look in ("plain", "small", "notice")),
            Bullets(texts),
            grid,
            Grid(["Mark", "Link"], [[Mark("met", "met"), Link("there", "https://example.org/")]], [1, 1]),
            Chart(by_round(rates, say), grid),
        ],
        sheets=[Sheet("Odd: [texts]", ("text", "day"), [[text, date(2024, 1, 31)] for text in texts])],
    )


@pytest.mark.parametrize("text", [ARABIC, COMMANDS, FORMULA])
def test_a_text_is_set_as_it_was_typed(text: str) -> None:
    made = {kind: file_of(document("A title", text), kind) for kind in MEDIA_TYPES}
    if text != ARABIC:  # in a PDF, letters that join stand as they are drawn
        assert " ".join(text.split()) in words_in_pdf(made["pdf"])
    assert text in words_in_docx(made["docx"])
    sheet = openpyxl.load_workbook(io.BytesIO(made["xlsx"])).active
    assert sheet is not None
    assert (sheet["A4"].value, sheet["A4"].data_type) == (text, "s")
    assert b"pdfuaid" in made["pdf"], "accessible"


def test_right_to_left_texts_say_so_to_their_program() -> None:
    made = file_of(document("A title", ARABIC), "docx")
    xml = zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode()
    assert "<w:bidi" in xml
    assert [is_right_to_left(one) for one in (ARABIC, "12 " + ARABIC, "A title", "")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_letter_that_no_font_has_costs_the_mark_of_accessibility_and_nothing_else() -> None:
    made = file_of(document("A title", "A heart: \U0001f9e1"), "pdf")
    assert b"pdfuaid" not in made
    assert len(pypdfium2.PdfDocument(made)) == 1


def test_huge_texts_and_control_characters_are_set_over_pages() -> None:
    huge = "A very long note. " * 2000
    made = {kind: file_of(document("A title", huge, "a\x07b\tc\x00d"), kind) for kind in MEDIA_TYPES}
    assert len(pypdfium2.PdfDocument(made["pdf"])) > 20
    assert "a b c d" in words_in_docx(made["docx"])


def test_no_file_says_when_it_was_made_and_each_is_the_same_twice() -> None:
    one, two = ({kind: file_of(document("A title", ARABIC), kind) for kind in MEDIA_TYPES} for _ in "12")
    assert one == two
    for kind in ("docx", "xlsx"):
        times = {entry.date_time[:3] for entry in zipfile.ZipFile(io.BytesIO(one[kind])).infolist()}
        assert times == {(1980, 1, 1)}


def test_a_drawing_has_no_colour_and_no_text_that_is_markup() -> None:
    rates: list[dict[str, Any]] = [{"quarter": "2023-Q1", "expected": 4, "reported": 3, "on_time": 2}]
    drawing = by_round(rates, words_in("en"))
    drawing.text(0, 0, "<b>&")
    said = svg_of(drawing)
    assert "&lt;b&gt;&amp;" in said
    colours = {said[at + 1 : at + 7] for at in range(len(said)) if said[at] == "#"}
    assert all(len({one[:2], one[2:4], one[4:]}) == 1 for one in colours), "greys"
