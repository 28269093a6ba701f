"""The page on events follows from the catalogue, and the catalogue says what a page needs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tracker.events.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/events.md").read_text()


def test_the_page_on_events_is_up_to_date() -> None:
    told = subprocess.run(
        [sys.executable, ROOT / "script/make_docs.py", "--check"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_link_of_the_page_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in headings}
    assert set(re.findall(r"\(#([^)]+)\)", PAGE)) <= anchors
    assert all((ROOT / "docs" / one).exists() for one in re.findall(r"\]\(([a-z-]+\.md)\)", PAGE))


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_type_has_its_entry_its_labels_and_its_sentence(kind: str) -> None:
    declared = CATALOGUE[kind]
    assert f"\n### {kind}\n" in PAGE
    assert set(declared.labels) == {"es", "en", "fr"}
    assert len(set(declared.labels.values())) > 1 or kind == "none"
    assert all(label.strip() for label in declared.labels.values())
    assert (declared.data.__doc__ or "").rstrip().endswith(".")


def test_labels_tell_types_of_one_kind_apart() -> None:
    for language in ("es", "en", "fr"):
        labels = [one.labels[language] for one in CATALOGUE.values()]
        assert len(labels) == len(set(labels)), language
