"""What documents are made of: pieces with words in one language, set alike as PDF and for Word; tables for sheets."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.documents.drawings import Drawing
from tracker.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere; only web addresses are followed."""

    words: str
    url: str

    @property
    def is_web(self) -> bool:
        return self.url.startswith(("https://", "http://"))


@dataclass(frozen=True, slots=True)
class Mark:
    """A status in word and shape: ``name`` chooses the shape."""

    name: str
    words: str


Cell = str | int | date | datetime | Link | Mark | None
"""What stands in a cell of a table. None is unknown, and shown as such."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the title: level 1 or 2."""

    words: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``look`` is ``plain``, ``small`` or ``notice`` (in a frame)."""

    words: str
    look: str = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. ``shares`` are the relative widths of its columns."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shares: Sequence[int]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, never without its numbers. ``wide`` is the share of the text's width that it takes, in percent."""

    drawing: Drawing
    numbers: Grid
    wide: int = 100


Piece = Heading | Paragraph | Bullets | Grid | Chart


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the document's workbook: cells with stable ids, dates as dates, columns under the names of fields."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Document:
    """One document in one language, the same for ever for what it is made from.

    ``cover`` are ``(label, words)`` lines: question, position, seal. ``made`` is the instant of its position, which
    its files carry instead of the time at which they were written. ``is_short``: closely set, for two pages.
    """

    name: str
    title: str
    subtitle: str
    say: Phrases
    zone: str
    made: datetime
    known: str
    seal_line: str
    cover: Sequence[tuple[str, str]]
    pieces: Sequence[Piece]
    sheets: Sequence[Sheet]
    is_short: bool = False


def words_of(cell: Cell, document: Document) -> str:
    """Return a cell as text in the document's language; nothing for what is unknown."""
    match cell:
        case None:
            return ""
        case Link() | Mark():
            return cell.words
        case datetime():
            return document.say.instant(cell, document.zone)
        case date():
            return document.say.short_day(cell)
        case _:
            return str(cell)


def plain(text: str) -> str:
    """Return a text without the control characters that no file format of words may hold; tabs become spaces."""
    kept = (
        one if one == "\n" or unicodedata.category(one) != "Cc" else " " for one in text.replace("\r\n", "\n")
    )
    return "".join(kept).replace("\ufffe", "").replace("\uffff", "")


def is_right_to_left(text: str) -> bool:
    """Return whether the first letter that has a direction runs from right to left."""
    for one in text:
        direction = unicodedata.bidirectional(one)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False
