#!/usr/bin/env python3
"""Checks an export of a workplan's log with Python 3.9 or newer and nothing else; it reads, and writes nothing.

    python3 verify.py EXPORT.zip [--key KEY-OR-FINGERPRINT] [--head FILE] [--seal 2977:7F3A-91C2]

Ends with 0 where all is as it was signed, 1 where something is wrong (the first bad entry is named), 2 where it cannot
decide. Sources: RFC 9162 (tree), RFC 8032 (Ed25519), RFC 8785 (canonical JSON), C2SP signed-note and tlog-checkpoint.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

Point = Tuple[int, int, int, int]
Texts = Mapping[str, Tuple[bytes, str]]  # {JSON pointer: (salt, text)}
Claim = Tuple[int, bytes, str]  # the root at this size begins with these bytes; whose word that is
FORMAT = "workplan-tracker export 1"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
HEAD = re.compile("(.+)\n([1-9][0-9]{0,15})\n(.{43}=)\n(?:.+\n)*\n((?:\u2014 \\S+ \\S+\n)+)")
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME


class WrongError(Exception):
    """Something is not as it was signed; ``position`` is the first entry known to be bad, if one is."""

    def __init__(self, words: str, position: Optional[int] = None) -> None:
        super().__init__(f"entry {position}: {words}" if position else words)
        self.position = position


def need(is_good: bool, words: str, position: Optional[int] = None) -> None:
    if not is_good:
        raise WrongError(words, position)


def _add(a: Point, b: Point) -> Point:
    p, q = (a[1] - a[0]) * (b[1] - b[0]) % PRIME, (a[1] + a[0]) * (b[1] + b[0]) % PRIME
    r, s = 2 * a[3] * b[3] * CURVE % PRIME, 2 * a[2] * b[2] % PRIME
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _point(said: bytes) -> Point:
    y, sign = int.from_bytes(said, "little") & (2**255 - 1), said[31] >> 7
    square = (y * y - 1) * pow(CURVE * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if x * x % PRIME == square else x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if y >= PRIME or x * x % PRIME != square:
        raise ValueError("this is no point of the curve")
    x = x if x & 1 == sign else PRIME - x
    return x, y, 1, x * y % PRIME


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032 section 5.1.7; raises ValueError where ``public`` is no key."""
    base, key = _point((4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little")), _point(public)
    s = int.from_bytes(signature[32:], "little")
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = ORDER - int.from_bytes(digest, "little") % ORDER  # negative: the sum below must be R
    addends, point = (base, key, _add(base, key)), (0, 1, 1, 0)
    for bit in range(252, -1, -1):
        point = _add(point, point)
        if pick := (s >> bit & 1) + 2 * (k >> bit & 1):
            point = _add(point, addends[pick - 1])
    x, y = (number * pow(point[2], PRIME - 2, PRIME) % PRIME for number in point[:2])
    return (
        len(signature) == 64 and s < ORDER and (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]
    )


def read_key(text: str) -> Tuple[str, bytes, bytes]:
    """Return the name, the id and the bytes of a verifier key; raises ValueError where it is none for Ed25519."""
    name, said, raw = text.split("+", 2)
    public = base64.b64decode(raw, validate=True)
    number = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    if number.hex() != said or len(public) != 33 or public[0] != 1 or not re.fullmatch(r"\S+", name):
        raise ValueError(f"{text} is no verifier key for Ed25519")
    return name, number, public[1:]


def fingerprint(key: str) -> str:
    """Return the first 128 bits of the SHA-256 of a verifier key's bytes, as printed for comparing."""
    return " ".join(re.findall("....", hashlib.sha256(read_key(key)[2]).hexdigest()[:32].upper()))


def read_head(note: str) -> Tuple[str, int, bytes]:
    """Return the origin, size and root of a signed tree head; raises ValueError where it is none."""
    match = HEAD.fullmatch(note)
    if not match:
        raise ValueError("this is no signed tree head")
    return match[1], int(match[2]), base64.b64decode(match[3], validate=True)


def is_signed(note: str, key: str) -> Optional[bool]:
    """Say whether a verifier key signed a note; None where no signature claims so."""
    text, _, signed = note.rpartition("\n\n")
    name, number, public = read_key(key)
    for who, said in re.findall("^\u2014 (\\S+) (\\S+)$", signed, re.MULTILINE):
        raw = base64.b64decode(said, validate=True)
        if (who, raw[:4]) == (name, number):
            return ed25519_verify(public, f"{text}\n".encode(), raw[4:])
    return None


def _number(said: str) -> int:
    if not re.fullmatch(r"-?\d{1,16}", said) or abs(int(said)) >= 2**53:
        raise ValueError(said)
    return int(said)


def read_line(line: bytes, what: str, position: Optional[int] = None) -> Dict[str, Any]:
    """Return the object in canonical JSON: texts in NFC, whole numbers, keys in order, no spaces."""
    try:
        value = json.loads(line, parse_int=_number, parse_float=_number, parse_constant=_number)
        again = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        parts = [] if line.isascii() else re.split(r"\\.", line.decode())  # escaped signs join with no other
        if again == line and all(unicodedata.is_normalized("NFC", part) for part in parts):
            return dict(value)
    except (TypeError, ValueError, RecursionError):
        pass
    raise WrongError(f"{what} is not in the form in which it was written", position)


def seals_in(value: Any, pointer: str = "") -> Iterator[Tuple[str, str]]:
    """Yield (JSON pointer, hash) of every sealed text."""
    if isinstance(value, dict) and value.keys() == {"sha256"} and isinstance(value["sha256"], str):
        yield pointer, value["sha256"]
    elif isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from seals_in(item, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")


class Log:
    """Takes the entries one after the other and raises WrongError at the first that is not as it must be."""

    def __init__(
        self, key: Optional[str] = None, claims: Sequence[Claim] = (), notes: Sequence[str] = ()
    ) -> None:
        self.workplan = self.origin = self.recorded_at = ""
        self.size = self.signed = self.matched = self.sealed = self.redacted = 0
        self.keys: List[str] = [key] if key else []
        self.unvouched: Set[str] = set()  # keys that the one before did not vouch for
        self._claims: Dict[int, List[Tuple[bytes, str, str]]] = {}
        self._peaks: List[bytes] = []
        self._subjects: List[str] = []
        self._versions: Dict[str, int] = {}
        self._closed: Set[int] = set()  # what cannot be corrected: amendments, and what was retracted
        self._known: Set[str] = set()
        self._missing: Dict[Tuple[int, str], str] = {}
        for size, start, whose in claims:
            self._claims.setdefault(size, []).append((start, whose, ""))
        for note in notes:
            _, size, root = read_head(note)
            self._claims.setdefault(size, []).append((root, f"the signed head of {size} entries", note))

    def entry(self, line: bytes, texts: Texts, leaf: Optional[bytes] = None) -> Dict[str, Any]:
        """Take the next entry: its bytes, its texts, and the hash that was kept of it."""
        number = position = self.size + 1
        event = read_line(line, "its text", position)
        try:
            said = (event["position"], event["workplan"])
            need(
                said == (position, self.workplan or said[1]),
                f"in its place stands {said[0]} of {said[1]}",
                position,
            )
            node = hashlib.sha256(b"\0" + line).digest()
            need(leaf in {None, node}, "it does not have the hash that was kept of it", position)
            self._place(event, position)
            self._unseal(event if b'{"sha256":"' in line else {}, texts, position)
            if event["type"] in {"EntryCorrected", "EntryRetracted", "TextRedacted"}:
                self._amend(event, position)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise WrongError(f"a field is missing or impossible ({error})", position) from error
        while not number & 1:  # complete subtrees join (RFC 9162 section 2.1)
            node, number = hashlib.sha256(b"\1" + self._peaks.pop() + node).digest(), number >> 1
        self._peaks.append(node)
        self.size = position
        for claim in self._claims.pop(position, ()):
            self._compare(*claim)
        return event

    def root(self) -> bytes:
        root = self._peaks[-1] if self._peaks else hashlib.sha256().digest()
        for peak in self._peaks[-2::-1]:
            root = hashlib.sha256(b"\1" + peak + root).digest()
        return root

    def _place(self, event: Dict[str, Any], position: int) -> None:
        subject, instant, data = event["subject"], event["recorded_at"], event["data"]
        version, is_adoption = self._versions.get(subject, 0) + 1, event["type"] == "WorkplanAdopted"
        need(
            event["version"] == version,
            f"{subject} is at version {event['version']}, not {version}",
            position,
        )
        need(
            bool(INSTANT.fullmatch(instant)) and instant > self.recorded_at,
            "it was recorded too early",
            position,
        )
        need(
            is_adoption == (position == 1), "WorkplanAdopted begins a log, and stands nowhere else", position
        )
        if position == 1:
            self.workplan, self.origin = event["workplan"], data["origin"]
        if event["type"] == "SigningKeyChanged" and data["key"] not in self.keys[-1:]:
            need(
                data.get("previous") in (self.keys[-1:] or [None]),
                "it replaces a key that did not sign",
                position,
            )
            self.keys.append(data["key"])
            self.unvouched.add(data["key"])
        self._versions[subject], self.recorded_at = version, instant
        self._subjects.append(sys.intern(subject))

    def _unseal(self, event: Dict[str, Any], texts: Texts, position: int) -> None:
        seals = dict(seals_in(event))
        for at, (salt, text) in texts.items():
            said = hashlib.sha256(salt + text.encode()).hexdigest()
            need(said == seals.get(at), f"the text at {at} is not the one that was sealed", position)
            self._known.add(seals[at])
        self._missing.update({(position, at): said for at, said in seals.items() if at not in texts})
        self.sealed += len(seals)

    def _amend(self, event: Dict[str, Any], position: int) -> None:
        target, is_redaction = event["data"]["position"], event["type"] == "TextRedacted"
        is_about = 0 < target < position and self._subjects[target - 1] == event["subject"]
        need(is_about, f"it amends entry {target}, no earlier one about {event['subject']}", position)
        need(
            is_redaction or target not in self._closed, f"it amends entry {target}, which is final", position
        )
        self._closed |= {position, target} if event["type"] == "EntryRetracted" else {position}
        if is_redaction:
            gone = self._missing.pop((target, event["data"]["field"]), "")
            need(bool(gone), f"the text of entry {target} that it removes is still there", position)
            self._known.add(gone)
            self.redacted += 1

    def _compare(self, start: bytes, whose: str, note: str) -> None:
        words = f"this or a later one up to {self.size} is not what it was: {whose} does not fit"
        is_ours = not note or read_head(note)[0] == self.origin
        need(self.root().startswith(start) and is_ours, words, self.matched + 1)
        self.matched = self.size
        if note:
            is_good = bool(self.keys and is_signed(note, self.keys[-1]))
            need(is_good, f"{whose} is not signed by the key of that time", self.size)
            if self.keys[-1] in self.unvouched and is_signed(note, self.keys[-2]):
                self.unvouched.remove(self.keys[-1])
            self.signed = self.size

    def end(self) -> None:
        """Check what can only be said at the end of the log."""
        for size in sorted(self._claims):
            whose = self._claims[size][0][1]
            raise WrongError(f"it is missing: {whose} is of {size} entries", self.size + 1)
        for (position, at), said in self._missing.items():
            need(said in self._known, f"the text at {at} is gone, and no entry removed it", position)


class Bundle:
    """An export in a zip file; every file is read once, from the first line to the last."""

    def __init__(self, path: str) -> None:
        self.archive, self.digests = zipfile.ZipFile(path), {}  # type: zipfile.ZipFile, Dict[str, str]

    def lines(self, name: str) -> Iterator[bytes]:
        digest = hashlib.sha256()
        try:
            with self.archive.open(name) as file:
                for line in file:
                    digest.update(line)
                    yield line[:-1]
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
            raise WrongError(f"{name} is damaged or missing") from error
        self.digests[name] = digest.hexdigest()


def examine(path: str, claims: Sequence[Claim] = ()) -> Log:
    """Check an export, and that the roots fit what is claimed of them."""
    archive, digests = zipfile.ZipFile(path), {}
    texts = (read_line(line, "texts.jsonl") for line in lines("texts.jsonl"))
    ...
