"""``tracker owed``, ``report`` and ``history``: a plan on a server, over its API, with a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from tracker.cli.context import as_json, show

if TYPE_CHECKING:
    from tracker.client import Client

Decorated = Callable[..., Any]


def _on_a_server(command: Decorated) -> Decorated:
    for names, words in (
        (("--workplan",), "The workplan; default the only one that is not simulated."),
        (
            ("--token",),
            "A token; default the variable TRACKER_TOKEN, which keeps it out of the list of processes.",
        ),
        (("--server",), "Its address; default the variable TRACKER_SERVER, else this machine."),
    ):
        command = click.option(*names, help=words)(command)
    return command


def _client(server: str | None, token: str | None, workplan: str | None) -> Client:
    from tracker.client import Client

    return Client(server, token, workplan)


def _answering(work: Callable[[], int]) -> int:
    """Do what asks a server; what it refuses, or that it does not answer, is said as every command says it."""
    from tracker.client import Problem, Unreachable

    try:
        return work()
    except Problem as error:
        click.echo(str(error), err=True)
        for one in error.errors[1:]:
            click.echo(f"  {one.get('pointer')}: {one.get('detail')}", err=True)
    except Unreachable as error:
        click.echo(str(error), err=True)
    except ValueError as error:
        click.echo(str(error), err=True)
        return 2
    return 1


@click.command("owed")
@click.option("--entity", help="Of this entity; default what your token acts for.")
@click.option("--quarter", help="About this quarter; default the open rounds, else the last one that ended.")
@_on_a_server
@as_json
def owed(
    *,
    entity: str | None,
    quarter: str | None,
    server: str | None,
    token: str | None,
    workplan: str | None,
    as_json: bool,
) -> int:
    """List the reports that are owed, on a server."""

    def work() -> int:
        found = _client(server, token, workplan).owed(entity=entity, quarter=quarter)
        lines = [
            f"{one.activity:<8}{one.entity:<16}{one.quarter}  due {one.due or '-'}  {one.status}"
            for one in found
        ]
        show({"owed": [one.raw for one in found]}, "\n".join(lines) or "Nothing is owed.", is_json=as_json)
        return 0

    return _answering(work)


@click.command("report")
@click.argument("activity")
@click.option("--entity", help="In whose voice; needed where you act for several.")
@click.option("--for", "behalf", metavar="ENTITY", help="The Secretariat: on whose behalf.")
@click.option("--received-on", help="With --for: the day on which it was received.")
@click.option("--quarter", help="Default: the open round in which it is owed.")
@click.option("--status", help="not_started, in_progress, on_hold, completed or discontinued.")
@click.option("--assessment", help="on_track, at_risk or delayed.")
@click.option("--note", help="What happened, in words.")
@click.option("--needs", help="What help is needed.")
@click.option("--reason", help="Why.")
@click.option("--occurred-on", help="When it was so: a day, month, quarter or year; default today.")
@click.option("--evidence", multiple=True, metavar="ADDRESS", help="A web address that shows it; repeat.")
@click.option("--key", help="An Idempotency-Key of yours: what is sent twice under it happens once.")
@_on_a_server
@as_json
def report(
    *,
    activity: str,
    entity: str | None,
    behalf: str | None,
    received_on: str | None,
    quarter: str | None,
    status: str | None,
    assessment: str | None,
    note: str | None,
    needs: str | None,
    reason: str | None,
    occurred_on: str | None,
    evidence: tuple[str, ...],
    key: str | None,
    server: str | None,
    token: str | None,
    workplan: str | None,
    as_json: bool,
) -> int:
    """Report about ACTIVITY, on a server; with no news, that nothing changed."""
    if bool(behalf) != bool(received_on):
        raise click.UsageError(
            "--for and --received-on go together: on whose behalf, and when their report came."
        )

    def work() -> int:
        done = _client(server, token, workplan).report(
            activity,
            occurred_on=occurred_on,
            reason=reason,
            entity=entity,
            on_behalf_of={"entity": behalf, "by": "mail", "received_on": received_on}
            if behalf and received_on
            else None,
            key=key,
            quarter=quarter,
            status=status,
            assessment=assessment,
            note=note,
            needs=needs,
            evidence=[{"kind": "other", "url": url} for url in evidence] or None,
        )
        stands = done.state[f"activity/{activity}"]
        said = ", ".join(str(stands[name]) for name in ("status", "assessment") if stands.get(name))
        words = f"entry {done.position}: {activity} is {said}" if done.position else "It was so already."
        show(done.raw, words, is_json=as_json)
        return 0

    return _answering(work)


@click.command("history")
@click.option("--after", type=click.IntRange(min=0), default=0, help="Entries after this position.")
@click.option("--subject", help="A subject such as activity/3.2, or a kind.")
@click.option("--type", "event_type", help="An event type.")
@click.option("--entity", help="In whose voice.")
@click.option("--from", "since", help="Recorded then or later, as any moment is said.")
@click.option("--to", "until", help="Recorded then or earlier.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write a new file: .csv, .xlsx or .jsonl; the first two 1,000 entries.",
)
@_on_a_server
@as_json
def history(
    *,
    after: int,
    subject: str | None,
    event_type: str | None,
    entity: str | None,
    since: str | None,
    until: str | None,
    out: Path | None,
    server: str | None,
    token: str | None,
    workplan: str | None,
    as_json: bool,
) -> int:
    """List what was recorded, on a server, oldest first; or write it to a file."""
    query = {"subject": subject, "type": event_type, "entity": entity, "from": since, "to": until}

    def work() -> int:
        client = _client(server, token, workplan)
        if out is not None:
            return _save(client, after, query, out, is_json=as_json)
        entries = list(client.history(after, **query))
        lines = [
            f"{one.position:>6}  {one.recorded_at[:16]}  {one.subject:<16}{one.type}  {one.speaker}"
            for one in entries
        ]
        show({"entries": [one.raw for one in entries]}, "\n".join(lines) or "No entries.", is_json=as_json)
        return 0

    return _answering(work)


def _save(client: Client, after: int, query: dict[str, Any], out: Path, *, is_json: bool) -> int:
    form = out.suffix.lower().removeprefix(".")
    if form not in {"csv", "xlsx", "jsonl"}:
        raise click.UsageError("--out is a .csv, a .xlsx or a .jsonl file.")
    entries: Iterator[bytes]
    if form == "jsonl":
        entries = (orjson.dumps(one.raw) + b"\n" for one in client.history(after, **query))
    else:
        entries = iter([client.export("events", form, after=after, limit=1000, **query)])
    try:
        with out.open("xb") as file:
            file.writelines(entries)
    except FileExistsError as error:
        raise click.UsageError(f"{out} is there already; give a new name.") from error
    show({"file": str(out)}, f"{out} is written.", is_json=is_json)
    return 0


COMMANDS = {"owed": owed, "report": report, "history": history}
