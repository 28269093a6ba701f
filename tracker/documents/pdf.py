"""A document as PDF, set by typst: accessible, its fonts from packages, the same bytes for the same document.

Words reach the template as data and never as markup, so that no text of anybody is read as a command.
"""

from __future__ import annotations

import json
from datetime import UTC
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from tracker.documents.drawings import Drawing
from tracker.documents.pieces import (
    Bullets,
    Cell,
    Chart,
    Document,
    Grid,
    Heading,
    Link,
    Mark,
    Paragraph,
    Piece,
    is_right_to_left,
    plain,
    words_of,
)
from tracker.documents.svg import svg_of

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).with_name("document.typ")
FONTS = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")
DOTS_PER_INCH = 220


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts that ship with the product; those of the machine would make other pages elsewhere."""
    import typst  # noqa: PLC0415 - 25 MB that only those load who ask for a document

    folders = [str(files(package) / "files") for package in FONTS]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def pdf_of(document: Document) -> bytes:
    """Return the document as PDF/UA-1; without that mark where it holds a letter that none of the fonts has."""
    import typst  # noqa: PLC0415

    data = {"data": json.dumps(_raw(document), ensure_ascii=False)}
    made = int(document.made.timestamp())
    try:
        accessible = _compiler(TEMPLATE.read_bytes(), data)
        return _bytes(accessible.compile(format="pdf", pdf_standards=["ua-1"], timestamp=made))
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        # A compiler reads bytes that it is given once.
        return _bytes(_compiler(TEMPLATE.read_bytes(), data).compile(format="pdf", timestamp=made))


def png_of(drawing: Drawing) -> bytes:
    """Return a drawing as a picture, for those programs that show no SVG."""
    page = f"#set page(width: {drawing.width}pt, height: {drawing.height}pt, margin: 0pt)\n"
    page += '#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
    compiler = _compiler(page.encode(), {"svg": svg_of(drawing)})
    return _bytes(compiler.compile(format="png", ppi=DOTS_PER_INCH))


def _compiler(template: bytes, inputs: dict[str, str]) -> typst.Compiler:
    import typst  # noqa: PLC0415

    return typst.Compiler(input=template, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs)


def _bytes(made: Any) -> bytes:
    return b"".join(made) if isinstance(made, list) else bytes(made)


# -------------------------------------------------------------------------------------------------- as plain data


def _raw(document: Document) -> dict[str, Any]:
    made = document.made.astimezone(UTC)
    return {
        "title": plain(document.title),
        "subtitle": plain(document.subtitle),
        "lang": document.say.language,
        "day": [made.year, made.month, made.day],
        "cover": [[plain(label) + document.say.colon, _text(said)] for label, said in document.cover],
        "seal_line": document.seal_line,
        "page": document.say("page_of", page="{page}", pages="{pages}"),
        "unknown": document.say("unknown_cell"),
        "is_short": document.is_short,
        "pieces": [_piece(one, document) for one in document.pieces],
    }


def _text(words: str) -> dict[str, Any]:
    said = plain(words)
    return {"t": said, "rtl": is_right_to_left(said)}


def _piece(piece: Piece, document: Document) -> dict[str, Any]:
    match piece:
        case Heading():
            return {"is": "heading", "level": piece.level, **_text(piece.words)}
        case Paragraph():
            return {"is": "paragraph", "look": piece.look, **_text(piece.words)}
        case Bullets():
            return {"is": "bullets", "items": [_text(one) for one in piece.items]}
        case Grid():
            return _grid(piece, document)
        case Chart():
            drawing = piece.drawing
            return {
                "is": "chart",
                "svg": svg_of(drawing),
                "alt": plain(f"{drawing.title}. {drawing.words}"),
                "title": plain(drawing.title),
                "words": plain(drawing.words),
                "wide": piece.wide,
                "numbers": _grid(piece.numbers, document),
            }
        case _:
            assert_never(piece)


def _grid(grid: Grid, document: Document) -> dict[str, Any]:
    return {
        "is": "grid",
        "caption": plain(grid.caption),
        "shares": list(grid.shares),
        "columns": [plain(one) for one in grid.columns],
        "rows": [[_cell(cell, document) for cell in row] for row in grid.rows],
    }


def _cell(cell: Cell, document: Document) -> dict[str, Any]:
    made = _text(words_of(cell, document))
    match cell:
        case Link() if cell.is_web:
            return made | {"url": cell.url}
        case Mark():
            return made | {"mark": cell.name}
        case int():
            return made | {"number": True}
        case _:
            return made
