"""The Secretariat's desk for letters: what waits and went out, what the next run sends, and what to do about it."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any, cast

import marshmallow as ma

from tracker.api.call import Answer, Asked, Call
from tracker.api.queries import Choice, Said
from tracker.events.vocabulary import QUARTER
from tracker.notifications import bounces, desk, outbox
from tracker.notifications.desk import ACTIONS, PlannedRun
from tracker.runtime import View

STATES = (*desk.ALLOWED, "claimed", "connected", "data_sent", "muted", "superseded", "lapsed")


class LetterFilters(ma.Schema):
    """Which letters."""

    quarter = Said("of the round about this quarter", QUARTER)
    state = Choice("in this state", STATES)
    person = Said("to this person", r"[A-Za-z0-9-]+")


class Deed(ma.Schema):
    """What to do with a letter."""

    action = Choice("what to do; a letter's `actions` list what is possible", ACTIONS, required=True)


class RunParts(ma.Schema):
    """Whose letters of a run; nobody named means all."""

    people = ma.fields.List(Said("an opaque person id", r"[A-Za-z0-9-]+"), load_default=list)


class Returned(ma.Schema):
    """A mail that reports what became of a letter (RFC 3464)."""

    message = Said("the whole mail, as it came", longest=bounces.LARGEST, required=True)


def list_letters(call: Call, asked: Asked) -> Answer:
    """List the letters of the workplan, oldest first: state, time, why it did not go, links, what can be done."""
    tx = asked.view.tx
    found = outbox.letters_of(tx, call.workplan, call.query.get("quarter"))
    for name, wanted in (("state", call.query.get("state")), ("recipient", call.query.get("person"))):
        found = [one for one in found if wanted is None or getattr(one, name) == wanted]
    return Answer({"items": desk.as_told(tx, found), "next": None})


def show_letter(call: Call, asked: Asked) -> Answer:
    """Show one letter."""
    return Answer(_told(asked.view, desk.letter_in(asked.view.tx, call.workplan, call.path["letter"])))


def act_on_letter(call: Call, _asked: Asked) -> Answer:
    """Hold, release, send now, send again, or end the link of a letter; what goes, goes within a minute.

    Raises:
        ConflictError: the letter is past that.
    """
    done = desk.act(call.runtime, call.workplan, call.path["letter"], call.body["action"])
    with call.runtime.ask(call.workplan) as view:
        return Answer(_told(view, done))


def take_bounce(call: Call, _asked: Asked) -> Answer:
    """Take a mail server's report that a letter came back; the same twice changes nothing."""
    raw = call.body["message"].encode("utf-8", "surrogateescape")
    return Answer({"reports": bounces.take_reports(call.runtime, raw)})


def preview_run(call: Call, asked: Asked) -> Answer:
    """Show what the next run of a round sends: to whom, in their language, as text; its link opens nothing."""
    run = desk.planned_run(call.runtime, asked.view, call.path["quarter"])
    return Answer(_planned(call, asked.view, run))


def hold_run(call: Call, _asked: Asked) -> Answer:
    """Hold the next run of a round, or the letters to some people in it."""
    done = desk.hold_run(call.runtime, call.workplan, call.path["quarter"], call.body["people"])
    return Answer({"quarter": call.path["quarter"], "step": done[0], "letters": done[1]})


def release_run(call: Call, _asked: Asked) -> Answer:
    """Release what was held of a round, of all or of some people."""
    count = desk.release_run(call.runtime, call.workplan, call.path["quarter"], call.body["people"])
    return Answer({"quarter": call.path["quarter"], "step": None, "letters": count})


def _told(view: View, letter: outbox.Letter) -> dict[str, Any]:
    return desk.as_told(view.tx, [letter])[0]


def _planned(call: Call, view: View, run: PlannedRun) -> dict[str, Any]:
    items = []
    for one in run.foreseen:
        message = desk.rendered(call.runtime, view, run, one.person.id)
        items.append(
            {
                "person": one.person.id,
                "language": one.person.language,
                "letter": one.letter.letter if one.letter else None,
                "state": one.state,
                "why": one.why,
                "entities": one.digest.entities,
                "activities": one.digest.activities,
                "subject": str(message["Subject"]),
                "text": _part(message, "plain"),
                "html": _part(message, "html"),
            }
        )
    return {"quarter": run.opened.id, "step": run.step, "on": run.on, "items": items}


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((cast("Any", kind),))
    return str(part.get_content()) if part else ""
