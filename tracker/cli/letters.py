"""``tracker letters``: what waits and went out, what the next run sends, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tracker.cli.context import as_json, note, running, show, workplan_meant, workplan_option

if TYPE_CHECKING:
    from tracker.notifications.desk import Action

quarter_option = click.option("--quarter", required=True, help="The quarter reported about, such as 2023-Q2.")


@click.group()
def letters() -> None:
    """List, preview, hold, release and send letters, and end their links."""


@letters.command("list")
@click.option("--quarter", help="Of one round.")
@click.option("--state", help="In one state, such as unknown, held or bounced.")
@workplan_option
@as_json
def list_letters(*, quarter: str | None, state: str | None, workplan: str | None, as_json: bool) -> None:
    """List letters: when, to whom, what became of them, and what can be done."""
    from tracker.notifications import desk, outbox

    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.read() as tx:
            found = [one for one in outbox.letters_of(tx, meant, quarter) if state in {None, one.state}]
            told = desk.as_told(tx, found)
        show({"letters": told}, "\n".join(map(_line, told)) or "No letters.", is_json=as_json)


def _line(told: dict[str, Any]) -> str:
    at = (told["handed_over_at"] or told["created_at"])[:16].replace("T", " ")
    what = f"{told['quarter'] or told['kind']} {told['step']}"
    words = f"{told['letter']}  {at}  {what}  {told['person']}  {told['state']}"
    words += f" ({told['why']})" if told["why"] else ""
    return words + (f"  [{', '.join(told['actions'])}]" if told["actions"] else "")


@letters.command("preview")
@quarter_option
@click.option("--person", help="Show this person's letter whole.")
@workplan_option
@as_json
def preview(*, quarter: str, person: str | None, workplan: str | None, as_json: bool) -> None:
    """Show what the next run of an open round sends to whom; nothing is sent, no link works."""
    from tracker.notifications import desk

    with running() as runtime, runtime.ask(workplan_meant(runtime, workplan)) as view:
        run = desk.planned_run(runtime, view, quarter)
        rows: list[dict[str, Any]] = [
            {"person": one.person.id, "state": one.state, "why": one.why, "activities": one.digest.activities}
            for one in run.foreseen
        ]
        made: dict[str, Any] = {"quarter": quarter, "step": run.step, "on": run.on, "letters": rows}
        words = [f"{quarter}, step {run.step} on {run.on}:" if run.step else f"{quarter}: no step is left."]
        words += [f"  {row['person']}  {row['state']}  {len(row['activities'])} activities" for row in rows]
        if person is not None:
            part = desk.rendered(runtime, view, run, person).get_body(("plain",))
            made["text"] = str(part.get_content()) if part else ""
            words.append("\n" + made["text"])
        show(made, "\n".join(words), is_json=as_json)


@letters.command("hold")
@click.argument("letter", required=False)
@click.option("--quarter", help="Hold the whole next run of this round instead.")
@workplan_option
@as_json
def hold(*, letter: str | None, quarter: str | None, workplan: str | None, as_json: bool) -> None:
    """Hold one LETTER, or the next run of a round: it waits until it is released."""
    from tracker.notifications import desk

    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        if _is_one(letter, quarter):
            _done(runtime, meant, str(letter), "hold", is_json=as_json)
            return
        step, count = desk.hold_run(runtime, meant, str(quarter))
        show({"step": step, "letters": count}, f"{count} letters of step {step} are held.", is_json=as_json)


@letters.command("release")
@click.argument("letter", required=False)
@click.option("--quarter", help="Release all that was held of this round instead.")
@workplan_option
@as_json
def release(*, letter: str | None, quarter: str | None, workplan: str | None, as_json: bool) -> None:
    """Release one LETTER, or all that was held of a round."""
    from tracker.notifications import desk

    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        if _is_one(letter, quarter):
            _done(runtime, meant, str(letter), "release", is_json=as_json)
            return
        count = desk.release_run(runtime, meant, str(quarter))
        show({"letters": count}, f"{count} letters are released.", is_json=as_json)


@letters.command("send")
@click.argument("letter")
@workplan_option
@as_json
def send(*, letter: str, workplan: str | None, as_json: bool) -> int:
    """Send one LETTER now: one that waits, or again one of which nobody knows whether it arrived.

    One that the server accepted gets a second with a new link.
    """
    from tracker.directory.principals import system
    from tracker.notifications import desk, outbox
    from tracker.notifications.delivery import deliver

    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.read() as tx:
            state = desk.letter_in(tx, meant, letter).state
        made = desk.act(runtime, meant, letter, "send" if state == "due" else "resend")
        done = deliver(runtime, [made], system("system:cli"))
        if done.problem:
            note(f"{done.problem}. {done.problem.way_out or ''}".strip())
        with runtime.database.read() as tx:
            after = outbox.find(tx, made.letter)
        words = f"{after.letter}: {after.state}"
        show({"letter": after.letter, "state": after.state}, words, is_json=as_json)
        return 0 if after.state == "accepted" else 1


@letters.command("revoke")
@click.argument("letter")
@workplan_option
@as_json
def revoke(*, letter: str, workplan: str | None, as_json: bool) -> None:
    """End the link in a LETTER at once."""
    with running() as runtime:
        _done(runtime, workplan_meant(runtime, workplan), letter, "revoke", is_json=as_json)


def _is_one(letter: str | None, quarter: str | None) -> bool:
    if (letter is None) == (quarter is None):
        raise click.UsageError("Name one letter, or a round by --quarter.")
    return letter is not None


def _done(runtime: Any, workplan: str, letter: str, action: Action, *, is_json: bool) -> None:
    from tracker.notifications import desk

    made = desk.act(runtime, workplan, letter, action)
    words = f"{letter}: its link opens nothing any more." if action == "revoke" else f"{letter}: {made.state}"
    show({"letter": made.letter, "state": made.state}, words, is_json=is_json)


COMMANDS = {"letters": letters}
