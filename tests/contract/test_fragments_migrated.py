"""Fragments of the release before bundles go on to say what they said, and a rebuild bundles them."""

from __future__ import annotations

import contextlib

from alembic import command

from tracker.database import alembic_config, migrate, open_database

FRAGMENT = (
    "INSERT INTO plan_fragments (generation, workplan, position, workstream, overdue_after, open, details, closing)"
    " VALUES (1, 'trial', 7, '3', '', '{\"id\":\"3.1\"', ',\"disputed\":false', ',\"version\":2,\"position\":7}')"
)


def test_what_ended_a_fragment_stands_in_it(blank_database_url: str) -> None:
    command.upgrade(alembic_config(blank_database_url), "0015")
    with contextlib.closing(open_database(blank_database_url)) as database, database.write() as tx:
        tx.run(FRAGMENT)
    migrate(blank_database_url)
    with contextlib.closing(open_database(blank_database_url)) as database, database.read() as tx:
        said = tx.all("SELECT position, open, details FROM plan_fragments")
        assert tx.all("SELECT * FROM plan_bundles") == []
    assert said == [(7, '{"id":"3.1","version":2,"position":7', ',"disputed":false')]
