"""The form behind the link in a letter. GET only shows; only POST records; that a link was opened is kept nowhere.

Mail scanners follow every link before the reader does, run its scripts and ask again: so nothing here acts on GET, and
no page sends anything by itself. The handle stays in the address: whoever has it may report, no cookie adds to that, so
no other site can send a form in the reader's name, and two letters may be open in one browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request

from tracker.clock import new_id
from tracker.directory.people import LANGUAGES, Person, people_of
from tracker.errors import DeniedError, LogError, RuleError
from tracker.events import tree
from tracker.events.append import Appended
from tracker.events.dates import local_day
from tracker.events.intake import read_wishes
from tracker.events.reading import node_reader, read_event, read_texts
from tracker.events.sealing import Sealer, reveal, seals_in
from tracker.events.shapes import to_json
from tracker.notifications import links
from tracker.notifications.asking import ask_for_link
from tracker.notifications.links import Link
from tracker.notifications.phrases import Phrases, capital, in_language
from tracker.projections.speakers import display_name
from tracker.runtime import Runtime
from tracker.web.report_cards import ASSESSMENTS, EVIDENCE, Card, cards_of, grouped, words_of
from tracker.web.report_form import Filled, faults_of, filled, nothing_new, request_of, sentences
from tracker.workplan.plan import Plan
from tracker.workplan.root import Workplan
from tracker.workplan.round import Round

pages = Blueprint("report", __name__, template_folder="templates")
LARGEST = 10**12
HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def register(app: Flask, runtime: Runtime) -> None:
    """Add the pages behind letters to an application."""
    app.extensions["tracker.report"] = runtime
    app.register_blueprint(pages)


def _runtime() -> Runtime:
    return cast("Runtime", current_app.extensions["tracker.report"])


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that is good, and what stands behind it now."""

    link: Link
    person: Person
    opened: Round | None
    cards: list[Card]
    say: Phrases
    plan: Plan
    workplan: Workplan

    @property
    def owed(self) -> list[Card]:
        return [card for card in self.cards if card.is_owed]


def _page(template: str, status: int, say: Phrases, **values: Any) -> Response:
    page = render_template(f"report/{template}.html", say=say, page_language=say.language, **values)
    response = make_response(page, status)
    response.headers.update(HEADERS)
    return response


def _with_link(handle: str, show: Callable[[Opened], Response]) -> Response:
    """Show what a link opens, or the page that says that it ended and what to do."""
    runtime = _runtime()
    with runtime.database.read() as tx:
        link = links.find_link(tx, handle)
        person = people_of(tx, [link.person]).get(link.person) if link else None
    if link is None or person is None:
        return _page("ended", 404, _asked_words(), handle=None)
    say = words_of(person.language)
    with runtime.ask(link.workplan) as view:
        opened = links.round_of(view.plan, link)
        is_good = links.is_good(link, opened, view.workplan.zone, runtime.now())
        cards = cards_of(view, link, say) if is_good and not (person.is_erased or person.suspended) else []
    if not cards:
        return _page("ended", 410, say, handle=handle)
    return show(Opened(link, person, opened, cards, say, view.plan, view.workplan))


def _asked_words() -> Phrases:
    return words_of(request.accept_languages.best_match(LANGUAGES) or "en")


# ------------------------------------------------------------------------------------------------ the form itself


@pages.get("/r/<handle>")
def show_form(handle: str) -> Response:
    return _with_link(handle, lambda here: _form(here, Filled({})))


def _form(here: Opened, form: Filled, faults: dict[str, str] | None = None, status: int = 200) -> Response:
    runtime, opened, say = _runtime(), here.opened, here.say
    zone = here.workplan.zone
    today = local_day(runtime.now(), zone).isoformat()
    entities = dict(voice for card in here.cards for voice in card.voices)
    is_late = opened is not None and today > opened.due
    return _page(
        "form",
        status,
        say,
        plan_name=_plan_name(here.workplan, say),
        person=here.person,
        entities=say.listed(entities.values()),
        quarter=say.quarter(here.link.quarter),
        due=None if opened is None or is_late else say("due_until", deadline=say.deadline(opened.due, zone)),
        was_due=say("was_due_until", day=say.day(opened.due)) if opened and is_late else None,
        groups=grouped(here.plan, here.cards, say),
        owed=here.owed,
        form=form,
        faults=faults or {},
        nonce=form.values.get("nonce") or new_id(),
        assessments=[(one, say(one)) for one in ASSESSMENTS],
        evidence_kinds=[(one, say(one)) for one in EVIDENCE],
    )


@pages.post("/r/<handle>")
def take_form(handle: str) -> Response:
    form = filled(request.form.items())
    return _with_link(handle, lambda here: _take(here, form))


def _take(here: Opened, form: Filled) -> Response:
    action = form.values.get("action", "send")
    touched = [card for card in here.cards if form.is_touched(card.id)]
    requests = [request_of(card, form, here.link.quarter) for card in touched]
    if action == "edit":
        return _form(here, form)
    if action == "rest":
        left = [card for card in here.owed if card not in touched]
        touched += left
        requests += [nothing_new(card, form, here.link.quarter) for card in left]
    if not requests and action != "rest":
        return _form(here, form, {"form": here.say("nothing_chosen")}, 422)
    if action == "review":
        return _review(here, form, touched, requests)
    try:
        done = _record(here, form, requests)
    except (RuleError, DeniedError) as error:
        return _form(here, form, faults_of(error, touched, here.say), 422)
    return _receipt(here.link, here.say, done)


def _record(here: Opened, form: Filled, requests: list[dict[str, Any]]) -> Appended:
    """Send the reports to the log. The same form sent twice is answered by what the first sending recorded."""
    sealer = Sealer()
    wishes = read_wishes(requests, sealer)[0] if requests else []
    nonce = form.values.get("nonce") or new_id()
    return _runtime().wish(
        here.link.workplan,
        wishes,
        here.link.principal,
        "link",
        f"form:{nonce[:64]}:{form.digest}",
        sealer=sealer,
        body={"form": form.digest},
        alongside=lambda tx, _decision: links.check_still_good(tx, here.link),
    )


def _review(here: Opened, form: Filled, cards: list[Card], requests: list[dict[str, Any]]) -> Response:
    items = [(card, sentences(card, said, here.say)) for card, said in zip(cards, requests, strict=True)]
    return _page(
        "review", 200, here.say, items=items, form=form, plan_name=_plan_name(here.workplan, here.say)
    )


def _receipt(link: Link, say: Phrases, done: Appended) -> Response:
    """Show what was recorded: the entries themselves, read back."""
    runtime = _runtime()
    with runtime.ask(link.workplan) as view:
        opened = view.plan.get(f"round/{link.quarter}", Round)
        cards = {card.id: card for card in cards_of(view, link, say)}
        events = [read_event(view.tx, link.workplan, done.first_position + one) for one in range(done.count)]
        texts = read_texts(
            view.tx, link.workplan, [one for event in events for _, one in seals_in(to_json(event))]
        )
        items = []
        for event in events:
            said = reveal(to_json(event), texts, [])
            number = event.subject.partition("/")[2]
            card = cards.get(number)
            items.append((event.position, number, sentences(card, said, say, is_past=True) if card else []))
        is_open = opened is not None and not opened.closed
        left = sum(1 for card in cards.values() if card.is_owed)
        when = say.instant(events[0].recorded_at, view.workplan.zone) if events else None
        entity = (
            display_name(view.plan, events[0].entity, say.language) if events and events[0].entity else None
        )
    return _page(
        "receipt",
        200 if done.is_repeat or not events else 201,
        say,
        items=items,
        when=when,
        entity=entity,
        until=say.day(opened.closes) if opened and is_open else None,
        left=left,
        plan_name=_plan_name(view.workplan, say),
    )


def _plan_name(workplan: Workplan, say: Phrases) -> str:
    return capital(in_language(workplan.title, say.language)[0])


# ------------------------------------------------------------------------------------------- around the form


@pages.post("/r/<handle>/new")
def take_request(handle: str) -> Response:
    """Send a new link to the address on file, and to no other."""
    runtime = _runtime()
    with runtime.database.read() as tx:
        link = links.find_link(tx, handle)
        person = people_of(tx, [link.person]).get(link.person) if link else None
    if link is None or person is None:
        return _page("ended", 404, _asked_words(), handle=None)
    is_coming = ask_for_link(runtime, link)
    return _page("asked", 200, words_of(person.language), is_coming=is_coming)


@pages.get("/r/<handle>/unsubscribe")
def show_unsubscribe(handle: str) -> Response:
    return _unsubscribe(handle, is_taken=False)


@pages.post("/r/<handle>/unsubscribe")
def take_unsubscribe(handle: str) -> Response:
    """Mute the person's letters; mail programs post here by themselves when asked to (RFC 8058)."""
    return _unsubscribe(handle, is_taken=True)


def _unsubscribe(handle: str, *, is_taken: bool) -> Response:
    runtime = _runtime()
    with runtime.database.read() as tx:
        link = links.find_link(tx, handle)
        person = people_of(tx, [link.person]).get(link.person) if link else None
    if link is None or person is None:
        return _page("ended", 404, _asked_words(), handle=None)
    if is_taken:
        with runtime.directory(link.workplan) as tx:
            links.mute(tx, runtime.now(), link)
    return _page("unsubscribe", 200, words_of(person.language), is_taken=is_taken)


@pages.get("/seal/<workplan>/<int:size>")
def show_seal(workplan: str, size: int) -> Response:
    """Say what the last line of a letter is, and whether the log still gives that seal."""
    root, say = request.args.get("root", ""), _asked_words()
    if not re.fullmatch(r"[0-9a-f]{64}", root):
        root = ""
    with _runtime().database.read() as tx:
        try:
            is_same = (
                root != ""
                and 0 < size < LARGEST
                and tree.root_at(size, node_reader(tx, workplan)).hex() == root
            )
        except LogError:  # there is no such log, or it is shorter than the letter says
            is_same = False
    seal = tree.seal_of(bytes.fromhex(root)) if root else ""
    return _page("seal", 200, say, workplan=workplan, size=size, seal=seal, is_same=is_same)
