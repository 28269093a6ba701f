from __future__ import annotations

import hashlib

import pytest

from tracker.events.catalogue import EntityRenamed, ParticipantJoined, ProgressReported
from tracker.events.intake import read_wish
from tracker.events.sealing import Sealer, reveal, seal_hash, seals_in
from tracker.events.shapes import to_json


def numbered(count: int) -> bytes:
    return b"s" * count


def test_a_seal_is_the_hash_of_salt_and_text():
    salt = bytes(range(32))
    assert seal_hash(salt, "café") == hashlib.sha256(salt + b"caf\xc3\xa9").hexdigest()


def test_a_sealed_text_is_normalised_before_it_is_hashed():
    sealer = Sealer(salts=numbered)
    said = {"type": "ProgressReported", "subject": "activity/1.1", "data": {"note": "cafe\u0301"}}
    wish = read_wish(said, sealer)
    assert isinstance(wish.data, ProgressReported)
    assert wish.data.note is not None
    assert wish.data.note.sha256 == seal_hash(b"s" * 32, "caf\xe9")
    assert list(sealer.texts.values()) == [(b"s" * 32, "caf\xe9")]


def test_the_same_text_twice_has_two_seals():
    sealer = Sealer()
    assert sealer.seal("same") != sealer.seal("same")
    assert {len(salt) for salt, _ in sealer.texts.values()} == {32}


def test_seals_are_found_by_pointer_and_revealed():
    sealer = Sealer()
    value = {"note": sealer.seal("a"), "list": [{"deep": sealer.seal("b")}], "plain": 1}
    assert [pointer for pointer, _ in seals_in(value)] == ["/note", "/list/0/deep"]
    texts = {sha256: text for sha256, (_, text) in sealer.texts.items()}
    assert reveal(value, texts, []) == {"note": "a", "list": [{"deep": "b"}], "plain": 1}


def test_a_text_that_is_gone_is_null_and_named():
    sealer = Sealer()
    value = {"note": sealer.seal("a"), "data": {"finding": sealer.seal("b")}}
    redacted: list[str] = []
    assert reveal(value, {}, redacted) == {"note": None, "data": {"finding": None}}
    assert redacted == ["/note", "/data/finding"]


def test_counts_by_a_group_called_sha256_are_no_seal():
    attendance = {"attendance": {"sha256": 5}}
    assert list(seals_in(attendance)) == []
    assert reveal(attendance, {}, []) == attendance


FREE_TEXTS = {
    "ProgressReported": ("activity/1.1", {"note": "secret", "needs": "secret", "sustainability": "secret"}),
    "ActivityStatusChanged": (
        "activity/1.1",
        {"status": "completed", "no_evidence_reason": "secret", "sustainability": "secret"},
    ),
    "CommitmentReported": ("commitment/1", {"note": "secret"}),
    "ReadinessFindingRecorded": (
        "review/africa",
        {"line": "host", "status": "met", "finding": "secret", "source": "secret"},
    ),
    "ReportRequested": ("round/2023-Q2", {"activity": "1.1", "entity": "oim", "question": "secret"}),
    "TextRedacted": ("activity/1.1", {"position": 1, "field": "/reason", "authority": "secret"}),
    "EntryCorrected": ("activity/1.1", {"position": 1, "reason": "secret"}),
}


@pytest.mark.parametrize("kind", FREE_TEXTS)
def test_no_free_text_stands_in_what_is_stored(kind):
    subject, data = FREE_TEXTS[kind]
    wish = read_wish({"type": kind, "subject": subject, "data": data, "reason": "secret"}, Sealer())
    assert "secret" not in str(to_json(wish.data)) + str(wish.reason)


PERSON = "entity/person-1"


@pytest.mark.parametrize(
    "kind, subject, data",
    [
        ("EntityAdded", PERSON, {"names": {"es": "Ana Pérez"}, "printed": ["Ana Pérez"], "kind": "person"}),
        ("EntityRenamed", PERSON, {"names": {"es": "Ana Pérez", "en": "Ana Pérez", "unofficial": ["en"]}}),
        ("LeadAssigned", "workstream/3", {"entity": "person-1", "printed": "Ana Pérez"}),
        ("ParticipantJoined", "workstream/3", {"entity": "person-1", "printed": "Ana Pérez"}),
        (
            "ParticipantJoined",
            "workstream/3",
            {"entity": "oim", "printed": "OIM (Ana Pérez)", "represented_by": ["person-1"]},
        ),
    ],
)
def test_the_name_of_a_natural_person_is_always_sealed(kind, subject, data):
    sealer = Sealer()
    wish = read_wish({"type": kind, "subject": subject, "data": data}, sealer)
    assert "Ana" not in str(to_json(wish.data))
    assert any("Ana" in text for _, text in sealer.texts.values())


def test_the_names_of_organisations_are_not_sealed():
    renamed = read_wish(
        {"type": "EntityRenamed", "subject": "entity/oim", "data": {"names": {"es": "OIM"}}}, Sealer()
    )
    assert isinstance(renamed.data, EntityRenamed)
    assert renamed.data.names == {"es": "OIM"}
    said = {"entity": "oim", "printed": "OIM", "represented_by": ["oms"]}
    joined = read_wish({"type": "ParticipantJoined", "subject": "workstream/3", "data": said}, Sealer())
    assert isinstance(joined.data, ParticipantJoined)
    assert joined.data.printed == "OIM"
