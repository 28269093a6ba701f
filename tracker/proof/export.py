"""The export of a log: everything that checking it elsewhere needs, in one zip file (docs/proof.md has the format).

Of the same log it is the same file, byte for byte (on machines whose zlib compresses alike); line n of the three large
files is about entry n.
"""

from __future__ import annotations

import contextlib
import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tracker.database import Transaction
from tracker.errors import LogError, RuleError, SettingsError, TrackerError
from tracker.events import verifier
from tracker.events.codec import canonical
from tracker.events.reading import LogEnd, end_of
from tracker.events.signed_heads import SignedHead, adoption_of, all_heads, keys_of
from tracker.events.signing import sign_seen
from tracker.projections.rebuilding import Told, silent
from tracker.proof.keys import key_file
from tracker.runtime import Runtime

CHUNK = 1000
FORMAT = 1
GUIDES = ("README.md", "LEAME.md", "LISEZMOI.md")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip file can say; a real one would make two exports of one log differ."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds. ``unsigned`` says why its last entries are covered by no signed head, if so."""

    path: Path
    workplan: str
    size: int
    root: bytes
    heads: int
    unsigned: TrackerError | None


def export(
    runtime: Runtime, workplan: str, path: Path, *, is_full: bool = False, told: Told = silent
) -> Exported:
    """Write the log of a workplan to a new file, after signing its head.

    ``is_full`` adds what only a move needs: the keys of requests, so that their repeats are known elsewhere too.

    Raises:
        RuleError: the file exists already, or its folder does not.
        NotFoundError: there is no such workplan.
    """
    if path.exists() or not path.parent.is_dir():
        raise RuleError(
            "{path} exists already" if path.exists() else "there is no folder {folder}",
            path=str(path),
            folder=str(path.parent),
            field="FILE",
            value=str(path),
            way_out="Give the name of a new file in a folder that exists.",
        )
    fresh = path.with_name(f"{path.name}.part")
    file, unsigned, head = key_file(runtime), None, None
    with contextlib.ExitStack() as stack:
        with file.alone():  # opened now, the snapshot is no older than what the signer remembers
            tx = stack.enter_context(runtime.database.read())
            end = end_of(tx, workplan)
            try:
                head = sign_seen(tx, runtime.database, file, workplan, runtime.now())
            except (LogError, SettingsError) as error:
                unsigned = error
        try:
            fresh.touch(mode=0o600)  # it holds what was said in confidence
            with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
                heads = _write(archive, tx, end, head, is_full=is_full, told=told)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    fresh.replace(path)
    return Exported(path, workplan, end.position, end.root, heads, unsigned)


def _write(
    archive: zipfile.ZipFile,
    tx: Transaction,
    end: LogEnd,
    head: SignedHead | None,
    *,
    is_full: bool,
    told: Told,
) -> int:
    workplan, digests = end.workplan, dict[str, str]()

    def write(name: str, chunks: Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        with archive.open(_member(name), "w") as out:
            for chunk in chunks:
                digest.update(chunk)
                out.write(chunk)
        digests[name] = digest.hexdigest()

    for name in GUIDES:
        write(name, [(Path(__file__).parent / "guides" / name).read_bytes()])
    write("verify.py", [Path(verifier.__file__).read_bytes()])
    kept = {one.size: one for one in (*all_heads(tx, workplan), *([head] if head else []))}
    keys = keys_of(tx, workplan) or ([head.key] if head else [])
    write("key.txt", [f"{key}\n".encode() for key in keys])
    write("heads.jsonl", [_line(_head_json(one)) for _, one in sorted(kept.items())])
    write("events.jsonl", _events(tx, end, told))
    write("texts.jsonl", _texts(tx, end))
    write("leaves.txt", _leaves(tx, end))
    if is_full:
        write("keys.jsonl", _keys(tx, end))
    log = [workplan, adoption_of(tx, workplan).origin, end.position, end.root.hex()]
    manifest = canonical({"files": digests, "format": FORMAT, "log": log})
    archive.writestr(_member("manifest.json"), manifest)
    return len(kept)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = 3  # Unix, whatever it is written on
    member.external_attr = 0o644 << 16
    return member


def _line(value: object) -> bytes:
    return canonical(value) + b"\n"


def _head_json(head: SignedHead) -> dict[str, str]:
    return {"key": head.key, "note": head.note, "signed_at": head.signed_at}


def _events(tx: Transaction, end: LogEnd, told: Told) -> Iterator[bytes]:
    for start in range(0, end.position, CHUNK):
        for (stored,) in tx.all(_EVENTS, end.workplan, start, min(start + CHUNK, end.position)):
            yield bytes(stored) + b"\n"
        told(min(start + CHUNK, end.position), end.position)


def _texts(tx: Transaction, end: LogEnd) -> Iterator[bytes]:
    for start in range(0, end.position, CHUNK):
        stop = min(start + CHUNK, end.position)
        found: dict[int, dict[str, list[str]]] = {}
        for position, field, salt, text in tx.all(_TEXTS, end.workplan, start, stop):
            found.setdefault(position, {})[field] = [bytes(salt).hex(), text]
        for position in range(start + 1, stop + 1):
            yield _line(found.get(position, {}))


def _leaves(tx: Transaction, end: LogEnd) -> Iterator[bytes]:
    for start in range(0, end.position, CHUNK):
        stop = min(start + CHUNK, end.position)
        found = {index: bytes(node).hex() for index, node in tx.all(_LEAVES, end.workplan, start, stop)}
        for index in range(start, stop):
            yield f"{found.get(index, '')}\n".encode()


def _keys(tx: Transaction, end: LogEnd) -> Iterator[bytes]:
    for actor, key, salt, body_hash, first, count in tx.all(_KEYS, end.workplan, end.position):
        row = {"actor": actor, "key": key, "first_position": first, "count": count}
        if salt is not None:
            row |= {"salt": bytes(salt).hex(), "body_hash": body_hash}
        yield _line(row)


_EVENTS = "SELECT stored FROM events WHERE workplan = ? AND position > ? AND position <= ? ORDER BY position"
_TEXTS = "SELECT position, field, salt, text FROM texts WHERE workplan = ? AND position > ? AND position <= ?"
_LEAVES = "SELECT idx, hash FROM tree_nodes WHERE workplan = ? AND level = 0 AND idx >= ? AND idx < ?"
_KEYS = (
    "SELECT actor, key, salt, body_hash, first_position, count FROM idempotency_keys"
    " WHERE workplan = ? AND first_position <= ? ORDER BY first_position, actor, key"
)
