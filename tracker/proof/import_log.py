"""Restoring a log from its export, byte for byte: entries, tree, texts, signed heads; the standings are folded anew."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tracker.database import Transaction
from tracker.errors import LogError, RuleError
from tracker.events import tree
from tracker.events.append import INSERT_EVENT, INSERT_KEY, INSERT_NODE, INSERT_TEXT, event_row
from tracker.events.codec import decode, leaf_hash
from tracker.events.signed_heads import SignedHead, keep_head
from tracker.events.verifier import FAULTS, Log, WrongError, examine, read_head
from tracker.projections.rebuilding import CHUNK, Refold, Told, silent
from tracker.projections.soundness import check_log
from tracker.projections.standings import write_standings
from tracker.proof.keys import enter, removals_again
from tracker.runtime import Runtime
from tracker.workplan.folding import place_of

FIRST_GENERATION = 1


@dataclass(frozen=True, slots=True)
class Imported:
    """What was restored. ``removed`` counts texts that are removed again, because the ledger here says they were."""

    workplan: str
    size: int
    root: bytes
    heads: int
    texts: int
    keys: int
    removed: int


def import_log(runtime: Runtime, path: Path, told: Told = silent) -> Imported:
    """Restore a log into a database that does not hold its workplan; all or nothing.

    Raises:
        LogError: the file does not verify.
        RuleError: the workplan is there already, or not all of the file is signed.
    """
    checked = _checked(path)
    with zipfile.ZipFile(path) as archive, runtime.database.write() as tx:
        if tx.one("SELECT 1 FROM workplan_heads WHERE workplan = ?", checked.workplan) is not None:
            raise RuleError(
                "{workplan} is there already",
                workplan=checked.workplan,
                value=checked.workplan,
                way_out="A log is only restored where there is none: set TRACKER_DATABASE_URL to an empty database.",
            )
        texts = _write_texts(tx, archive, checked.workplan)
        _write_events(tx, archive, checked, told)
        heads = _write_heads(tx, archive, checked.workplan)
        keys = _write_keys(tx, archive, checked.workplan)
        removed = runtime.ledger.replay_redactions(tx)
        sound = check_log(tx, checked.workplan)
        if (sound.position, sound.root) != (checked.size, checked.root()):
            raise LogError("what was restored is not what the file holds; nothing is kept", value=str(path))
    if again := removals_again(runtime, checked.workplan):
        enter(runtime, checked.workplan, again)
    return Imported(checked.workplan, sound.position, sound.root, heads, texts, keys, removed)


def _checked(path: Path) -> Log:
    try:
        checked = examine(str(path))
    except (WrongError, OSError, *FAULTS) as error:
        raise LogError(
            "{file} does not verify: {why}",
            file=path.name,
            why=str(error),
            value=str(path),
            way_out="Export it again where it came from, or use another copy. Nothing was restored.",
        ) from error
    if checked.signed < checked.size:
        raise RuleError(
            "{file} is not wholly signed: nothing vouches for the entries from {first} on",
            file=path.name,
            first=checked.signed + 1,
            value=str(path),
            way_out="Export it again with the key that signs this log.",
        )
    return checked


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as file:
        for line in file:
            yield line[:-1]


def _write_events(tx: Transaction, archive: zipfile.ZipFile, checked: Log, told: Told) -> None:
    fold, frontier, rows, leaves = Refold(checked.workplan), b"", list[tuple[Any, ...]](), list[bytes]()
    tx.run(_FOUND, checked.workplan, checked.size, checked.recorded_at, b"", FIRST_GENERATION)
    for number, stored in enumerate(_lines(archive, "events.jsonl"), 1):
        event = decode(stored)
        fold.zone = fold.zone or getattr(event.data, "zone", "")
        rows.append(event_row(event, place_of(event, fold.zone), stored))
        leaves.append(leaf_hash(stored))
        if len(rows) == CHUNK or number == checked.size:
            tx.many(INSERT_EVENT, rows)
            frontier, nodes = tree.extend(number - len(rows), frontier, leaves)
            tx.many(INSERT_NODE, [(checked.workplan, *node) for node in nodes])
            write_standings(tx, checked.workplan, FIRST_GENERATION, fold.follow(tx, number))
            rows, leaves = [], []
            told(number, checked.size)
    tx.run("UPDATE workplan_heads SET frontier = ? WHERE workplan = ?", frontier, checked.workplan)


def _write_heads(tx: Transaction, archive: zipfile.ZipFile, workplan: str) -> int:
    count = 0
    for line in _lines(archive, "heads.jsonl"):
        raw = orjson.loads(line)
        _, size, root, _ = read_head(raw["note"])
        keep_head(tx, SignedHead(workplan, size, root, raw["note"], raw["key"], raw["signed_at"]))
        count += 1
    return count


def _write_texts(tx: Transaction, archive: zipfile.ZipFile, workplan: str) -> int:
    count, rows = 0, list[tuple[Any, ...]]()
    for position, line in enumerate(_lines(archive, "texts.jsonl"), 1):
        for field, (salt_hex, text) in orjson.loads(line).items():
            salt = bytes.fromhex(salt_hex)
            rows.append(
                (workplan, position, field, hashlib.sha256(salt + text.encode()).hexdigest(), salt, text)
            )
        if len(rows) >= CHUNK:
            tx.many(INSERT_TEXT, rows)
            count, rows = count + len(rows), []
    tx.many(INSERT_TEXT, rows)
    return count + len(rows)


def _write_keys(tx: Transaction, archive: zipfile.ZipFile, workplan: str) -> int:
    if "keys.jsonl" not in archive.namelist():
        return 0
    rows = [
        (
            workplan,
            raw["actor"],
            raw["key"],
            bytes.fromhex(raw["salt"]) if "salt" in raw else None,
            raw.get("body_hash"),
            raw["first_position"],
            raw["count"],
        )
        for raw in map(orjson.loads, _lines(archive, "keys.jsonl"))
    ]
    tx.many(INSERT_KEY, rows)
    return len(rows)


_FOUND = (
    "INSERT INTO workplan_heads (workplan, position, recorded_at, frontier, rights, generation)"
    " VALUES (?, ?, ?, ?, 0, ?)"
)
