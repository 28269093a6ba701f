"""The mails about reports that were or are to be sent: the receipt of a sending, and asking a colleague."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from tracker.directory.people import Person, people_of
from tracker.errors import NotFoundError
from tracker.events import tree
from tracker.events.catalogue import ProgressReported
from tracker.events.event import Event, id_of
from tracker.events.reading import read_event, read_texts
from tracker.events.sealing import reveal, seals_in
from tracker.events.shapes import to_json
from tracker.notifications.headers import blank
from tracker.notifications.invitations import find_invitation
from tracker.notifications.letters import LONGEST_SENDER, fill
from tracker.notifications.links import end_of_day
from tracker.notifications.occasions import Unsent, obstacle
from tracker.notifications.outbox import Letter
from tracker.notifications.phrases import phrases
from tracker.notifications.receipts import Receipt, find_receipt
from tracker.notifications.reminders import acting
from tracker.notifications.sentences import SENTENCES, Known, goals_of, sentences
from tracker.phrases import Phrases, capital, in_language, shortened
from tracker.projections.speakers import display_name
from tracker.workplan.activity import Activity
from tracker.workplan.obligations import leads_of
from tracker.workplan.round import Round

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View

LONGEST_LINE = 120


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mail but for its link: whom it goes to, when the round closes that the link is about, and how it is written."""

    person: Person
    closes: datetime
    write: Callable[[str], EmailMessage]


def prepare(runtime: Runtime, view: View, letter: Letter, thread: str | None) -> Prepared | Unsent:
    """Return what a receipt or an invitation is written from now, or why it is not to be sent."""
    opened = view.plan.get(f"round/{letter.quarter}", Round)
    person = people_of(view.tx, [letter.recipient]).get(letter.recipient)
    unsent = obstacle(person)
    if person is None or (
        unsent and unsent.state != "muted"
    ):  # who sends a report wants to see what became of it
        return unsent or Unsent("held", "the directory has no address")
    if opened is None:
        return Unsent("superseded", "the round is no longer there")
    closes = end_of_day(opened.closes, view.workplan.zone)
    if letter.kind == "invitation":
        invitation = find_invitation(view.tx, letter.step)
        if invitation is None or opened.closed:
            return Unsent("lapsed", "the round is closed")
        colleague = Person(invitation.id, invitation.to.name, invitation.to.email, invitation.language)
        values = _asking(view, person, opened, invitation.activities, _phrases(colleague))
        return Prepared(colleague, closes, _writer(runtime, view, letter, colleague, values))
    try:
        receipt = find_receipt(view.tx, letter.workplan, int(letter.step))
    except NotFoundError:
        return Unsent("superseded", "the receipt is no longer there")
    values = _received(view, receipt, opened, _phrases(person)) | {"thread": thread}
    return Prepared(person, closes, _writer(runtime, view, letter, person, values))


def _phrases(person: Person) -> Phrases:
    return phrases(person.language, SENTENCES)


def _writer(
    runtime: Runtime, view: View, letter: Letter, person: Person, values: dict[str, Any]
) -> Callable[[str], EmailMessage]:
    say, base, workplan = _phrases(person), runtime.settings.base_url, view.workplan
    title = capital(in_language(workplan.title, say.language)[0])
    size, root = view.end.position, view.end.root

    def write(handle: str) -> EmailMessage:
        message = blank(runtime.settings.mail_from, shortened(title, LONGEST_SENDER), person, runtime.now())
        message["Subject"] = " ".join(values["subject"].split())
        message["Message-ID"] = letter.message_id
        if thread := values.get("thread"):
            message["In-Reply-To"] = thread
            message["References"] = thread
        more = {
            "say": say,
            "language": say.language,
            "name": person.name,
            "link": f"{base}/r/{handle}",
            "workplan": title,
            "seal_words": say("seal", size=size, seal=tree.seal_of(root)),
            "seal_link": f"{base}/seal/{workplan.id}/{size}?root={root.hex()}",
        }
        fill(message, letter.kind, values | more)
        message["Content-Language"] = say.language
        return message

    return write


def _asking(
    view: View, person: Person, opened: Round, activities: tuple[str, ...], say: Phrases
) -> dict[str, Any]:
    entities = {
        entity
        for one in activities
        if (activity := view.plan.get(f"activity/{one}", Activity))
        for entity, _ in leads_of(view.plan, activity)
        if (entity, person.id) in acting(view.plan, activity.workstream)
    }
    quarter = say.quarter(opened.id)
    named = say.listed(display_name(view.plan, one, say.language) for one in sorted(entities))
    return {
        "subject": say("invitation_subject", name=person.name, count=len(activities), quarter=quarter),
        "asker": person.name,
        "entities": named,
        "quarter": quarter,
        "list": ", ".join(activities),
        "due": say("due", deadline=say.deadline(opened.due, view.workplan.zone)),
    }


def _received(view: View, receipt: Receipt, opened: Round, say: Phrases) -> dict[str, Any]:
    events = [read_event(view.tx, receipt.workplan, at) for at in receipt.positions]
    texts = read_texts(
        view.tx, receipt.workplan, [one for event in events for _, one in seals_in(to_json(event))]
    )
    news = [event for event in events if not is_quiet(event)]
    quiet = [event for event in events if is_quiet(event)]
    voices = dict.fromkeys(event.speaker for event in events if event.speaker)
    return {
        "subject": say("receipt_subject", count=receipt.count, quarter=say.quarter(receipt.quarter)),
        "words": say(
            "receipt_words", count=receipt.count, when=say.instant(events[0].recorded_at, view.workplan.zone)
        ),
        "entities": say.listed(display_name(view.plan, one, say.language) for one in voices),
        "filler": receipt.filler,
        "news": [_item(view, event, reveal(to_json(event), texts, []), say) for event in news],
        "quiet": ", ".join(_number(view, event) for event in quiet),
        "quiet_count": len(quiet),
        "quiet_entries": entries_words([event.position for event in quiet], say),
        "until": None if opened.closed else say("receipt_until", day=say.day(opened.closes)),
    }


def is_quiet(event: Event) -> bool:
    """Return whether an entry says that there is nothing new, and nothing else."""
    data = event.data
    return (
        isinstance(data, ProgressReported)
        and bool(data.no_change or data.no_requests)
        and not (data.note or data.needs)
    )


def entries_words(positions: list[int], say: Phrases) -> str:
    """Return the numbers of some entries, shortly where they follow each other."""
    if len(positions) < 2 or positions[-1] - positions[0] != len(positions) - 1:
        return ", ".join(say("receipt_entry", position=position) for position in positions)
    return say("receipt_entries", first=positions[0], last=positions[-1])


def _number(view: View, event: Event) -> str:
    activity = view.plan.get(event.subject, Activity)
    return activity.number if activity else id_of(event.subject)


def _item(view: View, event: Event, said: dict[str, Any], say: Phrases) -> dict[str, Any]:
    activity = view.plan.get(event.subject, Activity)
    text, language = in_language(activity.text, say.language) if activity else ("", say.language)
    words = sentences(said, say, Known(goals_of(activity, say) if activity else {}))
    return {
        "number": _number(view, event),
        "text": shortened(text, LONGEST_LINE),
        "text_language": language,
        "words": words,
        "entry": say("receipt_entry", position=event.position),
    }
