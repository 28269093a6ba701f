"""What a letter is written from at the moment it is sent: the plan as it is then, what is owed then, the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tracker.directory.people import Person, people_of, roles_of
from tracker.events.dates import local_day
from tracker.events.reading import read_texts
from tracker.notifications.letters import Occasion
from tracker.notifications.outbox import Letter, State
from tracker.notifications.reminders import Digest, Phase, digest_about, digest_of, phase_of
from tracker.workplan.round import Round
from tracker.workplan.workstream import Workstream

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View

LONGEST_WAIT = timedelta(days=21)
"""How long a link that was asked for after its round waits for a mail server."""
NOBODY = Person("", None, None, "en")


@dataclass(frozen=True, slots=True)
class Unsent:
    """Why a letter is not to be sent now, and the state it gets instead."""

    state: State
    why: str


def secretariat_of(view: View) -> list[str]:
    """Return the people of the Secretariat of a view's workplan."""
    roles: Mapping[str, list[str]] = roles_of(view.tx, view.end.workplan)
    return [person for person, held in roles.items() if "secretariat" in held]


def obstacle(person: Person | None) -> Unsent | None:
    """Return why a person cannot be written to, if so."""
    if person is None or person.is_erased or not person.email:
        return Unsent("held", "the directory has no address")
    if person.suspended:
        return Unsent("held", "the person is suspended")
    if person.bounced:
        return Unsent("held", "the address takes no mail: a letter came back")
    if person.muted:
        return Unsent("muted", "the person wants no letters")
    return None


def unreachable_of(view: View) -> frozenset[str]:
    """Return the focal points who cannot be written to. Who wishes no letters is not one of them."""
    points = {point.person for one in view.plan.all("workstream", Workstream) for point in one.focal_points}
    known = people_of(view.tx, sorted(points))
    return frozenset(one for one in points if (unsent := obstacle(known.get(one))) and unsent.state == "held")


def occasion_of(runtime: Runtime, view: View, letter: Letter, thread: str | None) -> Occasion | Unsent:
    """Return what a letter about a round is written from now, its link still missing, or why it is not to be sent."""
    opened = view.plan.get(f"round/{letter.quarter}", Round)
    if opened is None:
        return Unsent("superseded", "the round is no longer there")
    is_over = opened.closed or local_day(runtime.now(), view.workplan.zone).isoformat() > opened.closes
    if letter.kind in {"reminder", "asked"} and is_over:
        return Unsent("lapsed", "the round is closed")
    waited = runtime.now() - datetime.fromisoformat(letter.created_at)
    if letter.kind == "link" and is_over and waited > LONGEST_WAIT:
        return Unsent("lapsed", "nobody waits for it any more")
    person = people_of(view.tx, [letter.recipient]).get(letter.recipient)
    unsent = obstacle(person)
    if unsent and not (letter.kind == "link" and unsent.state == "muted"):  # who asks for a letter wants it
        return unsent
    # Somebody who asks for a new link gets to see all that they could report, whoever is asked first.
    phase: Phase = phase_of(opened, letter.step) if letter.kind == "reminder" else "overdue"
    digest = _digest_for(view, letter, phase)
    if digest is None:
        return Unsent("superseded", "nothing is owed any more")
    if letter.kind != "reminder" and local_day(runtime.now(), view.workplan.zone).isoformat() <= opened.due:
        phase = "asking"
    made = _occasion(runtime, view, person or NOBODY, digest, phase, opened)
    return replace(made, message_id=letter.message_id, thread=thread, about=letter.about)


def _digest_for(view: View, letter: Letter, phase: Phase) -> Digest | None:
    if letter.kind == "asked" and letter.about is not None:
        activities, is_question = letter.about["activities"], letter.about["topic"] == "question"
        return digest_about(view.plan, letter.quarter, letter.recipient, activities, is_any=is_question)
    return digest_of(
        view.plan, letter.quarter, phase, letter.recipient, secretariat_of(view), unreachable_of(view)
    )


def _questions(view: View, opened: Round, digest: Digest) -> dict[str, list[str]]:
    """Return ``{activity: what the Secretariat asked the reader's entities about it}``, oldest first."""
    asked = [
        one
        for owed in digest.owed
        for one in opened.requested
        if one.activity == owed.activity.id and one.entity in owed.entities
    ]
    texts = read_texts(view.tx, view.end.workplan, [one.question.sha256 for one in asked])
    found: dict[str, list[str]] = {}
    for one in asked:
        if (text := texts.get(one.question.sha256)) is not None:
            found.setdefault(one.activity, []).append(text)
    return found


def _occasion(
    runtime: Runtime, view: View, person: Person, digest: Digest, phase: Phase, opened: Round
) -> Occasion:
    return Occasion(
        person=person,
        digest=digest,
        phase=phase,
        opened=opened,
        plan=view.plan,
        workplan=view.workplan,
        size=view.end.position,
        root=view.end.root,
        now=runtime.now(),
        base_url=runtime.settings.base_url,
        sender=runtime.settings.mail_from,
        message_id="<preview@localhost>",
        thread=None,
        handle=None,
        questions=_questions(view, opened, digest),
    )


def preview(runtime: Runtime, view: View, person: Person, opened: Round, step: str) -> Occasion | None:
    """Return what the letter of a step would be written from, without a link; None where nothing is owed."""
    phase = phase_of(opened, step)
    digest = digest_of(view.plan, opened.id, phase, person.id, secretariat_of(view), unreachable_of(view))
    return _occasion(runtime, view, person, digest, phase, opened) if digest else None
