"""Refusals in the words of the pages: the rules speak to programs too; here codes become words."""

from __future__ import annotations

import re
from collections.abc import Callable

from tracker.errors import Fault, TrackerError
from tracker.languages import city_in
from tracker.refusal_texts import in_language, translated
from tracker.web import labels
from tracker.web.language import _, occurred_words, spoken

PLAINLY = {
    "the report about activity {id} says nothing": (
        "The report says nothing yet: choose “nothing changed”, or fill in what did."
    ),
    "the report says both that nothing changed and what changed": (
        "It says both that nothing changed and what changed: choose one of the two."
    ),
    "`{assessment}` needs a reason": "“{assessment}” needs a reason: say what the difficulty is.",
    "`{status}` needs a reason": "“{status}” needs a reason: say why.",
    "reopening activity {subject} needs a reason": "Opening it again needs a reason: say why.",
    "deciding between differing reports needs a reason": "Deciding between differing reports needs a reason.",
    "`completed` needs evidence, or a reason why there is none": (
        "“completed” needs a link that shows it, or a reason why there is none."
    ),
    "`{assessment}` says how work in progress goes, not of what is {status}": (
        "“{assessment}” says how work in progress goes; it does not go with “{status}”. Leave one of the two out."
    ),
    "activity {id} is {status}: only an activity in progress can be {assessment}": (
        "The activity is {status}; only one in progress can be “{assessment}”. Choose “in progress” too, with a reason."
    ),
    "activity {subject} is {old}: {new} cannot follow": (
        "The activity is {old}; “{new}” cannot follow that. An earlier entry can be corrected instead."
    ),
    "the quarter {quarter} has not begun": "{quarter} has not begun yet. Choose an earlier quarter.",
    "{day} lies in the future": "{day} lies in the future. A report is about what happened: give today or earlier.",
    "{said} lies before the plan's period, which begins on {first}": (
        "{said} lies before the plan begins, on {first}. Give a later date."
    ),
    "{said} lies in the future: nothing is known of it": (
        "Nobody knows yet how the plan will stand on {said}. It can be seen as it is today, or on any earlier day."
    ),
    "`{said}` names no moment": "“{said}” is not a day. Give one such as 2023-06-15.",
    "{said} is no day of the calendar": "{said} is not a day of the calendar. Give one such as 2023-06-15.",
    "no moment is called {slug}": "No moment of this plan is called “{slug}”.",
    "the log has no entry {number}": "The plan has no entry {number} yet.",
    "you act for {voices}: say for which one": "You act for several entities here: say for which one you report.",
    "`{email}` is no mail address": "“{email}” is not a mail address. Give one such as name@example.org.",
    "a person needs a name": "Give the full name, on one line.",
    "letters are written in {known}, not in `{language}`": "Choose a language for the letters.",
    "`{role}` is no role": "Choose a role.",
    "a reviewer needs a region": "The review team works on one region: choose it.",
    "a lead acts for an entity": "A lead acts for an entity: choose at least one.",
    "{entity} leads no workstream": "{entity} leads no workstream. Assign it as a lead first, or choose another role.",
    "{entity} does not lead workstream {workstream}": "{entity} does not lead workstream {workstream}.",
    "somebody else has the address {email}": "Somebody else has the address {email}. Give another.",
    "nobody else is in the Secretariat of {workplan}": (
        "Nobody else is in the Secretariat of this plan. Grant the role to somebody else first."
    ),
    "{type} on {subject} is not yours to write: {why}": (
        "This is not yours to record as it stands: {why}. Choose what is yours, or ask the Secretariat."
    ),
    "{subject} is scheduled for {start}, which is still to come": (
        "It is scheduled for {start}, which is still to come. Record it when it has taken place, or move it first."
    ),
    "{subject} cannot have been held on {day}: it was planned for {planned}": (
        "It was planned for {planned}, so it was not held on {day}. If it was moved forward, move it here first; else"
        " correct the day."
    ),
    "{subject} cannot have been held on {day}: it is planned for {planned} or later": (
        "It is planned for {planned} or later, so it was not held on {day}. If it was moved forward, move it here"
        " first, with the reason; else correct the day."
    ),
    "{subject} cannot be moved to {start}: that lies before the day of the move ({day})": (
        "{start} has passed: a session moves to a day to come. If it was moved earlier than today, say below when."
    ),
    "{subject} cannot be moved to {last}: that lies before the day of the move ({day})": (
        "{last} has passed: a review moves to days to come. If it was moved earlier than today, say below when."
    ),
    "{said} does not exist in {zone}: the clock is put forward then": (
        "There is no {said} in {zone}: the clock is put forward then. Give a time before or after the change."
    ),
    "the session ends ({end}) before it starts ({start})": "It ends before it starts. Correct one of the two times.",
    "the review ends ({end}) before it starts ({start})": "It ends before it starts. Correct one of the two days.",
    "a review is planned either in a window or on days": (
        "Give either the two quarters or the days, not both."
    ),
    "moving a review needs a reason": "Moving a review needs a reason: say why.",
    "{subject}: {why}": "This cannot be recorded as it stands: {why}.",
    "the id {subject} is taken": "Somebody recorded one with this title just now.",
    "this Idempotency-Key was used with another body": (
        "This form was sent once already, and what it said then is recorded. What you changed since is not: look at the"
        " history below, then send it again if it is still needed."
    ),
}
"""What each refusal that a form can meet says on a page."""

FIELDS = {
    "occurred_on": "This is not a date. Give a day, month, quarter or year: 2023-05-16, 2023-05, 2023-Q2 or 2023.",
    "due": "This is not a date. Give a day, month, quarter or year: 2023-05-16, 2023-05, 2023-Q2 or 2023.",
    "closes": "This is not a date. Give a day such as 2023-07-31.",
    "question": "Write the question: at most 2,000 characters.",
    "at": "Give a day such as 2023-06-15.",
    "links": "One of these is not a web address. Each begins with http:// or https:// and has no spaces.",
    "zone": "This is not a time zone. Choose one from the list, such as Europe/Zurich.",
    "starts_at": "This is not a time. Give a day and a time, such as 2023-06-22T15:00.",
    "ends_at": "This is not a time. Give a day and a time, such as 2023-06-22T15:00.",
    "languages": "Give the languages as codes, such as en, fr, es.",
    "language": "Give the language as a code, such as fr.",
    "attendance": "Write one group on each line: its name, a colon, and a whole number.",
    "review_on": "Give a day such as 2024-06-30.",
    "starts_on": "Give a day such as 2024-10-09.",
    "ends_on": "Give a day such as 2024-10-10.",
    "title": "The title is empty, or longer than 300 characters.",
    "audience": "This is empty, or longer than 300 characters.",
    "url": "This is not a web address. It begins with http:// or https:// and has no spaces.",
    "entity": "Choose for which entity this is reported.",
    "received_on": "Say on which day it was received, such as 2023-06-15.",
    "done": "Give a whole number, 0 or more.",
    "reason": "The reason is too long: at most 8,000 characters.",
    "note": "The note is too long: at most 8,000 characters.",
}
CODES = labels.STATUS | labels.ASSESSMENT
DATE = re.compile(r"(?<![\w/-])\d{4}-\d{2}-\d{2}(?![\w-])")
QUARTER = re.compile(r"(?<![\w/-])\d{4}-Q[1-4](?![\w-])")
"""Where they stand for themselves, not within an id."""
QUOTED = re.compile(r"(`[^`]*`)")


def said_plainly(error: TrackerError, fault: Fault | None = None) -> str:
    """Return the message of a refusal, or of one fault of it, as a page says it."""
    if plainly := PLAINLY.get(error.template):
        return _(plainly, **_operands(error))
    if fault is not None and fault.message.startswith("holds a control character"):
        return _("There is an invisible control character in it: take it out.")
    if fault is not None and (known := _of_field(fault)):
        return _(known)
    if fault is not None:
        return _sentence(told(fault.message))
    parts = (_whole(error), told(error.way_out or ""))
    return " ".join(_sentence(humane(part)) for part in parts if part)


def told(said: str) -> str:
    """Return a sentence of the rules, or a part of one, in the language spoken and in words.

    The catalogue of the pages comes first: it has words for people where the one of refusals speaks to programs too.
    """
    ours = _(said)
    return humane(in_language(said, spoken()) if ours == said else ours)


def told_of_a_cell(message: str, way_out: str | None) -> str:
    """Return what is wrong with a cell of a sheet, as a sentence, and what could stand there."""
    return " ".join(_sentence(told(one)) for one in (message, way_out) if one)


def _whole(error: TrackerError) -> str:
    ours, operands = _(error.template), _operands(error)
    if ours == error.template:
        return translated(error.template, operands, spoken()) or ours.format(**operands)
    return ours.format(**operands) if operands else ours


def _operands(error: TrackerError) -> dict[str, str]:
    said = {name: told(str(value)) for name, value in error.operands.items()}
    if "/" in said.get("zone", ""):
        said["zone"] = city_in(spoken(), said["zone"])
    return said


def faults_by_field(error: TrackerError, place: Callable[[str], str]) -> dict[str, str]:
    """Return ``{field of a form: message}`` of a refusal, in plain words; ``place`` finds the field of a pointer."""
    if not error.faults:
        return {place(error.field or ""): said_plainly(error)}
    found: dict[str, str] = {}
    for one in error.faults:
        found.setdefault(place(one.pointer), said_plainly(error, one))
    return found


def _of_field(fault: Fault) -> str | None:
    parts = fault.pointer.strip("/").split("/")
    return next((FIELDS[part] for part in reversed(parts) if part in FIELDS), None)


def humane(said: str) -> str:
    """Return text with codes as words, dates as people write them, and without the marks of code."""
    if said in CODES:
        return _(CODES[said])
    for code, words in CODES.items():
        said = re.sub(rf"\b{code}\b", _(words), said) if "_" in code else said
    parts = QUOTED.split(said)  # dates that are quoted are to be typed as they stand
    parts[::2] = [QUARTER.sub(_try_day, DATE.sub(_try_day, part)) for part in parts[::2]]
    parts[1::2] = [_("“{text}”", text=part[1:-1]) for part in parts[1::2]]
    return "".join(parts)


def _try_day(match: re.Match[str]) -> str:
    try:
        return occurred_words(match[0])
    except ValueError:
        return match[0]


def _sentence(said: str) -> str:
    said = said.strip()
    return said[:1].upper() + said[1:] + ("" if said.endswith((".", "!", "?", "…")) else ".")
