"""Single bits turned over in what is stored and in what is exported: every one is to be found, and its place named."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.trial import WORKPLAN
from tests.proving import bundled, grow, installed, opened
from tracker.database import migrate
from tracker.events.verifier import FAULTS, WrongError, examine
from tracker.proof.checking import check
from tracker.proof.keys import sign

BY_ENTRY = ("events.jsonl", "texts.jsonl", "leaves.txt")
"""The files whose line n is about entry n."""

COLUMNS = {  # table: columns whose content is proved, and what row of them is about which entry
    "events": (
        "stored subject type actor speaker channel occurred_on placed_on recorded_at correlation_id",
        "position",
    ),
    "texts": ("field sha256 salt text", "position"),
    "tree_nodes": ("hash", "(idx << level) + 1"),
    "signed_heads": ("root note key", "size"),
    "workplan_heads": ("frontier recorded_at", "position"),
}


@dataclass
class Flips:
    """How many bits were turned over, and those that were not found, or found at another place."""

    count: int = 0
    unfound: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.count} flips, {len(self.unfound)} not found, {len(self.misplaced)} at another place"

    def judge(self, what: str, expected: int | None, found: WrongError | None) -> None:
        self.count += 1
        if found is None:
            self.unfound.append(what)
        elif expected is not None and found.position != expected:
            self.misplaced.append(f"{what}: entry {expected}, named {found.position}: {found}")


@dataclass(frozen=True)
class Stored:
    """A log of some entries, on SQLite, with an export of it."""

    database: Path
    folder: Path
    bundle: Path


def store(folder: Path, seed: int, entries: int = 40) -> Stored:
    folder.mkdir(exist_ok=True)
    path = folder / "tracker.db"
    migrate(f"sqlite:///{path}")
    runtime = installed(f"sqlite:///{path}", folder / "data")
    grow(runtime, entries, seed)
    sign(runtime, WORKPLAN)
    bundle = bundled(runtime, folder / "log.zip", is_full=True)
    runtime.close()
    with sqlite3.connect(path) as owner:
        for (name,) in owner.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            owner.execute(f"DROP TRIGGER {name}")
    owner.close()
    return Stored(path, folder, bundle)


def flipped(content: bytes, bit: int) -> bytes:
    place, mask = divmod(bit, 8)
    return content[:place] + bytes([content[place] ^ 1 << mask]) + content[place + 1 :]


def flip_exported(stored: Stored, count: int, seed: int) -> Flips:
    """Turn over bits of the files in an export, each file as often as the next, and ask the verifier."""
    chance, done = random.Random(seed), Flips()
    with zipfile.ZipFile(stored.bundle) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(count):
        name = chance.choice(sorted(contents))
        bit = chance.randrange(len(contents[name]) * 8)
        spoilt = contents | {name: flipped(contents[name], bit)}
        path = stored.folder / "flipped.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for one, content in spoilt.items():
                archive.writestr(one, content)
        line = contents[name].count(b"\n", 0, bit // 8) + 1
        done.judge(f"{name}, bit {bit}", line if name in BY_ENTRY else None, _examined(path))
    return done


def flip_archive(stored: Stored, count: int, seed: int) -> Flips:
    """Turn over bits of the zip file itself; those that leave every file in it as it was are no harm."""
    chance, done = random.Random(seed), Flips()
    whole, path = stored.bundle.read_bytes(), stored.folder / "flipped.zip"
    sound = _contents(stored.bundle)
    for _ in range(count):
        bit = chance.randrange(len(whole) * 8)
        path.write_bytes(flipped(whole, bit))
        if _contents(path) == sound:
            continue
        done.judge(f"archive, bit {bit}", None, _examined(path))
    return done


def _contents(path: Path) -> dict[str, bytes] | None:
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001 - in whatever way it is broken
        return None


def _examined(path: Path) -> WrongError | None:
    try:
        examine(str(path))
    except WrongError as error:
        return error
    except (OSError, *FAULTS) as error:
        return WrongError(f"no export at all: {error}")
    return None


def flip_stored(stored: Stored, count: int, seed: int) -> Flips:
    """Turn over bits of what the database holds, and ask `tracker verify`."""
    chance, done = random.Random(seed), Flips()
    copy = stored.folder / "flipped.db"
    for _ in range(count):
        shutil.copy(stored.database, copy)
        what, expected = _flip_column(copy, chance)
        runtime = opened(f"sqlite:///{copy}", stored.folder / "data")
        findings = check(runtime, WORKPLAN).findings
        runtime.close()
        found = WrongError(findings[0].words, findings[0].position) if findings else None
        done.judge(what, expected, found)
    return done


def _flip_column(path: Path, chance: random.Random) -> tuple[str, int]:
    owner = sqlite3.connect(path)
    try:
        while True:
            table = chance.choice(["events"] * 3 + ["texts", "tree_nodes", "signed_heads", "workplan_heads"])
            columns, place = COLUMNS[table]
            column = chance.choice(columns.split())
            rows = owner.execute(
                f"SELECT rowid, {place}, CAST({column} AS BLOB), typeof({column}) FROM {table}"
                f" WHERE length({column}) > 0"
            ).fetchall()
            rowid, position, content, kind = chance.choice(rows)
            bit = chance.randrange(len(content) * 8)
            value = f"CAST(? AS {'TEXT' if kind == 'text' else 'BLOB'})"
            with contextlib.suppress(sqlite3.IntegrityError):  # another row is of this name: refused
                owner.execute(
                    f"UPDATE {table} SET {column} = {value} WHERE rowid = ?", (flipped(content, bit), rowid)
                )
                owner.commit()
                return f"{table}.{column} of entry {position}, bit {bit}", position
    finally:
        owner.close()


def clean(folder: Path, count: int, seed: int, entries: int = 30) -> list[str]:
    """Write ``count`` random logs, and return what was found wrong with any of them, here or in its export."""
    alarms = []
    for number in range(seed, seed + count):
        place = folder / f"clean-{number}"
        stored = store(place, number, entries)
        runtime = opened(f"sqlite:///{stored.database}", place / "data")
        alarms += [f"{number}: {one.words}" for one in check(runtime, WORKPLAN).findings]
        runtime.close()
        if (found := _examined(stored.bundle)) is not None:
            alarms.append(f"{number}: {found}")
        shutil.rmtree(place)
    return alarms
