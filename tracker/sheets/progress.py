"""Progress reports from a sheet: which columns there are, and what each row asks to be recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tracker.events.dates import first_day, quarter_of
from tracker.runtime import View
from tracker.sheets import cells
from tracker.sheets.cells import CellError, plain, text_in
from tracker.sheets.reading import Cell, Row
from tracker.sheets.rows import Kind, Shared, Taking, Wanted
from tracker.workplan.activity import Activity
from tracker.workplan.entity import Entity
from tracker.workplan.obligations import leads_of
from tracker.workplan.plan import Plan

REQUIRED = ("activity", "entity")
COLUMNS: dict[str, str] = {
    "activity": "its id or printed number, such as 3.2",
    "version": "how many entries there were about the activity when the sheet was made; leave it as it is",
    "entity": "the lead whose report it is: its id or any printed name",
    "quarter": "the quarter reported about, such as 2023-Q1; default the quarter of occurred_on",
    "occurred_on": "when it was so: 2023-03-31, 2023-03, 2023-Q1 or 2023; default the quarter",
    "status": "not_started, in_progress, on_hold, completed or discontinued",
    "assessment": "of work in progress: on_track, at_risk or delayed",
    "reason": "why; needed for at_risk, delayed, on_hold, discontinued, and to open again what had ended",
    "progress": "what happened, in words",
    "needs": "what help is needed",
    "done": "totals reached so far: a number, or `workshops=3; guides=1` where there are several targets",
    "subitems": "the status of parts: `a=completed; b=in_progress`",
    "evidence": "web addresses that show it, one a line",
    "countries": "as ISO 3166-1 alpha-2: KE, ZA",
    "objectives": "of the Compact: 8, 20(b)",
    "no_change": "yes: nothing changed in the quarter",
    "decided_at": "where it was decided, such as session/annual-meeting-2023",
    "received_on": "the day on which the entity's report reached the Secretariat, such as 2023-04-14",
    "received_by": "how it did: mail, meeting, phone or document (default)",
}
IDENTIFYING = frozenset(
    {"activity", "version", "entity", "quarter", "occurred_on", "received_on", "received_by"}
)
"""Columns that say what a row is about: a row in which nothing else is filled in says nothing."""

STATUSES = {
    "not_started": ("not started", "no iniciada", "sin iniciar", "non commencée", "non commencé"),
    "in_progress": ("in progress", "en curso", "en marcha", "en cours"),
    "on_hold": ("on hold", "en suspenso", "en pausa", "suspendue", "en suspens"),
    "completed": ("completed", "done", "completada", "terminada", "achevée", "terminée"),
    "discontinued": ("discontinued", "descontinuada", "abandonada", "interrompue", "abandonnée"),
}
ASSESSMENTS = {
    "on_track": ("on track", "según lo previsto", "en bonne voie"),
    "at_risk": ("at risk", "needs attention", "requiere atención", "en riesgo", "à surveiller", "à risque"),
    "delayed": ("delayed", "retrasada", "con retraso", "en retard", "retardée"),
}
RECEIVED = {"mail": (), "meeting": (), "phone": (), "document": ()}


def _spellings(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {plain(said): word for word, others in words.items() for said in (word, *others)}


STATUS_WORDS, ASSESSMENT_WORDS = _spellings(STATUSES), _spellings(ASSESSMENTS)
RECEIVED_WORDS = _spellings(RECEIVED)


def read_rows(rows: tuple[Row, ...], view: View, shared: Shared) -> Iterator[Wanted]:
    """Yield what each row that says anything asks for; what is wrong with a cell is noted with it."""
    names = Names(view.plan)
    for row in rows:
        if set(row.cells) - IDENTIFYING:
            yield _wanted(row, names, shared)


class Names:
    """Activities and entities by whatever they are called in a sheet."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.activities = {
            plain(said): one for one in plan.all("activity", Activity) for said in (one.number, one.id)
        }
        self.entities = {
            plain(said): one.id
            for one in plan.all("entity", Entity)
            for said in (
                *(name for key, name in one.names.items() if key != "unofficial" and isinstance(name, str)),
                *one.printed,
                one.id,
            )
            if isinstance(said, str)
        }

    def activity(self, cell: Cell) -> Activity:
        """Return the activity meant; a number cell cannot tell 3.1 from 3.10, so it counts only where there is one."""
        found = self.activities.get(plain(text_in(cell)))
        if found is None:
            raise CellError("is no activity of this plan", "Give its printed number, such as 3.2, as text.")
        if isinstance(cell, float) and f"{found.number}0" in self.activities:
            raise CellError(
                f"is a number, so it may mean {found.number} or {found.number}0",
                "Format the column as text and write the number again.",
            )
        return found

    def entity(self, cell: Cell, activity: Activity | None) -> str:
        leads = [lead for lead, _ in leads_of(self.plan, activity)] if activity else []
        found = self.entities.get(plain(text_in(cell)))
        if found is None or (activity and found not in leads):
            what = f"is no lead of {activity.number}" if found and activity else "is no entity of this plan"
            known = (
                f"Its leads: {', '.join(leads) or 'none'}."
                if activity
                else "Give the id or a printed name of one."
            )
            raise CellError(what, known)
        return found


def _wanted(row: Row, names: Names, shared: Shared) -> Wanted:
    take = Taking(row, COLUMNS)
    activity: Activity | None = take("activity", names.activity)
    entity = take("entity", lambda cell: names.entity(cell, activity))
    quarter, occurred_on = take("quarter", cells.quarter_in), take("occurred_on", cells.occurred_in)
    take.require(REQUIRED)
    if not {"quarter", "occurred_on"} & set(row.cells):
        take.fault("quarter", "is empty, and so is occurred_on", "Fill in one of them.")
    data = {
        "quarter": quarter or (quarter_of(first_day(occurred_on)) if occurred_on else None),
        "no_change": take("no_change", cells.yes_in) or None,
        "status": take("status", lambda cell: cells.word_in(cell, STATUS_WORDS)),
        "assessment": take("assessment", lambda cell: cells.word_in(cell, ASSESSMENT_WORDS)),
        "done": take("done", lambda cell: _totals(cell, activity)),
        "subitems": take("subitems", _parts),
        "note": take("progress", text_in),
        "needs": take("needs", text_in),
        "evidence": take(
            "evidence", lambda cell: [{"kind": "other", "url": url} for url in text_in(cell).split()]
        ),
        "countries": take("countries", lambda cell: [one.upper() for one in cells.list_in(cell)]),
        "objectives": take("objectives", cells.list_in),
    }
    request = {
        "type": "ProgressReported",
        "subject": f"activity/{activity.id}" if activity else None,
        "occurred_on": occurred_on or shared.occurred_on or quarter,
        "reason": take("reason", text_in) or shared.reason,
        "decided_at": take("decided_at", text_in) or shared.decided_at,
        "data": {name: value for name, value in data.items() if value is not None},
    }
    received_on = take("received_on", cells.day_in) or shared.received_on
    by = take("received_by", lambda cell: cells.word_in(cell, RECEIVED_WORDS))
    if received_on:
        request["on_behalf_of"] = {"entity": entity, "by": by or "document", "received_on": received_on}
    else:
        request["entity"] = entity
    return Wanted(
        row.number,
        take.cells,
        {name: value for name, value in request.items() if value is not None},
        take.faults,
        known=take("version", lambda cell: cells.count_in(text_in(cell))),
        was={"status": activity.status, "assessment": activity.assessment, "done": activity.done}
        if activity
        else {},
    )


def _totals(cell: Cell, activity: Activity | None) -> dict[str, int]:
    said = text_in(cell)
    targets = [one.id for one in (activity.targets if activity else None) or ()]
    if said.isdecimal():
        if activity and len(targets) != 1:
            known = (
                f"Give `{targets[0]}={said}`."
                if targets
                else "Give it in words, in the column progress: it has no targets."
            )
            raise CellError("does not say of what", known)
        return {targets[0]: cells.count_in(said)} if targets else {}
    return {name: cells.count_in(value) for name, value in cells.pairs_in(cell, "workshops=3").items()}


def _parts(cell: Cell) -> dict[str, str]:
    pairs = cells.pairs_in(cell, "a=completed; b=in_progress")
    return {key: cells.word_in(value, STATUS_WORDS) for key, value in pairs.items()}


PROGRESS = Kind(
    "progress",
    COLUMNS,
    REQUIRED,
    {
        "/subject": "activity",
        "/entity": "entity",
        "/on_behalf_of/entity": "entity",
        "/on_behalf_of": "received_on",
        "/data/note": "progress",
    },
    read_rows,
    is_repeatable=True,
)
"""Columns that are called otherwise than the field they fill; all others are called like it."""
