"""What a product's steward is asked once a year: is it still good? Also when its activity, or the plan, is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

from tracker.directory.people import Person, people_of
from tracker.notifications import outbox
from tracker.notifications.asking import domain_of
from tracker.notifications.notices import Told, compose
from tracker.notifications.occasions import Unsent, obstacle, secretariat_of, unreachable_of
from tracker.notifications.outbox import NO_ROUND, Letter
from tracker.notifications.phrases import phrases
from tracker.phrases import capital, in_language, shortened
from tracker.projections.speakers import display_name
from tracker.workplan.activity import Activity
from tracker.workplan.product import Product, next_look
from tracker.workplan.workstream import Workstream

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Question:
    """A product to be looked at again, the day since when in this year, and who is asked."""

    product: Product
    due: date
    people: tuple[str, ...]


def ask_stewards(runtime: Runtime, workplan: str) -> int:
    """Put the question about each product that is due into the outbox, once a year and person; return how many."""
    with runtime.ask(workplan) as view:
        questions = list(questions_due(view))
        known = people_of(view.tx, sorted({person for one in questions for person in one.people}))
    count = 0
    with runtime.database.write() as tx:
        for question in questions:
            for person in question.people:
                unsent = obstacle(known.get(person))
                made = outbox.create(
                    tx,
                    runtime.now(),
                    workplan=workplan,
                    kind="steward",
                    quarter=NO_ROUND,
                    step=f"{question.product.id}-{question.due}",
                    recipient=person,
                    state=unsent.state if unsent else "due",
                    domain=domain_of(runtime),
                    error=unsent.why if unsent else None,
                    about={"product": question.product.id},
                )
                count += made is not None
    return count


def questions_due(view: View) -> Iterator[Question]:
    """Yield the products whose steward should look at them, as of the view's day."""
    day = view.question.day
    for product in view.plan.all("product", Product):
        due = next_look(product)
        if due is not None and due <= day:
            this_year = due + YEAR * ((day - due) // YEAR)
            yield Question(product, this_year, tuple(stewards_of(view, product)))


def stewards_of(view: View, product: Product) -> list[str]:
    """Return who is asked about a product.

    That is its steward's focal points in the workstreams that made it, else any of its focal points, else, where nobody
    who can be written to acts for it, the Secretariat.
    """
    away = unreachable_of(view)
    made_in = {
        activity.workstream
        for one in product.activities
        if (activity := view.plan.get(f"activity/{one}", Activity))
    }
    acting = {
        stream.id: [
            point.person
            for point in stream.focal_points
            if point.entity == product.steward and point.person not in away
        ]
        for stream in view.plan.all("workstream", Workstream)
    }
    near = [person for stream in made_in for person in acting.get(stream, ())]
    anywhere = [person for people in acting.values() for person in people]
    return sorted(set(near or anywhere or secretariat_of(view)))


def write_question(runtime: Runtime, view: View, letter: Letter) -> tuple[EmailMessage, Person] | Unsent:
    """Return the mail and whom it is for, or why it is not to be sent."""
    person = people_of(view.tx, [letter.recipient]).get(letter.recipient)
    unsent = obstacle(person)
    if person is None or unsent:
        return unsent or Unsent("held", "the directory has no address")
    product = view.plan.get(f"product/{(letter.about or {})['product']}", Product)
    due = next_look(product) if product else None
    if product is None or due is None or due > view.question.day:
        return Unsent("superseded", "it was looked at meanwhile")
    if runtime.now() - datetime.fromisoformat(letter.created_at) > YEAR:
        return Unsent("lapsed", "it is asked anew by now")
    if person.id not in stewards_of(view, product):
        return Unsent("superseded", "the person no longer acts for its steward")
    say = phrases(person.language)
    entity = display_name(view.plan, product.steward or "", say.language)
    called = product.title if isinstance(product.title, str) else in_language(product.title, say.language)[0]
    title = capital(called)
    is_theirs = person.id not in secretariat_of(view)
    told = Told(
        subject=say("steward_subject", title=shortened(title, 80)),
        words=say("steward_words", entity=entity, title=title, day=say.day(due.isoformat())),
        lines=[product.url] if product.url else [],
        place=f"record/product-reviewed/{product.id}",
        why=say("why_steward" if is_theirs else "why_steward_alone", entity=entity),
        button=say("steward_open"),
    )
    return compose(runtime, view, letter, person, told), person
