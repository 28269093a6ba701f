"""A log before an attack, and what the owner of its database, who does not have the key, can do to the stored rows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.trial import WORKPLAN
from tests.proving import bundled, grow, installed, opened, report, say, unguarded, verified
from tracker.database import Transaction
from tracker.events import signing, tree
from tracker.events.codec import canonical, leaf_hash
from tracker.events.key_file import make_key_file
from tracker.events.signed_heads import SignedHead, keep_head
from tracker.events.tree import seal_of
from tracker.proof.checking import Finding, check
from tracker.proof.keys import show_key, sign
from tracker.runtime import Runtime


@dataclass(frozen=True)
class Scene:
    """A log of some 60 entries before the attack: a report at ``at``, signed before and after, an older copy's texts.

    ``head`` and ``seal`` are what an auditor kept of its end.
    """

    runtime: Runtime
    folder: Path
    at: int
    size: int
    fingerprint: str
    head: Path
    seal: str
    older: int
    older_texts: list[tuple[Any, ...]]

    def findings(self) -> tuple[Finding, ...]:
        return check(self.runtime, WORKPLAN).findings

    def offline(self, *arguments: str) -> tuple[int, str]:
        """Return what an auditor finds in an export that the attacker makes, on a machine with another key."""
        attacker = opened(str(self.runtime.settings.database_url), self.folder / "attacker")
        try:
            bundle = bundled(attacker, self.folder / "log.zip")
        finally:
            attacker.close()
        run = verified(bundle, self.folder / "auditor", *arguments)
        assert run.stderr == ""
        return run.returncode, run.stdout.splitlines()[-1]

    def informed(self) -> tuple[int, str]:
        """Return what an auditor finds who has the fingerprint of the key and the last head."""
        return self.offline("--key", self.fingerprint, "--head", str(self.head))


@dataclass(frozen=True)
class Stage:
    """A scene that was set once and is only copied: its database, and the folder of its key."""

    url: str
    folder: Path
    facts: dict[str, Any]


def set_up(url: str, folder: Path) -> Stage:
    runtime = installed(url, folder / "data")
    grow(runtime, 20, seed=7)
    older = sign(runtime, WORKPLAN).size
    with runtime.database.read() as tx:
        older_texts = tx.all("SELECT * FROM texts")
    at = say(runtime, report(5, "what was really said"))
    say(runtime, report(6), report(7))
    grow(runtime, 15, seed=8)
    last = sign(runtime, WORKPLAN)
    facts = {
        "at": at,
        "size": last.size,
        "fingerprint": show_key(runtime).fingerprint,
        "note": last.note,
        "seal": f"{last.size}:{seal_of(last.root)}",
        "older": older,
        "older_texts": older_texts,
    }
    runtime.close()
    return Stage(url, folder, facts)


def open_scene(stage: Stage, url: str, folder: Path) -> Scene:
    shutil.copytree(stage.folder / "data", folder / "data")
    facts = dict(stage.facts)
    head = folder / "head.txt"
    head.write_text(facts.pop("note"), "utf-8")
    return Scene(opened(url, folder / "data"), folder, head=head, **facts)


def stored(tx: Transaction, position: int) -> bytes:
    row = tx.one("SELECT stored FROM events WHERE position = ?", position)
    assert row
    return bytes(row[0])


def restore_bytes(tx: Transaction, position: int, content: bytes) -> None:
    tx.run("UPDATE events SET stored = ? WHERE position = ?", content, position)


def rewrite(tx: Transaction, at: int, **changes: Any) -> None:
    """Change fields of an entry in its bytes, in the form in which they are stored."""
    restore_bytes(tx, at, canonical(json.loads(stored(tx, at)) | changes))


def rehash(tx: Transaction) -> None:
    """Compute the whole tree anew over what is stored now."""
    rows = tx.all("SELECT stored, recorded_at FROM events ORDER BY position")
    frontier, nodes = tree.extend(0, b"", [leaf_hash(bytes(row[0])) for row in rows])
    tx.run("DELETE FROM tree_nodes")
    tx.many("INSERT INTO tree_nodes VALUES (?, ?, ?, ?)", [(WORKPLAN, *node) for node in nodes])
    tx.run(
        "UPDATE workplan_heads SET frontier = ?, position = ?, recorded_at = ?",
        frontier,
        len(rows),
        rows[-1][1],
    )


def cut_tail(tx: Transaction, after: int) -> None:
    for table in ("events", "texts", "plan_states"):
        tx.run(f"DELETE FROM {table} WHERE position > ?", after)
    tx.run("DELETE FROM signed_heads WHERE size > ?", after)
    tx.run("DELETE FROM plan_current")
    tx.run(
        "INSERT INTO plan_current SELECT generation, workplan, subject, position, version, latest, state"
        " FROM plan_states s WHERE position = (SELECT max(position) FROM plan_states t"
        " WHERE t.subject = s.subject AND t.workplan = s.workplan)"
    )
    rehash(tx)


def sign_again(tx: Transaction, folder: Path) -> None:
    """Replace every signed head by one of the attacker's key."""
    elsewhere = folder / "attacker"
    elsewhere.mkdir(exist_ok=True)
    key = make_key_file(elsewhere / "signing-key")
    origin = json.loads(stored(tx, 1))["data"]["origin"]
    sizes = [row[0] for row in tx.all("SELECT size FROM signed_heads ORDER BY size")]
    tx.run("DELETE FROM signed_heads")
    for size in sizes:
        leaves = [leaf_hash(stored(tx, position)) for position in range(1, size + 1)]
        root = tree.root_of(tree.extend(0, b"", leaves)[0])
        note = signing.signed_note(signing.head_text(origin, size, root), origin, key)
        keep_head(tx, SignedHead(WORKPLAN, size, root, note, signing.verifier_key(origin, key), "2026-01-01"))


def harm(scene: Scene, attack: Callable[[Scene, Transaction], None]) -> None:
    with scene.runtime.database.write() as tx:
        unguarded(tx)
        attack(scene, tx)
