"""``tracker remind`` and ``tracker bounce``."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

import click

from tracker.cli.context import as_json, note, running, show, workplan_meant, workplan_option


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


COMMANDS = {"remind": remind, "bounce": bounce}
