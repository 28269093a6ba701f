"""The tree head by the API: with the note where that size was signed, and fit for what an export says."""

from __future__ import annotations

from pathlib import Path

from tests.installation import WORKPLAN, Installation
from tests.proving import bundled, verified
from tracker.events.verifier import read_head
from tracker.proof.keys import sign


def test_a_tree_head_shows_the_note_where_that_size_was_signed(house: Installation, tmp_path: Path) -> None:
    assert house.read("tree-head")["signed"] is None
    head = sign(house.runtime, WORKPLAN)
    shown = house.read("tree-head")
    assert shown["signed"] == head.note
    origin, size, root, is_signed = read_head(shown["signed"], head.key)
    assert (origin, size, root.hex(), is_signed) == (shown["origin"], shown["size"], shown["root"], True)
    moment = {"slug": "later", "title": "Later", "at": "2023-06-15"}
    house.write({"type": "MomentNamed", "subject": "workplan", "data": moment})
    assert house.read("tree-head")["signed"] is None, "nobody signed this size yet"
    assert house.read(f"tree-head?as_of=position:{size}")["signed"] == head.note

    kept = tmp_path / "kept.txt"
    kept.write_text(shown["signed"], "utf-8")
    bundle = bundled(house.runtime, tmp_path / "log.zip", workplan=WORKPLAN)
    assert verified(bundle, tmp_path / "auditor", "--head", str(kept)).returncode == 0
