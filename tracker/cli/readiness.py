"""``tracker readiness``: shown, frozen, verified, and written as a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.context import as_json, note, running, show, workplan_meant, workplan_option
from tracker.runtime import Runtime, View

if TYPE_CHECKING:
    from tracker.documents.pieces import Document

FILES = ("pdf", "docx", "xlsx")
Command = Callable[..., Any]


def file_options(command: Command) -> Command:
    """Add the options that write a document."""
    for kind, words in zip(FILES, ("a PDF", "a document for Word", "a workbook"), strict=True):
        place = click.Path(dir_okay=False, path_type=Path)
        command = click.option(f"--{kind}", type=place, metavar="FILE", help=f"Write it to FILE as {words}.")(
            command
        )
    languages = click.Choice(["es", "en", "fr"])
    return click.option("--language", type=languages, default="en", help="The language of the document.")(
        command
    )


def wanted_files(said: Mapping[str, Any]) -> dict[str, Path]:
    return {kind: said[kind] for kind in FILES if said.get(kind)}


def write_files(document: Document, files: Mapping[str, Path]) -> dict[str, Any]:
    """Write a document as each of the files asked for; say where each is."""
    from tracker.documents.files import file_of

    for kind, path in files.items():
        path.write_bytes(file_of(document, kind))
        note(f"{document.title}: {path}")
    return {"title": document.title, "files": [str(path) for path in files.values()]}


@click.command("readiness")
@click.argument("region")
@click.argument("action", required=False, type=click.Choice(["verify"]))
@click.argument("number", required=False, type=int)
@click.option("--freeze", is_flag=True, help="Take a numbered snapshot.")
@click.option("--as-of", help="At a past moment, in any spelling.")
@click.option(
    "--snapshot", type=int, metavar="N", help="A frozen snapshot, to be written with --pdf and the like."
)
@click.option("--signed-off-by", default="system-cli", help="The person who signs the snapshot off.")
@file_options
@workplan_option
@as_json
def readiness(
    *,
    region: str,
    action: str | None,
    number: int | None,
    freeze: bool,
    as_of: str | None,
    snapshot: int | None,
    signed_off_by: str,
    language: str,
    workplan: str | None,
    as_json: bool,
    **said: Any,
) -> int:
    """Show the readiness of a REGION, freeze it, verify a snapshot (`africa verify 1`), or write it (`--pdf FILE`)."""
    from tracker.projections.readiness import known_region, readiness_words
    from tracker.projections.readiness import readiness as picture

    files = wanted_files(said)
    if (action is None) != (number is None) or (action and (freeze or as_of or files or snapshot)):
        raise click.UsageError("Say `REGION`, `REGION --freeze` or `REGION verify N`.")
    if freeze and (as_of or files):
        raise click.UsageError(
            "A snapshot freezes what is known now: leave out --as-of, and write it afterwards."
        )
    if snapshot is not None and (as_of or freeze or not files):
        raise click.UsageError("--snapshot N goes with --pdf, --docx or --xlsx alone.")
    with running() as runtime:
        meant, region = workplan_meant(runtime, workplan), known_region(region)
        if number is not None:
            return _verified(runtime, meant, region, number, is_json=as_json)
        if freeze:
            made = _frozen(runtime, meant, region, signed_off_by)
            show(made, _frozen_words(made), is_json=as_json)
            return 0
        with runtime.ask(meant, as_of) as view:
            if files:
                done = write_files(_document(runtime, view, region, snapshot, language), files)
                show(done, done["title"], is_json=as_json)
                return 0
            live = picture(view, region)
        show(live, readiness_words(live), is_json=as_json)
        return 0


def _document(runtime: Runtime, view: View, region: str, number: int | None, language: str) -> Document:
    from tracker.documents.basis import basis_of
    from tracker.documents.readiness import readiness_document, snapshot_document
    from tracker.projections.readiness import readiness as picture

    if number is not None:
        return snapshot_document(runtime, view, region, number, language, has_details=True)
    basis = basis_of(view, language, has_details=True)
    return readiness_document(basis, picture(basis.view, region))


def _frozen(runtime: Runtime, workplan: str, region: str, signed_off_by: str) -> dict[str, Any]:
    from tracker.directory.principals import system
    from tracker.projections.snapshots import snapshot, snapshots

    data = {"signed_off_by": signed_off_by}
    request = {"type": "ReadinessSnapshotTaken", "subject": f"review/{region}", "data": data}
    runtime.submit(workplan, request, system("system:cli"), "cli")
    with runtime.ask(workplan) as view:
        made = snapshots(view.plan, region)[-1]
        has_data = snapshot(view.tx, workplan, region, made["number"])["picture"]["has_data"]
        return {"region": region, "has_data": has_data} | made


def _frozen_words(made: Mapping[str, Any]) -> str:
    words = f"Snapshot {made['number']} of {made['region']} is entry {made['position']}."
    return words if made["has_data"] else f"{words} Nothing is linked to this region yet: it froze that."


def _verified(runtime: Runtime, workplan: str, region: str, number: int, *, is_json: bool) -> int:
    """Compute a snapshot again and compare it with what was frozen; the exit code says whether it is the same."""
    from tracker.projections.snapshots import verify_snapshot

    with runtime.database.read() as tx:
        is_same, why = verify_snapshot(tx, workplan, region, number)
    made = {"region": region, "number": number, "same": is_same, "why": why}
    words = (
        f"Snapshot {number} of {region} recomputes to the same bytes." if is_same else f"Not the same: {why}"
    )
    show(made, words, is_json=is_json)
    return 0 if is_same else 1


COMMANDS = {"readiness": readiness}
