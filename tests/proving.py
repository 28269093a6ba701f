"""Logs with something of everything to prove, and the means to harm them as the owner of the database could."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.trial import ACTIVITIES, WORKPLAN, WRITER, founding
from tracker.clock import Clock, new_id
from tracker.database import Transaction
from tracker.proof.export import export
from tracker.proof.keys import sign
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings

TEXTS = (
    "the venue was late",
    "Se aplazó por la lluvia — «otra vez»",
    'quotes " and \\ and\ttabs\nlines',
    "\n\u0303 a tilde after a line break",
    "🜚 astral, ünïcödé, 日本語, \u2028 separators",
    "¿Cuándo? Ahora.",
)


def opened(url: str, folder: Path, clock: Clock | None = None) -> Runtime:
    """Return a runtime whose key, memory and ledger lie in ``folder``."""
    found = Settings.from_env({"TRACKER_DATABASE_URL": url, "TRACKER_DATA_DIR": str(folder)})
    return build_runtime(found, clock)


def installed(url: str, folder: Path, clock: Clock | None = None) -> Runtime:
    runtime = opened(url, folder, clock)
    runtime.adopt(WORKPLAN, founding())
    return runtime


def say(runtime: Runtime, *wishes: dict[str, Any]) -> int:
    """Write wishes as one request and return the first position."""
    return runtime.submit(WORKPLAN, list(wishes), WRITER, "cli", new_id()).first_position


def report(number: int = 0, text: str = TEXTS[0], **more: Any) -> dict[str, Any]:
    """Return a report with two redactable texts, ``/reason`` and ``/data/note``."""
    return {
        "type": "ProgressReported",
        "subject": f"activity/1.{number % ACTIVITIES + 1}",
        "entity": "alpha",
        "reason": text,
        "data": {"assessment": ("at_risk", "delayed")[number % 2], "note": f"{text} ({number})"},
    } | more


def amend(kind: str, target: dict[str, Any], position: int, **data: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "subject": target["subject"],
        "data": {"position": position} | data,
        "reason": "a slip",
    }


def grow(runtime: Runtime, count: int, seed: int = 0) -> None:
    """Write ``count`` requests: reports, some in batches, corrections, retractions, redactions, named moments."""
    chance = random.Random(seed)
    living: dict[int, dict[str, Any]] = {}
    redacted: set[int] = set()
    for number in range(count):
        what = chance.choice(["report"] * 6 + ["batch", "correct", "retract", "redact", "moment", "sign"])
        one = report(chance.randrange(1000), chance.choice(TEXTS))
        chosen = chance.choice(sorted(living)) if living else 0
        if what == "batch":
            first = say(runtime, one, report(number + 1, chance.choice(TEXTS)))
            living[first] = one
        elif what == "moment":
            data = {"slug": f"m-{seed}-{number}", "title": f"Moment {number}", "at": "2023-06-15"}
            say(runtime, {"type": "MomentNamed", "subject": "workplan", "data": data})
        elif what == "sign":
            sign(runtime, WORKPLAN)
        elif what == "correct" and chosen:
            rather = {"assessment": "at_risk", "note": f"rather this {number}"}
            say(runtime, amend("EntryCorrected", living[chosen], chosen, data=rather))
        elif what == "retract" and chosen:
            say(runtime, amend("EntryRetracted", living.pop(chosen), chosen))
        elif what == "redact" and chosen and chosen not in redacted:
            redacted.add(chosen)
            redact(runtime, living[chosen], chosen)
        else:
            living[say(runtime, one)] = one


def redact(runtime: Runtime, target: dict[str, Any], position: int, field: str = "/data/note") -> None:
    wish = amend("TextRedacted", target, position, field=field, authority="data protection officer")
    del wish["reason"]
    say(runtime, wish)


# --------------------------------------------------------------------------------------------------- the auditor


def bundled(runtime: Runtime, path: Path, *, workplan: str = WORKPLAN, **options: Any) -> Path:
    path.unlink(missing_ok=True)
    return export(runtime, workplan, path, **options).path


def verified(
    bundle: Path, folder: Path, *arguments: str, python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    """Run the verifier as an auditor does: taken out of the export, elsewhere, without this project or any package."""
    folder.mkdir(exist_ok=True)
    program = folder / "verify.py"
    if not program.exists():
        with zipfile.ZipFile(bundle) as archive:
            program.write_bytes(archive.read("verify.py"))
    copy = Path(shutil.copy(bundle, folder / "export.zip"))
    command = [python, "-I", "-S", "-W", "error", program.name, copy.name, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def rewritten(bundle: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write a copy of an export in which ``change`` has altered the contents {file: bytes}."""
    with zipfile.ZipFile(bundle) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    change(contents)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return target


def read_lines(bundle: Path, name: str) -> list[Any]:
    with zipfile.ZipFile(bundle) as archive:
        return [json.loads(line) for line in archive.read(name).splitlines()]


# ----------------------------------------------------------------------------------------- the database's owner


def unguarded(tx: Transaction) -> None:
    """Take away the triggers that refuse changes, as who owns the database can."""
    tables = ("events", "tree_nodes", "signed_heads")
    if tx.is_sqlite:
        for name, table in tx.all("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"):
            if table in tables:
                tx.run(f"DROP TRIGGER {name}")
        return
    for table in tables:
        tx.run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")


def rolled_back(runtime: Runtime, to: int) -> None:
    """Put the database back to an earlier size, as a copy from then would have it."""
    with runtime.database.write() as tx:
        unguarded(tx)
        for table in ("events", "texts", "plan_states", "plan_current"):
            tx.run(f"DELETE FROM {table} WHERE position > ?", to)
        tx.run("DELETE FROM signed_heads WHERE size > ?", to)
        tx.run("DELETE FROM idempotency_keys WHERE first_position > ?", to)
        for level in range(12):
            tx.run("DELETE FROM tree_nodes WHERE level = ? AND idx >= ?", level, to >> level)
        peaks = [
            tx.one("SELECT hash FROM tree_nodes WHERE level = ? AND idx = ?", level, (to >> level) - 1)
            for level in range(12)
            if to >> level & 1
        ]
        frontier = b"".join(bytes(row[0]) for row in reversed(peaks) if row)
        last = tx.one("SELECT recorded_at FROM events WHERE position = ?", to)
        assert last
        tx.run(
            "UPDATE workplan_heads SET position = ?, recorded_at = ?, frontier = ?, generation = generation + 1",
            *(to, last[0], frontier),
        )
        tx.run("UPDATE plan_states SET generation = generation + 1")
        tx.run("DELETE FROM plan_current")
        tx.run(
            "INSERT INTO plan_current SELECT generation, workplan, subject, position, version, latest, state"
            " FROM plan_states s WHERE position = (SELECT max(position) FROM plan_states t"
            " WHERE t.subject = s.subject AND t.workplan = s.workplan)"
        )
