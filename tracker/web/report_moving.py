"""What was reported on the wrong card: taken back there and said on the right one, in one sending."""

from __future__ import annotations

from flask import Response, request

from tracker.notifications import drafts, links
from tracker.web.report_cards import Card
from tracker.web.report_fields import moved
from tracker.web.report_opening import Opened, page_of, pages, runtime, see_other, with_link


@pages.get("/r/<handle>/move/<activity>")
def show_moving(handle: str, activity: str) -> Response:
    return with_link(handle, lambda here: _moving(here, here.card(activity)))


def _moving(here: Opened, source: Card | None, fault: str | None = None) -> Response:
    is_open = here.opened is not None and not here.opened.closed
    if source is None or source.own is None or not is_open:
        return see_other(here.path)
    others = [card for card in here.cards if card.id != source.id]
    return page_of("move", here, 422 if fault else 200, source=source, others=others, fault=fault)


@pages.post("/r/<handle>/move/<activity>")
def take_moving(handle: str, activity: str) -> Response:
    """Put it on the right card as a draft, to be looked at and sent; nothing is taken back before."""

    def take(here: Opened) -> Response:
        source, target = here.card(activity), here.card(request.form.get("to", ""))
        if source is None or source.own is None or target is None or target.id == source.id:
            return _moving(here, source, here.say("move_unanswered"))
        with runtime().database.write() as tx:
            links.check_still_good(tx, here.link)
            drafts.save(tx, runtime().now(), here.link, target.id, moved(source, target))
        return see_other(f"{here.path}/w/{target.workstream}#{target.id}:card")

    return with_link(handle, take)
