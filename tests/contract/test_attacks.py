"""Twelve attacks on the stored rows by who owns the database and not the key: each is found, and its place named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.trial import WORKPLAN
from tests.proving import bundled, grow, installed, opened, redact, report, say, unguarded, verified
from tracker.database import Transaction
from tracker.events import signing, tree
from tracker.events.codec import canonical, leaf_hash
from tracker.events.key_file import make_key_file
from tracker.events.reading import end_of
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


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    runtime = installed(database_url, tmp_path / "data")
    grow(runtime, 20, seed=7)
    older = sign(runtime, WORKPLAN).size
    with runtime.database.read() as tx:
        older_texts = tx.all("SELECT * FROM texts")
    at = say(runtime, report(5, "what was really said"))
    say(runtime, report(6), report(7))
    grow(runtime, 15, seed=8)
    last = sign(runtime, WORKPLAN)
    head = tmp_path / "head.txt"
    head.write_text(last.note, "utf-8")
    seal = f"{last.size}:{seal_of(last.root)}"
    fingerprint = show_key(runtime).fingerprint
    yield Scene(runtime, tmp_path, at, last.size, fingerprint, head, seal, older, older_texts)
    runtime.close()


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
    key = make_key_file(folder / "attacker" / "signing-key")
    origin = json.loads(stored(tx, 1))["data"]["origin"]
    sizes = [row[0] for row in tx.all("SELECT size FROM signed_heads ORDER BY size")]
    tx.run("DELETE FROM signed_heads")
    for size in sizes:
        leaves = [leaf_hash(stored(tx, position)) for position in range(1, size + 1)]
        root = tree.root_of(tree.extend(0, b"", leaves)[0])
        note = signing.signed_note(signing.head_text(origin, size, root), origin, key)
        keep_head(tx, SignedHead(WORKPLAN, size, root, note, signing.verifier_key(origin, key), "2026-01-01"))


# ------------------------------------------------------------------------------------------------------ the attacks


def change(scene: Scene, tx: Transaction) -> None:
    rewrite(tx, scene.at, actor="somebody-else")


def delete_the_tail(scene: Scene, tx: Transaction) -> None:
    cut_tail(tx, scene.at - 1)


def delete_in_the_middle(scene: Scene, tx: Transaction) -> None:
    tx.run("DELETE FROM events WHERE position = ?", scene.at)


def insert(scene: Scene, tx: Transaction) -> None:
    columns = "type, actor, speaker, channel, occurred_on, placed_on, recorded_at, correlation_id, amends"
    for position in range(scene.size, scene.at, -1):
        tx.run("UPDATE events SET position = ? WHERE position = ?", position + 1, position)
    tx.run(
        f"INSERT INTO events (workplan, position, subject, version, {columns}, stored)"
        f" SELECT workplan, ?, subject, 1000, {columns}, stored FROM events WHERE position = ?",
        *(scene.at + 1, scene.at),
    )
    rewrite(tx, scene.at + 1, position=scene.at + 1, version=1000)
    rehash(tx)


def swap(scene: Scene, tx: Transaction) -> None:
    one, other = stored(tx, scene.at), stored(tx, scene.at + 1)
    restore_bytes(tx, scene.at, other)
    restore_bytes(tx, scene.at + 1, one)


def renumber(scene: Scene, tx: Transaction) -> None:
    for before, after in ((scene.at, 0), (scene.at + 1, scene.at), (0, scene.at + 1)):
        tx.run("UPDATE events SET position = ? WHERE position = ?", after, before)


def hash_the_whole_chain_anew(scene: Scene, tx: Transaction) -> None:
    rewrite(tx, scene.at, actor="somebody-else")
    tx.run("UPDATE events SET actor = 'somebody-else' WHERE position = ?", scene.at)
    rehash(tx)


def replace_the_key(scene: Scene, tx: Transaction) -> None:
    hash_the_whole_chain_anew(scene, tx)
    sign_again(tx, scene.folder)


def change_when_it_occurred(scene: Scene, tx: Transaction) -> None:
    tx.run(
        "UPDATE events SET occurred_on = '2020-01-01', placed_on = '2020-01-01' WHERE position = ?", scene.at
    )


def change_a_text(scene: Scene, tx: Transaction) -> None:
    tx.run("UPDATE texts SET text = 'what was never said' WHERE position = ? AND field = '/reason'", scene.at)


def change_a_tree_node(scene: Scene, tx: Transaction) -> None:
    tx.run("UPDATE tree_nodes SET hash = ? WHERE level = 2 AND idx = ?", bytes(32), (scene.at - 1) >> 2)


def roll_back(scene: Scene, tx: Transaction) -> None:
    cut_tail(tx, scene.older)
    tx.run("DELETE FROM texts")
    tx.many("INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?)", scene.older_texts)


ATTACKS: list[tuple[Callable[[Scene, Transaction], None], Callable[[Scene], range], str]] = [
    # what is done, the positions that may be named (the precise one, where it can be known), words of the finding
    (change, lambda s: range(s.at, s.at + 1), "does not have the hash that was kept"),
    (delete_the_tail, lambda s: range(s.at, s.at + 1), "it is missing"),
    (delete_in_the_middle, lambda s: range(s.at, s.at + 1), "in its place stands entry"),
    (insert, lambda s: range(s.at + 1, s.at + 2), "is at version 1000"),
    (swap, lambda s: range(s.at, s.at + 1), "in its place stands entry"),
    (renumber, lambda s: range(s.at, s.at + 1), "in its place stands entry"),
    (hash_the_whole_chain_anew, lambda s: range(1, s.at + 1), "was changed"),
    (replace_the_key, lambda s: range(1, s.at + 1), "was changed"),
    (change_when_it_occurred, lambda s: range(s.at, s.at + 1), "the column occurred_on"),
    (change_a_text, lambda s: range(s.at, s.at + 1), "the text at /reason is not the one that was sealed"),
    (
        change_a_tree_node,
        lambda s: range((s.at - 1 >> 2 << 2) + 1, s.at + 1),
        "the tree's hash over the entries",
    ),
    (roll_back, lambda s: range(s.older + 1, s.older + 2), "it is missing"),
]
NAMES = [attack.__name__ for attack, *_ in ATTACKS]


def harm(scene: Scene, attack: Callable[[Scene, Transaction], None]) -> None:
    with scene.runtime.database.write() as tx:
        unguarded(tx)
        attack(scene, tx)


def test_there_are_twelve_attacks() -> None:
    assert len(set(NAMES)) == 12


def test_control_before_any_attack_nothing_is_found(scene: Scene) -> None:
    assert scene.findings() == ()
    assert scene.informed()[0] == 0
    assert scene.offline("--seal", scene.seal)[0] == 0


@pytest.mark.parametrize("attack, positions, words", ATTACKS, ids=NAMES)
def test_an_attack_is_found_where_the_log_lies(
    scene: Scene,
    attack: Callable[[Scene, Transaction], None],
    positions: Callable[[Scene], range],
    words: str,
) -> None:
    harm(scene, attack)
    findings = scene.findings()
    assert len(findings) == 1, findings
    assert words in findings[0].words
    assert findings[0].position in positions(scene)


@pytest.mark.parametrize(
    "attack, positions, words",
    [one for one in ATTACKS if one[0] not in {change_when_it_occurred, change_a_tree_node}],
    ids=[name for name in NAMES if name not in {"change_when_it_occurred", "change_a_tree_node"}],
)
def test_an_attack_that_reaches_an_export_is_found_by_who_has_an_older_head(
    scene: Scene,
    attack: Callable[[Scene, Transaction], None],
    positions: Callable[[Scene], range],
    words: str,
) -> None:
    harm(scene, attack)
    status, said = scene.informed()
    assert status == 1, said
    named = int(said.split("entry ")[1].split(":")[0])
    assert named in positions(scene), said
    status, said = scene.offline("--seal", scene.seal)
    assert status == 1, said


def test_control_who_knows_nothing_else_takes_a_rewritten_log_for_good(scene: Scene) -> None:
    """Nothing in a file can prevent this: it is why fingerprints, heads and seals are to be kept elsewhere."""
    harm(scene, replace_the_key)
    assert scene.offline()[0] == 0
    assert scene.offline("--key", scene.fingerprint)[0] == 1
    assert scene.offline("--seal", scene.seal)[0] == 1


def test_control_who_knows_nothing_else_takes_an_older_copy_for_good(scene: Scene) -> None:
    harm(scene, roll_back)
    assert scene.offline("--key", scene.fingerprint)[0] == 0
    assert scene.offline("--key", scene.fingerprint, "--seal", scene.seal)[0] == 1


def test_a_key_that_the_attacker_lets_take_over_is_not_vouched_for(scene: Scene) -> None:
    with scene.runtime.database.write() as tx:
        unguarded(tx)
        tx.run("DELETE FROM signed_heads WHERE size = ?", scene.size)
    attacker = opened(scene.runtime.settings.database_url, scene.folder / "attacker")
    try:
        from tracker.proof.keys import rotate  # noqa: PLC0415

        rotate(attacker, "Every two years")
    finally:
        attacker.close()
    assert "which is not the key here" in scene.findings()[0].words
    status, said = scene.offline("--key", scene.fingerprint)
    assert (status, "did not vouch" in said) == (2, True)


# ---------------------------------------------------------------------------------------------- further harm


def say_nothing_of_a_text(scene: Scene, tx: Transaction) -> None:
    tx.run("DELETE FROM texts WHERE position = ? AND field = '/data/note'", scene.at)


def add_a_text(scene: Scene, tx: Transaction) -> None:
    tx.run(
        "INSERT INTO texts SELECT workplan, position, '/data/other', sha256, salt, text FROM texts"
        " WHERE position = ? AND field = '/reason'",
        scene.at,
    )


def add_a_text_of_no_entry(scene: Scene, tx: Transaction) -> None:
    tx.run(
        "INSERT INTO texts SELECT workplan, ?, field, sha256, salt, text FROM texts"
        " WHERE position = ? AND field = '/reason'",
        *(scene.size + 9, scene.at),
    )


def move_the_head_on(scene: Scene, tx: Transaction) -> None:
    tx.run("UPDATE workplan_heads SET position = position + 1")


def move_the_head_back(scene: Scene, tx: Transaction) -> None:
    tx.run("UPDATE workplan_heads SET position = position - 1")


def lose_the_head(scene: Scene, tx: Transaction) -> None:
    tx.run("DELETE FROM workplan_heads")


def change_the_root(scene: Scene, tx: Transaction) -> None:
    tx.run("UPDATE workplan_heads SET frontier = ?", bytes(64))


def change_a_note(scene: Scene, tx: Transaction) -> None:
    tx.run(
        "UPDATE signed_heads SET note = replace(note, '\n\u2014 ', '\n\u2014 x') WHERE size = ?", scene.size
    )


def spoil_a_note(scene: Scene, tx: Transaction) -> None:
    tx.run("UPDATE signed_heads SET note = 'signed' WHERE size = ?", scene.size)


def add_a_node(scene: Scene, tx: Transaction) -> None:
    tx.run("INSERT INTO tree_nodes VALUES (?, 0, ?, ?)", WORKPLAN, scene.size + 3, bytes(32))


def lose_a_leaf(scene: Scene, tx: Transaction) -> None:
    tx.run("DELETE FROM tree_nodes WHERE level = 0 AND idx = ?", scene.at - 1)


def add_an_entry_before_the_first(scene: Scene, tx: Transaction) -> None:
    tx.run("UPDATE events SET position = -5 WHERE position = ?", scene.size)


def add_an_entry_of_an_unknown_type(scene: Scene, tx: Transaction) -> None:
    rewrite(tx, scene.at, type="PlanReplaced")
    rehash(tx)
    tx.run("DELETE FROM signed_heads")


def empty_an_entry(scene: Scene, tx: Transaction) -> None:
    rewrite(tx, scene.at, data={})
    rehash(tx)
    tx.run("DELETE FROM signed_heads")


@pytest.mark.parametrize(
    "attack, words",
    [
        (say_nothing_of_a_text, "the text at /data/note is gone, and no entry removed it"),
        (add_a_text, "the text at /data/other is not the one that was sealed"),
        (add_a_text_of_no_entry, "belongs to no entry"),
        (move_the_head_on, "it is missing: the log's head states"),
        (move_the_head_back, "it lies after the end that the log's head states"),
        (lose_the_head, "it lies after the end that the log's head states"),
        (change_the_root, "states another time or another root"),
        (change_a_note, "is not signed by the key of that time"),
        (spoil_a_note, "cannot be read"),
        (add_a_node, "at places where none can be"),
        (lose_a_leaf, "does not have the hash that was kept"),
        (add_an_entry_before_the_first, "it is missing"),
        (add_an_entry_of_an_unknown_type, "which this release does not know"),
        (empty_an_entry, "is not the one that was sealed"),
    ],
)
def test_further_harm_is_found(
    scene: Scene, attack: Callable[[Scene, Transaction], None], words: str
) -> None:
    harm(scene, attack)
    findings = scene.findings()
    assert len(findings) == 1, findings
    assert words in findings[0].words, findings


@pytest.mark.parametrize("table", ["plan_current", "plan_states"])
def test_a_standing_that_is_not_what_the_log_says_is_named(scene: Scene, table: str) -> None:
    with scene.runtime.database.write() as tx:
        subject = json.loads(stored(tx, scene.at))["subject"]
        tx.run(f"UPDATE {table} SET state = replace(state, '1.', '2.') WHERE subject = ?", subject)
    assert [one.words for one in scene.findings()] == [f"{subject} does not stand as the log says"]


def test_a_text_that_was_redacted_and_is_back_is_found(scene: Scene) -> None:
    with scene.runtime.database.read() as tx:
        rows = tx.all("SELECT * FROM texts WHERE position = ? AND field = '/reason'", scene.at)
    redact(scene.runtime, report(5), scene.at, "/reason")
    assert scene.findings() == ()
    with scene.runtime.database.write() as tx:
        tx.many("INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?)", rows)
        last = end_of(tx, WORKPLAN).position
    (finding,) = scene.findings()
    assert f"the text of entry {scene.at} that it removes is still there" in finding.words
    assert finding.position == last
