"""Opening the link of a letter: who holds it, which cards it shows, and the page that says that it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Response, current_app, make_response, render_template, request

from tracker.directory.people import Person, people_of
from tracker.events.dates import local_day
from tracker.languages import speak, spoken
from tracker.notifications import links
from tracker.notifications.drafts import Draft, drafts_of
from tracker.notifications.invitations import Invitation, find_invitation
from tracker.notifications.links import Link
from tracker.phrases import Phrases, capital, in_language
from tracker.runtime import Runtime
from tracker.web.choosing import chosen
from tracker.web.guarding import check_readable
from tracker.web.report_cards import Card, Group, cards_of, grouped, words_of
from tracker.web.report_fields import is_answered, shown
from tracker.workplan.plan import Plan
from tracker.workplan.root import Workplan
from tracker.workplan.round import Round

pages = Blueprint("report", __name__, template_folder="templates")
HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@pages.before_request
def _check() -> None:
    check_readable()


def runtime() -> Runtime:
    return cast("Runtime", current_app.extensions["tracker.web"])


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that is good, and what stands behind it now. ``person`` is the focal point, whoever holds the link.

    ``place`` is the address of a preview, in which nothing can be recorded.
    """

    handle: str
    link: Link
    person: Person
    opened: Round | None
    cards: list[Card]
    say: Phrases
    plan: Plan
    workplan: Workplan
    drafts: dict[str, Draft]
    groups: list[Group]
    invitation: Invitation | None
    place: str | None = None

    @property
    def path(self) -> str:
        return self.place or f"/r/{self.handle}"

    @property
    def is_preview(self) -> bool:
        return self.place is not None

    @property
    def plan_name(self) -> str:
        return capital(in_language(self.workplan.title, self.say.language)[0])

    @property
    def quarter(self) -> str:
        return self.link.quarter

    def card(self, activity: str) -> Card | None:
        return next((card for card in self.cards if card.id == activity), None)

    def fields(self, card: Card) -> dict[str, str]:
        return shown(card, self.drafts.get(card.id))

    def is_answered(self, card: Card) -> bool:
        return card.id in self.drafts and is_answered(self.drafts[card.id].fields)

    @property
    def answered(self) -> list[Card]:
        return [card for card in self.cards if self.is_answered(card)]

    @property
    def rest(self) -> list[str]:
        """The activities that the button for all the others answered."""
        return [one for one, draft in self.drafts.items() if "rest" in draft.fields]

    @property
    def left(self) -> list[Card]:
        """The cards that are owed and not answered yet."""
        return [card for card in self.cards if card.is_owed and not self.is_answered(card)]


def page(template: str, status: int, say: Phrases, **values: Any) -> Response:
    speak(say.language)
    content = render_template(f"report/{template}.html", say=say, **values)
    response = make_response(content, status)
    response.headers.update(HEADERS)
    return response


def page_of(template: str, here: Opened, status: int = 200, **values: Any) -> Response:
    return page(template, status, here.say, here=here, plan_name=here.plan_name, **values)


def see_other(address: str) -> Response:
    response = make_response("", 303)
    response.headers.update(HEADERS | {"Location": address})
    return response


def asked_words() -> Phrases:
    return words_of(spoken())


def found_link(handle: str) -> tuple[Link, Person] | None:
    """Return what a handle opens, good or not, and its person."""
    with runtime().database.read() as tx:
        link = links.find_link(tx, handle)
        person = people_of(tx, [link.person]).get(link.person) if link else None
    return (link, person) if link and person else None


def with_link(handle: str, show: Callable[[Opened], Response]) -> Response:
    """Show what a link opens, or the page that says that it ended and what to do."""
    found = found_link(handle)
    if found is None:
        return _ended(404, asked_words(), None)
    link, person = found
    with runtime().ask(link.workplan) as view:
        invitation = find_invitation(view.tx, link.invitation) if link.invitation else None
        say = words_of(chosen() or (invitation.language if invitation else person.language))
        opened = links.round_of(view.plan, link)
        is_good = links.is_good(link, opened, view.workplan.zone, runtime().now())
        today = local_day(runtime().now(), view.workplan.zone)
        is_forgotten = link.invitation is not None and invitation is None
        is_gone = not is_good or is_forgotten or person.is_erased or person.suspended
        cards = [] if is_gone else cards_of(view, link, say, today)
        drafts = drafts_of(view.tx, link)
        groups = grouped(view.plan, cards, say)
    asker = person.name if link.invitation else None
    if not cards:
        return _ended(410, say, handle, asker)
    here = Opened(
        handle, link, person, opened, cards, say, view.plan, view.workplan, drafts, groups, invitation
    )
    try:
        return show(here)
    except links.EndedError:
        return _ended(410, say, handle, asker)


def _ended(status: int, say: Phrases, handle: str | None, asker: str | None = None) -> Response:
    """Say that a link is over. A colleague asks whoever asked them for another; the person of a link asks us."""
    template = "ended_line" if request.headers.get("HX-Request") else "ended"
    return page(template, status, say, handle=handle, asker=asker, typed=_typed())


def _typed() -> Mapping[str, str]:
    """Return the words in a form that can no longer be taken, so that nobody has to write them twice."""
    texts = ("note", "needs", "reason", "evidence_url")
    said = ((name.partition(":"), value.strip()) for name, value in request.form.items())
    return {f"{card} {name}": value for (card, _, name), value in said if value and name in texts}
