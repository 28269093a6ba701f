"""``tracker import-progress``: past quarters' reports from a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.context import as_json, note, running, show, workplan_meant, workplan_option

if TYPE_CHECKING:
    from tracker.runtime import Runtime
    from tracker.sheets.recording import Outcome

MOST_SHOWN = 200


@click.command("import-progress")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say row by row what would be recorded; record nothing.")
@click.option(
    "--template",
    type=click.Path(path_type=Path),
    help="Write a sheet to fill in (.xlsx or .csv) to this new file.",
)
@click.option("--quarter", help="With --template: the quarter to write in every row.")
@workplan_option
@as_json
def import_progress(
    *,
    file: Path | None,
    dry_run: bool,
    template: Path | None,
    quarter: str | None,
    workplan: str | None,
    as_json: bool,
) -> int:
    """Record the reports in FILE (CSV or XLSX), all or none; a second run of the same file changes nothing."""
    if (file is None) == (template is None):
        raise click.UsageError("Give a FILE of reports, or --template FILE to get a sheet to fill in.")
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        if file is None:
            return _write_template(runtime, meant, template, quarter, is_json=as_json)
        return _bring(runtime, meant, file, is_dry=dry_run, is_json=as_json)


def _write_template(
    runtime: Runtime, workplan: str, file: Path | None, quarter: str | None, *, is_json: bool
) -> int:
    from tracker.sheets.template import template

    if file is None or file.suffix.lower() not in {".csv", ".xlsx"}:
        raise click.UsageError("The template is a .xlsx or a .csv file.")
    with runtime.ask(workplan) as view:
        data = template(view.plan, is_csv=file.suffix.lower() == ".csv", quarter=quarter)
    try:
        with file.open("xb") as out:
            out.write(data)
    except FileExistsError as error:
        raise click.UsageError(f"{file} is there already; give a new name.") from error
    words = f"{file}: one row for each activity and lead. Fill in what there is; rows left as they are say nothing."
    show({"file": str(file)}, words, is_json=is_json)
    return 0


def _bring(runtime: Runtime, workplan: str, file: Path, *, is_dry: bool, is_json: bool) -> int:
    from tracker.directory.principals import system
    from tracker.sheets.recording import plan_progress, record_progress

    principal = system("system:import")
    outcome = plan_progress(runtime, workplan, principal, file.name, file.read_bytes())
    result: dict[str, Any] = {"workplan": workplan, "sha256": outcome.sheet.sha256, "rows": _rows(outcome)}
    result["silent_rows"] = outcome.silent
    if outcome.faults:
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
        words = f"{len(outcome.faults)} things in {file.name} need a look: nothing is recorded."
        show(result, words, is_json=is_json)
        return 1
    if is_dry:
        show(result | {"would_write": len(outcome.new)}, _foreseen(outcome), is_json=is_json)
        return 0
    done = record_progress(runtime, workplan, principal, outcome)
    if done is None or done.is_repeat:
        show(result | {"written": 0}, f"All of {file.name} is recorded already.", is_json=is_json)
        return 0
    words = f"{done.count} reports recorded, entries {done.first_position} to {done.last_position}."
    show(result | {"written": done.count, "first_position": done.first_position}, words, is_json=is_json)
    return 0


def _rows(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"row": one.row, "request": one.request, "position": outcome.held.get(one.row)}
        for one in outcome.wanted
        if not one.faults
    ]


def _foreseen(outcome: Outcome) -> str:
    lines = []
    for one in outcome.wanted:
        data, entity = one.request["data"], one.request.get("entity") or one.request["on_behalf_of"]["entity"]
        said = [f"{name}: {_short(value)}" for name, value in data.items() if name != "quarter"]
        said += [f"reason: {_short(one.request['reason'])}"] if "reason" in one.request else []
        held = f" (recorded already, entry {outcome.held[one.row]})" if one.row in outcome.held else ""
        about = f"{one.subject}, {entity}, {data['quarter']}, as of {one.request['occurred_on']}"
        lines.append(f"row {one.row}: {about}{held}: {'; '.join(said)}")
    passed = f" {outcome.silent} rows say nothing." if outcome.silent else ""
    return "\n".join([*lines, f"{len(outcome.new)} reports would be recorded.{passed}"])


def _short(value: Any) -> str:
    said = ", ".join(_short(one) for one in value) if isinstance(value, list) else str(value)
    if isinstance(value, dict):
        said = value.get("url") or ", ".join(f"{name}={one}" for name, one in value.items())
    said = " ".join(said.split())
    return said if len(said) <= 60 else f"{said[:60]}…"


COMMANDS = {"import-progress": import_progress}
