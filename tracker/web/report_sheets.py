"""The pages of the sheet: downloading the form as a workbook, handing it back, and what became of it."""

from __future__ import annotations

from flask import Response, make_response, request

from tracker.errors import RuleError
from tracker.notifications import drafts, links
from tracker.projections.sheets import MEDIA_TYPES
from tracker.web.report_cards import Card
from tracker.web.report_fields import fields_in, is_answered, mark_of
from tracker.web.report_opening import HEADERS, Opened, page_of, pages, runtime, see_other, with_link
from tracker.web.report_sheet import read_sheet, sheet_of
from tracker.web.report_words import said_of


@pages.get("/r/<handle>/sheet")
def show_sheet(handle: str) -> Response:
    return with_link(handle, lambda here: page_of("sheet", here, kept=[], fault=None))


@pages.get("/r/<handle>/sheet.xlsx")
def hand_out_sheet(handle: str) -> Response:
    def hand_out(here: Opened) -> Response:
        title = here.say("sheet_title", quarter=here.say.quarter(here.quarter), plan=here.plan_name)
        response = make_response(sheet_of(here, title))
        name = f"{here.link.workplan}-{here.quarter}.xlsx"
        response.headers.update(
            HEADERS
            | {
                "Content-Type": MEDIA_TYPES["xlsx"],
                "Content-Disposition": f'attachment; filename="{name}"',
            }
        )
        return response

    return with_link(handle, hand_out)


@pages.post("/r/<handle>/sheet")
def take_sheet(handle: str) -> Response:
    """Keep what a sheet says as drafts; a card that was changed on the page since it was made stays as it is there."""

    def take(here: Opened) -> Response:
        file = request.files.get("sheet")
        try:
            said = read_sheet(here, file.read() if file else b"")
        except RuleError as error:
            return page_of("sheet", here, 422, kept=[], fault=said_of(error, here.say))
        kept = _save(here, said)
        if kept:
            return page_of("sheet", here, 409, kept=kept, fault=None)
        return see_other(f"{here.path}/review")

    return with_link(handle, take)


def _save(here: Opened, said: dict[str, dict[str, str]]) -> list[tuple[Card, dict[str, str]]]:
    """Keep the rows that answer something, and return those that were not kept, with what they say."""
    left, now = [], runtime().now()
    with runtime().database.write() as tx:
        links.check_still_good(tx, here.link)
        held = drafts.drafts_of(tx, here.link)
        for card in here.cards:
            row = said.get(card.id, {})
            fields, draft = fields_in(card, row), held.get(card.id)
            if not is_answered(fields) or (draft and mark_of(draft.fields) == mark_of(fields)):
                continue
            if draft and str(draft.revision) != row.get("revision", "0"):
                left.append((card, fields))
            else:
                drafts.save(tx, now, here.link, card.id, fields)
    return left
