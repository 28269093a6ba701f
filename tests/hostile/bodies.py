"""Bodies and addresses that are almost right, by the thousand: each is taken, or refused as a documented problem."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from tests.hostile.sockets import mutated
from tests.installation import Installation
from tracker.api.call import Route
from tracker.api.examples import DATA
from tracker.api.examples import example as event_of
from tracker.api.openapi import document
from tracker.api.queries import FILTERS
from tracker.api.routes import ROUTES
from tracker.events.catalogue import CATALOGUE

JUNK: tuple[Any, ...] = (
    *(
        None,
        True,
        -1,
        0,
        2**53,
        2**63,
        1e308,
        0.5,
        "",
        "x",
        "\0",
        "\ud800",
        "é" * 50,
        "a" * 9000,
        [],
        {},
        [[]],
    ),
    *("2023-02-30", "0000-Q1", "9999-Q4", "2031-01-01", "activity/3.4", "../..", "${x}", "' OR 1=1 --", "٣"),
)
WORDS = (
    *(one for one in JUNK if isinstance(one, str) and "\ud800" not in one and one),
    *("3.4", "oms", "1", "now", "moment:x", "-P3M", "position:5", "asc", "%00", "²", "99999999999999999999"),
)
NAMES = (
    *FILTERS,
    "as_of",
    "effective_on",
    "from",
    "to",
    "after",
    "limit",
    "order",
    "position",
    "size",
    "colour",
)
PLACES = ("3.4", "1", "africa", "2023-Q2", "none", "viewer", *WORDS[:12])
SOME = {
    "people": {"name": "A", "email": "a@example.org", "role": "viewer"},
    "tokens": {"role": "viewer", "days": 1},
    "calendars": {"scope": "all"},
}
"""What other doors take; each is tried with its own and with the wrong one."""


@dataclass
class Thrown:
    """What the throws came to."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.sent} requests, answers {dict(sorted(self.statuses.items()))}, {len(self.wrong)} wrong"


def almost(chance: random.Random) -> Any:
    """Return the body of an event, one to three things in it spoilt."""
    body: Any = deepcopy(event_of(chance.choice(sorted(CATALOGUE))))
    for _ in range(chance.randint(1, 3)):
        spoil(body, chance)
    return chance.choice([body, body, [body], [body, body], {"data": body}])


def spoil(value: Any, chance: random.Random) -> None:
    """Change one thing somewhere in a value."""
    if isinstance(value, dict) and value:
        key = chance.choice(sorted(value))
        if chance.random() < 0.5 and isinstance(value[key], dict | list):
            spoil(value[key], chance)
        elif chance.random() < 0.2:
            del value[key]
        elif chance.random() < 0.2:
            value[chance.choice(WORDS)] = value.pop(key)
        else:
            value[key] = deepcopy(chance.choice([*JUNK, *DATA.values()]))
    elif isinstance(value, list) and value:
        value[chance.randrange(len(value))] = deepcopy(chance.choice(JUNK))


def throw(house: Installation, count: int, seed: int) -> Thrown:
    """Throw ``count`` requests at an installation and look at each answer, and at the log after it."""
    chance, thrown, spec = random.Random(seed), Thrown(), document("")
    size = house.read("tree-head")["size"]
    for number in range(count):
        route, address, data = throwable(chance)
        headers = house.headers(chance.choice([None, "viewer", "lead", "secretariat"]))
        headers |= {"Idempotency-Key": f"{seed}-{number}", "Content-Type": "application/json"}
        answer = house.client().open(address, method=route.method, data=data, headers=headers)
        thrown.sent += 1
        thrown.statuses[answer.status_code] += 1
        described = spec["paths"][route.address][route.method.lower()]["responses"]
        told = answer.json if answer.is_json else None
        is_fine = answer.status_code < 500 and str(answer.status_code) in described
        if answer.status_code >= 400:
            is_fine = is_fine and answer.content_type == "application/problem+json" and bool(told["title"])  # type: ignore[index]
        if not is_fine:
            thrown.wrong.append(
                f"{route.method} {address[:300]} {data!r:.400}: {answer.status_code} {told!r:.300}"
            )
        size = _recorded(house, thrown, route, answer.status_code, size, address)
    return thrown


def _recorded(house: Installation, thrown: Thrown, route: Route, status: int, size: int, address: str) -> int:
    """Return the size of the log; it has grown only if a request to change something was taken."""
    now = int(house.read("tree-head")["size"])
    if now != size and (route.method == "GET" or status >= 400):
        thrown.wrong.append(
            f"{route.method} {address[:300]}: {status}, and the log grew from {size} to {now}"
        )
    return now


def throwable(chance: random.Random) -> tuple[Route, str, bytes | None]:
    """Return a route with an address and a body for it; half of them go to the write door."""
    doors = [route for route in ROUTES if route.body == "events"]
    others = [route for route in ROUTES if not route.path.endswith("/live")]
    route = chance.choice(doors if chance.random() < 0.5 else others)
    address = re.sub(r"\{(\w+)\}", lambda match: _place(match[1], chance), route.address)
    if route.method == "GET":
        asked = {chance.choice(NAMES): chance.choice(WORDS) for _ in range(chance.randint(0, 3))}
        return route, address + (f"?{urlencode(asked)}" if asked else ""), None
    body = almost(chance) if route.body == "events" else _other(chance)
    data = json.dumps(body).encode()
    return route, address, mutated(data, chance) if chance.random() < 0.3 else data


def _place(name: str, chance: random.Random) -> str:
    if name == "workplan" and chance.random() < 0.95:
        return "unnm-2022-2024"
    return quote(chance.choice(PLACES).replace("/", "-") or "x", safe="") or "x"


def _other(chance: random.Random) -> Any:
    body: Any = deepcopy(chance.choice([*SOME.values(), {"action": "send"}, {"to": "p1"}]))
    spoil(body, chance)
    return body
