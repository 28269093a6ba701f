"""The form behind the link in a letter. GET only shows; only POST records; that a link was opened is kept nowhere.

Mail scanners follow every link before the reader does, run its scripts and ask again: so nothing here acts on GET, and
no page sends anything by itself. The handle stays in the address: whoever has it may report, no cookie adds to that, so
no other site can send a form in the reader's name, and two letters may be open in one browser.

What is typed is kept card by card as it is left (drafts); a review says it in sentences; sending it records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, make_response, render_template, request

from tracker.clock import new_id
from tracker.directory.people import people_of
from tracker.errors import NotFoundError
from tracker.events.dates import local_day
from tracker.notifications import drafts, links
from tracker.notifications.drafts import Draft
from tracker.notifications.links import Link
from tracker.runtime import View
from tracker.web import report_around, report_moving, report_others, report_review, report_sheets
from tracker.web.report_cards import EVIDENCE, Card, Group, cards_of, grouped, words_of
from tracker.web.report_fields import by_card, fields_in, is_answered, mark_of, nothing_new
from tracker.web.report_opening import HEADERS, Opened, page_of, pages, runtime, see_other, with_link
from tracker.web.report_review import faults_in

PAGES = (report_around, report_moving, report_others, report_review, report_sheets)
"""The modules whose pages stand on the same links; importing them is what puts them there."""


def register(app: Flask) -> None:
    """Add the pages behind letters to an application."""
    app.register_blueprint(pages)


# ------------------------------------------------------------------------------------------------------ showing


@pages.get("/r/<handle>")
def show_start(handle: str) -> Response:
    return with_link(handle, _start)


def _start(here: Opened) -> Response:
    if len(here.groups) == 1:
        return _workstream(here, here.groups[0])
    return page_of("overview", here, **_frame(here))


@pages.get("/r/<handle>/w/<workstream>")
def show_workstream(handle: str, workstream: str) -> Response:
    def show(here: Opened) -> Response:
        group = _group(here, workstream)
        if group is None:
            return see_other(here.path)
        checked = faults_in(here, [card for card in group.cards if here.is_answered(card)])
        return _workstream(here, group, faults=checked if "check" in request.args else {})

    return with_link(handle, show)


def preview_form(view: View, person: str, quarter: str, place: str, workstream: str | None) -> Response:
    """Show the form as a focal point sees it, with nothing that they typed and did not send.

    Raises:
        NotFoundError: they act for nobody who owes anything.
    """
    known = people_of(view.tx, [person]).get(person)
    link = Link("", "", view.end.workplan, person, quarter, (), "", None)
    say = words_of(known.language if known else "en")
    today = local_day(runtime().now(), view.workplan.zone)
    cards = cards_of(view, link, say, today)
    if known is None or not cards:
        raise NotFoundError("there is no form for {person}", person=person, value=person)
    opened, groups = links.round_of(view.plan, link), grouped(view.plan, cards, say)
    here = Opened(
        *("", link, known, opened, cards, say, view.plan, view.workplan, {}, groups, None), place=place
    )
    group = _group(here, workstream) if workstream else None
    return _workstream(here, group) if group else _start(here)


def _group(here: Opened, workstream: str) -> Group | None:
    return next((group for group in here.groups if group.id == workstream), None)


def _frame(here: Opened) -> dict[str, Any]:
    """Return what heads every page of the form: who reports about what, and until when."""
    say, opened, zone = here.say, here.opened, here.workplan.zone
    is_late = opened is not None and local_day(runtime().now(), zone).isoformat() > opened.due
    entities = dict(voice for card in here.cards for voice in card.voices)
    due = None
    if opened:
        due = (
            say("was_due_until", day=say.day(opened.due))
            if is_late
            else say("due_until", deadline=say.deadline(opened.due, zone))
        )
    return {
        "quarter": say.quarter(here.quarter),
        "due": due,
        "entities": say.listed(entities.values()),
        "owed": [card for card in here.cards if card.is_owed],
    }


@dataclass(frozen=True, slots=True)
class Clash:
    """A card that was saved from another page since this one was shown: what that page kept."""

    fields: Mapping[str, str]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sent page held: the fields of its cards, and those that somebody else's page had changed meanwhile."""

    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    clashes: dict[str, Clash] = field(default_factory=dict)


def _workstream(
    here: Opened,
    group: Group,
    *,
    faults: Mapping[str, Mapping[str, str]] | None = None,
    taken: Taken | None = None,
    status: int = 200,
) -> Response:
    taken = taken or Taken()
    index = here.groups.index(group)
    return page_of(
        "workstream",
        here,
        status,
        **_frame(here),
        group=group,
        before=here.groups[index - 1] if index else None,
        after=here.groups[index + 1] if index + 1 < len(here.groups) else None,
        left=[card for card in group.owed if not here.is_answered(card)],
        faults=faults or {},
        clashes=taken.clashes,
        values={card.id: taken.fields.get(card.id) or here.fields(card) for card in group.cards},
        marks={card.id: mark_of(here.fields(card)) for card in group.cards},
        page_id=new_id(),
        evidence_kinds=[(one, here.say(one)) for one in EVIDENCE],
    )


# ------------------------------------------------------------------------------------------------------- saving


@pages.post("/r/<handle>")
def take_start(handle: str) -> Response:
    """Take a button of the overview: all the others without news, or none of them after all."""

    def take(here: Opened) -> Response:
        if request.form.get("action") == "rest":
            _settle_rest(here, here.left)
        elif request.form.get("action") == "unrest":
            with runtime().database.write() as tx:
                links.check_still_good(tx, here.link)
                drafts.drop(tx, here.link, here.rest)
            return see_other(here.path)
        return see_other(f"{here.path}/review")

    return with_link(handle, take)


@pages.post("/r/<handle>/w/<workstream>")
def take_workstream(handle: str, workstream: str) -> Response:
    """Keep what is on the page, and go where the button says."""

    def take(here: Opened) -> Response:
        group = _group(here, workstream)
        if group is None:
            return see_other(here.path)
        return _take(here, group, request.form.get("action", "save"))

    return with_link(handle, take)


def _take(here: Opened, group: Group, action: str) -> Response:
    taken = _save(here, group.cards)
    if taken.clashes:
        return _workstream(here, group, taken=taken, status=409)
    if action == "rest":
        _settle_rest(here, [card for card in group.owed if not is_answered(taken.fields.get(card.id, {}))])
    verb, _, target = action.partition(":")
    if verb == "save":
        return see_other(f"{here.path}/w/{group.id}#{target}:card")
    if verb == "go":
        return see_other(f"{here.path}/w/{target}" if target else here.path)
    answered = [card for card in group.cards if is_answered(taken.fields.get(card.id, {}))]
    faults = faults_in(here, answered, taken.fields)
    if faults:
        return _workstream(here, group, faults=faults, taken=taken, status=422)
    if action == "rest" and len(here.groups) > 1:
        return see_other(here.path)
    return see_other(f"{here.path}/review")


def _settle_rest(here: Opened, cards: list[Card]) -> None:
    now = runtime().now()
    with runtime().database.write() as tx:
        links.check_still_good(tx, here.link)
        for card in cards:
            drafts.save(tx, now, here.link, card.id, nothing_new(card, here.drafts.get(card.id)))


def _save(here: Opened, cards: tuple[Card, ...]) -> Taken:
    """Keep the cards of a page that were changed on it; those that came back as they were shown are left alone."""
    said, page, taken = by_card(request.form.items()), request.form.get("page", ""), Taken()
    now = runtime().now()
    with runtime().database.write() as tx:
        links.check_still_good(tx, here.link)
        held = drafts.drafts_of(tx, here.link)
        for card in cards:
            if card.id not in said:
                continue
            fields, draft = fields_in(card, said[card.id]), held.get(card.id)
            if said[card.id].get("was") == mark_of(fields):
                taken.fields[card.id] = draft.fields if draft else fields
            elif draft and _is_clash(draft, fields, page, said[card.id].get("revision", "")):
                taken.fields[card.id] = fields
                taken.clashes[card.id] = _clash(draft, fields)
            else:
                taken.fields[card.id] = drafts.save(tx, now, here.link, card.id, fields, page).fields
    return taken


def _is_clash(draft: Draft, fields: Mapping[str, str], page: str, revision: str) -> bool:
    return draft.page != page and str(draft.revision) != revision and mark_of(draft.fields) != mark_of(fields)


def _clash(draft: Draft, fields: Mapping[str, str]) -> Clash:
    texts = (draft.fields[name] for name in ("reason", "note", "needs") if name in draft.fields)
    return Clash(draft.fields, tuple(text for text in texts if text not in fields.values()))


@pages.post("/r/<handle>/card/<activity>")
def take_card(handle: str, activity: str) -> Response:
    """Keep one card as it is left, and answer the line that says so."""

    def take(here: Opened) -> Response:
        card = here.card(activity)
        if card is None:
            return see_other(here.path)
        taken = _save(here, (card,))
        with runtime().database.read() as tx:
            draft = drafts.drafts_of(tx, here.link).get(card.id)
        clash = taken.clashes.get(card.id)
        line = render_template(
            "report/saved.html",
            say=here.say,
            card=card,
            draft=draft,
            clash=clash,
            mark=mark_of(draft.fields if draft and not clash else {}),
        )
        response = make_response(line, 200)
        response.headers.update(HEADERS)
        return response

    return with_link(handle, take)
