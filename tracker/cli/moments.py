"""``tracker moment``: moments that have a name."""

from __future__ import annotations

import click

from tracker.cli.context import as_json, running, show, workplan_meant, workplan_option


@click.group()
def moment() -> None:
    """Name moments, such as meetings, and list them; questions then say `moment:<slug>`."""


@moment.command("add")
@click.argument("title")
@click.option("--at", required=True, help="A day (its end is meant) or an instant with its offset.")
@click.option("--slug", help="How questions spell it; default made from the title.")
@workplan_option
@as_json
def add(*, title: str, at: str, slug: str | None, workplan: str | None, as_json: bool) -> None:
    """Name a moment: tracker moment add "Principals, 15 June 2023" --at 2023-06-15."""
    from tracker.directory.principals import system
    from tracker.workplan.naming import naming

    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.ask(meant) as view:
            body = naming(view.present, title, at, slug)
        done = runtime.submit(meant, body, system("system:cli"), "cli")
        spelt = f"moment:{body['data']['slug']}"
        words = f"{title} is {spelt}" + ("." if done.count else ", as it was already.")
        show({"as_of": spelt, "written": done.count}, words, is_json=as_json)


@moment.command("list")
@workplan_option
@as_json
def list_moments(*, workplan: str | None, as_json: bool) -> None:
    """List the named moments, in the order in which they were named."""
    with running() as runtime, runtime.ask(workplan_meant(runtime, workplan)) as view:
        rows = [
            {"as_of": f"moment:{one.slug}", "at": one.at, "title": one.title} for one in view.present.moments
        ]
        words = "\n".join(f"{row['as_of']}  {row['at']}  {row['title']}" for row in rows)
        show({"moments": rows}, words or "None yet: tracker moment add TITLE --at DAY.", is_json=as_json)


COMMANDS = {"moment": moment}
