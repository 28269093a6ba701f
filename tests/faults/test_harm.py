"""Harm of any other kind to what is stored beside the entries: found too, by `tracker verify`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.faults.attacking import Scene, harm, rehash, rewrite, stored
from tests.faults.trial import WORKPLAN
from tests.proving import redact, report
from tracker.database import Transaction
from tracker.events.reading import end_of
from tracker.projections import checkpoints
from tracker.projections.bundles import read_bundle
from tracker.projections.rebuilding import rebuild


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
        (add_a_text, "the text at /data/other is not the one sealed"),
        (add_a_text_of_no_entry, "belongs to no entry"),
        (move_the_head_on, "it is missing: the log's head states"),
        (move_the_head_back, "it lies after the end that the log's head states"),
        (lose_the_head, "it lies after the end that the log's head states"),
        (change_the_root, "states another time or another root"),
        (change_a_note, "is not what is kept beside it"),
        (spoil_a_note, "cannot be read"),
        (add_a_node, "at places where none can be"),
        (lose_a_leaf, "does not have the hash that was kept"),
        (add_an_entry_before_the_first, "it is missing"),
        (add_an_entry_of_an_unknown_type, "which this release does not know"),
        (empty_an_entry, "is not the one sealed"),
    ],
)
def test_further_harm_is_found(
    sqlite_scene: Scene, attack: Callable[[Scene, Transaction], None], words: str
) -> None:
    harm(sqlite_scene, attack)
    findings = sqlite_scene.findings()
    assert len(findings) == 1, findings
    assert words in findings[0].words, findings


@pytest.mark.parametrize("table", ["plan_current", "plan_states"])
def test_a_standing_that_is_not_what_the_log_says_is_named(scene: Scene, table: str) -> None:
    with scene.runtime.database.write() as tx:
        subject = json.loads(stored(tx, scene.at))["subject"]
        tx.run(f"UPDATE {table} SET state = replace(state, '1.', '2.') WHERE subject = ?", subject)
    assert [one.words for one in scene.findings()] == [f"{subject} does not stand as the log says"]


def test_a_fragment_that_is_no_text_is_named_though_it_is_bundled(
    sqlite_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", 1)
    rebuild(sqlite_scene.runtime.database, WORKPLAN)
    with sqlite_scene.runtime.database.write() as tx:
        at = max(read_bundle(tx, WORKPLAN, 2, sqlite_scene.size, with_details=True))
        subject = json.loads(stored(tx, at))["subject"]
        assert tx.run("UPDATE plan_fragments SET open = CAST(x'7bff' AS TEXT) WHERE position = ?", at) == 1
    assert [one.words for one in sqlite_scene.findings()] == [f"{subject} does not stand as the log says"]


def test_a_text_that_was_redacted_and_is_back_is_found(sqlite_scene: Scene) -> None:
    with sqlite_scene.runtime.database.read() as tx:
        rows = tx.all("SELECT * FROM texts WHERE position = ? AND field = '/reason'", sqlite_scene.at)
    redact(sqlite_scene.runtime, report(5), sqlite_scene.at, "/reason")
    assert sqlite_scene.findings() == ()
    with sqlite_scene.runtime.database.write() as tx:
        tx.many("INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?)", rows)
        last = end_of(tx, WORKPLAN).position
    (finding,) = sqlite_scene.findings()
    assert f"the text of entry {sqlite_scene.at} that it removes is still there" in finding.words
    assert finding.position == last
