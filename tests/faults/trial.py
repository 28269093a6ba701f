"""A small installation to do harm to, and the checks that nothing acknowledged is lost, doubled or altered."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tracker.clock import Clock
from tracker.database import Database, Transaction
from tracker.directory.principals import system
from tracker.events.append import Appended
from tracker.events.codec import leaf_hash
from tracker.events.reading import read_stored
from tracker.projections.soundness import Sound, check_log
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings

WORKPLAN = "trial"
WRITER = system("system:cli")
ACTIVITIES = 8


@dataclass(frozen=True)
class Acknowledged:
    """What a writer was told: under this key stands an entry with this leaf hash at this position."""

    key: str
    position: int
    leaf: str


def founding(workplan: str = WORKPLAN, activities: int = ACTIVITIES) -> list[dict[str, Any]]:
    """Return the requests that adopt a workplan of one workstream; the last is at position 4 + ``activities``."""
    adopted = {
        "title": {"en": "Trial"},
        "period": {"from": "2020-Q1", "to": "2039-Q4"},
        "zone": "Europe/Zurich",
        "origin": f"trial/{workplan}",
        "settings": {"languages": ["en"]},
    }
    entity = {"names": {"en": "Alpha"}, "printed": ["Alpha"], "kind": "un_entity"}
    workstream = {
        "number": "1",
        "title": {"en": "One"},
        "category": "new",
        "declaration_paragraphs": [],
        "notes": [],
    }
    requests = [
        {"type": "WorkplanAdopted", "subject": "workplan", "data": adopted},
        {"type": "EntityAdded", "subject": "entity/alpha", "data": entity},
        {"type": "WorkstreamAdded", "subject": "workstream/1", "data": workstream},
        {
            "type": "LeadAssigned",
            "subject": "workstream/1",
            "data": {"entity": "alpha", "printed": "Alpha"},
        },
    ]
    for number in range(1, activities + 1):
        activity = {"workstream": "1", "number": f"1.{number}", "text": {"en": f"Activity {number}"}}
        requests.append({"type": "ActivityAdded", "subject": f"activity/1.{number}", "data": activity})
    return requests


def opened(url: str, clock: Clock | None = None) -> Runtime:
    return build_runtime(Settings.from_env({"TRACKER_DATABASE_URL": url}), clock)


def installed(url: str, clock: Clock | None = None, workplan: str = WORKPLAN) -> Runtime:
    """Return a runtime on a migrated database in which the workplan is adopted."""
    runtime = opened(url, clock)
    runtime.adopt(workplan, founding(workplan))
    return runtime


def report(number: int, text: str = "") -> dict[str, Any]:
    """Return the ``number``-th report; they go round the activities."""
    return {
        "type": "ProgressReported",
        "subject": f"activity/1.{number % ACTIVITIES + 1}",
        "entity": "alpha",
        "reason": text or f"said for the {number}. time",
        "data": {"assessment": ("on_track", "at_risk", "delayed")[number % 3]},
    }


def rewording(number: int) -> dict[str, Any]:
    """Return an entry after which the state is as large as before, for long logs; reports of a quarter add up."""
    return {
        "type": "ActivityReworded",
        "subject": f"activity/1.{number % ACTIVITIES + 1}",
        "reason": f"agreed for the {number}. time",
        "data": {"text": {"en": f"Wording {number}"}},
    }


def submit(runtime: Runtime, number: int, key: str | None = None, **options: Any) -> Appended:
    body = report(number)
    return runtime.submit(WORKPLAN, body, WRITER, "cli", key or f"key-{number}", **options)


def acknowledged(database: Database, done: Appended, key: str) -> Acknowledged:
    with database.read() as tx:
        return Acknowledged(key, done.first_position, leaf_of(tx, done.first_position))


def leaf_of(tx: Transaction, position: int) -> str:
    return leaf_hash(read_stored(tx, WORKPLAN, position)).hex()


def check(database: Database, told: Iterable[Acknowledged] = ()) -> Sound:
    """Check the whole log, and that each acknowledged entry stands where it was said, once.

    Raises:
        LogError: the log is not whole.
        AssertionError: an acknowledged entry is missing or another, a key had two effects, or a version is missing.
    """
    with database.read() as tx:
        sound = check_log(tx, WORKPLAN)
        for one in told:
            assert one.position <= sound.position, f"{one.key}: entry {one.position} is lost"
            assert leaf_of(tx, one.position) == one.leaf, f"{one.key}: entry {one.position} is another"
            key = tx.all("SELECT first_position, count FROM idempotency_keys WHERE key = ?", one.key)
            assert key == [(one.position, 1)], f"{one.key}: {key}"
        assert not tx.all(_HOLES), "versions have gaps"
        doubled = tx.all(_SHARED)
        assert not doubled, f"two keys for one entry: {doubled}"
        reports = tx.one(
            "SELECT count(*) FROM events WHERE type IN ('ProgressReported', 'ActivityReworded') AND workplan = ?",
            WORKPLAN,
        )
        keys = tx.one("SELECT coalesce(sum(count), 0) FROM idempotency_keys WHERE workplan = ?", WORKPLAN)
        assert reports == keys, f"{reports} reports under {keys} keys"
    return sound


@contextlib.contextmanager
def closing(runtime: Runtime) -> Any:
    try:
        yield runtime
    finally:
        runtime.close()


_HOLES = "SELECT workplan, subject FROM events GROUP BY workplan, subject HAVING max(version) <> count(*)"
_SHARED = (
    "SELECT workplan, first_position FROM idempotency_keys WHERE count > 0 GROUP BY workplan, first_position"
    " HAVING count(*) > 1"
)
