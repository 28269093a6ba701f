"""Copies of a whole database, and databases made from copies; neither is called done before it was read and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tracker.backup import postgresql, sqlite
from tracker.backup.files import refuse_taken
from tracker.database import Database
from tracker.errors import RuleError
from tracker.events.ledger import Ledger
from tracker.projections.soundness import Sound
from tracker.runtime import Runtime
from tracker.settings import Settings

KEPT = 14
"""Daily copies that stay; older ones go, so that what was redacted or erased leaves them too."""

Say = Callable[[str, int, int], None]
"""Is told what is being done, and how far it is: done, in all (0: not known)."""


def say_nothing(_step: str, _done: int, _total: int) -> None:
    """Keep quiet."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy, or a database made from one: where it is, and the logs that were found whole in it."""

    path: Path
    logs: tuple[Sound, ...]
    removed: int = 0
    """Texts and people that were in the copy, and had been redacted or erased since."""


def back_up(database: Database, target: Path, say: Say = say_nothing) -> Copied:
    """Write a copy of the database as it is now to a new file, while others read and write.

    The file has its name only when the copy was opened, read from end to end and found whole.

    Raises:
        RuleError: the file exists, the folder does not, or the database's own program for it is missing.
        LogError: the copy is not whole; there is no file.
    """
    refuse_taken(target)
    engine = sqlite if database.is_sqlite else postgresql
    return Copied(target, tuple(engine.back_up(database, target, say)))


def restore(settings: Settings, source: Path, say: Say = say_nothing) -> Copied:
    """Make the database of this installation, where there is none, from a copy.

    What the ledger in the data folder says was redacted or erased since is removed from it again.

    Raises:
        RuleError: there is a database already, or the file is not a copy for this kind of database.
        LogError: what the file holds is not whole; there is no database.
    """
    with source.open("rb") as file:
        begins = file.read(16)
    kind = "SQLite" if settings.is_sqlite else "PostgreSQL"
    engine = sqlite if settings.is_sqlite else postgresql
    if not begins.startswith(engine.MAGIC):
        other = postgresql if settings.is_sqlite else sqlite
        raise RuleError(
            "{file} is {what}, and TRACKER_DATABASE_URL names {kind}",
            file=source.name,
            what=f"a copy of {'PostgreSQL' if settings.is_sqlite else 'SQLite'}"
            if begins.startswith(other.MAGIC)
            else "no copy that `tracker backup` made",
            kind=kind,
            field="FILE",
            value=str(source),
            way_out="Give a copy of the same kind. From one kind to the other: `tracker export`, then"
            " `tracker import-log`.",
        )
    ledger = Ledger(settings.data_dir / "ledger.jsonl")
    logs, removed = engine.restore(settings.database_url, source, ledger, say)
    return Copied(source, tuple(logs), removed)


def backup_daily(runtime: Runtime) -> str:
    """Make today's copy in the data folder unless it is there, and let old ones go; for the timetable.

    Returns what was done, in words.
    """
    folder = runtime.settings.data_dir / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    suffix = ".db" if runtime.database.is_sqlite else ".dump"
    if not runtime.database.is_sqlite and (missing := postgresql.missing_program()):
        return f"no copy: {missing} is not on the PATH; see docs/operations.md"
    target = folder / f"tracker-{runtime.now().date().isoformat()}{suffix}"
    if target.exists():
        return f"{target.name} is there already"
    made = back_up(runtime.database, target)
    daily = sorted(folder.glob(f"tracker-????-??-??{suffix}"))
    for old in daily[:-KEPT]:
        old.unlink()
    return f"{target.name}: {sum(log.position for log in made.logs)} entries, checked"
