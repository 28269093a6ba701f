"""A document for Word, for principals to edit: real headings, table headers that repeat, pictures with their words."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, assert_never

from tracker.documents.pdf import png_of
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

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as WordParagraph

SHAPES = {
    "met": "●",
    "completed": "●",
    "not_started": "○",
    "partly": "◐",
    "in_progress": "◐",
    "missing": "⊗",
    "discontinued": "⊗",
    "on_hold": "‖",
    "unknown": "◌",
}
"""The shape of a status as a letter; another is a triangle."""
OLDEST = (1980, 1, 1, 0, 0, 0)
FONT = "Calibri"
LANGUAGE = {"es": "es-ES", "en": "en-GB", "fr": "fr-FR"}


def docx_of(document: Document) -> bytes:
    """Return the document; its files carry one fixed time, so that the same document is the same bytes."""
    import docx  # noqa: PLC0415 - 90 ms that only those pay who ask for a document
    from docx.shared import Cm, Pt  # noqa: PLC0415

    made = docx.Document()
    _describe(made, document)
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(1.4 if document.is_short else 2.2))
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(8.5 if document.is_short else 10.5)
    normal.paragraph_format.space_after = Pt(1 if document.is_short else 6)
    normal.paragraph_format.line_spacing = 1.0 if document.is_short else 1.1
    for level, size in ((0, 20), (1, 13), (2, 11)):
        style = made.styles["Title" if level == 0 else f"Heading {level}"]
        style.font.name, style.font.size = FONT, Pt(size - 3 if document.is_short else size)
        style.font.bold, style.font.color.rgb = True, docx.shared.RGBColor(0, 0, 0)
        style.element.rPr.rFonts.attrib.clear()
        style.element.rPr.rFonts.set(docx.oxml.ns.qn("w:ascii"), FONT)
        style.element.rPr.rFonts.set(docx.oxml.ns.qn("w:hAnsi"), FONT)
        style.paragraph_format.space_before = Pt(0 if level == 0 else 6 if document.is_short else 14)
        style.paragraph_format.space_after = Pt(2 if document.is_short else 4)
    _write(made.add_paragraph(style="Title"), document.title)
    _write(made.add_paragraph(), document.subtitle)
    _cover(made, document)
    for piece in document.pieces:
        _add(made, piece, document)
    _foot(section.footer.paragraphs[0], document)
    file = io.BytesIO()
    made.save(file)
    return _timeless(file.getvalue())


def _describe(made: WordDocument, document: Document) -> None:
    from docx.oxml.ns import qn  # noqa: PLC0415

    about, at = made.core_properties, document.made.replace(tzinfo=None, microsecond=0)
    about.title, about.subject, about.author = (
        plain(document.title),
        plain(document.known),
        "Workplan tracker",
    )
    about.comments, about.keywords, about.last_modified_by = document.seal_line, "", "Workplan tracker"
    about.created = about.modified = at
    about.language, about.revision = LANGUAGE[document.say.language], 1
    fonts = made.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}")
    if fonts is not None:
        fonts.set(qn("w:val"), LANGUAGE[document.say.language])


def _cover(made: WordDocument, document: Document) -> None:
    """Write the lines of the cover, all in one where the document is short."""
    from docx.shared import Pt  # noqa: PLC0415

    line = made.add_paragraph()
    for number, (label, said) in enumerate(document.cover):
        if number and document.is_short:
            _write(line, " · ")
        elif number:
            line = made.add_paragraph()
        line.paragraph_format.space_after = Pt(1)
        _write(line, f"{label}{document.say.colon}", bold=True)
        _write(line, said)


def _add(made: WordDocument, piece: Piece, document: Document) -> None:
    match piece:
        case Heading():
            _write(made.add_paragraph(style=f"Heading {piece.level}"), piece.words)
        case Paragraph():
            line = made.add_paragraph()
            _write(line, piece.words, small=piece.look == "small", bold=piece.look == "notice")
        case Bullets():
            for item in piece.items:
                _write(made.add_paragraph(style="List Bullet"), item)
        case Grid():
            _table(made, piece, document)
        case Chart():
            _chart(made, piece, document)
        case _:
            assert_never(piece)


def _write(line: WordParagraph, words: str, *, bold: bool = False, small: bool = False) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    said = plain(words)
    run = line.add_run(said)
    run.bold = bold or None
    if small:
        run.font.size = Pt(8.5)
    if is_right_to_left(said):
        line._p.get_or_add_pPr().append(OxmlElement("w:bidi"))  # noqa: SLF001 - it offers no other way
        run.font.rtl = True


def _table(made: WordDocument, grid: Grid, document: Document) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    if grid.caption:
        line = made.add_paragraph()
        line.paragraph_format.keep_with_next = True
        _write(line, grid.caption, bold=True)
    table = made.add_table(1 + len(grid.rows), len(grid.columns))
    table.style, table.autofit = "Table Grid", False
    section = made.sections[0]
    whole = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    widths = [round(whole * share / sum(grid.shares)) for share in grid.shares]
    head, *body = (list(row.cells) for row in table.rows)  # asking for one cell after another is quadratic
    mark = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(mark)  # noqa: SLF001
    for place, name in zip(head, grid.columns, strict=True):
        _write(place.paragraphs[0], name, bold=True)
    for places, row in zip(body, grid.rows, strict=True):
        for place, cell in zip(places, row, strict=True):
            _fill(place, cell, document)
    edges = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        edge = OxmlElement(side)
        edge.set(qn("w:w"), "45" if document.is_short else "80")
        edge.set(qn("w:type"), "dxa")
        edges.append(edge)
    table._tbl.tblPr.append(edges)  # noqa: SLF001
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width  # LibreOffice reads these, Word those of the cells
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
    for places in (head, *body):
        for place, width in zip(places, widths, strict=True):
            place.width = width
            place.paragraphs[0].paragraph_format.space_after = Pt(1)
            for run in place.paragraphs[0].runs:
                run.font.size = Pt(7.5 if document.is_short else 9)
    gap = made.add_paragraph()  # two tables without one would grow together
    gap.paragraph_format.space_after = Pt(0)
    gap.paragraph_format.line_spacing = Pt(5 if document.is_short else 9)


def _fill(place: _Cell, cell: Cell, document: Document) -> None:
    line, said = place.paragraphs[0], words_of(cell, document)
    match cell:
        case Mark():
            _write(line, f"{SHAPES.get(cell.name, '△')} {said}")
        case Link() if cell.is_web:
            _link(line, plain(said), cell.url)
        case _:
            _write(line, said or document.say("unknown_cell"))


def _link(line: WordParagraph, words: str, url: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), line.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = line.add_run(words)
    run.underline = True
    link.append(run._r)  # noqa: SLF001
    line._p.append(link)  # noqa: SLF001


def _chart(made: WordDocument, chart: Chart, document: Document) -> None:
    from docx.shared import Emu  # noqa: PLC0415

    title = made.add_paragraph()
    title.paragraph_format.keep_with_next = True
    _write(title, chart.drawing.title, bold=True)
    section = made.sections[0]
    whole = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    picture = made.add_picture(io.BytesIO(png_of(chart.drawing)), width=Emu(whole * chart.wide // 100))
    about = picture._inline.docPr  # noqa: SLF001
    about.set("descr", plain(f"{chart.drawing.title}. {chart.drawing.words}"))
    about.set("title", plain(chart.drawing.title))
    _write(made.add_paragraph(), chart.drawing.words, small=True)
    if chart.numbers.rows:
        _table(made, chart.numbers, document)


def _foot(line: WordParagraph, document: Document) -> None:
    before, middle, after = _parts(document.say("page_of", page="{page}", pages="{pages}"))
    _write(line, f"{document.seal_line}   {before}", small=True)
    _field(line, "PAGE")
    _write(line, middle, small=True)
    _field(line, "NUMPAGES")
    _write(line, after, small=True)


def _parts(words: str) -> tuple[str, str, str]:
    before, _, rest = words.partition("{page}")
    middle, _, after = rest.partition("{pages}")
    return before, middle, after


def _field(line: WordParagraph, name: str) -> None:
    """Add what Word itself counts."""
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    field: Any = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    line._p.append(field)  # noqa: SLF001


def _timeless(data: bytes) -> bytes:
    """Return a zip file with the same parts in the order of their names, none of which says when it was packed."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as packed,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as again,
    ):
        for name in sorted(packed.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            again.writestr(zipfile.ZipInfo(name, OLDEST), packed.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
