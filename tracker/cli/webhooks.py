"""``tracker webhook``: subscriptions of other systems."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.context import as_json, entity_meant, running, show, workplan_meant, workplan_option
from tracker.events.catalogue import CATALOGUE
from tracker.webhooks import delivery, subscriptions
from tracker.webhooks.subscriptions import Wanted

if TYPE_CHECKING:
    from tracker.runtime import Runtime
    from tracker.webhooks.subscriptions import Action


@click.group()
def webhook() -> None:
    """Post entries to other systems as they are recorded: docs/webhooks.md."""


@webhook.command("add")
@click.argument("url")
@click.option(
    "--type", "types", multiple=True, type=click.Choice(sorted(CATALOGUE)), help="Default: all types."
)
@click.option(
    "--subject", "subjects", multiple=True, help="activity/3.2, activity, or activity/3.*; default all."
)
@click.option("--entity", "entities", multiple=True, help="In whose voice; default all.")
@click.option("--after", type=click.IntRange(min=0), help="Begin after this entry; default the newest.")
@click.option(
    "--as",
    "actor",
    default="system:cli",
    help="With whose rights it reads: a person's id or token:ID; default the system's.",
)
@workplan_option
@as_json
def add(
    *,
    url: str,
    types: tuple[str, ...],
    subjects: tuple[str, ...],
    entities: tuple[str, ...],
    after: int | None,
    actor: str,
    workplan: str | None,
    as_json: bool,
) -> None:
    """Subscribe URL; the secret that its deliveries are signed with is shown this once."""
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.ask(meant) as view:
            end = view.end.position
            wanted = Wanted(types, subjects, tuple(entity_meant(view.plan, one) for one in entities))
            if view.workplan.simulated:
                raise click.UsageError("A simulated workplan tells nobody of its entries.")
        if after is not None and after > end:
            raise click.UsageError(f"--after is at most {end}, the newest entry.")
        with runtime.database.write() as tx:
            if actor != "system:cli":
                subscriptions.check_actor(tx, runtime.now(), meant, actor)
            made, secret = subscriptions.subscribe(
                tx,
                runtime.now(),
                runtime.settings,
                workplan=meant,
                actor=actor,
                url=url,
                wanted=wanted,
                position=end if after is None else after,
            )
        words = f"{made.webhook}: from entry {made.position + 1} on\nsecret, shown this once: {secret}"
        show({"webhook": made.webhook, "secret": secret}, words, is_json=as_json)


@webhook.command("list")
@workplan_option
@as_json
def list_webhooks(*, workplan: str | None, as_json: bool) -> None:
    """List subscriptions, how far each has come, and why one does not go on."""
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.read() as tx:
            items = subscriptions.as_told(tx, subscriptions.webhooks_of(tx, meant), runtime.now())
        words = "\n".join(_line(one) for one in items) or "No webhooks."
        show({"webhooks": items}, words, is_json=as_json)


def _line(one: dict[str, Any]) -> str:
    why = f": {one['why']}" if one["why"] else ""
    again = f", again at {one['not_before']}" if one["state"] == "active" and one["not_before"] else ""
    return (
        f"{one['webhook']}  {one['url']}  {one['state']}, has all up to entry {one['position']}{why}{again}"
    )


@webhook.command("pause")
@click.argument("id_", metavar="WEBHOOK")
@workplan_option
@as_json
def pause(*, id_: str, workplan: str | None, as_json: bool) -> None:
    """Deliver nothing until it is resumed; nothing is lost meanwhile."""
    _change(id_, workplan, "pause", is_json=as_json)


@webhook.command("resume")
@click.argument("id_", metavar="WEBHOOK")
@workplan_option
@as_json
def resume(*, id_: str, workplan: str | None, as_json: bool) -> None:
    """Go on where it stopped, at once."""
    _change(id_, workplan, "resume", is_json=as_json)


@webhook.command("replay")
@click.argument("id_", metavar="WEBHOOK")
@click.option(
    "--after", type=click.IntRange(min=0), required=True, help="Deliver again what comes after this entry."
)
@workplan_option
@as_json
def replay(*, id_: str, after: int, workplan: str | None, as_json: bool) -> None:
    """Deliver again from a position on; an entry keeps its id, so that receivers know it."""
    _change(id_, workplan, "replay", after, is_json=as_json)


def _change(
    webhook_id: str, workplan: str | None, action: Action, after: int | None = None, *, is_json: bool
) -> None:
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.ask(meant) as view:
            end = view.end.position
        with runtime.database.write() as tx:
            one = subscriptions.webhook_in(tx, meant, webhook_id)
            subscriptions.change(tx, one, action, after=after, end=end)
        _show_one(runtime, meant, webhook_id, {}, is_json=is_json)


def _show_one(
    runtime: Runtime, workplan: str, webhook_id: str, more: dict[str, Any], *, is_json: bool
) -> None:
    with runtime.database.read() as tx:
        one = subscriptions.webhook_in(tx, workplan, webhook_id)
        told = subscriptions.as_told(tx, [one], runtime.now())[0]
    said = "".join(f"\n{name}, shown this once: {value}" for name, value in more.items())
    show(told | more, _line(told) + said, is_json=is_json)


@webhook.command("rotate")
@click.argument("id_", metavar="WEBHOOK")
@click.option("--overlap-hours", type=click.IntRange(0, 720), default=24, show_default=True)
@workplan_option
@as_json
def rotate(*, id_: str, overlap_hours: int, workplan: str | None, as_json: bool) -> None:
    """Make a new secret; deliveries are signed with the last one, too, until the overlap ends."""
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.write() as tx:
            one = subscriptions.webhook_in(tx, meant, id_)
            overlap = timedelta(hours=overlap_hours)
            secret = subscriptions.rotate(tx, runtime.now(), runtime.settings, one, overlap)
        _show_one(runtime, meant, id_, {"secret": secret}, is_json=as_json)


@webhook.command("remove")
@click.argument("id_", metavar="WEBHOOK")
@workplan_option
@as_json
def remove(*, id_: str, workplan: str | None, as_json: bool) -> None:
    """Remove a subscription; nothing more is sent."""
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.write() as tx:
            subscriptions.remove(tx, subscriptions.webhook_in(tx, meant, id_))
        show({"webhook": id_}, f"{id_} is removed.", is_json=as_json)


@webhook.command("deliver")
@workplan_option
@as_json
def deliver(*, workplan: str | None, as_json: bool) -> None:
    """Deliver now what is due, as the ticker does every 15 seconds."""
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.read() as tx:
            due = [one for one in delivery.due(tx, runtime.now()) if one[0] == meant]
        count = sum(delivery.deliver(runtime, *one) for one in due)
        show({"delivered": count}, f"{count} entries delivered.", is_json=as_json)


COMMANDS = {"webhook": webhook}
