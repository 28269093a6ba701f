"""What stands in a file, as somebody reads it."""

from __future__ import annotations

import io

import docx
import pypdfium2


def words_in_pdf(data: bytes) -> str:
    pages = pypdfium2.PdfDocument(data)
    return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pages)


def words_in_docx(data: bytes) -> str:
    made = docx.Document(io.BytesIO(data))
    cells = (cell.text for table in made.tables for row in table.rows for cell in row.cells)
    return " ".join([*(line.text for line in made.paragraphs), *cells])
