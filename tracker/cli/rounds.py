"""``tracker remind``, ``tracker bounce`` and ``tracker readiness``."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

import click

from tracker.cli.context import as_json, note, running, show, workplan_meant, workplan_option
from tracker.runtime import Runtime


@click.command("remind")
@click.option("--quarter", required=True, help="The quarter reported about, such as 2023-Q2.")
@click.option("--dry-run", is_flag=True, help="Say who would get a letter; send nothing, record nothing.")
@workplan_option
@as_json
def remind(*, quarter: str, dry_run: bool, workplan: str | None, as_json: bool) -> int:
    """Send the letters of a reporting round that are due: one per person, each once."""
    from tracker.notifications.running import remind as run

    if not re.fullmatch(r"\d{4}-Q[1-4]", quarter):
        raise click.BadParameter(f"{quarter} is no quarter; give one such as 2023-Q2", param_hint="--quarter")
    with running() as runtime:
        done = run(runtime, workplan_meant(runtime, workplan), quarter, dry_run=dry_run, say=note)
        show(done, _reminded(done), is_json=as_json)
        is_waiting = any(letter["state"] == "due" for letter in done["letters"]) and not dry_run
        is_unsent = is_waiting and runtime.settings.smtp_url is not None
        return 1 if done["failed"] or done["unknown"] or is_unsent else 0


def _reminded(done: dict[str, Any]) -> str:
    words = [f"{done['quarter']}, step {done['step']}: {done['owed']} reports owed."]
    words += [f"  {letter['person']}  {letter['state']}" for letter in done["letters"]]
    words.append(
        f"{done['sent']} sent, {done['held']} held, {done['failed']} failed, {done['unknown']} unknown."
        if done["letters"]
        else "Nobody is to be written to."
    )
    return "\n".join(words)


@click.command("bounce")
@click.argument("file", type=click.File("rb"))
@as_json
def bounce(*, file: BinaryIO, as_json: bool) -> int:
    """Take a mail that reports that a letter could not be delivered, from FILE or `-`.

    The address gets no more letters until it is corrected, co-leads are asked, the Secretariat is told. A mail server
    hands such mails over by a line such as `bounces: "|tracker bounce -"`.
    """
    from tracker.notifications.bounces import LARGEST, take_reports

    with running() as runtime:
        done = take_reports(runtime, file.read(LARGEST + 1))
        words = "\n".join(f"{one['person']}: {one['outcome']}; {one['said']}" for one in done)
        show({"reports": done}, words, is_json=as_json)
        return 0


@click.command("readiness")
@click.argument("region")
@click.argument("action", required=False, type=click.Choice(["verify"]))
@click.argument("number", required=False, type=int)
@click.option("--freeze", is_flag=True, help="Take a numbered snapshot.")
@click.option("--as-of", help="At a past moment, in any spelling.")
@click.option("--signed-off-by", default="system-cli", help="The person who signs the snapshot off.")
@workplan_option
@as_json
def readiness(
    *,
    region: str,
    action: str | None,
    number: int | None,
    freeze: bool,
    as_of: str | None,
    signed_off_by: str,
    workplan: str | None,
    as_json: bool,
) -> int:
    """Show the readiness of a REGION, freeze it, or verify a snapshot: `tracker readiness africa verify 1`."""
    from tracker.projections.readiness import known_region, readiness_words
    from tracker.projections.readiness import readiness as picture

    if (action is None) != (number is None) or (action and (freeze or as_of)):
        raise click.UsageError("Say `REGION`, `REGION --freeze` or `REGION verify N`.")
    if freeze and as_of:
        raise click.UsageError("A snapshot freezes what is known now: leave out --as-of.")
    with running() as runtime:
        meant, region = workplan_meant(runtime, workplan), known_region(region)
        if number is not None:
            return _verified(runtime, meant, region, number, is_json=as_json)
        if freeze:
            made = _frozen(runtime, meant, region, signed_off_by)
            show(made, f"Snapshot {made['number']} of {region} is entry {made['position']}.", is_json=as_json)
            return 0
        with runtime.ask(meant, as_of) as view:
            live = picture(view, region)
        show(live, readiness_words(live), is_json=as_json)
        return 0


def _frozen(runtime: Runtime, workplan: str, region: str, signed_off_by: str) -> dict[str, Any]:
    from tracker.directory.principals import system
    from tracker.projections.snapshots import snapshots

    data = {"signed_off_by": signed_off_by}
    request = {"type": "ReadinessSnapshotTaken", "subject": f"review/{region}", "data": data}
    runtime.submit(workplan, request, system("system:cli"), "cli")
    with runtime.ask(workplan) as view:
        return {"region": region} | snapshots(view.plan, region)[-1]


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


COMMANDS = {"remind": remind, "bounce": bounce, "readiness": readiness}
