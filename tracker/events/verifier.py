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
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Set, Tuple

Point = Tuple[int, int, int, int]
Texts = Mapping[str, Tuple[bytes, str]]  # {JSON pointer: (salt, text)}
Claim = Tuple[
    int, bytes, str, str
]  # size, how its root begins, whose word that is, the signed note if it is one
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
HEAD = re.compile("(.+)\n([1-9][0-9]{0,15})\n(.{43}=)\n(?:.+\n)*\n((?:\u2014 \\S+ \\S+\n)+)")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
AMENDMENTS = {"EntryCorrected", "EntryRetracted", "TextRedacted"}
FAULTS = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class WrongError(Exception):
    """Something is not as it was signed; ``position`` is the first entry known to be bad, if one is."""

    def __init__(self, words: str, position: Optional[int] = None) -> None:
        super().__init__(f"entry {position}: {words}" if position else words)
        self.position = position


def need(is_good: bool, words: str) -> None:
    if not is_good:
        raise ValueError(words)


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
    need(y < PRIME and x * x % PRIME == square, "this is no point of the curve")
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
    is_key = number.hex() == said and len(public) == 33 and public[0] == 1 and re.fullmatch(r"\S+", name)
    need(bool(is_key), f"{text} is no verifier key for Ed25519")
    return name, number, public[1:]


def fingerprint(key: str) -> str:
    """Return the first 128 bits of the SHA-256 of a verifier key's bytes, as printed for comparing."""
    return " ".join(re.findall("....", hashlib.sha256(read_key(key)[2]).hexdigest()[:32].upper()))


def read_head(note: str, key: str = "") -> Tuple[str, int, bytes, Optional[bool]]:
    """Return the origin, size and root of a signed tree head, and whether a key signed it (None: no line says so)."""
    match, is_signed = HEAD.fullmatch(note), None
    if not match:
        raise ValueError("this is no signed tree head")
    name, number, public = read_key(key) if key else ("", b"", b"")
    for who, said in re.findall("\u2014 (\\S+) (\\S+)\n", match[4]):
        raw = base64.b64decode(said, validate=True)
        if (who, raw[:4]) == (name, number) and is_signed is None:
            is_signed = ed25519_verify(public, note[: match.start(4) - 1].encode(), raw[4:])
    return match[1], int(match[2]), base64.b64decode(match[3], validate=True), is_signed


def read_line(line: bytes) -> Dict[str, Any]:
    """Return the object in canonical JSON: texts in NFC, whole numbers, keys in order, no spaces."""
    value = json.loads(line, parse_float=int, parse_constant=int)  # int() refuses both
    again = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    parts = [] if line.isascii() else re.split(r"\\.", line.decode())  # escaped signs join with no other
    is_plain = again == line and all(unicodedata.is_normalized("NFC", part) for part in parts)
    need(is_plain, "it is not in the form in which it was written")
    return dict(value)


def seals_in(value: Any, pointer: str = "") -> Iterator[Tuple[str, str]]:
    """Yield (JSON pointer, hash) of every sealed text."""
    if isinstance(value, dict) and value.keys() == {"sha256"} and isinstance(value["sha256"], str):
        yield pointer, value["sha256"]
    elif isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from seals_in(item, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")


class Log:
    """Takes the entries one after the other and raises WrongError at the first that is not as it must be."""

    def __init__(self, key: str, claims: Iterable[Claim]) -> None:
        self.workplan = self.origin = self.recorded_at = ""
        self.size = self.signed = self.matched = self.sealed = self.redacted = 0
        self.keys: List[str] = [key] if key else []
        self.unvouched: Set[str] = set()  # keys that the one before did not vouch for
        self._claims = sorted(claims, reverse=True)
        self._peaks: List[bytes] = []
        self._subjects: List[str] = []
        self._versions: Dict[str, int] = {}
        self._closed: Set[int] = set()  # what cannot be corrected: amendments, and what was retracted
        self._known: Set[str] = set()
        self._missing: Dict[Tuple[int, str], str] = {}

    def entry(self, line: bytes, texts: Texts, leaf: Optional[bytes] = None) -> Dict[str, Any]:
        """Take the next entry: its bytes, its texts, and the hash that was kept of it."""
        number = position = self.size + 1
        node = hashlib.sha256(b"\0" + line).digest()
        try:
            event = read_line(line)
            at, workplan = event["position"], event["workplan"]
            is_next = (at, workplan) == (position, self.workplan or workplan)
            need(is_next, f"in its place stands entry {at} of {workplan}")
            need(leaf in {None, node}, "it does not have the hash that was kept of it")
            self._place(event, event["data"])
            self._unseal(event if b'{"sha256":"' in line else {}, texts, position)
            if event["type"] in AMENDMENTS:
                self._amend(event, position, event["data"]["position"])
        except FAULTS as error:
            raise WrongError(f"{error}", position) from error
        while not number & 1:  # complete subtrees join (RFC 9162 section 2.1)
            node, number = hashlib.sha256(b"\1" + self._peaks.pop() + node).digest(), number >> 1
        self._peaks.append(node)
        self.size = position
        while self._claims and self._claims[-1][0] <= position:
            self._compare(*self._claims.pop()[1:])
        return event

    def root(self) -> bytes:
        root = self._peaks[-1] if self._peaks else hashlib.sha256().digest()
        for peak in self._peaks[-2::-1]:
            root = hashlib.sha256(b"\1" + peak + root).digest()
        return root

    def _place(self, event: Dict[str, Any], data: Dict[str, Any]) -> None:
        subject, version, instant = event["subject"], event["version"], event["recorded_at"]
        expected, is_first = self._versions.get(subject, 0) + 1, event["type"] == "WorkplanAdopted"
        need(version == expected, f"{subject} is at version {version}, not {expected}")
        need(bool(INSTANT.fullmatch(instant)) and instant > self.recorded_at, "it was recorded too early")
        need(is_first == (self.size == 0), "WorkplanAdopted begins a log, and stands nowhere else")
        if is_first:
            self.workplan, self.origin = event["workplan"], data["origin"]
        if event["type"] == "SigningKeyChanged" and data["key"] not in self.keys[-1:]:
            need(data.get("previous") in (self.keys[-1:] or [None]), "it replaces a key that did not sign")
            self.keys.append(data["key"])
            self.unvouched.add(data["key"])
        self._versions[subject], self.recorded_at = version, instant
        self._subjects.append(sys.intern(subject))

    def _unseal(self, event: Dict[str, Any], texts: Texts, position: int) -> None:
        seals = dict(seals_in(event))
        for at, (salt, text) in texts.items():
            said = hashlib.sha256(salt + text.encode()).hexdigest()
            need(said == seals.get(at), f"the text at {at} is not the one that was sealed")
            self._known.add(said)
        self._missing.update({(position, at): said for at, said in seals.items() if at not in texts})
        self.sealed += len(seals)

    def _amend(self, event: Dict[str, Any], position: int, target: int) -> None:
        is_about = 0 < target < position and self._subjects[target - 1] == event["subject"]
        need(is_about, f"it amends entry {target}, no earlier one about {event['subject']}")
        if event["type"] == "TextRedacted":
            gone = self._missing.pop((target, event["data"]["field"]), "")
            need(bool(gone), f"the text of entry {target} that it removes is still there")
            self._known.add(gone)
            self.redacted += 1
        else:
            need(target not in self._closed, f"it amends entry {target}, which is final")
        self._closed |= {position, target} if event["type"] == "EntryRetracted" else {position}

    def _compare(self, start: bytes, whose: str, note: str) -> None:
        if not self.root().startswith(start):
            words = f"this or a later one up to {self.size} is not what it was: {whose} does not fit"
            raise WrongError(words, self.matched + 1)
        self.matched = self.size
        if note:
            if not self.keys or read_head(note, self.keys[-1])[::3] != (self.origin, True):
                raise WrongError(f"{whose} is not signed by the key of that time", self.size)
            if self.keys[-1] in self.unvouched and read_head(note, self.keys[-2])[3]:
                self.unvouched.remove(self.keys[-1])
            self.signed = self.size

    def end(self) -> None:
        """Check what can only be said at the end of the log."""
        for size, _, whose, _ in self._claims[-1:]:
            raise WrongError(f"it is missing: {whose} is of {size} entries", self.size + 1)
        for (position, at), said in self._missing.items():
            if said not in self._known:
                raise WrongError(f"the text at {at} is gone, and no entry removed it", position)


def examine(path: str, claims: Iterable[Claim] = ()) -> Log:
    """Check an export, and that its tree fits what is claimed of it; raises WrongError, or BadZipFile if it is none."""
    digests: Dict[str, str] = {}

    def lines(name: str) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for line in archive.open(name):
            digest.update(line)
            yield line[:-1]
        digests[name] = digest.hexdigest()

    with zipfile.ZipFile(path) as archive:
        log = Log("", ())
        try:
            notes = [read_line(line)["note"] for line in lines("heads.jsonl")]
            heads = [(note, *read_head(note)[1:3]) for note in notes]
            own = [(size, root, f"the signed head of {size} entries", note) for note, size, root in heads]
            log = Log(next(lines("key.txt"), b"").decode(), [*own, *claims])
            leaves, texts = lines("leaves.txt"), map(read_line, lines("texts.jsonl"))
            text = next(texts, None)
            for line in lines("events.jsonl"):
                here: Dict[str, Tuple[bytes, str]] = {}
                while text and text["position"] == log.size + 1 and text["field"] not in here:
                    here[text["field"]] = bytes.fromhex(text["salt"]), text["text"]
                    text = next(texts, None)
                log.entry(line, here, bytes.fromhex(next(leaves, b"").decode()))
            log.end()
            need(not text and next(leaves, None) is None, "there are texts or hashes of no entry")
            need([line.decode() for line in lines("key.txt")] == log.keys, "key.txt holds other keys")
            for name in archive.namelist():
                list(lines(name))
            digests.pop("manifest.json")
            said = [log.workplan, log.origin, log.size, log.root().hex()]
            manifest = next(map(read_line, lines("manifest.json")))
            need(manifest == {"log": said, "files": digests, "format": 1}, "a file is not as it was exported")
        except FAULTS as error:
            raise WrongError(f"the export is damaged: {error}", log.size + 1 if log.size else None) from error
    return log


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("export")
    for name in ("--key", "--head", "--seal"):
        parser.add_argument(name, action="append", default=[])
    asked = parser.parse_args(arguments)
    try:
        claims: List[Claim] = [
            (*read_head(Path(name).read_text("utf-8"))[1:3], name, "") for name in asked.head
        ]
        ...
    except WrongError as error:
        print(f"WRONG, {error}.")
        return 1
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        print(f"CANNOT DECIDE: {error}.")
        return 2


if __name__ == "__main__":
    sys.exit(main())
