"""What is asked about one subject is found by the subject's index: a long log of others costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import W, founded
from tracker.database import Transaction
from tracker.events.reading import read_subject
from tracker.projections.history import Filters, history
from tracker.runtime import Runtime

SUBJECT = "activity/3.1"
ASKED = (
    Filters(subject=SUBJECT, upto=12, is_descending=True, limit=5),
    Filters(subject=SUBJECT, after=2, occurred_to="2023-06-30"),
)


@pytest.fixture
def runtime(sqlite_url: str) -> Iterator[Runtime]:
    with founded(sqlite_url) as made:
        yield made


def plans(tx: Transaction, statements: list[tuple[str, tuple[Any, ...]]]) -> list[str]:
    """Return how the database finds the entries that statements about one subject ask for."""
    return [
        str(tx.all(f"EXPLAIN QUERY PLAN {sql}", *values)[0][3])
        for sql, values in statements
        if "FROM events" in sql and "subject = ?" in sql
    ]


def test_the_entries_of_a_subject_are_found_by_its_index(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[tuple[str, tuple[Any, ...]]] = []
    ask = Transaction.all

    def noted(tx: Transaction, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        statements.append((sql, values))
        return ask(tx, sql, *values)

    with runtime.ask(W) as view:
        with monkeypatch.context() as patch:
            patch.setattr(Transaction, "all", noted)
            read_subject(view.tx, W, SUBJECT, 12)
            for wanted in ASKED:
                history(view.tx, view.end, view.plan, wanted)
        found = plans(view.tx, statements)
        without = plans(view.tx, [(sql.replace("+position", "position"), said) for sql, said in statements])
    assert len(found) == 1 + len(ASKED)
    assert all("subject=?" in one for one in found), found
    assert not all("subject=?" in one for one in without), (
        "the control: without the plus sign it walks the log"
    )
