"""``tracker import-progress``, ``setup-sheet``, ``import-setup`` and ``undo``: sheets that people fill in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.context import as_json, note, running, show, workplan_meant, workplan_option

if TYPE_CHECKING:
    from tracker.runtime import View
    from tracker.sheets.foreseeing import Foreseen
    from tracker.sheets.recording import Outcome
    from tracker.sheets.rows import Kind, Shared

MOST_SHOWN = 200
Decorated = Callable[..., Any]


def _once_for_all(command: Decorated) -> Decorated:
    for name, words in (
        (
            "--decided-at",
            "Where it was decided, such as session/annual-meeting-2023; for rows that do not say it.",
        ),
        ("--occurred-on", "When it was so: a day, month, quarter or year; for rows that do not say it."),
        ("--reason", "Why; for rows that do not say it."),
    ):
        command = click.option(name, help=words)(command)
    return command


@click.command("import-progress")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say row by row what would be recorded; record nothing.")
@click.option(
    "--template",
    type=click.Path(path_type=Path),
    help="Write a sheet to fill in (.xlsx or .csv) to this new file.",
)
@click.option(
    "--quarter", "quarters", multiple=True, help="With --template: a quarter to write rows for; repeat."
)
@_once_for_all
@workplan_option
@as_json
def import_progress(
    *,
    file: Path | None,
    dry_run: bool,
    template: Path | None,
    quarters: tuple[str, ...],
    reason: str | None,
    occurred_on: str | None,
    decided_at: str | None,
    workplan: str | None,
    as_json: bool,
) -> int:
    """Record the reports in FILE (CSV or XLSX), all or none; a second run of the same file changes nothing."""
    from tracker.sheets.handing_out import progress_sheet
    from tracker.sheets.progress import PROGRESS
    from tracker.sheets.rows import Shared

    if template is not None and file is None:
        words = (
            "one row for each activity and lead. Fill in what there is; rows left as they are say nothing."
        )
        return _hand_out(
            workplan,
            template,
            lambda view, is_csv: progress_sheet(view, is_csv=is_csv, quarters=quarters),
            words,
            is_json=as_json,
        )
    if file is None or template is not None:
        raise click.UsageError("Give a FILE of reports, or --template FILE to get a sheet to fill in.")
    shared = Shared(reason, occurred_on, decided_at)
    return _bring(workplan, PROGRESS, file, shared, is_dry=dry_run, is_json=as_json)


@click.command("setup-sheet")
@click.argument("file", type=click.Path(path_type=Path))
@workplan_option
@as_json
def setup_sheet(*, file: Path, workplan: str | None, as_json: bool) -> int:
    """Write the plan's windows, tags, natures, targets, links and focal points to the new FILE (.xlsx or .csv)."""
    from tracker.sheets.handing_out import setup_sheet as made_of

    words = (
        "one row for each workstream and activity as it is now. Change what is to change, then: import-setup."
    )
    return _hand_out(
        workplan, file, lambda view, is_csv: made_of(view, is_csv=is_csv), words, is_json=as_json
    )


@click.command("import-setup")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say row by row what would change; record nothing.")
@_once_for_all
@workplan_option
@as_json
def import_setup(
    *,
    file: Path,
    dry_run: bool,
    reason: str | None,
    occurred_on: str | None,
    decided_at: str | None,
    workplan: str | None,
    as_json: bool,
) -> int:
    """Record what FILE says otherwise than the plan, all or none; rows that are out of date are refused."""
    from tracker.sheets.rows import Shared
    from tracker.sheets.setup import SETUP

    shared = Shared(reason, occurred_on, decided_at)
    return _bring(workplan, SETUP, file, shared, is_dry=dry_run, is_json=as_json)


@click.command("undo")
@click.argument("correlation")
@click.option("--reason", help="Why.")
@click.option("--dry-run", is_flag=True, help="Say which entries would be taken back; record nothing.")
@workplan_option
@as_json
def undo(*, correlation: str, reason: str | None, dry_run: bool, workplan: str | None, as_json: bool) -> int:
    """Take back every entry of the request with this CORRELATION id, such as an import, all or none."""
    from tracker.directory.principals import system
    from tracker.projections.undoing import undoing
    from tracker.sheets.undoing import undo as take_back

    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        if dry_run:
            with runtime.database.read() as tx:
                found = undoing(tx, meant, correlation)
            listed = "\n".join(f"  {one['subject']}, entry {one['data']['position']}" for one in found)
            show(
                {"would_retract": len(found)},
                f"{listed}\n{len(found)} entries would be taken back.",
                is_json=as_json,
            )
            return 0
        done = take_back(runtime, meant, correlation, system("system:cli"), "cli", reason)
        count = done.count if done else 0
        words = f"{count} entries are taken back." if count else "All of it is taken back already."
        show({"retracted": count}, words, is_json=as_json)
    return 0


# -------------------------------------------------------------------------------------------------------- handing out


def _hand_out(
    workplan: str | None, file: Path, make: Callable[[View, bool], bytes], words: str, *, is_json: bool
) -> int:
    if file.suffix.lower() not in {".csv", ".xlsx"}:
        raise click.UsageError("A sheet to fill in is a .xlsx or a .csv file.")
    with running() as runtime, runtime.ask(workplan_meant(runtime, workplan)) as view:
        data = make(view, file.suffix.lower() == ".csv")
    try:
        with file.open("xb") as out:
            out.write(data)
    except FileExistsError as error:
        raise click.UsageError(f"{file} is there already; give a new name.") from error
    show({"file": str(file)}, f"{file}: {words}", is_json=is_json)
    return 0


# ----------------------------------------------------------------------------------------------------------- bringing


def _bring(
    workplan: str | None, kind: Kind, file: Path, shared: Shared, *, is_dry: bool, is_json: bool
) -> int:
    from tracker.directory.principals import system
    from tracker.projections.undoing import correlation_of
    from tracker.sheets.recording import plan_sheet, record_sheet

    principal = system("system:import")
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        outcome = plan_sheet(runtime, meant, principal, kind, file.name, file.read_bytes(), shared, _say)
        result: dict[str, Any] = {"workplan": meant, "sha256": outcome.sheet.sha256, "rows": _rows(outcome)}
        result["silent_rows"] = outcome.silent
        if outcome.faults:
            return _refuse(file, outcome, result, is_json=is_json)
        if is_dry:
            show(result | {"would_write": len(outcome.new)}, _foreseen(outcome), is_json=is_json)
            return 0
        done = record_sheet(runtime, meant, principal, outcome, _say)
        if done is None or done.is_repeat:
            show(result | {"written": 0}, f"All of {file.name} is recorded already.", is_json=is_json)
            return 0
        with runtime.database.read() as tx:
            correlation = correlation_of(tx, meant, done.first_position)
    words = f"{done.count} entries recorded, {done.first_position} to {done.last_position}."
    words += f"\nTo take all of it back: tracker undo {correlation}"
    result |= {"written": done.count, "first_position": done.first_position, "correlation_id": correlation}
    show(result, words, is_json=is_json)
    return 0


def _say(doing: str, count: int) -> None:
    note(f"{doing} {count} rows …" if count else f"{doing} …")


def _refuse(file: Path, outcome: Outcome, result: dict[str, Any], *, is_json: bool) -> int:
    result["faults"] = [
        {
            "row": one.row,
            "column": one.column,
            "value": one.value,
            "message": one.message,
            "way_out": one.way_out,
        }
        for one in outcome.faults
    ]
    for one in outcome.faults[:MOST_SHOWN]:
        said = f" `{one.value}`" if one.value is not None else ""
        at = f"{one.column}{said}: " if one.column else ""
        note(f"row {one.row}, {at}{one.message}. {one.way_out or ''}".rstrip())
    show(
        result,
        f"{len(outcome.faults)} things in {file.name} need a look: nothing is recorded.",
        is_json=is_json,
    )
    return 1


def _rows(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"row": one.row, "request": one.request, "position": outcome.held.get(one.row)}
        for one in outcome.wanted
        if not one.faults
    ]


def _foreseen(outcome: Outcome) -> str:
    from tracker.sheets.foreseeing import foreseen

    lines = []
    for one in outcome.wanted[:MOST_SHOWN]:
        seen = foreseen(one)
        held = f" (recorded already, entry {outcome.held[one.row]})" if one.row in outcome.held else ""
        lines.append(f"row {one.row}: {', '.join(seen.about)}{held}: {_changes(seen)}")
    if len(outcome.wanted) > MOST_SHOWN:
        lines.append(f"… and {len(outcome.wanted) - MOST_SHOWN} more; --json has them all")
    passed = f" {outcome.silent} rows say nothing new." if outcome.silent else ""
    return "\n".join([*lines, f"{len(outcome.new)} entries would be recorded.{passed}"])


def _changes(seen: Foreseen) -> str:
    return "; ".join(
        f"{field}: {old} -> {new}" if old else f"{field}: {new}" for field, old, new in seen.changes
    )


COMMANDS = {
    "import-progress": import_progress,
    "setup-sheet": setup_sheet,
    "import-setup": import_setup,
    "undo": undo,
}
