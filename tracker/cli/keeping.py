"""``tracker backup``, ``restore`` and ``rebuild``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from tracker.cli.context import as_json, note, running, settings, show, workplan_meant, workplan_option
from tracker.projections.soundness import Sound

EVERY_SECONDS = 1.0


def progress() -> Callable[[str, int, int], None]:
    """Return a function that says on stderr how far a work is, about once a second and at its end."""
    said_at, last = 0.0, ("", 0)

    def say(step: str, done: int, total: int) -> None:
        nonlocal said_at, last
        is_soon = step == last[0] and done < total and time.monotonic() - said_at < EVERY_SECONDS
        if is_soon or (step, done) == last:
            return
        said_at, last = time.monotonic(), (step, done)
        note(f"{step}: {done:,} of {total:,}" if total else f"{step} …")

    return say


def _in_words(logs: Iterable[Sound]) -> str:
    said = [f"  {log.workplan}: {log.position} entries, root {log.root.hex()}" for log in logs]
    return "\n".join(said) or "  no workplan yet"


def _as_json(logs: Iterable[Sound]) -> dict[str, Any]:
    return {log.workplan: {"size": log.position, "root": log.root.hex()} for log in logs}


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_json
def backup(*, file: Path, as_json: bool) -> None:
    """Copy the database to a new FILE, while it is in use, and check the copy."""
    from tracker.backup import back_up

    with running(is_migrating=False) as runtime:
        made = back_up(runtime.database, file, progress())
    result = {"file": str(file), "bytes": file.stat().st_size, "logs": _as_json(made.logs)}
    show(result, f"{file} holds, read and found whole:\n{_in_words(made.logs)}", is_json=as_json)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def restore(*, file: Path, as_json: bool) -> None:
    """Make the database, where there is none yet, from a FILE that `tracker backup` wrote, and check it."""
    from tracker.backup import restore as made_from

    made = made_from(settings(), file, progress())
    again = f"\n{made.removed} texts and people removed since then are removed again." if made.removed else ""
    result = {"file": str(file), "logs": _as_json(made.logs), "removed_again": made.removed}
    words = f"The database holds, read and found whole:\n{_in_words(made.logs)}{again}"
    show(result, words, is_json=as_json)


@click.command("rebuild")
@workplan_option
@click.option(
    "--accept-differences",
    is_flag=True,
    help="Change over even where the present rows are not what the log says.",
)
@as_json
def rebuild(*, workplan: str | None, accept_differences: bool, as_json: bool) -> None:
    """Compute the plan anew from its log while others go on: past states, and what is searched and counted, too."""
    from tracker.projections import fact_index, search_index
    from tracker.projections.rebuilding import rebuild as rebuilt

    with running() as runtime:
        meant, say = workplan_meant(runtime, workplan), progress()
        done = rebuilt(
            runtime.database,
            meant,
            lambda folded, total: say("folding entries", folded, total),
            accepts_differences=accept_differences,
        )
        search_index.drop(runtime.database, meant)
        search_index.follow(runtime.database, meant)
        fact_index.mend(runtime.database, meant)
    result = {
        "workplan": done.workplan,
        "generation": done.generation,
        "position": done.position,
        "differing": list(done.differing),
    }
    said = (
        f"; {len(done.differing)} subjects stand otherwise than before"
        if done.differing
        else ", and nothing differs"
    )
    words = (
        f"{done.workplan} is rebuilt from its {done.position} entries (generation {done.generation}){said}."
    )
    show(result, words, is_json=as_json)


COMMANDS = {"backup": backup, "restore": restore, "rebuild": rebuild}
