"""Twelve attacks on the stored rows by who owns the database and not the key: each is found, and its place named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.attacking import Scene, cut_tail, harm, rehash, restore_bytes, rewrite, sign_again, stored
from tests.proving import opened, unguarded
from tracker.database import Transaction
from tracker.proof.keys import rotate


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
    (change_a_text, lambda s: range(s.at, s.at + 1), "the text at /reason is not the one sealed"),
    (
        change_a_tree_node,
        lambda s: range((s.at - 1 >> 2 << 2) + 1, s.at + 1),
        "the tree's hash over the entries",
    ),
    (roll_back, lambda s: range(s.older + 1, s.older + 2), "it is missing"),
]
NAMES = [attack.__name__ for attack, *_ in ATTACKS]


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
    sqlite_scene: Scene,
    attack: Callable[[Scene, Transaction], None],
    positions: Callable[[Scene], range],
    words: str,
) -> None:
    harm(sqlite_scene, attack)
    status, said = sqlite_scene.informed()
    assert status == 1, said
    named = int(said.split("entry ")[1].split(":")[0])
    assert named in positions(sqlite_scene), said
    status, said = sqlite_scene.offline("--seal", sqlite_scene.seal)
    assert status == 1, said


def test_control_who_knows_nothing_else_takes_a_rewritten_log_for_good(sqlite_scene: Scene) -> None:
    """Nothing in a file can prevent this: it is why fingerprints, heads and seals are to be kept elsewhere."""
    harm(sqlite_scene, replace_the_key)
    assert sqlite_scene.offline()[0] == 0
    assert sqlite_scene.offline("--key", sqlite_scene.fingerprint)[0] == 1
    assert sqlite_scene.offline("--seal", sqlite_scene.seal)[0] == 1


def test_control_who_knows_nothing_else_takes_an_older_copy_for_good(sqlite_scene: Scene) -> None:
    harm(sqlite_scene, roll_back)
    assert sqlite_scene.offline("--key", sqlite_scene.fingerprint)[0] == 0
    assert sqlite_scene.offline("--key", sqlite_scene.fingerprint, "--seal", sqlite_scene.seal)[0] == 1


def test_a_key_that_the_attacker_lets_take_over_is_not_vouched_for(sqlite_scene: Scene) -> None:
    with sqlite_scene.runtime.database.write() as tx:
        unguarded(tx)
        tx.run("DELETE FROM signed_heads WHERE size = ?", sqlite_scene.size)
    attacker = opened(sqlite_scene.runtime.settings.database_url, sqlite_scene.folder / "attacker")
    try:
        rotate(attacker, "Every two years")
    finally:
        attacker.close()
    assert "which is not the key here" in sqlite_scene.findings()[0].words
    status, said = sqlite_scene.offline("--key", sqlite_scene.fingerprint)
    assert (status, "did not vouch" in said) == (2, True)
