"""Writing a letter: from what a person owes now to a whole mail, in their language, as text and HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
import jinja2

from tracker.directory.people import Person
from tracker.events import tree
from tracker.events.dates import local_day
from tracker.notifications.due_date import attach_due_date
from tracker.notifications.headers import blank
from tracker.notifications.phrases import phrases
from tracker.notifications.reminders import Digest, Owed, Phase, Section, Settled
from tracker.phrases import Phrases, capital, in_language, shortened
from tracker.projections.speakers import display_name
from tracker.workplan.activity_parts import Report
from tracker.workplan.plan import Plan
from tracker.workplan.root import Workplan
from tracker.workplan.round import Round

LONGEST_TEXT = 240
"""Characters of an activity's text in a letter; the form shows all of it."""
LONGEST_SENDER = 40  # more would be folded inside a word, which some readers put a space into


@dataclass(frozen=True, slots=True)
class Occasion:
    """All that a letter is written from. ``handle`` None makes a preview: the same letter without a link that works.

    ``questions`` are the Secretariat's by activity; ``about`` says why a letter comes beside the steps.
    """

    person: Person
    digest: Digest
    phase: Phase
    opened: Round
    plan: Plan
    workplan: Workplan
    size: int
    root: bytes
    now: datetime
    base_url: str
    sender: str
    message_id: str
    thread: str | None
    handle: str | None
    questions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    about: Mapping[str, Any] | None = None

    @property
    def link(self) -> str:
        return f"{self.base_url}/r/{self.handle}"


def write_letter(occasion: Occasion) -> EmailMessage:
    """Return the mail.

    Raises:
        ValueError: a header cannot be written; nothing in the directory should be able to cause it.
    """
    say = phrases(occasion.person.language)
    values = _values(occasion, say)
    message = blank(occasion.sender, _title(occasion, say), occasion.person, occasion.now)
    message["Subject"] = values["subject"]
    message["Message-ID"] = occasion.message_id
    if occasion.thread:
        message["In-Reply-To"] = occasion.thread
        message["References"] = occasion.thread
    if occasion.handle:
        message["List-Unsubscribe"] = f"<{occasion.link}/unsubscribe>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    fill(message, "letter", values)
    if occasion.digest.owed and occasion.phase == "asking":
        person, now = occasion.person.id, occasion.now
        attach_due_date(message, say, occasion.workplan, occasion.opened, person, now)
    message["Content-Language"] = say.language  # last: adding parts moves such headers into the first part
    return message


def fill(message: EmailMessage, template: str, values: dict[str, Any]) -> None:
    """Give a mail its text and its HTML, which say the same."""
    text = _templates().get_template(f"{template}.txt").render(values)
    page = _templates().get_template(f"{template}.html").render(values)
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(_inlined(page), subtype="html", charset="utf-8", cte="quoted-printable")


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _inlined(page: str) -> str:
    return css_inline.CSSInliner(load_remote_stylesheets=False).inline(page)


def _title(occasion: Occasion, say: Phrases) -> str:
    return shortened(_plan_name(occasion, say), LONGEST_SENDER)


def _values(occasion: Occasion, say: Phrases) -> dict[str, Any]:
    """Return what the templates show."""
    digest, opened, zone = occasion.digest, occasion.opened, occasion.workplan.zone
    entities = [_name(occasion, entity, say) for entity in digest.entities]
    seal = f"{occasion.base_url}/seal/{occasion.workplan.id}/{occasion.size}?root={occasion.root.hex()}"
    shows_entities = len(entities) > 1
    return {
        "say": say,
        "language": say.language,
        "subject": _subject(occasion, say),
        "name": occasion.person.name,
        "intro": _intro(occasion, say),
        "due": _due(occasion, say),
        "link": occasion.link if occasion.handle else None,
        "is_preview": occasion.handle is None,
        "has_owed": bool(digest.owed),
        "sections": [
            _section(section, occasion, say, shows_entities=shows_entities) for section in digest.sections
        ],
        "outstanding": [
            {
                "words": say(
                    "outstanding_line",
                    entity=_name(occasion, one.entity, say),
                    count=len(one.activities),
                    list=", ".join(one.activities),
                ),
                "has_focal_point": one.has_focal_point,
            }
            for one in digest.outstanding
        ],
        "why": say("why", entities=say.listed(entities), workplan=_plan_name(occasion, say))
        if digest.owed
        else say("why_secretariat", workplan=_plan_name(occasion, say)),
        "closes": say.deadline(opened.closes, zone),
        "seal_words": say("seal", size=occasion.size, seal=tree.seal_of(occasion.root)),
        "seal_link": seal,
        "shows_language_note": say.language not in _plan_languages(digest),
    }


def _plan_languages(digest: Digest) -> set[str]:
    return {key for one in digest.owed for key in one.activity.text if key != "unofficial"} or {
        "es",
        "en",
        "fr",
    }


def _plan_name(occasion: Occasion, say: Phrases) -> str:
    return capital(in_language(occasion.workplan.title, say.language)[0])


def _name(occasion: Occasion, entity: str, say: Phrases) -> str:
    return display_name(occasion.plan, entity, say.language)


def _subject(occasion: Occasion, say: Phrases) -> str:
    digest, quarter = occasion.digest, capital(say.quarter(occasion.opened.id))
    day = say.weekday(occasion.opened.due)
    if occasion.about and occasion.about["topic"] == "question":
        return say("subject_question", quarter=quarter, list=", ".join(digest.activities))
    if not digest.owed:
        return say("subject_outstanding", quarter=quarter, count=len(digest.outstanding))
    phrase = "subject_asking" if occasion.phase == "asking" else "subject_overdue"
    return say(phrase, quarter=quarter, count=len(digest.owed), day=day)


def _intro(occasion: Occasion, say: Phrases) -> list[str]:
    digest, quarter = occasion.digest, say.quarter(occasion.opened.id)
    words = []
    if occasion.about:
        named = say.listed(_name(occasion, one, say) for one in occasion.about.get("entities", ()))
        words.append(say(f"intro_{occasion.about['topic']}", quarter=quarter, entities=named))
    elif digest.owed:
        phrase = "intro_asking" if occasion.phase == "asking" else "intro_overdue"
        words.append(say(phrase, count=len(digest.owed), quarter=quarter))
    if digest.outstanding:
        words.append(say("intro_outstanding", count=len(digest.outstanding), quarter=quarter))
    return words


def _due(occasion: Occasion, say: Phrases) -> str:
    deadline = say.deadline(occasion.opened.due, occasion.workplan.zone)
    if occasion.phase == "asking":
        return say("due", deadline=deadline)
    return say("was_due", deadline=deadline, closes=say.day(occasion.opened.closes))


def _section(section: Section, occasion: Occasion, say: Phrases, *, shows_entities: bool) -> dict[str, Any]:
    title, language = in_language(section.workstream.title, say.language)
    return {
        "number": say("workstream", number=section.workstream.number),
        "title": title,
        "title_language": language,
        "owed": [_owed(one, occasion, say, shows_entities=shows_entities) for one in section.owed],
        "settled_words": say("settled_by_others", count=len(section.settled)),
        "settled": [_settled(one, occasion, say) for one in section.settled],
    }


def _owed(owed: Owed, occasion: Occasion, say: Phrases, *, shows_entities: bool) -> dict[str, Any]:
    activity = owed.activity
    text, language = in_language(activity.text, say.language)
    state = say.status(activity.status, activity.assessment)
    last = activity.last_report
    if last is None:
        words = say("never_reported", state=state)
    else:
        words = say(
            "state_said",
            state=state,
            who=_reporter(last, occasion, say),
            day=_day(last, occasion, say),
        )
    named = say.listed(_name(occasion, entity, say) for entity in owed.entities)
    return {
        "number": activity.number,
        "text": shortened(text, LONGEST_TEXT),
        "text_language": language,
        "state": words,
        "entities": say("for_entities", entities=named) if shows_entities else None,
        "questions": [say("question", text=text) for text in occasion.questions.get(activity.id, ())],
    }


def _settled(settled: Settled, occasion: Occasion, say: Phrases) -> dict[str, Any]:
    text, language = in_language(settled.activity.text, say.language)
    return {
        "number": settled.activity.number,
        "text": shortened(text, LONGEST_TEXT // 2),
        "text_language": language,
        "who": say(
            "settled_line",
            who=_reporter(settled.report, occasion, say),
            day=_day(settled.report, occasion, say),
        ),
    }


def _reporter(report: Report, occasion: Occasion, say: Phrases) -> str:
    return _name(occasion, report.entity, say) if report.entity else say("secretariat")


def _day(report: Report, occasion: Occasion, say: Phrases) -> str:
    return say.short_day(local_day(datetime.fromisoformat(report.recorded_at), occasion.workplan.zone))
