"""The form as a workbook: filled in away from the page, handed back under the same link, and reviewed like the page.

The first row of each sheet is hidden and names the columns for reading back, so that they may be moved; the first
columns are hidden too and hold ids, and what was known when the sheet was made. What is read becomes drafts, no more.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from tracker.errors import RuleError
from tracker.languages import LANGUAGES
from tracker.phrases import Phrases
from tracker.web.report_cards import EVIDENCE, Card, words_of
from tracker.web.report_fields import Fields
from tracker.web.report_opening import Opened
from tracker.web.report_options import STATUSES

FORMAT = "report-1"
LARGEST_UNPACKED = 20 * 1024 * 1024
MOST_ROWS = 2000
TEXTS = ("reason", "note", "needs", "evidence_url", "evidence_title", "occurred_on")
HIDDEN = ("activity", "revision", "seen", "target")
WIDTHS = {"number": 9, "text": 60, "standing": 34, "what": 18, "state": 30, "note": 44, "reason": 40}
DEFAULT_WIDTH = 24

Row = dict[str, Any]


# ------------------------------------------------------------------------------------------------- handing out


def sheet_of(here: Opened, title: str) -> bytes:
    """Return the workbook of a link: one row per activity, one per count, one per part; what is typed is filled in."""
    import xlsxwriter  # noqa: PLC0415 - only those pay for it who ask for a sheet

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    say = here.say
    book.add_worksheet("lists").hide()
    places: dict[tuple[str, ...], str] = {}
    _write(book, places, say("sheet_report"), title, [_row(here, card) for card in here.cards], say)
    counts = [row for card in here.cards for row in _counts(here, card)]
    parts = [row for card in here.cards for row in _parts(here, card)]
    for name, rows in (("sheet_counts", counts), ("sheet_parts", parts)):
        if rows:
            _write(book, places, say(name), say(f"{name}_words"), rows, say)
    about = book.add_worksheet("about")
    for at, text in enumerate((FORMAT, here.link.workplan, here.quarter)):
        about.write_string(0, at, text)
    about.hide()
    front = book.get_worksheet_by_name(say("sheet_report"))
    front.set_first_sheet()
    front.activate()
    book.close()
    return file.getvalue()


def _row(here: Opened, card: Card) -> Row:
    fields, say = here.fields(card), here.say
    states = {option.value: option.words for option in card.options}
    return _ids(here, card) | {
        "number": card.number,
        "text": card.wording[0],
        "standing": card.told or card.standing,
        "what": (say(_word(fields["what"])), [say(_word(one)) for one in _answers(card)]),
        "state": (states.get(fields.get("state", ""), ""), list(states.values())),
        **{name: fields.get(name, "") for name in TEXTS},
    }


def _counts(here: Opened, card: Card) -> Iterator[Row]:
    fields = here.fields(card)
    for target in card.targets:
        yield _ids(here, card) | {
            "target": target["id"],
            "number": card.number,
            "text": target["unit"],
            "standing": target["hint"],
            "done": fields.get(f"done:{target['id']}", ""),
        }


def _parts(here: Opened, card: Card) -> Iterator[Row]:
    fields = here.fields(card)
    for part in card.subitems:
        if part["options"]:
            words = dict(part["options"])
            yield _ids(here, card) | {
                "target": part["key"],
                "number": f"{card.number} {part['key']})",
                "text": part["text"],
                "standing": part["as_it_is"],
                "part": (words.get(fields.get(f"part:{part['key']}", ""), ""), list(words.values())),
            }


def _ids(here: Opened, card: Card) -> Row:
    draft = here.drafts.get(card.id)
    return {"activity": card.id, "revision": str(draft.revision if draft else 0), "seen": str(card.seen)}


def _answers(card: Card) -> list[str]:
    asking = ["still", "hold", "end"] if card.asks_on else ["no_change"]
    return ["later", *asking, *(["no_requests"] if card.takes_no_requests else []), "news"]


def _word(answer: str) -> str:
    return {"news": "something_new"}.get(answer, answer)


def _place(book: Any, places: dict[tuple[str, ...], str], choices: tuple[str, ...]) -> str:
    """Return the cells of the hidden sheet that hold a list to choose from: words with commas fit nowhere else."""
    if choices not in places:
        column = len(places)
        book.get_worksheet_by_name("lists").write_column(0, column, choices)
        letter = chr(ord("A") + column)
        places[choices] = f"=lists!${letter}$1:${letter}${len(choices)}"
    return places[choices]


def _write(
    book: Any, places: dict[tuple[str, ...], str], name: str, title: str, rows: list[Row], say: Phrases
) -> None:
    """Write one sheet; a cell that is a pair offers its second part to choose from."""
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    open_ = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#fff8e1", "border": 1})
    columns = list(rows[0])
    for column, key in enumerate(columns):
        sheet.write_string(0, column, key)
        is_hidden = key in HIDDEN
        sheet.set_column(column, column, WIDTHS.get(key, DEFAULT_WIDTH), None, {"hidden": is_hidden})
        if not is_hidden:
            sheet.write_string(2, column, say(f"column_{key}"), bold)
    sheet.write_string(1, columns.index("number"), title, bold)
    sheet.set_row(0, None, None, {"hidden": True})
    for at, row in enumerate(rows, start=3):
        for column, (key, cell) in enumerate(row.items()):
            text, choices = cell if isinstance(cell, tuple) else (cell, [])
            is_open = key not in {*HIDDEN, "number", "text", "standing"}
            sheet.write_string(at, column, text, open_ if is_open else wrapped)
            if choices:
                sheet.data_validation(
                    at,
                    column,
                    at,
                    column,
                    {"validate": "list", "source": _place(book, places, tuple(choices))},
                )
    sheet.freeze_panes(3, columns.index("number") + 1)


# ------------------------------------------------------------------------------------------------ reading back


def read_sheet(here: Opened, content: bytes) -> dict[str, dict[str, str]]:
    """Return ``{activity: fields}`` of a workbook handed back, the ``revision`` it was made from among the fields.

    Rows about anything else are left out.

    Raises:
        RuleError: it is no such workbook, or one of another plan or quarter.
    """
    sheets = _sheets(content)
    about = [str(cell) for cell in (sheets.pop("about", None) or [[]])[0]][:3]
    if about[:1] != [FORMAT]:
        raise RuleError(
            "this is no sheet of this form", field="/sheet", way_out="Download the sheet and fill that in."
        )
    if about[1:] != [here.link.workplan, here.quarter]:
        raise RuleError("this sheet is about something else", field="/sheet", way_out="Download it here.")
    found: dict[str, dict[str, str]] = {}
    for rows in sheets.values():
        for row in _named(rows):
            card = here.card(row.get("activity", ""))
            if card is not None:
                fields = found.setdefault(
                    card.id, {"entity": here.fields(card).get("entity", ""), "what": "later"}
                )
                fields.update(_fields(card, row))
    return found


def _sheets(content: bytes) -> dict[str, list[list[Any]]]:
    import python_calamine  # noqa: PLC0415 - as above

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(one.file_size for one in packed.infolist())
        if size > LARGEST_UNPACKED:
            raise RuleError("the sheet is too large", field="/sheet", way_out="Download it again.")
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MOST_ROWS)
            for name in book.sheet_names
        }
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise RuleError(
            "this is no sheet of this form", field="/sheet", way_out="Download the sheet and fill that in."
        ) from error


def _named(rows: list[list[Any]]) -> Iterator[dict[str, str]]:
    names = [str(one) for one in rows[0]] if rows else []
    for row in rows[3:]:
        cells = zip(names, (_text(cell) for cell in row), strict=False)
        yield {name: text for name, text in cells if name}


def _text(cell: Any) -> str:
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def _fields(card: Card, row: Mapping[str, str]) -> Fields:
    """Return the fields that a row says. A word that offers nothing known is passed on, to be refused at its place."""
    if "done" in row:
        return {f"done:{row['target']}": row["done"]} if row["done"] else {}
    if "part" in row:
        return {f"part:{row['target']}": _known(row["part"], {one: [one] for one in STATUSES})}
    states = {option.value: _claims(option.value) for option in card.options}
    said = {name: row[name] for name in (*TEXTS, "revision", "seen") if row.get(name)}
    answers = {one: [_word(one)] for one in _answers(card)}
    said |= {"what": _known(row.get("what", ""), answers), "state": _known(row.get("state", ""), states)}
    if "evidence_url" in said:
        said["evidence_kind"] = EVIDENCE[-1]
    return {name: value for name, value in said.items() if value}


def _claims(value: str) -> list[str]:
    return [one for one in value.split("/") if one]


def _known(text: str, phrases_of: Mapping[str, list[str]]) -> str:
    """Return the value that some words stand for in any of the languages, else the words."""
    for language in LANGUAGES:
        say = words_of(language)
        for value, keys in phrases_of.items():
            if text.casefold() == _said(say, keys).casefold():
                return value
    return text


def _said(say: Phrases, keys: list[str]) -> str:
    return ", ".join(say(key) for key in keys)
