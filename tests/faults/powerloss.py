"""The disks that a power failure may leave, built from a journal of what a program wrote, and what is found on them.

At a moment drawn by chance the power fails. What was synced before is on the disk. Of what was written since the last
sync of its file, each write is there or not, by chance and in no order, and one that is there may be torn: only some of
its sectors of 512 bytes are. A file that was never synced may be missing altogether.

What this cannot show: disks that lie about syncing. Names that are removed count as gone at once.
"""

from __future__ import annotations

import bisect
import random
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import shim, trial
from tests.faults.trial import Acknowledged
from tracker.database import migrate
from tracker.errors import TrackerError

OPENED, CREATED, WRITTEN, TRUNCATED, SYNCED, REMOVED, MARKED = range(1, 8)
SECTOR = 512
KEPT = (0.0, 0.3, 0.7, 1.0)
"""How much of what was not synced is on the disk nevertheless; drawn for each image."""


@dataclass(frozen=True)
class Operation:
    kind: int
    file: int
    offset: int
    data: bytes


@dataclass
class File:
    """A file as it is on the disk for sure, and what may have reached it besides."""

    name: str
    content: bytearray
    is_there: bool
    pending: list[Operation] = field(default_factory=list)


@dataclass(frozen=True)
class Image:
    """What a power failure left: files by name, and what had been acknowledged before."""

    number: int
    files: dict[str, bytes]
    told: tuple[Acknowledged, ...]


@dataclass
class Findings:
    """What was found on the images: ``{image: why}``."""

    images: int = 0
    told: int = 0
    lost: dict[int, str] = field(default_factory=dict)
    corrupt: dict[int, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.images} images, {self.told} acknowledgements in all:"
            f" {len(self.lost)} images lost one, {len(self.corrupt)} are corrupt"
        )


def record(
    folder: Path, reports: int, threads: int = 3, pragmas: tuple[str, ...] = ()
) -> tuple[list[Operation], dict[str, bytes]]:
    """Let a program report with the shim underneath; return its journal, and the files as they were before."""
    watched = folder / "watched"
    watched.mkdir()
    url = f"sqlite:///{watched / 'trial.db'}"
    migrate(url)
    trial.installed(url).close()
    before = {path.name: path.read_bytes() for path in watched.iterdir()}
    library, journal = shim.build(folder), folder / "journal"
    shim.run(library, watched, journal, "tests.faults.journalled", url, str(threads), str(reports), *pragmas)
    return list(read(journal.read_bytes())), before


def read(journal: bytes) -> Iterator[Operation]:
    at = 0
    while at < len(journal):
        kind, file, offset, length = struct.unpack_from("<BIQI", journal, at)
        at += 17
        yield Operation(kind, file, offset, journal[at : at + length])
        at += length


def images(
    operations: list[Operation], before: dict[str, bytes], count: int, chance: random.Random
) -> Iterator[Image]:
    """Yield ``count`` disks, cut at moments drawn by chance, in the order of these moments."""
    cuts = sorted(chance.randrange(len(operations) + 1) for _ in range(count))
    files: dict[int, File] = {}
    told: list[Acknowledged] = []
    for at in range(len(operations) + 1):
        for number in range(bisect.bisect_left(cuts, at), bisect.bisect_right(cuts, at)):
            yield Image(number, _cut(files, before, chance), tuple(told))
        if at < len(operations):
            _follow(files, told, before, operations[at])


def _follow(
    files: dict[int, File], told: list[Acknowledged], before: dict[str, bytes], operation: Operation
) -> None:
    match operation.kind:
        case kind if kind in {OPENED, CREATED}:
            name = operation.data.decode()
            content = bytearray(before.get(name, b"") if kind == OPENED else b"")
            files[operation.file] = File(name, content, is_there=kind == OPENED)
        case kind if kind in {WRITTEN, TRUNCATED}:
            files[operation.file].pending.append(operation)
        case kind if kind == SYNCED:
            file = files[operation.file]
            for one in file.pending:
                _apply(file.content, one)
            file.pending, file.is_there = [], True
        case kind if kind == REMOVED:
            del files[operation.file]
        case _:
            key, position, leaf = operation.data.decode().split()
            told.append(Acknowledged(key, int(position), leaf))


def _cut(files: dict[int, File], before: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    share = chance.choice(KEPT)
    opened = {file.name for file in files.values()}
    found = {name: content for name, content in before.items() if name not in opened}
    for file in files.values():
        content, is_there = bytearray(file.content), file.is_there
        for one in file.pending:
            if chance.random() < share:
                _apply(content, one, chance)
                is_there = True
        if is_there:
            found[file.name] = bytes(content)
    return found


def _apply(content: bytearray, one: Operation, chance: random.Random | None = None) -> None:
    """Write or truncate; with ``chance`` perhaps only some sectors of a write."""
    if one.kind == TRUNCATED:
        del content[one.offset :]
        content.extend(bytes(one.offset - len(content)))
        return
    is_torn = chance is not None and chance.random() < 0.25
    for start, part in _sectors(one) if is_torn else [(one.offset, one.data)]:
        if not is_torn or (chance is not None and chance.random() < 0.5):
            content.extend(bytes(max(0, start - len(content))))
            content[start : start + len(part)] = part


def _sectors(one: Operation) -> Iterator[tuple[int, bytes]]:
    start = one.offset
    while start < one.offset + len(one.data):
        stop = min((start // SECTOR + 1) * SECTOR, one.offset + len(one.data))
        yield start, one.data[start - one.offset : stop - one.offset]
        start = stop


def examine(found: Iterator[Image], folder: Path, *, tries_writing: int = 10) -> Findings:
    """Open every image as the product does and look for what was acknowledged; report to some of them."""
    findings = Findings()
    for image in found:
        place = folder / "image"
        place.mkdir()
        for name, content in image.files.items():
            (place / name).write_bytes(content)
        findings.images += 1
        findings.told += len(image.told)
        runtime = trial.opened(f"sqlite:///{place / 'trial.db'}")
        try:
            with runtime.database.read() as tx:
                assert tx.all("PRAGMA integrity_check") == [("ok",)], "integrity_check"
            sound = trial.check(runtime.database, image.told)
            if image.number % tries_writing == 0:
                again = trial.submit(runtime, 1_000_000)
                assert again.first_position == sound.position + 1
                trial.check(runtime.database, image.told)
        except TrackerError as error:
            findings.corrupt[image.number] = str(error)
        except AssertionError as error:
            kind = findings.lost if "is lost" in str(error) else findings.corrupt
            kind[image.number] = str(error)
        finally:
            runtime.close()
        shutil.rmtree(place)
    return findings


def trials(folder: Path, count: int, reports: int, seed: int, pragmas: tuple[str, ...] = ()) -> Findings:
    """Let the power fail ``count`` times while ``reports`` are made on three threads."""
    operations, before = record(folder, reports, pragmas=pragmas)
    return examine(images(operations, before, count, random.Random(seed)), folder)
