"""What may stand in a cell: texts, days and quarters, words of a list, counters; as people write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from tracker.events.dates import span
from tracker.sheets.reading import Cell

QUARTERS = (
    re.compile(r"(\d{4})[-/ ]?[QT]([1-4])", re.IGNORECASE | re.ASCII),
    re.compile(r"[QT]([1-4])[-/ ]?(\d{4})", re.IGNORECASE | re.ASCII),
)
SEPARATORS = re.compile(r"[,;\n]+")
PAIR = re.compile(r"(.+?)\s*[=:]\s*(.+)")


class CellError(ValueError):
    """A cell cannot mean what its column is for; ``way_out`` says what could stand there."""

    def __init__(self, message: str, way_out: str) -> None:
        super().__init__(message)
        self.way_out = way_out


def text_in(cell: Cell) -> str:
    """Return a cell as text; a whole number is spelt without its point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def occurred_in(cell: Cell) -> str:
    """Return a day, month, quarter or year as the log spells it."""
    said = _quarter(text_in(cell)) or text_in(cell)
    try:
        span(said)
    except ValueError as error:
        raise CellError(
            "is no day, month, quarter or year", "Give 2023-05-16, 2023-05, 2023-Q2 or 2023, or a date cell."
        ) from error
    return said


def day_in(cell: Cell) -> str:
    said = occurred_in(cell)
    if len(said) != len("2023-05-16"):
        raise CellError("is no day", "Give one such as 2023-05-16, or a date cell.")
    return said


def quarter_in(cell: Cell) -> str:
    if said := _quarter(text_in(cell)):
        return said
    raise CellError("is no quarter", "Give one such as 2023-Q2.")


def _quarter(said: str) -> str | None:
    if match := QUARTERS[0].fullmatch(said):
        return f"{match[1]}-Q{match[2]}"
    match = QUARTERS[1].fullmatch(said)
    return f"{match[2]}-Q{match[1]}" if match else None


def plain(said: str) -> str:
    """Return a word as it is compared: without case, accents, and the difference between spaces and dashes."""
    parts = unicodedata.normalize("NFD", said.casefold())
    return re.sub(r"[\s_-]+", "_", "".join(one for one in parts if not unicodedata.combining(one))).strip("_")


def word_in(cell: Cell, words: Mapping[str, str]) -> str:
    """Return what a word means; ``words`` maps every spelling, as :func:`plain` returns it."""
    if found := words.get(plain(text_in(cell))):
        return found
    known = ", ".join(dict.fromkeys(words.values()))
    raise CellError("is none of the words there are", f"Give one of: {known}.")


def yes_in(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    if (said := plain(text_in(cell))) in YES:
        return True
    if said in NO:
        return False
    raise CellError("is neither yes nor no", "Give yes, or leave it empty.")


YES = frozenset({"yes", "y", "x", "true", "1", "si", "oui"})
NO = frozenset({"no", "n", "false", "0", "non"})


def list_in(cell: Cell) -> list[str]:
    """Return the parts of a cell, between commas, semicolons or line breaks."""
    return [part.strip() for part in SEPARATORS.split(text_in(cell)) if part.strip()]


def pairs_in(cell: Cell, example: str) -> dict[str, str]:
    """Return ``key=value`` pairs, as in ``workshops=3; guides=1``."""
    found: dict[str, str] = {}
    for part in list_in(cell):
        match = PAIR.fullmatch(part)
        if match is None:
            raise CellError(f"holds `{part}`, which names nothing", f"Give pairs such as `{example}`.")
        if match[1] in found:
            raise CellError(f"says `{match[1]}` twice", "Say it once, as a total.")
        found[match[1]] = match[2]
    return found


def count_in(said: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", said):
        raise CellError(f"holds `{said}`, which is no whole number", "Give totals such as `workshops=3`.")
    return int(said)
