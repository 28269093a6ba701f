"""Webhooks: entries posted to an address of the reader's as they are recorded, signed, in order, again until taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import marshmallow as ma

from tracker.api.call import PREFIX, Answer, Asked, Call
from tracker.api.queries import Choice, Said
from tracker.database import Transaction
from tracker.errors import RuleError
from tracker.events.catalogue import CATALOGUE
from tracker.events.schemas import Whole
from tracker.events.vocabulary import SLUG, Rule
from tracker.webhooks import subscriptions
from tracker.webhooks.subscriptions import ACTIONS, Wanted, Webhook

SUBJECTS = r"[a-z]+(/[A-Za-z0-9._-]*\*?)?"


class NewWebhook(ma.Schema):
    """A subscription to be made. What is left out of the three lists is not asked about: all is wanted."""

    url = Said("where entries are posted to; it begins with https://", longest=2000, required=True)
    types = ma.fields.List(Choice("an event type", tuple(CATALOGUE)), load_default=list)
    subjects = ma.fields.List(
        Said("an id (`activity/3.2`), a kind (`activity`) or a beginning (`activity/3.*`)", SUBJECTS, 90),
        load_default=list,
        validate=ma.validate.Length(max=200),
    )
    entities = ma.fields.List(
        Said("an entity id", SLUG, 80), load_default=list, validate=ma.validate.Length(max=200)
    )
    after = Whole(
        Rule("begin after this position, 0 is before the first entry; default the newest", minimum=0)
    )


class WebhookChange(ma.Schema):
    """What to do with a subscription."""

    action = Choice("what to do", ACTIONS, required=True)
    after = Whole(Rule("for `replay`: deliver again what comes after this position", minimum=0))
    overlap_hours = Whole(
        Rule(
            "for `rotate`: how long deliveries are signed with the last secret, too, 0 to 720",
            minimum=0,
            maximum=720,
        ),
        load_default=24,
    )


def list_webhooks(call: Call, asked: Asked) -> Answer:
    """List your webhooks; the Secretariat sees those of everybody."""
    tx = asked.view.tx
    found = subscriptions.webhooks_of(tx, call.workplan, _whose(asked))
    return Answer({"items": subscriptions.as_told(tx, found, call.runtime.now()), "next": None})


def show_webhook(call: Call, asked: Asked) -> Answer:
    """Show one webhook with its last deliveries."""
    return Answer(_told(call, asked.view.tx, _meant(call, asked, asked.view.tx)))


def create_webhook(call: Call, asked: Asked) -> Answer:
    """Subscribe: each entry that is wanted is posted as a CloudEvent, signed as Standard Webhooks says.

    Entries come one by one, in order, at least once; `webhook-id` is the same whenever the same entry is sent. One that
    is not answered with 2xx within 15 seconds is sent again, later and later, for 3 days; 410 ends it at once. What is
    sent is what you may read at that moment. The secret is in this answer and nowhere else.
    """
    body, end = call.body, asked.view.end.position
    after = body.get("after", end)
    if after > end:
        raise RuleError(
            "there is no entry {after} yet",
            after=after,
            field="/after",
            value=after,
            way_out=f"Positions run from 1 to {end}; 0 is before the first.",
        )
    if asked.view.present.simulated:
        raise RuleError(
            "this workplan is simulated: it tells nobody of its entries",
            way_out="Read /events, or subscribe to a real workplan.",
        )
    wanted = Wanted(*(tuple(body[name]) for name in ("types", "subjects", "entities")))
    with call.runtime.database.write() as tx:
        made, secret = subscriptions.subscribe(
            tx,
            call.runtime.now(),
            call.runtime.settings,
            workplan=call.workplan,
            actor=asked.reader.principal.actor,
            url=body["url"],
            wanted=wanted,
            position=after,
        )
        shown = _told(call, tx, made)
    where = f"{PREFIX}/workplans/{call.workplan}/webhooks/{made.webhook}"
    return Answer(shown | {"secret": secret}, 201, {"Location": where})


def change_webhook(call: Call, asked: Asked) -> Answer:
    """Pause a webhook, resume it, replay it after a position, or rotate its secret; the new one is shown once."""
    body, secret = call.body, dict[str, Any]()
    with call.runtime.database.write() as tx:
        one = _meant(call, asked, tx)
        if body["action"] == "rotate":
            overlap = timedelta(hours=body["overlap_hours"])
            made = subscriptions.rotate(tx, call.runtime.now(), call.runtime.settings, one, overlap)
            secret = {"secret": made}
        else:
            end = asked.view.end.position
            subscriptions.change(tx, one, body["action"], after=body.get("after"), end=end)
        return Answer(_told(call, tx, _meant(call, asked, tx)) | secret)


def remove_webhook(call: Call, asked: Asked) -> Answer:
    """Remove a webhook; nothing more is sent."""
    with call.runtime.database.write() as tx:
        subscriptions.remove(tx, _meant(call, asked, tx))
    return Answer(None, 204)


def _whose(asked: Asked) -> str | None:
    """Return whose webhooks a reader may see; None means everybody's."""
    return None if asked.may("people") else asked.reader.principal.actor


def _meant(call: Call, asked: Asked, tx: Transaction) -> Webhook:
    return subscriptions.webhook_in(tx, call.workplan, call.path["webhook"], _whose(asked))


def _told(call: Call, tx: Transaction, one: Webhook) -> dict[str, Any]:
    return subscriptions.as_told(tx, [one], call.runtime.now())[0]
