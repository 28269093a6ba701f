"""``tracker import`` and ``tracker demo``."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.context import as_json, running, show
from tracker.directory.principals import system
from tracker.plans.reader import read_file
from tracker.workplan.document import DocumentError, requests_of
from tracker.workplan.document_differences import differences


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the document and say what would happen.")
@click.option(
    "--apply", "is_applied", is_flag=True, help="Enter the differences to a plan that exists already."
)
@as_json
def import_plan(*, file: Path, dry_run: bool, is_applied: bool, as_json: bool) -> int:
    """Load a plan document (YAML or JSON), or compare it with the plan that it describes."""
    try:
        document = read_file(file)
    except DocumentError as error:
        for fault in error.faults:
            click.echo(f"{fault.path or file.name}: {fault.message}", err=True)
        click.echo(
            f"{len(error.faults)} faults: nothing was loaded. The format: docs/plan-document.md.", err=True
        )
        return 1
    requests = requests_of(document)
    with running() as runtime:
        if document.id not in runtime.workplan_ids():
            if dry_run:
                words = f"{document.id} would be adopted with {len(requests)} entries."
                show({"workplan": document.id, "would_write": len(requests)}, words, is_json=as_json)
                return 0
            done = runtime.adopt(document.id, requests)
            words = f"{document.id} is adopted: {done.count} entries."
            show({"workplan": document.id, "written": done.count}, words, is_json=as_json)
            return 0
        with runtime.ask(document.id) as view:
            found = differences(view.plan, requests)
        listed = "\n".join(f"  {one['type']} {one['subject']}" for one in found)
        if is_applied and not dry_run and found:
            done = runtime.submit(document.id, found, system("system:import"), "import")
            words = f"{done.count} entries written:\n{listed}"
            show({"workplan": document.id, "written": done.count}, words, is_json=as_json)
            return 0
        words = (
            f"{len(found)} differences:\n{listed}\nEnter them with --apply." if found else "No differences."
        )
        show({"workplan": document.id, "differences": found}, words, is_json=as_json)
        return 0


@click.command("demo")
@as_json
def demo(*, as_json: bool) -> None:
    """Build the simulated workplan; a second run changes nothing."""
    from tracker.demo import build_demo

    with running() as runtime:
        made = build_demo(runtime)
        words = f"The simulated workplan `demo` has {made['entries']} entries. {made['words']}"
        show(made, words, is_json=as_json)


COMMANDS = {"import": import_plan, "demo": demo}
