"""What the Secretariat is told by mail: a letter came back, somebody wants none, a lead has nobody, a review is near.

What there is to tell is found in the database, and each thing is told once: its name is part of the letter's key. A
notice is stored as ids; names are read when it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tracker.directory.people import Person, people_of
from tracker.directory.tables import people
from tracker.events import tree
from tracker.events.dates import first_day, local_day, quarter_of
from tracker.notifications import outbox
from tracker.notifications.asking import domain_of
from tracker.notifications.headers import blank
from tracker.notifications.letters import fill
from tracker.notifications.occasions import Unsent, obstacle, secretariat_of, unreachable_of
from tracker.notifications.outbox import NO_ROUND, Letter
from tracker.notifications.phrases import phrases
from tracker.notifications.receipts import find_receipt, receipts_of
from tracker.notifications.reminders import acting, rows_of
from tracker.phrases import Phrases, capital, in_language, shortened
from tracker.projections.readiness import readiness
from tracker.projections.speakers import display_name
from tracker.workplan.review import Review
from tracker.workplan.workstream import Workstream

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View

MOST_LINES = 40
DAYS_BEFORE = (90, 60, 30)
OLD = timedelta(days=30)
"""After so long unsent, a notice is no news: it lapses, instead of flooding out with others of two years."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told: ``name`` is what makes it one, ``about`` what it is written from."""

    name: str
    about: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail that tells one thing says: ``place`` is the page of the plan that its button leads to."""

    subject: str
    words: str
    lines: list[str]
    place: str
    why: str
    button: str


def tell(runtime: Runtime, workplan: str, find: Callable[[View], Iterable[Notice]]) -> int:
    """Put a letter about each thing found to each person of the Secretariat into the outbox, once; return how many."""
    with runtime.ask(workplan) as view:
        notices, recipients = list(find(view)), people_of(view.tx, secretariat_of(view))
    count = 0
    with runtime.database.write() as tx:
        for notice in notices:
            for person in recipients.values():
                unsent = obstacle(person)
                made = outbox.create(
                    tx,
                    runtime.now(),
                    workplan=workplan,
                    kind="notice",
                    quarter=NO_ROUND,
                    step=notice.name,
                    recipient=person.id,
                    state=unsent.state if unsent else "due",
                    domain=domain_of(runtime),
                    error=unsent.why if unsent else None,
                    about=notice.about,
                )
                count += made is not None
    return count


def found(view: View, quarters: list[str]) -> Iterator[Notice]:
    """Yield what the Secretariat is to know of letters and of the open rounds, told already or not."""
    for letter in outbox.letters_of(view.tx, view.end.workplan):
        if letter.state == "bounced":
            yield Notice(f"bounced-{letter.letter}", {"topic": "bounced", "letter": letter.letter})
    points = {point.person for one in view.plan.all("workstream", Workstream) for point in one.focal_points}
    query = sa.select(people.c.person, people.c.muted_at).where(people.c.muted_at.is_not(None))
    for row in view.tx.core.execute(query.order_by(people.c.person)):
        if row.person in points:
            yield Notice(f"muted-{row.person}-{row.muted_at}", {"topic": "muted", "person": row.person})
    for one in receipts_of(view.tx, view.end.workplan):
        if one.disowned_at:
            about = {"topic": "disowned", "first": one.first_position}
            yield Notice(f"disowned-{one.first_position}", about)
    for quarter in quarters:
        if (alone := _alone(view, quarter)) is not None:
            yield alone


def _alone(view: View, quarter: str) -> Notice | None:
    """Return which leads have nobody to be asked, unless no more of them than was told already."""
    missing = without_anybody(view, quarter)
    told = [
        one.about["entities"]
        for one in outbox.letters_of(view.tx, view.end.workplan, NO_ROUND)
        if one.about and one.about["topic"] == "alone" and one.about["quarter"] == quarter
    ]
    if not missing or any(set(missing) <= set(before) for before in told):
        return None
    about = {"topic": "alone", "quarter": quarter, "entities": missing}
    return Notice(f"alone-{quarter}-{len(told) + 1}", about)


def readiness_due(now: datetime, view: View) -> Iterator[Notice]:
    """Yield the readiness drafts that are due: 90, 60 or 30 days before each review, and once a quarter for all.

    Of several that fell due while nobody was there, only the latest.
    """
    root, today = view.workplan, local_day(now, view.workplan.zone)
    ahead = [one for one in view.plan.all("review", Review) if one.status == "planned"]
    for review in ahead:
        dates = review.current
        starts = dates.starts_on or (first_day(dates.window.from_).isoformat() if dates.window else None)
        left = (date.fromisoformat(starts) - today).days if starts else -1
        step = min((days for days in DAYS_BEFORE if days >= left >= 0), default=None)
        if step is not None:
            about = {"topic": "readiness", "regions": [review.id]}
            yield Notice(f"readiness-{review.id}-{starts}-{step}", about)
    quarter = quarter_of(today)
    if ahead and quarter <= str(root.settings.get("reporting_until") or root.period.to):
        yield Notice(f"readiness-{quarter}", {"topic": "readiness", "regions": [one.id for one in ahead]})


def without_anybody(view: View, quarter: str) -> list[str]:
    """Return the leads that owe something somewhere where nobody who can be written to acts for them."""
    away = unreachable_of(view)
    return sorted(
        {
            row.entity
            for row in rows_of(view.plan, quarter)
            if row.settled_by is None
            and not any(
                entity == row.entity and person not in away
                for entity, person in acting(view.plan, row.activity.workstream)
            )
        }
    )


# ------------------------------------------------------------------------------------------------ writing one


def write_notice(runtime: Runtime, view: View, letter: Letter) -> tuple[EmailMessage, Person] | Unsent:
    """Return the mail and whom it is for, or why it is not to be sent."""
    person = people_of(view.tx, [letter.recipient]).get(letter.recipient)
    unsent = obstacle(person)
    if person is None or unsent:
        return unsent or Unsent("held", "the directory has no address")
    if runtime.now() - datetime.fromisoformat(letter.created_at) > OLD:
        return Unsent("lapsed", "it waited too long to be news")
    if person.id not in secretariat_of(view):
        return Unsent("superseded", "the person is no longer of the Secretariat")
    say, about = phrases(person.language), letter.about or {}
    operands, lines, place = _told(view, about, say)
    topic = f"notice_{about['topic']}"
    plan = capital(in_language(view.workplan.title, say.language)[0])
    told = Told(
        subject=say(f"{topic}_subject", **operands),
        words=say(f"{topic}_words", **operands),
        lines=lines,
        place=place,
        why=say("why_secretariat", workplan=plan),
        button=say("notice_open"),
    )
    return compose(runtime, view, letter, person, told), person


def compose(runtime: Runtime, view: View, letter: Letter, person: Person, told: Told) -> EmailMessage:
    """Return the mail that tells somebody one thing."""
    say = phrases(person.language)
    title = shortened(capital(in_language(view.workplan.title, say.language)[0]), 40)
    base, workplan = runtime.settings.base_url, view.workplan
    message = blank(runtime.settings.mail_from, title, person, runtime.now())
    message["Subject"] = " ".join(told.subject.split())
    message["Message-ID"] = letter.message_id
    size, root = view.end.position, view.end.root
    values = {
        "say": say,
        "language": say.language,
        "subject": told.subject,
        "name": person.name,
        "words": told.words,
        "lines": told.lines,
        "address": f"{base}/w/{workplan.id}/{told.place}",
        "button": told.button,
        "why": told.why,
        "seal_words": say("seal", size=size, seal=tree.seal_of(root)),
        "seal_link": f"{base}/seal/{workplan.id}/{size}?root={root.hex()}",
    }
    fill(message, "notice", values)
    message["Content-Language"] = say.language
    return message


def _told(view: View, about: dict[str, Any], say: Phrases) -> tuple[dict[str, Any], list[str], str]:
    """Return what a notice's phrases are filled with, its list, and the page that it leads to."""

    def named(entities: list[str]) -> str:
        return say.listed(display_name(view.plan, entity, say.language) for entity in entities)

    match about["topic"]:
        case "bounced":
            letter = outbox.find(view.tx, about["letter"])
            is_digest = letter.quarter != NO_ROUND
            instead = [
                one.recipient
                for one in outbox.letters_of(view.tx, letter.workplan, letter.quarter)
                if one.about and one.about.get("of") == letter.letter
            ]
            entities = sorted({entity for one in instead for entity in _entities_of(view, one)})
            line = say("notice_bounced_instead", entities=named(entities)) if entities else None
            said: dict[str, Any] = {
                "quarter": say.quarter(letter.quarter) if is_digest else "",
                "person": _name(view, letter.recipient),
                "entities": named((letter.contents or {}).get("entities", [])),
                "said": letter.error or "",
            }
            return said, [line or say("notice_bounced_nobody")], "letters?state=bounced"
        case "muted":
            person = about["person"]
            said = {"person": _name(view, person), "entities": named(_entities_of(view, person))}
            return said, [], "letters?state=muted"
        case "disowned":
            receipt = find_receipt(view.tx, view.end.workplan, about["first"])
            said = {
                "person": _name(view, receipt.person),
                "quarter": say.quarter(receipt.quarter),
                "first": receipt.positions[0],
                "last": receipt.positions[-1],
            }
            by = receipt.filler
            return said, [f"{by.name} ({by.email})"] if by else [], f"entries/{about['first']}"
        case "alone":
            quarter, entities = about["quarter"], about["entities"]
            said = {"quarter": say.quarter(quarter), "count": len(entities)}
            lines = [display_name(view.plan, one, say.language) for one in entities]
            return said, lines, f"rounds/{quarter}"
        case _:
            regions = about["regions"]
            pictures = [readiness(view, region) for region in regions]
            labels = [one["region_label"][say.language] for one in pictures]
            lines = [
                f"{label}{say.colon}{_counts(one, say)}" for label, one in zip(labels, pictures, strict=True)
            ]
            if len(pictures) == 1:
                lines += [
                    f"{line['label'].get(say.language, line['line'])}{say.colon}{say('line_' + line['status'])}"
                    for line in pictures[0]["lines"]
                ]
            place = f"reviews/{regions[0]}/readiness" if len(regions) == 1 else "readiness"
            return {"region": say.listed(labels)}, lines[:MOST_LINES], place


def _counts(picture: dict[str, Any], say: Phrases) -> str:
    return ", ".join(f"{say(f'line_{status}')} {count}" for status, count in picture["counts"].items())


def _name(view: View, person: str) -> str:
    known = people_of(view.tx, [person]).get(person)
    return (known.name if known else None) or person


def _entities_of(view: View, person: str) -> list[str]:
    return sorted(
        {
            point.entity
            for one in view.plan.all("workstream", Workstream)
            for point in one.focal_points
            if point.person == person
        }
    )
