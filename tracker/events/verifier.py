"""Checks an export of a workplan's log with Python 3.9 or newer and nothing else; it reads, and writes nothing.

    python3 verify.py EXPORT.zip [--key KEY-OR-FINGERPRINT] [--head FILE] [--seal 2977:7F3A-91C2]

Ends with 0: all is as it was signed; 1: something is wrong, the first bad entry is named; 2: it cannot decide.
Sources: RFC 9162 (tree), 8032 (Ed25519) and 8785 (canonical JSON), C2SP signed-note and tlog-checkpoint.
"""

from __future__ import annotations

import argparse
import base64
import functools
import hashlib
import io
import itertools
import json
import re
import sys
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

Json = dict[str, Any]
Point = tuple[int, int, int, int]
Claim = tuple[int, bytes, str, str]  # size, how its root begins, whose word that is, the note if it is signed
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
BASE = (4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little")
HEAD = re.compile(r"\A(.+)\n([1-9][0-9]{0,15})\n(.{43}=)\n(?:.+\n)*\n((?:— \S+ \S+\n)+)\Z")
SEAL = re.compile(r"[1-9][0-9]{0,15}:[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}")
DECODER = json.JSONDecoder(parse_float=int, parse_constant=int)  # int() refuses both
ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
FAULTS = (AttributeError, EOFError, LookupError, RuntimeError, TypeError, ValueError, BadZipFile, zlib.error)


class WrongError(Exception):
    """Something is not as it was signed; ``position`` is the first entry known to be bad, if one is."""

    def __init__(self, words: str, position: int | None = None) -> None:
        super().__init__(f"entry {position}: {words}" if position else words)
        self.position = position


def need(is_good: object, words: str) -> None:
    if not is_good:
        raise ValueError(words)


def _add(a: Point, b: Point) -> Point:
    p, q = (a[1] - a[0]) * (b[1] - b[0]) % PRIME, (a[1] + a[0]) * (b[1] + b[0]) % PRIME
    r, s = 2 * a[3] * b[3] * CURVE % PRIME, 2 * a[2] * b[2] % PRIME
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


@functools.lru_cache(maxsize=64)
def _table(said: bytes) -> list[list[Point]]:  # in row i the multiples 0 to 15 of 16^i times the point
    y, sign = int.from_bytes(said, "little") & (2**255 - 1), said[31] >> 7
    square = (y * y - 1) * pow(CURVE * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if x * x % PRIME == square else x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    need(y < PRIME and x * x % PRIME == square, "this is no point of the curve")
    x, rows = x if x & 1 == sign else PRIME - x, list[list[Point]]()
    point: Point = (x, y, 1, x * y % PRIME)
    for _ in range(64):
        rows.append([*itertools.accumulate([point] * 15, _add, initial=(0, 1, 1, 0))])
        point = _add(rows[-1][15], point)
    return rows


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:  # section 5.1.7
    s, point = int.from_bytes(signature[32:], "little"), (0, 1, 1, 0)
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = ORDER - int.from_bytes(digest, "little") % ORDER  # negative: the sum below must be R
    for table, number in ((_table(BASE), s), (_table(public), k)):
        for index, row in enumerate(table):
            point = _add(point, row[number >> 4 * index & 15])
    x, y = (number * pow(point[2], PRIME - 2, PRIME) % PRIME for number in point[:2])
    said = (y | (x & 1) << 255).to_bytes(32, "little")
    return len(signature) == 64 and s < ORDER and said == signature[:32]


def read_key(text: str) -> tuple[str, bytes, bytes]:  # name, id, key; raises ValueError
    name, said, raw = text.split("+", 2)
    public = base64.b64decode(raw, validate=True)
    number = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    is_key = number.hex() == said and len(public) == 33 and public[0] == 1 and re.fullmatch(r"\S+", name)
    need(is_key, f"{text} is no verifier key for Ed25519")
    return name, number, public[1:]


def fingerprint(key: str) -> str:
    return "-".join(re.findall("....", hashlib.sha256(read_key(key)[2]).hexdigest()[:32].upper()))


def read_head(note: str, key: str = "") -> tuple[str, int, bytes, bool | None]:
    """Return the origin, size and root of a signed tree head, and whether a key signed it (None: no line says so)."""
    origin, size, root, signatures = (HEAD.findall(note) or [("", "0", "", "")])[0]
    need(origin != "", "this is no signed tree head")
    name, number, public = read_key(key) if key else ("", b"", b"")
    lines = re.findall("\u2014 (\\S+) (\\S+)\n", signatures)
    raws = [base64.b64decode(said, validate=True) for who, said in lines if who == name]
    mine, text = [raw[4:] for raw in raws if raw[:4] == number], note[: -len(signatures) - 1].encode()
    is_signed = ed25519_verify(public, text, mine[0]) if mine else None
    return origin, int(size), base64.b64decode(root, validate=True), is_signed


def read_line(line: bytes) -> Json:
    """Return the object in canonical JSON: texts in NFC, whole numbers, keys in order, no spaces."""
    text = line.decode()
    value = DECODER.raw_decode(text)[0]
    parts = [] if text.isascii() else re.split(r"\\.", text)  # escaped signs join with no other
    is_plain = ENCODER.encode(value) == text and all(unicodedata.is_normalized("NFC", part) for part in parts)
    need(is_plain, "it is not in the form in which it was written")
    return dict(value)


def seals_in(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:  # (JSON pointer, hash) of each
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, (dict, list)):
            at = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if isinstance(item, dict) and item.keys() == {"sha256"} and isinstance(item["sha256"], str):
                yield at, item["sha256"]
            else:
                yield from seals_in(item, at)


class Log:
    """Takes the entries one after the other and raises WrongError at the first that is not as it must be."""

    def __init__(self, key: str, claims: Iterable[Claim]) -> None:
        self.workplan = self.origin = self.recorded_at = ""
        self.size = self.signed = self.sealed = self.redacted = 0
        self.keys: list[str] = [key] if key else []
        self.unvouched: set[str] = set()  # keys that the one before did not vouch for
        self._claims = sorted(claims, reverse=True)
        self._fitting: dict[str, int] = {}  # by whose word: what fits the signer's says nothing about yours
        self._peaks: list[bytes] = []
        self._subjects: list[str] = []
        self._versions: dict[str, int] = {}
        self._closed: set[int] = set()  # what cannot be corrected: amendments, and what was retracted
        self.known: set[str] = set()
        self._missing: dict[tuple[int, str], str] = {}

    def entry(self, line: bytes, texts: bytes, leaf: bytes | None = None) -> Json:
        """Take the next entry: its bytes, its texts as JSON {pointer: [salt, text]}, the hash kept of it (in hex)."""
        number = position = self.size + 1
        node = hashlib.sha256(b"\0" + line).digest()
        try:
            event = read_line(line)
            where = event["position"], self.workplan and event["workplan"]
            need(where == (position, self.workplan), f"in its place stands entry {where}")
            need(leaf in {None, node.hex().encode()}, "it does not have the hash that was kept of it")
            self._place(event, event["data"])
            self._unseal(event if b'{"sha256":"' in line else {}, DECODER.decode(texts.decode()), position)
            if event["type"] in {"EntryCorrected", "EntryRetracted", "TextRedacted"}:
                self._amend(event, position, event["data"]["position"])
        except FAULTS as error:
            words = f"{error}" if type(error) is ValueError else "it is missing or cannot be read"
            raise WrongError(words, position) from error
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

    def _place(self, event: Json, data: Json) -> None:
        subject, version, instant = event["subject"], event["version"], event["recorded_at"]
        expected, is_first = self._versions.get(subject, 0) + 1, event["type"] == "WorkplanAdopted"
        need(version == expected, f"{subject} is at version {version}, not {expected}")
        need(INSTANT.fullmatch(instant) and instant > self.recorded_at, "it was recorded too early")
        need(is_first == (self.size == 0), "WorkplanAdopted begins a log, and stands nowhere else")
        if is_first:
            self.workplan, self.origin = event["workplan"], data["origin"]
        if event["type"] == "SigningKeyChanged" and data["key"] not in self.keys[-1:]:
            need(data.get("previous") in self.keys[-1:] or not self.keys, "it replaces another key")
            self.keys.append(data["key"])
            self.unvouched.add(data["key"])
        self._versions[subject], self.recorded_at = version, instant
        self._subjects.append(sys.intern(subject))

    def _unseal(self, event: Json, texts: Json, position: int) -> None:
        seals = dict(seals_in(event))
        for at, (salt, text) in texts.items():
            said = hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()
            need(said == seals.get(at) and salt == salt.lower(), f"the text at {at} is not the one sealed")
            self.known.add(said)
        self._missing.update({(position, at): said for at, said in seals.items() if at not in texts})
        self.sealed += len(seals)

    def _amend(self, event: Json, position: int, target: int) -> None:
        is_about = 0 < target < position and self._subjects[target - 1] == event["subject"]
        need(is_about, f"it amends entry {target}, no earlier one about {event['subject']}")
        is_removal = event["type"] == "TextRedacted"
        need(is_removal or target not in self._closed, f"it amends entry {target}, which is final")
        if is_removal:
            gone = self._missing.pop((target, event["data"]["field"]), "")
            need(gone, f"the text of entry {target} that it removes is still there")
            self.known.add(gone)
            self.redacted += 1
        self._closed |= {position, target} if event["type"] == "EntryRetracted" else {position}

    def _compare(self, start: bytes, whose: str, note: str) -> None:
        if not self.root().startswith(start):
            first = min(self._fitting.get(whose[:4], 0) + 1, self.size)
            raise WrongError(f"it or a later one up to {self.size} was changed: {whose} does not fit", first)
        if note:
            if not self.keys or read_head(note, self.keys[-1])[::3] != (self.origin, True):
                raise WrongError(f"{whose} is not signed by the key of that time", self.size)
            if self.keys[-1] in self.unvouched and read_head(note, self.keys[-2:][0])[3]:
                self.unvouched.remove(self.keys[-1])
            self.signed = self.size
        self._fitting[whose[:4]] = self.size

    def end(self) -> None:
        for size, _, whose, _ in self._claims[-1:]:
            raise WrongError(f"it is missing: {whose} is of {size} entries", self.size + 1)
        for (position, at), said in self._missing.items():
            if said not in self.known:
                raise WrongError(f"the text at {at} is gone, and no entry removed it", position)


def signed_claim(note: str, whose: str = "the signed head of {} entries") -> Claim:
    _, size, root, _ = read_head(note)
    return size, root, whose.format(size), note


def examine(path: str, claims: Iterable[Claim] = ()) -> Log:
    """Check an export, and that its tree fits what is claimed; raises WrongError, or one of FAULTS if it is none."""
    digests: dict[str, str] = {}

    def lines(name: str) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for line in io.BufferedReader(archive.open(name)):  # type: ignore[type-var]
            digest.update(line)
            yield line.rstrip(b"\n")
        digests[name] = digest.hexdigest()

    with ZipFile(path) as archive:
        try:
            own = [signed_claim(read_line(line)["note"]) for line in lines("heads.jsonl")]
            log = Log(next(lines("key.txt"), b"").decode(), [*own, *claims])
            files = (lines(name) for name in ("events.jsonl", "texts.jsonl", "leaves.txt"))
            for row in itertools.zip_longest(*files, fillvalue=b""):
                log.entry(*row)
            log.end()
            for name in set(archive.namelist()) - digests.keys() - {"manifest.json"}:
                list(lines(name))
            manifest = read_line(archive.read("manifest.json"))
            bad = ", ".join(dict(digests.items() ^ manifest["files"].items())) or "manifest.json"
            said = [log.workplan, log.origin, log.size, log.root().hex()]
            need(manifest == {"log": said, "files": digests, "format": 1}, f"{bad} is not as it was exported")
        except FAULTS as error:
            raise WrongError(f"the export is damaged: {error}") from error
    return log


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("export")
    for name in ("--key", "--head", "--seal"):
        parser.add_argument(name, action="append", default=[])
    asked = parser.parse_args(arguments)
    try:
        claims = [signed_claim(Path(name).read_text("utf-8"), f"your head {name}") for name in asked.head]
        for said in asked.seal:
            need(SEAL.fullmatch(said), f"{said} is no seal; they look like 2977:7F3A-91C2")
            start = bytes.fromhex(said.partition(":")[2].replace("-", ""))
            claims.append((int(said.partition(":")[0]), start, f"your seal {said}", ""))
        log = examine(asked.export, claims)
        print(f"{log.workplan}, {log.origin}: {log.size} entries, the last recorded at {log.recorded_at}.")
        print(f"{log.sealed} sealed texts, {log.redacted} removed openly. Root: {log.root().hex()}.")
        print(*(f"Key to compare with yours: {fingerprint(key)} ({key})" for key in log.keys), sep="\n")
        trusted = [at for at, key in enumerate(log.keys) if {key, fingerprint(key)} & set(asked.key)]
        if asked.key and not trusted:
            raise WrongError("no head is signed by the key that you gave")
        need(log.signed == log.size, f"no signed head covers the entries from {log.signed + 1} on")
        need(not log.unvouched & set(log.keys[max(trusted, default=0) + 1 :]), "an old key did not vouch")
        print("GOOD: every entry, text and head is as it was signed.")
    except (WrongError, OSError, *FAULTS) as error:
        print(f"{'WRONG' if isinstance(error, WrongError) else 'CANNOT DECIDE'}: {error}.")
        return 1 if isinstance(error, WrongError) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
