"""What is about to be recorded, in sentences; sending it, once; and the receipt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, request

from tracker.clock import new_id
from tracker.database import Transaction
from tracker.errors import ConflictError, DeniedError, NotFoundError, RuleError
from tracker.events.append import Appended, Decision
from tracker.events.event import Event
from tracker.events.intake import read_wishes
from tracker.events.reading import read_event, read_texts
from tracker.events.sealing import Sealer, reveal, seals_in
from tracker.events.shapes import to_json
from tracker.notifications import drafts, links, outbox, receipts
from tracker.notifications.asking import domain_of
from tracker.notifications.drafts import Draft, drafts_of
from tracker.notifications.receipts import Filler
from tracker.notifications.reporting_mail import entries_words
from tracker.notifications.reporting_mail import is_quiet as is_quiet_entry
from tracker.notifications.sentences import Known, sentences
from tracker.phrases import Phrases
from tracker.projections.speakers import display_name
from tracker.web.report_cards import Card
from tracker.web.report_fields import is_quiet, request_of
from tracker.web.report_opening import Opened, page_of, pages, runtime, see_other, with_link
from tracker.web.report_words import faults_of, said_of
from tracker.workplan.round import Round

Faults = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Item:
    """A card that is to be sent. ``is_asked``: somebody else reported it since it was filled in.

    ``source`` is the card on which it was reported first, in the wrong place.
    """

    card: Card
    request: dict[str, Any]
    words: list[str]
    faults: Mapping[str, str]
    is_asked: bool
    source: Card | None

    def requests(self, say: Phrases) -> list[dict[str, Any]]:
        """Return the events to send; a report that stood in the wrong place is taken back there."""
        asked = [self.request | {"expected_version": self.card.version}]
        if self.source is not None:
            back = {
                "type": "EntryRetracted",
                "subject": f"activity/{self.source.id}",
                "reason": say("moved_reason", number=self.card.number),
                "expected_version": self.source.version,
                "data": {"position": self.source.own},
            }
            asked.append(back)
        return asked


@dataclass(frozen=True, slots=True)
class Review:
    """All that is to be sent: news one by one, the rest together; and what is left out because it is settled."""

    news: list[Item]
    quiet: list[Item]
    left_out: list[Card]
    digest: str

    @property
    def items(self) -> list[Item]:
        return [*self.news, *self.quiet]

    @property
    def is_ready(self) -> bool:
        return bool(self.items) and not any(item.faults for item in self.items)


def faults_in(
    here: Opened, cards: Iterable[Card], typed: Mapping[str, Mapping[str, str]] | None = None
) -> Faults:
    """Return ``{activity: {field: message}}`` of what would be refused; nothing is recorded."""
    found = {}
    for card in cards:
        fields = (typed or {}).get(card.id) or here.fields(card)
        if faults := _faults(here, card, fields):
            found[card.id] = faults
    return found


def _faults(here: Opened, card: Card, fields: Mapping[str, str]) -> dict[str, str]:
    if is_quiet(fields) and len(card.voices) == 1:
        return {}
    if fields.get("what") == "end" and "reason" not in fields:
        return {"reason": here.say("end_needs_reason")}
    try:
        runtime().rehearse(
            here.link.workplan,
            request_of(card, fields, here.quarter, here.say),
            here.link.principal,
            "link",
        )
    except (RuleError, DeniedError, ConflictError) as error:
        return faults_of(error, here.say)
    return {}


def reviewed(here: Opened) -> Review:
    """Return what would be sent now, without what the button for the others answered and a co-lead reported since."""
    news: list[Item] = []
    quiet: list[Item] = []
    left_out: list[Card] = []
    for card in here.answered:
        fields = here.fields(card)
        is_late = card.seen > int(fields.get("seen", "0") or 0)
        if "rest" in fields and (is_late or not card.is_owed):
            left_out.append(card)
            continue
        asked = request_of(card, fields, here.quarter, here.say)
        words = sentences(asked, here.say, card.known)
        source = next((one for one in here.cards if one.own and str(one.own) == fields.get("moved")), None)
        if source:
            words.append(here.say("moved_from", number=source.number, position=source.own))
        item = Item(card, asked, words, _faults(here, card, fields), is_late, source)
        (quiet if is_quiet(fields) and not is_late else news).append(item)
    return Review(news, quiet, left_out, digest_of(here.drafts, [*news, *quiet]))


def digest_of(held: Mapping[str, Draft], items: Iterable[Item]) -> str:
    """What tells whether that which was reviewed is still that which would be sent."""
    said = {
        item.card.id: [
            item.card.version,
            item.source and item.source.version,
            sorted(held[item.card.id].fields.items()),
        ]
        for item in items
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


# ---------------------------------------------------------------------------------------------------- the page


@pages.get("/r/<handle>/review")
def show_review(handle: str) -> Response:
    return with_link(handle, _review)


def _review(
    here: Opened, status: int = 200, *, notice: str | None = None, faults: Mapping[str, str] | None = None
) -> Response:
    return page_of(
        "review",
        here,
        status,
        review=reviewed(here),
        notice=notice,
        faults=faults or {},
        said=request.form,
        nonce=request.form.get("nonce") or new_id(),
        left=here.left,
    )


# -------------------------------------------------------------------------------------------------- sending it


@pages.post("/r/<handle>/send")
def take_sending(handle: str) -> Response:
    return with_link(handle, _send)


def _send(here: Opened) -> Response:
    say, review = here.say, reviewed(here)
    filler, faults = _filler(here)
    answers = {item.card.id: request.form.get(f"{item.card.id}:both", "") for item in review.items}
    faults |= {
        f"{item.card.id}:both": say("both_unanswered")
        for item in review.items
        if item.is_asked and answers[item.card.id] not in {"mine", "theirs"}
    }
    if faults or any(item.faults for item in review.items):
        return _review(here, 422, faults=faults)
    sent = [item for item in review.items if not (item.is_asked and answers[item.card.id] == "theirs")]
    dropped = [item.card.id for item in review.items] + [card.id for card in review.left_out]
    try:
        done = _record(here, sent, dropped, review.digest, filler)
    except ConflictError:
        return _review(here, 409, notice=say("review_again") if review.items else None)
    except (RuleError, DeniedError) as error:
        if isinstance(error, links.EndedError):
            raise
        return _review(here, 422, notice=said_of(error, say))
    if done.count:
        return see_other(f"{here.path}/receipt/{done.first_position}")
    return see_other(here.path) if review.items else _review(here, 422)


def _filler(here: Opened) -> tuple[Filler | None, dict[str, str]]:
    """Return who says to have filled it in for the person of the link, or what is wrong with that."""
    if here.invitation:
        return here.invitation.to, {}
    if request.form.get("who") != "other":
        return None, {}
    try:
        return receipts.filler(request.form.get("name", ""), request.form.get("email", "")), {}
    except RuleError as error:
        return None, {(error.field or "/name").strip("/"): said_of(error, here.say)}


def _record(
    here: Opened, sent: list[Item], dropped: list[str], digest: str, filler: Filler | None
) -> Appended:
    """Send the reports to the log; what was sent already under the same showing of the review is answered again.

    Raises:
        ConflictError: what would be sent is not what was reviewed.
    """
    link, now, reviewed_digest = here.link, runtime().now(), request.form.get("digest", "")
    requests = [one for item in sent for one in item.requests(here.say)]
    nonce = request.form.get("nonce") or new_id()

    def alongside(tx: Transaction, decision: Decision) -> None:
        links.check_still_good(tx, link)
        held = drafts_of(tx, link)
        if reviewed_digest != digest or any(held.get(one) != here.drafts[one] for one in dropped):
            raise ConflictError("what was reviewed has changed")
        drafts.drop(tx, link, dropped)
        _keep(tx, now, here, decision.events, filler)

    sealer = Sealer()
    return runtime().wish(
        link.workplan,
        read_wishes(requests, sealer)[0] if requests else [],
        link.principal,
        "link",
        f"form:{nonce[:64]}:{reviewed_digest[:64]}",
        sealer=sealer,
        body={"form": reviewed_digest},
        alongside=alongside,
    )


def _keep(
    tx: Transaction, now: datetime, here: Opened, events: Sequence[Event], filler: Filler | None
) -> None:
    """Keep what a sending makes, and have the focal point told by mail, whoever sent it."""
    receipt = receipts.keep(tx, now, here.link, events, filler)
    if receipt is None:
        return
    outbox.create(
        tx,
        now,
        workplan=receipt.workplan,
        kind="receipt",
        quarter=receipt.quarter,
        step=str(receipt.first_position),
        recipient=receipt.person,
        state="due",
        domain=domain_of(runtime()),
    )


# ------------------------------------------------------------------------------------------------- the receipt


@pages.get("/r/<handle>/receipt/<int:position>")
def show_receipt(handle: str, position: int) -> Response:
    return with_link(handle, lambda here: _receipt(here, position))


def _receipt(here: Opened, position: int) -> Response:
    """Show what was recorded: the entries themselves, read back."""
    link, say = here.link, here.say
    with runtime().ask(link.workplan) as view:
        try:
            kept = receipts.find(view.tx, link, position)
        except NotFoundError:
            return see_other(here.path)
        events = [read_event(view.tx, link.workplan, at) for at in kept.positions]
        texts = read_texts(
            view.tx, link.workplan, [one for event in events for _, one in seals_in(to_json(event))]
        )
        opened = view.plan.get(f"round/{link.quarter}", Round)
        items = []
        for event in events:
            card = here.card(event.subject.partition("/")[2])
            said = reveal(to_json(event), texts, [])
            words = sentences(said, say, Known(card.goals)) if card else []
            items.append((event, card, words))
        voices = dict.fromkeys(event.speaker for event in events if event.speaker)
        entities = say.listed(display_name(view.plan, one, say.language) for one in voices)
    is_open = opened is not None and not opened.closed
    return page_of(
        "receipt",
        here,
        news=[one for one in items if not is_quiet_entry(one[0])],
        quiet=[one for one in items if is_quiet_entry(one[0])],
        quiet_entries=entries_words([event.position for event in events if is_quiet_entry(event)], say),
        count=kept.count,
        filler=kept.filler,
        when=say.instant(events[0].recorded_at, view.workplan.zone),
        entities=entities,
        until=say.day(opened.closes) if opened and is_open else None,
        left=[card for card in here.cards if card.is_owed],
    )
