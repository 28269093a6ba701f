"""The kinds of files that a document can be had as, and the making of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tracker.documents.pdf import pdf_of
from tracker.documents.pieces import Document
from tracker.documents.word import docx_of
from tracker.documents.xlsx import xlsx_of

SCHEMAS = Path(__file__).parent / "schemas"
"""The JSON Schemas of what documents are made from, by format."""
MAKERS: dict[str, Callable[[Document], bytes]] = {"pdf": pdf_of, "docx": docx_of, "xlsx": xlsx_of}
MEDIA_TYPES: dict[str, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""By the ending of a file's name."""


def file_of(document: Document, kind: str) -> bytes:
    return MAKERS[kind](document)
