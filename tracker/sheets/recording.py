"""What a sheet asks for, judged and recorded as one request: all of it or nothing, and never twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.clock import new_id
from tracker.directory.principals import Principal
from tracker.errors import ConflictError, Fault, RuleError
from tracker.events.append import Appended
from tracker.events.catalogue import EntryRetracted
from tracker.events.event import Event, Wish
from tracker.events.intake import read_wish
from tracker.events.reading import read_subject, read_texts
from tracker.events.sealing import Sealer, reveal, seals_in
from tracker.events.shapes import to_json
from tracker.events.vocabulary import Source
from tracker.runtime import Runtime, View
from tracker.sheets.reading import Sheet, read_sheet
from tracker.sheets.rows import NOTHING_SHARED, Kind, RowFault, Say, Shared, Wanted, be_silent
from tracker.sheets.staleness import stale

ENVELOPE = ("entity", "on_behalf_of", "reason", "decided_at", "occurred_on")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sheet would do. ``held`` are rows that are entries already, by position; ``faults`` forbid it all.

    ``position`` is that of the newest entry it was judged with.
    """

    kind: Kind
    sheet: Sheet
    wanted: tuple[Wanted, ...]
    held: dict[int, int]
    faults: tuple[RowFault, ...]
    position: int

    @property
    def new(self) -> list[Wanted]:
        return [one for one in self.wanted if one.row not in self.held]

    @property
    def silent(self) -> int:
        """How many rows say nothing beyond what they are about, or nothing that is not so already."""
        return len(self.sheet.rows) - len({one.row for one in self.wanted})


class RefusedSheetError(RuleError):
    """Rows of a sheet cannot be recorded, so none is."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        super().__init__(
            "{count} things in the sheet need a look: nothing is recorded",
            count=len(faults),
            way_out="Correct them in the sheet and hand it in again.",
            faults=tuple(
                Fault(f"/rows/{one.row}/{one.column or ''}", one.message, one.value) for one in faults
            ),
        )
        self.rows = tuple(faults)


def plan_sheet(
    runtime: Runtime,
    workplan: str,
    principal: Principal,
    kind: Kind,
    name: str,
    data: bytes,
    shared: Shared = NOTHING_SHARED,
    say: Say = be_silent,
) -> Outcome:
    """Read a sheet and judge it, row by row and as a whole; nothing is written. ``say`` is told how far it is.

    Raises:
        RuleError: the file is no such sheet.
    """
    say("reading", 0)
    sheet = read_sheet(name, data, tuple(kind.columns), kind.required)
    say("comparing", len(sheet.rows))
    with runtime.ask(workplan) as view:
        position = view.end.position
        wanted = tuple(kind.read(sheet.rows, view, shared))
        faults = [fault for one in wanted for fault in one.faults]
        sound = [one for one in wanted if not one.faults]
        held = _held(view, sheet, sound) if kind.is_repeatable else {}
        new = [one for one in sound if one.row not in held]
        late = stale(view, new, frozenset(held.values()))
        faults += late
        new = [one for one in new if one.row not in {fault.row for fault in late}]
        for one in new:
            if one.known is not None:  # whatever happens between this and the recording makes it stale
                one.request["expected_version"] = view.plan.standings[one.subject].version
    if kind.is_repeatable:
        faults += _repeated(new)
    say("judging", len(new))
    wishes, unread = _wishes(kind, sheet, new)
    faults += unread
    faults += _judged(runtime, workplan, principal, kind, wishes)
    # one fault of a row that asks for several things is said once
    ordered = sorted(dict.fromkeys(faults), key=lambda one: (one.row, one.column or ""))
    return Outcome(kind, sheet, wanted, held, tuple(ordered), position)


def record_sheet(
    runtime: Runtime, workplan: str, principal: Principal, outcome: Outcome, say: Say = be_silent
) -> Appended | None:
    """Record what a sheet would do; None where all of it is so already. What it wrote has one correlation id.

    Raises:
        RefusedSheetError: rows cannot be recorded.
        RuleError, ConflictError: something happened since it was judged.
    """
    if outcome.faults:
        raise RefusedSheetError(outcome.faults)
    if not outcome.new:
        return None
    say("recording", len(outcome.new))
    sealer = Sealer()
    wishes, _ = _wishes(outcome.kind, outcome.sheet, outcome.new, sealer)
    body = {"sha256": outcome.sheet.sha256, "rows": [one.row for one in outcome.new]}
    # Brought twice at once it is one request; brought again after it was undone, another.
    key = f"sheet-{outcome.sheet.sha256[:40]}-{outcome.position}"
    return runtime.wish(
        workplan,
        [wish for _, wish in wishes],
        principal,
        "import",
        key,
        sealer=sealer,
        body=body,
        correlation_id=new_id(),
    )


Numbered = list[tuple[Wanted, Wish]]


def _wishes(
    kind: Kind, sheet: Sheet, rows: Iterable[Wanted], sealer: Sealer | None = None
) -> tuple[Numbered, list[RowFault]]:
    """Return each row's wish, and what the fields of the others cannot hold."""
    sealer = sealer or Sealer()
    made: Numbered = []
    faults = []
    for one in rows:
        source = Source(sheet.name, sheet.sha256, one.row)
        try:
            made.append((one, read_wish(one.request, sealer, "", source)))
        except RuleError as error:
            faults += [_fault(kind, one, fault.pointer, fault.message, None) for fault in error.faults]
    return made, faults


# -------------------------------------------------------------------------------------------------- what is there


def _held(view: View, sheet: Sheet, wanted: Sequence[Wanted]) -> dict[int, int]:
    """Return ``{row: position}`` of what was imported before: this very row, or one of a sheet that said the same.

    Texts that were redacted since are not compared, so that no sheet brings them back.
    """
    found: dict[int, int] = {}
    by_subject: dict[str, list[Wanted]] = defaultdict(list)
    for one in wanted:
        by_subject[one.subject].append(one)
    for subject, rows in by_subject.items():
        every = read_subject(view.tx, view.end.workplan, subject)
        undone = {event.data.position for event in every if isinstance(event.data, EntryRetracted)}
        events = [event for event in every if event.source and event.position not in undone]
        here = {
            event.source.row: event.position for event in events if _is_from(event, sheet) and event.source
        }
        said = list(_imported(view, events))
        for one in rows:
            same = (at for request, gone, at in said if _said(one.request, gone) == _said(request, gone))
            position = here.get(one.row) or next(same, None)
            if position is not None:
                found[one.row] = position
    return found


def _is_from(event: Event, sheet: Sheet) -> bool:
    return event.source is not None and event.source.sha256 == sheet.sha256


def _imported(view: View, events: Sequence[Event]) -> Iterator[tuple[dict[str, Any], frozenset[str], int]]:
    """Yield entries with their texts, the names of those redacted, and their positions."""
    raws = [to_json(event) for event in events]
    texts = read_texts(view.tx, view.end.workplan, [sha256 for raw in raws for _, sha256 in seals_in(raw)])
    for raw in raws:
        redacted: list[str] = []
        request = reveal(raw, texts, redacted)
        yield request, frozenset(pointer.rpartition("/")[2] for pointer in redacted), raw["position"]


def _said(request: dict[str, Any], without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return what makes two reports the same. That it started the activity is added to a report when it is stored."""
    fields = {name: request.get(name) for name in ENVELOPE} | request["data"]
    if fields.get("status") == "in_progress":
        del fields["status"]
    return {name: said for name, said in fields.items() if said not in (None, [], {}) and name not in without}


def _repeated(rows: Sequence[Wanted]) -> list[RowFault]:
    first: dict[tuple[str, str], int] = {}
    faults = []
    for one in rows:
        before = first.setdefault((one.subject, repr(_said(one.request))), one.row)
        if before != one.row:
            faults.append(
                RowFault(one.row, None, None, f"says the same as row {before}", "Leave one of them out.")
            )
    return faults


# ------------------------------------------------------------------------------------------------------- judging


MOST_REFUSED = 200
"""Rows that rules refuse and that are told; each costs judging its subject again."""


def _judged(
    runtime: Runtime, workplan: str, principal: Principal, kind: Kind, wishes: Numbered
) -> list[RowFault]:
    """Return every row that a rule refuses, as far as one can tell while others are wrong."""

    def judge(some: Numbered) -> RuleError | ConflictError | None:
        try:
            runtime.rehearse(workplan, None, principal, "import", [wish for _, wish in some])
        except (RuleError, ConflictError) as error:
            return error
        return None

    if not wishes or judge(wishes) is None:
        return []
    by_subject: dict[str, Numbered] = defaultdict(list)
    for one, wish in wishes:
        by_subject[wish.subject].append((one, wish))
    faults: list[RowFault] = []
    for some in by_subject.values():
        faults += _refused(kind, some, judge, MOST_REFUSED - len(faults))
        if len(faults) == MOST_REFUSED:
            words = f"is the {MOST_REFUSED}th row that the rules refuse; what comes after it was not judged"
            return [*faults, RowFault(faults[-1].row, None, None, words, "Correct these first.")]
    return faults


def _refused(
    kind: Kind, some: Numbered, judge: Callable[[Numbered], RuleError | ConflictError | None], most: int
) -> list[RowFault]:
    """Return the rows of one subject that are refused, taking one out after the other until the rest fits."""
    faults: list[RowFault] = []
    left = list(some)
    while left and len(faults) < most and (error := judge(left)) is not None:
        index, pointer = _place(error.field or "", len(left))
        one, _ = left.pop(index)
        faults.append(_fault(kind, one, pointer, str(error), error.way_out))
    return faults


def _place(field: str, count: int) -> tuple[int, str]:
    """Return which wish a refusal is about, and where in it; one that says nothing is about the last."""
    if count == 1:
        return 0, field
    number, _, rest = field.removeprefix("/").partition("/")
    return (int(number), f"/{rest}") if number.isdecimal() and int(number) < count else (count - 1, "")


def _fault(kind: Kind, one: Wanted, pointer: str, message: str, way_out: str | None) -> RowFault:
    parts = pointer.removeprefix("/data").strip("/").split("/")
    by_place = next(
        (kind.places[said] for said in (pointer, pointer.rpartition("/")[0]) if said in kind.places), None
    )
    column = one.column or by_place or (parts[0] if parts[0] in kind.columns else None)
    if column == "occurred_on" and column not in one.cells and "quarter" in one.cells:
        column = "quarter"  # which it was taken from
    if way_out is None and column and column in kind.columns:
        way_out = f"It says {kind.columns[column]}."
    return RowFault(one.row, column, one.cells.get(column or ""), message, way_out)
