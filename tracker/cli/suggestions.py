"""``tracker suggestions``: what public pages say of the plan, accepted one by one."""

from __future__ import annotations

import click

from tracker.cli.context import as_json, running, show, workplan_meant, workplan_option


@click.command("suggestions")
@click.option(
    "--accept",
    "accepted",
    metavar="SUBJECT",
    multiple=True,
    help="Enter this one, such as activity/2.1; repeat.",
)
@workplan_option
@as_json
def suggestions(*, accepted: tuple[str, ...], workplan: str | None, as_json: bool) -> int:
    """List windows and tags that the Network's public pages show and the plan does not, each with its source."""
    from tracker.directory.principals import system
    from tracker.projections.suggestions import suggestions as suggested

    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.ask(meant) as view:
            found = {one.subject: one for one in suggested(view.plan, meant)}
        if unknown := [one for one in accepted if one not in found]:
            raise click.UsageError(
                f"Nothing is suggested for {', '.join(unknown)}; there is: {', '.join(found) or 'nothing'}."
            )
        if accepted:
            requests = [dict(found[one].request) for one in dict.fromkeys(accepted)]
            done = runtime.submit(meant, requests, system("system:cli"), "cli")
            words = f"{done.count} entered, from entry {done.first_position} on."
            show({"written": done.count, "first_position": done.first_position}, words, is_json=as_json)
            return 0
        items = [
            {
                "subject": one.subject,
                "printed": one.printed,
                "held": one.held,
                "source": one.source,
                "request": one.request,
            }
            for one in found.values()
        ]
        lines = [
            f"{one.subject:<16}{one.printed:<14}  now: {one.held or 'unknown'}\n{'':16}{one.source}"
            for one in found.values()
        ]
        lines.append("Enter one with --accept SUBJECT.")
        show({"suggestions": items}, "\n".join(lines) if found else "Nothing is suggested.", is_json=as_json)
    return 0


COMMANDS = {"suggestions": suggestions}
