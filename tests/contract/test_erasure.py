"""Erasure and redaction: what is removed is nowhere, proofs still verify, an older backup does not bring it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tracker import erasure
from tracker.database import migrate
from tracker.directory import people, tokens
from tracker.directory.principals import system
from tracker.errors import NotFoundError, RuleError, UnknownReaderError
from tracker.events import tree
from tracker.events.codec import leaf_hash
from tracker.events.reading import end_of, node_reader, read_stored, read_texts
from tracker.events.sealing import reveal, seals_in
from tracker.projections import removals
from tracker.projections.views import view_of
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings

NAME, EMAIL = "Amina Okonkwo", "amina.okonkwo@example.org"
CLI = system("system:cli")
PLAN = [
    {
        "type": "WorkplanAdopted",
        "subject": "workplan",
        "data": {
            "title": {"en": "A plan"},
            "period": {"from": "2026-Q1", "to": "2026-Q4"},
            "zone": "Europe/Zurich",
            "settings": {},
        },
    },
    {
        "type": "EntityAdded",
        "subject": "entity/oms",
        "data": {"names": {"en": "WHO"}, "printed": ["OMS"], "kind": "un_entity"},
    },
    {
        "type": "WorkstreamAdded",
        "subject": "workstream/1",
        "data": {
            "number": "1",
            "title": {"en": "One"},
            "category": "new",
            "declaration_paragraphs": [],
            "notes": [],
        },
    },
    {"type": "LeadAssigned", "subject": "workstream/1", "data": {"entity": "oms"}},
    {
        "type": "ActivityAdded",
        "subject": "activity/1.1",
        "data": {"workstream": "1", "number": "1.1", "text": {"en": "Do it"}},
    },
]


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Any:
    made = build_runtime(
        Settings.from_env({"TRACKER_DATABASE_URL": database_url, "TRACKER_DATA_DIR": str(tmp_path / "data")})
    )
    made.adopt("plan", PLAN)
    yield made
    made.close()


def amina(runtime: Runtime) -> str:
    with runtime.directory("plan") as tx:
        person = people.add_person(tx, runtime.now(), NAME, EMAIL, "en")
        people.grant(tx, runtime.now(), person, "plan", "lead")
    point = {
        "type": "FocalPointNamed",
        "subject": "workstream/1",
        "data": {"person": person, "entity": "oms"},
    }
    runtime.submit("plan", point, CLI, "cli")
    return person


def report(runtime: Runtime, note: str) -> int:
    wish = {
        "type": "ProgressReported",
        "subject": "activity/1.1",
        "entity": "oms",
        "data": {"quarter": "2026-Q1", "note": note},
    }
    return runtime.submit("plan", wish, CLI, "cli", key=note[:20].replace(" ", "-")).first_position


def redact(runtime: Runtime, position: int) -> None:
    data = {"position": position, "field": "/data/note", "authority": "data protection officer"}
    wish = {"type": "TextRedacted", "subject": "activity/1.1", "data": data}
    assert runtime.submit("plan", wish, CLI, "cli").count == 1


def shown_note(runtime: Runtime) -> tuple[Any, list[str]]:
    with runtime.ask("plan") as view:
        standing = view.plan.standing("activity/1.1")
        assert standing
        state = view_of(view.plan, standing, view.question.day)
        texts = read_texts(view.tx, "plan", [sha256 for _, sha256 in seals_in(state)])
        redacted: list[str] = []
        shown = reveal(state, texts, redacted)
        return shown["reports_by_entity"]["oms"]["note"], redacted


def test_a_redacted_text_is_null_and_named_and_the_proofs_still_verify(runtime: Runtime) -> None:
    position = report(runtime, "Said by Amina Okonkwo herself")
    with runtime.database.read() as tx:
        before = read_stored(tx, "plan", position)
    assert shown_note(runtime) == ("Said by Amina Okonkwo herself", [])
    redact(runtime, position)
    assert shown_note(runtime) == (None, ["/reports_by_entity/oms/note"])
    with runtime.database.read() as tx:
        end = end_of(tx, "plan")
        stored = [read_stored(tx, "plan", number) for number in range(1, end.position + 1)]
        assert stored[position - 1] == before
        path = tree.inclusion_proof(position - 1, end.position, node_reader(tx, "plan"))
    assert tree.root_from_inclusion(position - 1, end.position, leaf_hash(before), path) == end.root
    assert tree.root_of(tree.extend(0, b"", [leaf_hash(one) for one in stored])[0]) == end.root


def test_a_repeated_key_whose_text_was_redacted_is_refused(runtime: Runtime) -> None:
    position = report(runtime, "Said by Amina Okonkwo herself")
    redact(runtime, position)
    with pytest.raises(RuleError, match="redacted since"):
        report(runtime, "Said by Amina Okonkwo herself")


def test_a_text_that_is_none_cannot_be_redacted_and_the_refusal_lists_what_can(runtime: Runtime) -> None:
    position = report(runtime, "A note")
    data = {"position": position, "field": "/data/status", "authority": "x"}
    with pytest.raises(RuleError) as refused:
        runtime.submit("plan", {"type": "TextRedacted", "subject": "activity/1.1", "data": data}, CLI, "cli")
    assert "/data/note" in (refused.value.way_out or "")


def test_erasing_leaves_no_name_and_no_way_in_and_lists_the_texts_that_hold_it(runtime: Runtime) -> None:
    person = amina(runtime)
    position = report(runtime, "As AMINA OKONKWO told us")
    other = report(runtime, "Nothing about people")
    with runtime.directory("plan") as tx:
        grant = tokens.Grant("plan", "lead", person)
        _, secret = tokens.create_token(tx, runtime.now(), grant)
        link = tokens.make_signin_link(tx, runtime.now(), person)
    done = erasure.erase(runtime, person, CLI)
    assert done.texts == ({"workplan": "plan", "position": position, "field": "/data/note"},)
    assert other not in {one["position"] for one in done.texts}
    assert done.released == ("plan: workstream/1 (oms)",)
    with runtime.database.write() as tx:
        known = people.person_of(tx, person)
        assert (known.name, known.email) == (None, None)
        with pytest.raises(UnknownReaderError):
            tokens.token_principal(tx, runtime.now(), secret)
        with pytest.raises(UnknownReaderError):
            tokens.sign_in(tx, runtime.now(), link)
        assert not people.principal_of(tx, person, "plan").has("lead")


def test_after_erasing_the_database_file_holds_neither_name_nor_address(
    runtime: Runtime, tmp_path: Path
) -> None:
    if not runtime.database.is_sqlite:
        return
    person = amina(runtime)
    files = list(tmp_path.rglob("*.db*"))
    assert any(EMAIL.encode() in file.read_bytes() for file in files), "control: it was there"
    erasure.erase(runtime, person, CLI)
    runtime.close()
    for file in tmp_path.rglob("*"):
        if file.is_file() and "template" not in file.name:
            assert EMAIL.encode() not in file.read_bytes(), file
            assert NAME.encode() not in file.read_bytes(), file


def test_restoring_an_older_copy_does_not_bring_back_what_was_removed(runtime: Runtime) -> None:
    person = amina(runtime)
    position = report(runtime, "Said by Amina Okonkwo herself")
    with runtime.database.read() as tx:
        texts = tx.all("SELECT workplan, position, field, sha256, salt, text FROM texts")
    redact(runtime, position)
    erasure.erase(runtime, person, CLI)
    with runtime.database.write() as tx:  # what an older backup holds
        for row in texts:
            tx.run("DELETE FROM texts WHERE sha256 = ?", row[3])
            tx.run(
                "INSERT INTO texts (workplan, position, field, sha256, salt, text) VALUES (?, ?, ?, ?, ?, ?)",
                *row,
            )
        tx.run(
            "UPDATE people SET name = ?, email = ?, erased_at = NULL WHERE person = ?", NAME, EMAIL, person
        )
    assert shown_note(runtime)[0] is not None, "control: the old copy shows it"
    with runtime.database.write() as tx:
        assert removals.replay(tx, runtime.ledger) == 2
    assert shown_note(runtime)[0] is None
    with runtime.database.read() as tx:
        assert people.person_of(tx, person).name is None


def test_a_ledger_that_missed_a_line_is_completed_from_the_logs(runtime: Runtime) -> None:
    person = amina(runtime)
    redact(runtime, report(runtime, "Said by Amina Okonkwo herself"))
    erasure.erase(runtime, person, CLI)
    whole = set(runtime.ledger.removals())
    assert len(whole) == 2
    runtime.ledger.path.write_bytes(b'\n{"kind":"erasure","id":"half a li')
    assert erasure.sync_ledger(runtime) == 2
    assert set(runtime.ledger.removals()) == whole
    assert erasure.sync_ledger(runtime) == 0


def test_erasing_somebody_unknown_is_refused(runtime: Runtime) -> None:
    with pytest.raises(NotFoundError):
        erasure.erase(runtime, "pnobody", CLI)


def test_the_schema_for_all_this_is_migrated_on_a_blank_database(blank_database_url: str) -> None:
    migrate(blank_database_url)
    migrate(blank_database_url)
