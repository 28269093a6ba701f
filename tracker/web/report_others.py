"""Others behind a letter's link: a colleague who is asked, somebody who sent what the focal point did not."""

from __future__ import annotations

from flask import Response, request

from tracker.database import Transaction
from tracker.errors import NotFoundError, RuleError
from tracker.languages import LANGUAGES
from tracker.notifications import drafts, invitations, links, outbox, receipts
from tracker.notifications.asking import domain_of
from tracker.notifications.links import Link
from tracker.notifications.receipts import Receipt
from tracker.web.choosing import chosen
from tracker.web.report_cards import words_of
from tracker.web.report_opening import (
    Opened,
    asked_words,
    found_link,
    page,
    page_of,
    pages,
    runtime,
    see_other,
    with_link,
)
from tracker.web.report_words import said_of

# --------------------------------------------------------------------------------------------- ask a colleague


@pages.get("/r/<handle>/colleague")
def show_colleague(handle: str) -> Response:
    return with_link(handle, _colleague)


def _colleague(here: Opened, status: int = 200, faults: dict[str, str] | None = None) -> Response:
    if here.invitation:
        return see_other(here.path)
    with runtime().database.read() as tx:
        asked = invitations.invitations_of(tx, here.link)
    return page_of(
        "colleague",
        here,
        status,
        asked=asked,
        faults=faults or {},
        said=request.form,
        chosen=request.form.getlist("activity") or request.args.getlist("activity"),
        languages=LANGUAGES,
    )


@pages.post("/r/<handle>/colleague")
def take_colleague(handle: str) -> Response:
    """Send a colleague a link of their own for some cards; it is delivered like any letter."""

    def take(here: Opened) -> Response:
        if here.invitation:
            return see_other(here.path)
        known = {card.id for card in here.cards}
        chosen = [one for one in request.form.getlist("activity") if one in known]
        now = runtime().now()
        try:
            to = receipts.filler(request.form.get("name", ""), request.form.get("email", ""))
            with runtime().database.write() as tx:
                links.check_still_good(tx, here.link)
                language = request.form.get("language", here.say.language)
                invitations.invite(tx, now, here.link, chosen, to, language, domain_of(runtime()))
        except RuleError as error:
            return _colleague(here, 422, {(error.field or "").strip("/"): said_of(error, here.say)})
        return see_other(f"{here.path}/colleague?asked={len(chosen)}")

    return with_link(handle, take)


# --------------------------------------------------------------------------------------------- this was not me


@pages.get("/r/<handle>/not-me")
def show_not_me(handle: str) -> Response:
    return _not_me(handle, is_taken=False)


@pages.post("/r/<handle>/not-me")
def take_not_me(handle: str) -> Response:
    """End the link by which a report was sent, and flag its entries for the Secretariat."""
    return _not_me(handle, is_taken=True)


def _not_me(handle: str, *, is_taken: bool) -> Response:
    """Answer by the link in a receipt, which stays good: the focal point may want to put things right."""
    found = found_link(handle)
    with runtime().database.read() as tx:
        receipt = _receipt_of(tx, found[0]) if found else None
    if found is None or receipt is None:
        return page("ended", 404, asked_words(), handle=None, typed={})
    link, person = found
    if is_taken:
        now = runtime().now()
        with runtime().database.write() as tx:
            receipts.disown(tx, now, receipt)
            drafts.forget(tx, person.id)
            receipt = receipts.find_receipt(tx, receipt.workplan, receipt.first_position)
    with runtime().ask(link.workplan) as view:
        zone = view.workplan.zone
    say = words_of(chosen() or person.language)
    return page("not_me", 200, say, receipt=receipt, zone=zone, handle=handle, is_taken=is_taken)


def _receipt_of(tx: Transaction, link: Link) -> Receipt | None:
    """Return the receipt in whose mail a link stands."""
    try:
        letter = outbox.find(tx, link.letter)
        return (
            receipts.find_receipt(tx, link.workplan, int(letter.step)) if letter.kind == "receipt" else None
        )
    except NotFoundError:
        return None
