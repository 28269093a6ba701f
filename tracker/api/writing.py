"""The one write door: what was sent is judged as a whole, and answered with what it wrote and how things stand then."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import orjson

from tracker.api.call import PREFIX, Answer, Asked, Call
from tracker.database import Transaction
from tracker.errors import ConflictError, MalformedError, TrackerError
from tracker.events.append import Appended
from tracker.events.codec import leaf_hash
from tracker.events.dates import local_day
from tracker.events.reading import LogEnd, end_of, read_stored, read_texts, recorded_at
from tracker.events.sealing import reveal, seals_in
from tracker.projections.history import Filters, history
from tracker.projections.views import view_of
from tracker.runtime import Runtime
from tracker.workplan.plan import Plan
from tracker.workplan.root import Workplan

Body = dict[str, Any]

KEY = re.compile(r"[\x21-\x7e]{1,200}")
MOST_SINCE = 100
KEPT = ("position", "version", "subject", "type", "recorded_at")


def write_events(call: Call, asked: Asked) -> Answer:
    """Take one event or an array of them, all or nothing."""
    key = _key(call)
    try:
        done = call.runtime.submit(call.workplan, call.body, asked.reader.principal, "api", key)
    except TrackerError as error:
        if isinstance(error, ConflictError):
            _say_since(call, error)
        _place(error, call.body)
        raise
    body = rendered(call.runtime, done, call.body)
    status = 201 if done.count else 200
    headers = {"Cache-Control": "no-store"}
    if done.count:
        headers["Location"] = f"{PREFIX}/workplans/{call.workplan}/events/{done.first_position}"
    return Answer(body, status, headers)


def _key(call: Call) -> str:
    said = call.key
    if said is None or not KEY.fullmatch(said):
        raise MalformedError(
            "the header Idempotency-Key is missing"
            if said is None
            else "the header Idempotency-Key cannot be used",
            field="Idempotency-Key",
            value=said,
            way_out="Send 1 to 200 visible ASCII characters that are new for each request, such as a UUID;"
            " the same again for a repetition.",
        )
    return said


def rendered(runtime: Runtime, done: Appended, body: Any) -> Body:
    """Return the answer to a write, as of the positions that it wrote: a repetition gets the same."""
    with runtime.database.read() as tx:
        end = end_of(tx, done.workplan)
        position = done.last_position
        plan = runtime.cache.at(tx, end, position)
        root = plan.get("workplan", Workplan)
        at = recorded_at(tx, done.workplan, position)
        events = []
        for number in range(done.first_position, done.first_position + done.count):
            stored = read_stored(tx, done.workplan, number)
            raw = orjson.loads(stored)
            events.append({name: raw[name] for name in KEPT} | {"leaf_hash": leaf_hash(stored).hex()})
        day = local_day(datetime.fromisoformat(at), root.zone if root else "UTC")
        items = body if isinstance(body, list) else [body]
        subjects = dict.fromkeys(str(item["subject"]) for item in items)
        state: Body = {}
        for subject in subjects:
            standing = plan.standing(subject)
            is_there = standing is not None and standing.state is not None
            state[subject] = view_of(plan, standing, day) if standing and is_there else None
        texts = read_texts(tx, done.workplan, [sha256 for _, sha256 in seals_in(state)])
        redacted: list[str] = []
        made: Body = {"events": events, "state": reveal(state, texts, redacted, "/state")}
        if redacted:
            made["redacted"] = redacted
        return made | ({"simulated": True} if root and root.simulated else {})


def _say_since(call: Call, error: ConflictError) -> None:
    """Add to a conflict what happened to the subject after the version that was expected."""
    subject = error.details.get("subject")
    if subject is None:
        return
    expected = error.details.pop("expected", 0)
    with call.runtime.ask(call.workplan) as view:
        error.details["since"] = _since(view.tx, view.end, view.plan, subject, expected)


def _since(tx: Transaction, end: LogEnd, plan: Plan, subject: str, expected: int) -> list[Body]:
    newest = Filters(upto=end.position, subject=subject, is_descending=True, limit=MOST_SINCE)
    items, _ = history(tx, end, plan, newest)
    return [item for item in reversed(items) if item["version"] > expected]


def _place(error: TrackerError, body: Any) -> None:
    """Let the pointer of a refusal begin at the body's root, also where the body is an array of one."""
    is_of_one = isinstance(body, list) and len(body) == 1
    if is_of_one and error.field is not None and re.match(r"/(?!0(/|$))", error.field):
        error.field = f"/0{error.field}"
