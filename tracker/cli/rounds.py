"""``tracker remind`` and ``tracker readiness``."""

from __future__ import annotations

import re
from typing import Any

import click

from tracker.cli.context import as_json, running, show, workplan_meant, workplan_option
from tracker.errors import RuleError


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
        done = run(runtime, workplan_meant(runtime, workplan), quarter, dry_run=dry_run)
        show(done, _reminded(done), is_json=as_json)
        return 1 if done["failed"] or done["unknown"] else 0


def _reminded(done: dict[str, Any]) -> str:
    words = [f"{done['quarter']}, step {done['step']}: {done['owed']} reports owed."]
    words += [f"  {letter['person']}  {letter['state']}" for letter in done["letters"]]
    words.append(
        f"{done['sent']} sent, {done['held']} held, {done['failed']} failed, {done['unknown']} unknown."
        if done["letters"]
        else "Nobody is to be written to."
    )
    return "\n".join(words)


@click.group(invoke_without_command=True, context_settings={"ignore_unknown_options": False})
@click.argument("region")
@click.option("--freeze", is_flag=True, help="Take a numbered snapshot.")
@click.option("--as-of", help="At a past moment, in any spelling.")
@click.option("--signed-off-by", default="system-cli", help="The person who signs the snapshot off.")
@workplan_option
@as_json
@click.pass_context
def readiness(
    ctx: click.Context,
    *,
    region: str,
    freeze: bool,
    as_of: str | None,
    signed_off_by: str,
    workplan: str | None,
    as_json: bool,
) -> None:
    """Show the readiness picture of a REGION, freeze it, or verify a snapshot (`tracker readiness africa verify 1`)."""
    from tracker.directory.principals import system
    from tracker.projections.readiness import readiness as picture
    from tracker.projections.readiness import readiness_words

    ctx.obj = (region.lower(), workplan, as_json)
    if ctx.invoked_subcommand:
        return
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        if not freeze:
            with runtime.ask(meant, as_of) as view:
                made = picture(view, region.lower())
            show(made, readiness_words(made), is_json=as_json)
            return
        if as_of:
            raise RuleError(
                "a snapshot freezes what is known now", field="/as_of", value=as_of, way_out="Leave it out."
            )
        request = {
            "type": "ReadinessSnapshotTaken",
            "subject": f"review/{region.lower()}",
            "data": {"signed_off_by": signed_off_by},
        }
        done = runtime.submit(meant, request, system("system:cli"), "cli")
        with runtime.ask(meant) as view:
            from tracker.workplan.review import Review

            review = view.plan.get(f"review/{region.lower()}", Review)
            taken = (
                next(one for one in review.snapshots if one.position == done.first_position)
                if review
                else None
            )
        made = {
            "region": region.lower(),
            "number": taken.number if taken else None,
            "position": done.first_position,
            "sha256": taken.sha256 if taken else None,
        }
        show(
            made,
            f"Snapshot {made['number']} of {made['region']} is entry {made['position']}.",
            is_json=as_json,
        )


@readiness.command("verify")
@click.argument("number", type=int)
@click.pass_context
def verify(ctx: click.Context, number: int) -> int:
    """Recompute a snapshot and compare it with what was frozen."""
    from tracker.projections.snapshots import verify_snapshot

    region, workplan, is_json = ctx.obj
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.read() as tx:
            is_same, why = verify_snapshot(tx, meant, region, number)
        made = {"region": region, "number": number, "same": is_same, "why": why}
        words = (
            f"Snapshot {number} of {region} recomputes to the same bytes."
            if is_same
            else f"Not the same: {why}"
        )
        show(made, words, is_json=is_json)
        return 0 if is_same else 1


COMMANDS = {"remind": remind, "readiness": readiness}
