"""Looking for words in the plan, in past texts of it and in what entries say, as far as a reader may read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.database import Transaction
from tracker.errors import RuleError
from tracker.events.shapes import to_json
from tracker.languages import unaccented
from tracker.projections.search_texts import ENTRY, WORD, Reader, folded
from tracker.workplan.plan import Plan

LONGEST = 200
MOST_TERMS = 12
MOST_ROWS = 2000
"""The best of what fits; who finds more should say more."""
SNIPPET = 180
GROUPS = (
    *(
        "activity",
        "workstream",
        "entity",
        "session",
        "product",
        "review",
        "milestone",
        "commitment",
        "workplan",
    ),
    ENTRY,
)
"""The kinds of what is found, in the order in which they are shown."""
STEMMERS = ("spanish", "english", "french")


@dataclass(frozen=True, slots=True)
class Term:
    """One word that is looked for, or several that stand one after another; as typed, and folded."""

    said: str
    words: tuple[str, ...]
    is_whole: bool = False
    """Whether the last word is meant whole, because it stood in quotes; else it may go on."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet, and whether it is what was looked for."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A subject or an entry, and the best of its texts that fit. ``position`` is where that text came to stand."""

    kind: str
    subject: str
    position: int
    field: str
    language: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind: how much, and the best of it."""

    kind: str
    count: int
    hits: tuple[Hit, ...]


def terms_of(said: str) -> tuple[Term, ...]:
    """Return what a question asks for: words, each of which may go on, and "several words in quotes" as they stand.

    Nothing else has a meaning of its own: no operators, so that nothing typed can be a mistake in grammar.

    Raises:
        RuleError: there is nothing to look for, or too much.
    """
    if len(said) > LONGEST:
        raise _refused("`q` has {length} characters", said[:40], "Look for at most 200.", length=len(said))
    if "\0" in said:
        raise _refused("`q` holds a character that stands for nothing", None, "Take it out and look again.")
    found = []
    for quoted, plain in re.findall(r'["“”«»]([^"“”«»]+)["“”«»]|([^\s"“”«»]+)', said):
        if words := tuple(folded(quoted or plain)):
            found.append(Term((quoted or plain).strip(), words, bool(quoted)))
    if not any(len(word) > 1 or word.isdigit() for term in found for word in term.words):
        raise _refused(
            "there is no word to look for in `{q}`", said, "Give a word of two letters or more.", q=said
        )
    if len(found) > MOST_TERMS:
        raise _refused("{count} words are looked for", said, "Give at most 12 words.", count=len(found))
    return tuple(found)


def _refused(template: str, value: str | None, way_out: str, **operands: Any) -> RuleError:
    return RuleError(template, field="q", value=value, way_out=way_out, operands=operands)


def find(
    tx: Transaction,
    workplan: str,
    terms: Sequence[Term],
    position: int,
    readers: Sequence[Reader],
    *,
    kinds: Sequence[str] = GROUPS,
    most: int = 5,
) -> list[Group]:
    """Return what stood in the plan at a position and was said in entries up to it, for those with some rights."""
    ask = _sqlite if tx.is_sqlite else _postgresql
    best: dict[tuple[str, str, int], tuple[Any, ...]] = {}
    for row in ask(tx, workplan, terms, position, readers, kinds):
        kind, subject, at = row[:3]
        best.setdefault((kind, subject, at if kind == ENTRY else 0), row)
    found = []
    for kind in GROUPS:
        rows = [row for (one, *_rest), row in best.items() if one == kind]
        if rows:
            found.append(Group(kind, len(rows), tuple(_hit(row, terms) for row in rows[:most])))
    return found


def readers_of(may: Callable[[Reader], bool]) -> list[Reader]:
    """Return which texts a reader may search, who may not read any of the others."""
    readers: tuple[Reader, ...] = ("state", "details", "history")
    return [one for one in readers if may(one)]


def called(plan: Plan, subject: str) -> Any:
    """Return what a subject is called: its title, its text or its names, plain JSON; None where it has none."""
    standing = plan.standing(subject)
    state = to_json(standing.state) if standing and standing.state is not None else {}
    return next((state[name] for name in ("title", "text", "names") if name in state), None)


def _hit(row: tuple[Any, ...], terms: Sequence[Term]) -> Hit:
    kind, subject, position, field, language, text = row[:6]
    return Hit(kind, subject, position, field, language, pieces(text, terms))


def pieces(text: str, terms: Sequence[Term]) -> tuple[Piece, ...]:
    """Return the part of a text around the first word that fits, cut into what fits and what does not."""
    spans = list(_spans(text, terms))
    begin = max(0, (spans[0][0] if spans else 0) - SNIPPET // 3)
    if begin:
        begin = text.find(" ", begin) + 1 or begin
    end = begin + SNIPPET
    if end < len(text):
        end = max(text.rfind(" ", begin, end), begin + SNIPPET // 2)
    made, at = [Piece("…", is_match=False)] if begin else [], begin
    for first, last in spans:
        if first >= begin and last <= end:
            made += [Piece(text[at:first], is_match=False), Piece(text[first:last], is_match=True)]
            at = last
    made.append(Piece(text[at:end] + ("…" if end < len(text) else ""), is_match=False))
    return tuple(piece for piece in made if piece.text)


def _spans(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Yield where the words of a text stand that fit, in their order; of several words in a row all or none."""
    spans = [match.span() for match in WORD.finditer(text)]
    words = [unaccented(text[first:last]) for first, last in spans]
    fitting = set[int]()
    for term in terms:
        size = len(term.words)
        for at in range(len(words) - size + 1):
            *whole, last = words[at : at + size]
            if tuple(whole) == term.words[:-1] and _fits(last, term.words[-1], is_whole=term.is_whole):
                fitting.update(range(at, at + size))
    yield from (spans[at] for at in sorted(fitting))


def _fits(word: str, wanted: str, *, is_whole: bool) -> bool:
    """Return whether a word is the one looked for, goes on from it, or seems to be another form of it."""
    if word == wanted:
        return True
    stem = wanted[: max(4, len(wanted) - 3)]
    return not is_whole and (
        word.startswith(wanted)
        or (len(wanted) > 4 and word.startswith(stem) and len(word) <= len(wanted) + 3)
    )


def _where(readers: Sequence[Reader], kinds: Sequence[str]) -> str:
    return (
        "t.workplan = ? AND t.position <= ? AND (t.until IS NULL OR t.until > ?)"
        f" AND t.reading IN ({', '.join('?' * len(readers))}) AND t.kind IN ({', '.join('?' * len(kinds))})"
    )


_COLUMNS = "t.kind, t.subject, t.position, t.field, t.language, t.text"


def _sqlite(
    tx: Transaction,
    workplan: str,
    terms: Sequence[Term],
    position: int,
    readers: Sequence[Reader],
    kinds: Sequence[str],
) -> list[tuple[Any, ...]]:
    wanted = " AND ".join(f'"{" ".join(one.words)}"' + ("" if one.is_whole else "*") for one in terms)
    sql = (
        f"SELECT {_COLUMNS} FROM search_index JOIN search_texts t ON t.id = search_index.rowid"  # noqa: S608 - fixed
        f" WHERE search_index MATCH ? AND {_where(readers, kinds)}"
        " ORDER BY bm25(search_index), t.id LIMIT ?"
    )
    return tx.all(sql, wanted, workplan, position, position, *readers, *kinds, MOST_ROWS)


def _postgresql(
    tx: Transaction,
    workplan: str,
    terms: Sequence[Term],
    position: int,
    readers: Sequence[Reader],
    kinds: Sequence[str],
) -> list[tuple[Any, ...]]:
    stems = " || ".join(f"plainto_tsquery('{one}', ?)" for one in STEMMERS)
    asked, values = [], list[Any]()
    for term in terms:
        exact = " <-> ".join(f"'{word}'" for word in term.words) + ("" if term.is_whole else ":*")
        is_plain = len(term.words) == 1 and not term.is_whole
        asked.append(f"({stems} || to_tsquery('simple', ?))" if is_plain else "to_tsquery('simple', ?)")
        values += [*([term.said] * len(STEMMERS) if is_plain else []), exact]
    query = " && ".join(asked)
    sql = (
        f"SELECT {_COLUMNS} FROM search_texts t, (SELECT {query} AS q) asked"  # noqa: S608 - fixed, words are values
        f" WHERE t.vector @@ asked.q AND {_where(readers, kinds)}"
        " ORDER BY ts_rank_cd(t.vector, asked.q) DESC, t.id LIMIT ?"
    )
    return tx.all(sql, *values, workplan, position, position, *readers, *kinds, MOST_ROWS)
