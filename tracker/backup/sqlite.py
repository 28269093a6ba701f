"""Copies of a SQLite database: VACUUM INTO, which reads one snapshot while others write."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import make_url

from tracker.backup.files import new_file
from tracker.database import Database, migrate, open_database, unavailable
from tracker.errors import LogError, RuleError, UnavailableError
from tracker.events.ledger import Ledger
from tracker.projections.removals import replay
from tracker.projections.soundness import Sound, check_logs

MAGIC = b"SQLite format 3\0"
BESIDE = ("-wal", "-shm", "-journal")


def back_up(database: Database, target: Path, say: Callable[[str, int, int], None]) -> list[Sound]:
    with new_file(target) as made:
        say("copying", 0, 0)
        _copy(database, made)
        return _checked(made, say)


def _copy(database: Database, made: Path) -> None:
    """Copy a snapshot. ``cp`` would take pages of several moments; VACUUM INTO also leaves out what was deleted."""
    with contextlib.closing(database.engine.raw_connection()) as connection:
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(made),))
        except database.engine.dialect.loaded_dbapi.Error as error:
            raise unavailable(error) from error


def restore(
    url: str, source: Path, ledger: Ledger, say: Callable[[str, int, int], None]
) -> tuple[list[Sound], int]:
    target = Path(make_url(url).database or "")
    for there in (target, *(target.with_name(target.name + end) for end in BESIDE)):
        if there.exists():
            raise RuleError(
                "there is a database already: {file}",
                file=there,
                field="TRACKER_DATABASE_URL",
                value=str(there),
                way_out="Restore never writes over one. Move it away, or name another place in TRACKER_DATA_DIR.",
            )
    for beside in BESIDE:
        left = source.with_name(source.name + beside)
        if left.exists() and left.stat().st_size:
            raise RuleError(
                "{file} belongs to a database in use: the file alone is not all of it",
                file=left.name,
                field="FILE",
                value=str(source),
                way_out="Make a copy with `tracker backup` and restore that.",
            )
    target.parent.mkdir(parents=True, exist_ok=True)
    with new_file(target) as made:
        say("copying", 0, 0)
        shutil.copyfile(source, made)
        logs = _checked(made, say, brings_up_to_date=True)
        with contextlib.closing(open_database(f"sqlite:///{made}", pool_size=1)) as copy, copy.write() as tx:
            return logs, replay(tx, ledger)


def _checked(
    path: Path, say: Callable[[str, int, int], None], *, brings_up_to_date: bool = False
) -> list[Sound]:
    """Return what a whole copy holds; one of an older release has other tables until it is brought up to date."""
    url = f"sqlite:///{path}"
    with contextlib.closing(open_database(url, pool_size=1)) as copy:
        say("checking the file", 0, 0)
        try:
            with copy.read() as tx:
                faults = tx.all("PRAGMA integrity_check(1)")
                if faults != [("ok",)]:
                    raise LogError("the copy is damaged: {said}", said=faults[0][0])
                if not tx.all("SELECT 1 FROM sqlite_master WHERE name = 'workplan_heads'"):
                    raise LogError("this is a database of something else: it has no logs")
            if brings_up_to_date:
                migrate(url)
            with copy.read() as tx:
                return check_logs(tx, lambda done, total: say("checking entries", done, total))
        except UnavailableError as error:
            raise LogError(
                "the copy cannot be read: {said}", said=error.operands.get("said", error)
            ) from error
