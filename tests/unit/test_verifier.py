"""The offline verifier against published vectors, other implementations, and what it promises about itself."""

from __future__ import annotations

import ast
import base64
import hashlib
import random
import sys
import unicodedata
from pathlib import Path

import orjson
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tests.naive import naive_root
from tests.strategies import profile
from tracker.errors import RuleError
from tracker.events import signing, verifier
from tracker.events.codec import canonical, leaf_hash
from tracker.events.sealing import seals_in

SOURCE = Path(verifier.__file__)

# RFC 8032 section 7.1: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]

# The example of the reference implementation of signed notes, golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETER_NOTE = (
    f"{PETER_TEXT}\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

# A head of the Go checksum database as it was published, and its verifier key.
GO_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GO_HEAD = (
    "go.sum database tree\n63096908\n8lHrQPRYe4KT4WQ9/Qk8/taKnD6IRHbFgfN7vQE2Y54=\n\n"
    "— sum.golang.org Az3gri/oVBN1jAhNZ/iS+W31psFAWRT20/GyrhpU6taFwulQGetBkH5S7wpGXdS935jiIGiUUAXBVHzT/P6fYhqAmAk=\n"
)


def test_the_signatures_of_rfc_8032_are_good_and_any_other_is_not():
    for _, public, message, signature in RFC_8032:
        key, text, signed = (bytes.fromhex(one) for one in (public, message, signature))
        assert verifier.ed25519_verify(key, text, signed)
        assert not verifier.ed25519_verify(key, text + b"!", signed)
        for place in (0, 31, 32, 63):
            wrong = bytes([*signed[:place], signed[place] ^ 1, *signed[place + 1 :]])
            assert not verifier.ed25519_verify(key, text, wrong)


def test_a_signature_counts_only_in_the_one_spelling_of_its_number():
    key, _, signed = (bytes.fromhex(one) for one in RFC_8032[0][1:])
    order = 2**252 + 27742317777372353535851937790883648493
    larger = (int.from_bytes(signed[32:], "little") + order).to_bytes(32, "little")
    assert not verifier.ed25519_verify(key, b"", signed[:32] + larger)
    assert not verifier.ed25519_verify(key, b"", signed + b"\0")
    assert not verifier.ed25519_verify(key, b"", signed[:63])


def test_the_verifier_agrees_with_the_library_that_signs():
    chance = random.Random(8032)
    for _ in range(60):
        key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, text = key.public_key().public_bytes_raw(), chance.randbytes(chance.randrange(200))
        signed = bytearray(key.sign(text))
        assert verifier.ed25519_verify(public, text, bytes(signed))
        signed[chance.randrange(64)] ^= 1 << chance.randrange(8)
        assert verifier.ed25519_verify(public, text, bytes(signed)) == library_says(
            public, text, bytes(signed)
        )


def library_says(public: bytes, text: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True


def test_what_is_no_point_of_the_curve_is_no_key():
    with pytest.raises(ValueError, match="no point"):
        verifier.ed25519_verify((2).to_bytes(32, "little"), b"", bytes(64))


def test_our_notes_are_those_of_the_reference_implementation_byte_for_byte():
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(PETER_SECRET)[1:])
    assert signing.verifier_key("PeterNeumann", key) == PETER
    assert signing.signed_note(PETER_TEXT, "PeterNeumann", key) == PETER_NOTE


def test_a_published_head_of_another_log_is_read_and_its_signature_is_good():
    root = bytes.fromhex("f251eb40f4587b8293e1643dfd093cfed68a9c3e884476c581f37bbd0136639e")
    assert verifier.read_head(GO_HEAD, GO_KEY) == ("go.sum database tree", 63096908, root, True)
    assert verifier.read_head(GO_HEAD, PETER)[3] is None, "it does not claim to be signed by him"
    assert verifier.read_head(GO_HEAD.replace("63096908", "63096909"), GO_KEY)[3] is False


def test_heads_that_we_sign_are_read_back_with_every_signature():
    chance = random.Random(1)
    first, second = (Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)) for _ in range(2))
    root = hashlib.sha256(b"root").digest()
    note = signing.signed_note(signing.head_text("log/1", 12, root), "log/1", first, second)
    for key in (first, second):
        assert verifier.read_head(note, signing.verifier_key("log/1", key)) == ("log/1", 12, root, True)
        assert verifier.read_head(note, signing.verifier_key("log/2", key))[3] is None


@pytest.mark.parametrize(
    "note",
    [
        "",
        PETER_NOTE,
        GO_HEAD.rstrip("\n"),
        GO_HEAD.replace("\n\n", "\n"),
        GO_HEAD.replace("63096908", "063096908"),
        GO_HEAD.replace("63096908", "-1"),
        GO_HEAD.replace("Y54=", "Y5="),
        GO_HEAD.replace("Y54=", "Y5*="),
        GO_HEAD.replace("\u2014 ", "- "),
        GO_HEAD + "more\n",
        "\n" + GO_HEAD,
    ],
)
def test_what_is_no_signed_head_is_refused(note):
    with pytest.raises(ValueError):
        verifier.read_head(note)


@pytest.mark.parametrize("place", range(0, len(PETER), 3))
def test_a_verifier_key_with_a_wrong_character_is_refused(place):
    wrong = PETER[:place] + ("x" if PETER[place] != "x" else "y") + PETER[place + 1 :]
    with pytest.raises(ValueError):
        verifier.read_key(wrong)


def test_a_fingerprint_is_of_the_key_alone_whatever_its_name():
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(RFC_8032[0][0]))
    digest = hashlib.sha256(bytes.fromhex(RFC_8032[0][1])).hexdigest().upper()
    said = {verifier.fingerprint(signing.verifier_key(name, key)) for name in ("one", "two")}
    assert said == {"-".join(digest[start : start + 4] for start in range(0, 32, 4))}


# ------------------------------------------------------------------------------------------------- lines and trees


@given(profile().filter(lambda value: isinstance(value, dict)))
def test_whatever_the_log_stores_is_read_and_its_seals_are_found_alike(value):
    assert verifier.read_line(canonical(value)) == value
    within = {"data": value}
    assert list(verifier.seals_in(within)) == list(seals_in(within))


@given(profile(), st.data())
def test_a_line_that_is_read_is_one_that_the_log_could_have_stored(value, data):
    line = bytearray(canonical({"a": value}))
    for _ in range(data.draw(st.integers(1, 3))):
        line[data.draw(st.integers(0, len(line) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        read = verifier.read_line(bytes(line))
    except (ValueError, RecursionError):
        return
    try:
        again = canonical(orjson.loads(bytes(line)))
    except (RuleError, orjson.JSONDecodeError):  # larger numbers and other keys are not this reader's concern
        return
    assert again == bytes(line)
    assert read == orjson.loads(bytes(line))


@pytest.mark.parametrize(
    "line",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b'{"a":1.5}',
        b'{"a":NaN}',
        b'{"a":1e3}',
        b'{"a":"\\u00e9"}',
        '{"a":"e\u0301"}'.encode(),
        b'{"a":"\\ud800"}',
        b"\xff",
        b"[1]",
        b"{",
        b'{"a":' * 100_000,
    ],
)
def test_another_form_of_the_same_is_refused(line):
    with pytest.raises((ValueError, TypeError, RecursionError)):
        verifier.read_line(line)


def test_a_mark_after_an_escaped_sign_is_no_wrong_form():
    text = "\n\u0303"
    assert unicodedata.is_normalized("NFC", text)
    line = canonical({"a": text})
    assert not unicodedata.is_normalized("NFC", line.decode()), "control: taken as a whole it looks wrong"
    assert verifier.read_line(line) == {"a": text}


def entry(position: int) -> dict[str, object]:
    """Return an entry as small as one can be; the first adopts the workplan, each is about a subject of its own."""
    return {
        "workplan": "w",
        "position": position,
        "subject": f"activity/{position}",
        "version": 1,
        "type": "WorkplanAdopted" if position == 1 else "ActivityAdded",
        "recorded_at": f"2023-01-01T00:00:00.{position:06}Z",
        "data": {"origin": "log/1"} if position == 1 else {},
    }


def test_the_verifier_grows_the_tree_of_rfc_9162():
    log, leaves = verifier.Log("", ()), []
    assert log.root() == naive_root([])
    for position in range(1, 70):
        line = canonical(entry(position))
        log.entry(line, b"{}")
        leaves.append(leaf_hash(line))
        assert log.root() == naive_root(leaves)


@pytest.mark.parametrize(
    "more, words",
    [
        ({"position": 4}, "in its place stands entry"),
        ({"workplan": "v"}, "in its place stands entry"),
        ({"version": 2}, "is at version 2, not 1"),
        ({"subject": "activity/2"}, "is at version 1, not 2"),
        ({"recorded_at": "2023-01-01T00:00:00.000002Z"}, "recorded too early"),
        ({"recorded_at": "2024-01-01T00:00:00Z"}, "recorded too early"),
        ({"type": "WorkplanAdopted"}, "begins a log"),
        ({"type": "EntryRetracted", "data": {"position": 3}}, "no earlier one"),
        ({"type": "EntryRetracted", "data": {"position": 2}}, "no earlier one"),
        ({"type": "EntryRetracted", "data": {}}, "missing or cannot be read"),
        ({"recorded_at": 7}, "missing or cannot be read"),
    ],
)
def test_an_entry_that_does_not_fit_is_named(more, words):
    log = verifier.Log("", ())
    log.entry(canonical(entry(1)), b"{}")
    log.entry(canonical(entry(2)), b"{}")
    with pytest.raises(verifier.WrongError, match=words) as caught:
        log.entry(canonical(entry(3) | more), b"{}")
    assert caught.value.position == 3


# ------------------------------------------------------------------------------------------- what it promises of itself


def test_it_has_at_most_300_lines():
    assert len(SOURCE.read_text().splitlines()) <= 300


def test_it_imports_nothing_but_the_standard_library():
    tree = ast.parse(SOURCE.read_text())
    named = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    named |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} <= sys.stdlib_module_names


def test_it_is_written_in_the_python_of_auditors_with_older_machines():
    ast.parse(SOURCE.read_text(), feature_version=(3, 9))


def test_control_newer_python_would_be_noticed():
    with pytest.raises(SyntaxError):
        ast.parse("match 1:\n    case 1:\n        pass\n", feature_version=(3, 9))
