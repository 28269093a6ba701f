#!/usr/bin/env python3
"""Checks the export of a workplan's log with Python 3.9 or newer and nothing else; it reads and never writes.

    python3 verify.py EXPORT.zip [--key KEY-OR-FINGERPRINT] [--head FILE] [--seal 2977:7F3A-91C2]

Ends with 0 where all is as it was signed, 1 where something is wrong (the first bad entry is named), 2 where it cannot
decide. Sources: RFC 9162 (tree), RFC 8032 (Ed25519), RFC 8785 (canonical JSON), C2SP signed-note and tlog-checkpoint.
"""

from __future__ import annotations

import argparse
import base64
import functools
import hashlib
import json
import re
import sys
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO, Dict, Iterator, List, Mapping, NamedTuple, Optional, Set, Tuple

Point = Tuple[int, int, int, int]
LONGEST = 1 << 24  # bytes of a line
FORMAT = "workplan-tracker export 1"
ENVELOPE = {"workplan", "position", "subject", "version", "type", "schema", "occurred_on", "recorded_at"} | {
    *("actor", "channel", "data")
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


class WrongError(Exception):
    """Something is not as it was signed; ``position`` is the first entry that is known to be bad, if one is."""

    def __init__(self, words: str, position: Optional[int] = None) -> None:
        super().__init__(words if position is None else f"entry {position}: {words}")
        self.position = position


class UndecidedError(Exception):
    """It cannot be said whether anything is wrong."""


# ------------------------------------------------------------------------------------------- Ed25519 (RFC 8032)

PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME


def _add(a: Point, b: Point) -> Point:
    p, q = (a[1] - a[0]) * (b[1] - b[0]) % PRIME, (a[1] + a[0]) * (b[1] + b[0]) % PRIME
    r, s = 2 * a[3] * b[3] * CURVE % PRIME, 2 * a[2] * b[2] % PRIME
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


@functools.lru_cache(maxsize=64)
def _point(said: bytes) -> Optional[Point]:
    y, sign = int.from_bytes(said, "little") & (2**255 - 1), said[31] >> 7
    square = (y * y - 1) * pow(CURVE * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if x * x % PRIME != square:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if y >= PRIME or x * x % PRIME != square or (x == 0 and sign):
        return None
    x = PRIME - x if x & 1 != sign else x
    return x, y, 1, x * y % PRIME


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    base, key = _point((4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little")), _point(public)
    s = int.from_bytes(signature[32:], "little")
    if base is None or key is None or len(signature) != 64 or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = ORDER - int.from_bytes(digest, "little") % ORDER  # negative: the sum below must be R
    addends, point = (base, key, _add(base, key)), (0, 1, 1, 0)
    for bit in range(252, -1, -1):
        point = _add(point, point)
        if pick := (s >> bit & 1) + 2 * (k >> bit & 1):
            point = _add(point, addends[pick - 1])
    x, y = (number * pow(point[2], PRIME - 2, PRIME) % PRIME for number in point[:2])
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# --------------------------------------------------------------------------------- keys and signed heads (C2SP)


class Key(NamedTuple):
    """A verifier key: its name, its id, 32 bytes of Ed25519."""

    name: str
    id: bytes
    public: bytes

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([1]) + self.public).decode()}"

    @property
    def fingerprint(self) -> str:
        """The first 128 bits of the SHA-256 of the key, as they are printed for comparing."""
        return " ".join(re.findall("....", hashlib.sha256(self.public).hexdigest()[:32].upper()))


def key_of(name: str, public: bytes) -> Key:
    return Key(name, hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4], public)


def read_key(text: str) -> Key:
    """Raises ValueError where it is no verifier key for Ed25519."""
    key = key_of(text.partition("+")[0], base64.b64decode(text.split("+", 2)[-1])[1:])
    if str(key) != text or len(key.public) != 32 or not re.fullmatch(r"\S+", key.name):
        raise ValueError(f"{text[:100]} is no verifier key for Ed25519")
    return key


class Head(NamedTuple):
    """A signed tree head: of which log, its size and root, the text that is signed, and who signs how."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: Dict[Tuple[str, bytes], bytes]

    def is_signed_by(self, key: Key) -> Optional[bool]:
        """Say whether the key signed it; None where no signature claims so."""
        signature = self.signatures.get(key[:2])
        return None if signature is None else ed25519_verify(key.public, self.text, signature)


def read_head(note: str) -> Head:
    """Raises ValueError where it is no signed tree head."""
    text, _, signed = note.rpartition("\n\n")
    origin, size, root, *_ = [*text.split("\n"), "", "", ""]
    signatures: Dict[Tuple[str, bytes], bytes] = {}
    for name, said in re.findall("^\u2014 (\\S+) (\\S+)\n", signed, re.MULTILINE):
        raw = base64.b64decode(said, validate=True)
        signatures.setdefault((name, raw[:4]), raw[4:])
    raw = base64.b64decode(root, validate=True)
    if not re.fullmatch("(\u2014 \\S+ \\S+\n)+", signed) or not re.fullmatch(r"[1-9]\d{0,15}", size) or len(raw) != 32:
        raise ValueError("this is no signed tree head")
    return Head(origin, int(size), raw, f"{text}\n".encode(), signatures)


# ------------------------------------------------------------------------------------------------ entry by entry


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _number(said: str) -> int:
    if not re.fullmatch(r"-?\d{1,16}", said) or abs(int(said)) >= 2**53:
        raise ValueError(said)
    return int(said)


def read_line(line: bytes, what: str, position: Optional[int] = None) -> Dict[str, Any]:
    """Return the object in canonical JSON: NFC texts, whole numbers, ASCII keys in order, no spaces."""
    try:
        value = json.loads(line, parse_int=_number, parse_float=_number, parse_constant=_number)
        is_good = canonical(value) == line and (line.isascii() or _is_plain(value))
    except (ValueError, RecursionError):
        is_good = False
    if not is_good or not isinstance(value, dict):
        raise WrongError(f"{what} is not in the form in which it was written", position)
    return value


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(key.isascii() and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return not isinstance(value, str) or unicodedata.is_normalized("NFC", value)


def seals_in(value: Any, pointer: str = "") -> Iterator[Tuple[str, str]]:
    """Yield (JSON pointer, hash) of every sealed text."""
    if isinstance(value, dict) and value.keys() == {"sha256"} and isinstance(value["sha256"], str):
        yield pointer, value["sha256"]
    elif isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from seals_in(item, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")


class Log:
    """Takes the entries one after the other and raises WrongError at the first that is not as it must be."""

    def __init__(self, key: Optional[Key] = None) -> None:
        self.workplan = self.origin = self.recorded_at = ""
        self.size = self.signed = self.matched = self.sealed = 0
        self.keys: List[Key] = [key] if key else []
        self.breaks: List[int] = []  # which of the keys the one before did not vouch for
        self.redacted: Set[str] = set()
        self._heads: Dict[int, List[Tuple[bytes, str, Optional[Head]]]] = {}
        self._peaks: List[bytes] = []
        self._subjects: List[str] = []
        self._versions: Dict[str, int] = {}
        self._closed: Set[int] = set()  # entries that cannot be corrected: amendments, and what was retracted
        self._known: Set[bytes] = set()
        self._missing: Dict[Tuple[int, str], str] = {}

    def expect(self, size: int, start: bytes, whose: str, head: Optional[Head] = None) -> None:
        """Say how the root at a size must begin; with ``head`` the key of that time must have signed it."""
        self._heads.setdefault(size, []).append((start, whose, head))

    def entry(self, line: bytes, texts: Mapping[str, Tuple[bytes, str]], leaf: Optional[bytes] = None) -> Dict[str, Any]:
        """Take the next entry: its bytes, its texts {JSON pointer: (salt, text)}, and the hash that was kept of it."""
        number = position = self.size + 1
        event = read_line(line, "its text", position)
        if event.get("position") != position or event.get("workplan") != (self.workplan or event.get("workplan")):
            said = f"entry {event.get('position')} of {event.get('workplan')}"
            raise WrongError(f"is missing; in its place stands {said}", position)
        node = hashlib.sha256(b"\0" + line).digest()
        if leaf not in (None, node):
            raise WrongError("its text does not have the hash that was kept of it", position)
        try:
            self._place(event, position)
            self._unseal(event if b'{"sha256":"' in line else {}, texts, position)
            self._amend(event, position)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise WrongError(f"a field has no value that it can have ({error})", position) from error
        while not number & 1:  # subtrees that are complete join (RFC 9162 section 2.1)
            node, number = hashlib.sha256(b"\1" + self._peaks.pop() + node).digest(), number >> 1
        self._peaks.append(node)
        self.size = position
        for start, whose, head in self._heads.pop(position, ()):
            self._compare(start, whose, head)
        return event

    def root(self) -> bytes:
        join = lambda right, left: hashlib.sha256(b"\1" + left + right).digest()  # noqa: E731 - one line of a file that must be short
        return functools.reduce(join, reversed(self._peaks)) if self._peaks else hashlib.sha256().digest()

    def _place(self, event: Dict[str, Any], position: int) -> None:
        subject, kind, data = event["subject"], event["type"], event["data"]
        version = self._versions.get(subject, 0) + 1
        if not ENVELOPE <= event.keys():
            raise WrongError(f"it lacks {', '.join(sorted(ENVELOPE - event.keys()))}", position)
        if event["version"] != version:
            raise WrongError(f"{subject} is at version {event['version']}, where {version} must follow", position)
        if not INSTANT.fullmatch(event["recorded_at"]) or event["recorded_at"] <= self.recorded_at:
            raise WrongError(f"recorded at {event['recorded_at']}, which is not after {self.recorded_at}", position)
        if (kind == "WorkplanAdopted") != (position == 1):
            raise WrongError("a log begins with WorkplanAdopted, and it stands nowhere else", position)
        if position == 1:
            self.workplan, self.origin = event["workplan"], data["origin"]
        if kind == "SigningKeyChanged" and [data["key"]] != [str(key) for key in self.keys[-1:]]:
            if self.keys and data.get("previous") != str(self.keys[-1]):
                raise WrongError("it replaces another key than the one that signed until then", position)
            self.keys.append(read_key(data["key"]))
            self.breaks.append(len(self.keys) - 1)
        self._versions[subject] = version
        self._subjects.append(sys.intern(subject))
        self.recorded_at = event["recorded_at"]

    def _unseal(self, event: Dict[str, Any], texts: Mapping[str, Tuple[bytes, str]], position: int) -> None:
        seals = dict(seals_in(event))
        for pointer, (salt, text) in texts.items():
            if hashlib.sha256(salt + text.encode()).hexdigest() != seals.get(pointer):
                raise WrongError(f"the text at {pointer} is not the one that was sealed", position)
            self._known.add(bytes.fromhex(seals[pointer]))
        self._missing.update({(position, pointer): said for pointer, said in seals.items() if pointer not in texts})
        self.sealed += len(seals)

    def _amend(self, event: Dict[str, Any], position: int) -> None:
        kind, target = event["type"], event["data"].get("position")
        if kind not in {"EntryCorrected", "EntryRetracted", "TextRedacted"}:
            return
        if not 0 < target < position or self._subjects[target - 1] != event["subject"]:
            raise WrongError(f"it amends entry {target}, which is no earlier one about {event['subject']}", position)
        if kind == "TextRedacted":
            gone = self._missing.pop((target, event["data"]["field"]), None)
            if gone is None:
                raise WrongError(f"the text of entry {target} that it removes is there, or never was", position)
            self.redacted.add(gone)
        elif target in self._closed:
            raise WrongError(f"it amends entry {target}, which cannot be amended", position)
        self._closed |= {position, target} if kind == "EntryRetracted" else {position}

    def _compare(self, start: bytes, whose: str, head: Optional[Head]) -> None:
        if not self.root().startswith(start) or (head and head.origin != self.origin):
            span = f"one of the entries {self.matched + 1} to {self.size}"
            raise WrongError(f"{whose} does not fit: {span} was changed", self.matched + 1)
        if head:
            if not self.keys or not head.is_signed_by(self.keys[-1]):
                raise WrongError(f"{whose} is not signed by the key of that time", self.size)
            if len(self.keys) - 1 in self.breaks and head.is_signed_by(self.keys[-2]):
                self.breaks.remove(len(self.keys) - 1)
            self.signed = self.size
        self.matched = self.size

    def end(self) -> None:
        """Check what can be said only at the end of the log."""
        for size in sorted(self._heads):
            whose = self._heads[size][0][1]
            raise WrongError(f"is missing, and all after it: {whose} is of {size} entries", self.size + 1)
        for (position, pointer), said in self._missing.items():
            if said not in self.redacted and bytes.fromhex(said) not in self._known:
                raise WrongError(f"the text at {pointer} is gone, and no entry says that it was removed", position)
