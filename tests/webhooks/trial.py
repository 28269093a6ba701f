"""A trial of webhooks at any length: a receiver that answers at random, deliverers that die, replays in between."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from schedules.jobs import deliver_webhooks
from tests.installation import WORKPLAN, Installation, fact
from tests.webhooks.receiving import Receiver
from tracker.webhooks import delivery, targets
from tracker.webhooks.targets import Reply

ANSWERS = (200, 204, 204, 302, 400, 410, 429, 500, 503)


class DiedError(Exception):
    """The process ended between the receiver's answer and the note of it."""


@dataclass(frozen=True)
class Found:
    """What came of a trial. ``asked`` counts deliveries; ``lost`` and ``misplaced`` are positions."""

    entries: int
    asked: int
    repeated: int
    died: int
    lost: list[int]
    misplaced: list[int]


def run(house: Installation, receiver: Receiver, entries: int, seed: int) -> Found:
    """Record entries while they are delivered, and see what a receiver that drops known ids has in the end."""
    chance, died = random.Random(seed), 0
    answer = house.post({"url": receiver.url}, path="webhooks")
    assert answer.json
    webhook, start = answer.json["webhook"], answer.json["position"]

    def die_sometimes(*sent: Any) -> Reply:
        reply = targets.post(*sent)
        if chance.random() < 0.1:
            raise DiedError
        return reply

    recorded = 0
    while recorded < entries or _position(house, webhook) < start + entries:
        if recorded < entries and chance.random() < 0.6:
            some = min(chance.randint(1, 5), entries - recorded)
            house.enter(*(_entry(recorded + number) for number in range(some)))
            recorded += some
        receiver.answers = [chance.choice(ANSWERS) for _ in range(chance.randint(0, 4))]
        try:
            delivery.deliver(house.runtime, WORKPLAN, webhook, die_sometimes)
        except DiedError:
            died += 1
        house.clock.move(seconds=chance.choice((1, 20, 300, 3600, 9000)))
        _look_after(house, webhook, chance, start)
    receiver.answers = []
    house.clock.move(hours=3)
    deliver_webhooks(house.runtime)
    known = [one["data"]["position"] for one in receiver.once]
    wanted = list(range(start + 1, start + 1 + entries))
    return Found(
        entries,
        len(receiver.asked),
        len(receiver.taken) - len(known),
        died,
        sorted(set(wanted) - set(known)),
        [one for one, other in zip(known, sorted(known), strict=True) if one != other],
    )


def _entry(number: int) -> dict[str, Any]:
    return fact("ActivityTagged", f"activity/3.{number % 5 + 1}", {"tags": {"paragraphs": [str(number + 1)]}})


def _position(house: Installation, webhook: str) -> int:
    return int(house.read(f"webhooks/{webhook}")["position"])


def _look_after(house: Installation, webhook: str, chance: random.Random, start: int) -> None:
    """Do what an operator would: resume what ended, and now and then replay."""
    told = house.read(f"webhooks/{webhook}")
    if told["state"] != "active":
        house.post({"action": "resume"}, path=f"webhooks/{webhook}")
    elif chance.random() < 0.03:
        after = chance.randint(start, told["position"])
        house.post({"action": "replay", "after": after}, path=f"webhooks/{webhook}")
