"""Appends one stored event of each type and schema that events-v1.jsonl does not hold yet; changes nothing in it.

Run it after declaring an event type or a new schema: python -m tests.frozen.freezing. Then set ROOT in test_events.py.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.examples import EXAMPLES, PERSONS
from tracker.events import tree
from tracker.events.catalogue import CATALOGUE
from tracker.events.codec import encode, leaf_hash
from tracker.events.event import Event
from tracker.events.intake import read_wish
from tracker.events.sealing import Sealer
from tracker.events.vocabulary import OnBehalfOf, Source

FILE = Path(__file__).parent / "events-v1.jsonl"


def lines() -> list[bytes]:
    return FILE.read_bytes().splitlines() if FILE.exists() else []


def root_of(stored: list[bytes]) -> str:
    frontier, _ = tree.extend(0, b"", [leaf_hash(one) for one in stored])
    return tree.root_of(frontier).hex()


def stored_example(posted: dict[str, Any], position: int) -> bytes:
    """Return the bytes of an example; every other one is said on behalf of an entity and came from a file."""
    kind = posted["type"]
    numbers = iter(range(100))

    def salts(_count: int) -> bytes:
        return hashlib.sha256(f"{kind} {next(numbers)}".encode()).digest()

    said = read_wish(posted | {"reason": "Así se decidió."}, Sealer(salts=salts))
    envelope: dict[str, Any] = {"entity": "oim", "decided_at": "session/principals-1"}
    if position % 2:
        by = OnBehalfOf("oim", "meeting", "2023-07-03")
        source = Source("seguimiento.xlsx", hashlib.sha256(b"file").hexdigest(), 12)
        envelope = {"on_behalf_of": by, "source": source, "correlation_id": "c1", "causation_id": "c0"}
    event = Event(
        workplan="example",
        position=position,
        subject=said.subject,
        version=1,
        type=kind,
        schema=CATALOGUE[kind].schema,
        occurred_on=("2023-07-03", "2023-07", "2023-Q3", "2023")[position % 4],
        recorded_at=f"2023-07-03T10:00:00.{position:06}Z",
        actor="p1",
        channel="api",
        data=said.data,
        reason=said.reason,
        **envelope,
    )
    return encode(event)


def main() -> None:
    held = lines()
    known = {(one["type"], one["subject"], one["schema"]) for one in map(json.loads, held)}
    wanted = [
        one
        for one in (*EXAMPLES.values(), *PERSONS)
        if (one["type"], one["subject"], CATALOGUE[one["type"]].schema) not in known
    ]
    new = [stored_example(one, len(held) + number) for number, one in enumerate(wanted, 1)]
    with FILE.open("ab") as file:
        file.writelines(one + b"\n" for one in new)
    print(f"{len(new)} appended: {', '.join(one['type'] for one in wanted) or 'none'}")
    print(f"ROOT = {root_of(held + new)!r}")


if __name__ == "__main__":
    main()
