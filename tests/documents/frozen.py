"""Random histories whose snapshots must come out the same: after a rebuild, elsewhere, on the other engine."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.databases import CLI, Hands
from tests.laws.histories import START, History
from tracker.documents.files import MEDIA_TYPES, file_of
from tracker.documents.readiness import snapshot_document
from tracker.projections.rebuilding import rebuild
from tracker.projections.snapshots import frozen_bytes, snapshots, verify_snapshot
from tracker.proof.export import export
from tracker.proof.import_log import import_log
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings

REGIONS = ("africa", "lac")
LANGUAGES = ("en", "es", "fr")
Bytes = dict[tuple[str, int, str], str]
"""``{(region, number, kind of file): SHA-256}``, the frozen picture itself as ``json``."""


@dataclass
class Tried:
    """How much was tried, and what did not come out the same."""

    histories: int = 0
    snapshots: int = 0
    files: int = 0
    differing: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{self.histories} histories, {self.snapshots} snapshots, {self.files} files, each made three times"
        return f"{said}; {len(self.differing)} differ"


def opened(url: str, folder: Path) -> Runtime:
    settings = Settings.from_env({"TRACKER_DATABASE_URL": url, "TRACKER_DATA_DIR": str(folder)})
    return build_runtime(settings, Hands(START))


def tried(
    here: str, there: str, folder: Path, seeds: Iterable[int], kinds: Iterable[str] = MEDIA_TYPES
) -> Tried:
    """Live histories at one address, freeze as they go, and make every snapshot again there and at the other."""
    found = Tried()
    one, other = opened(here, folder / "here"), opened(there, folder / "there")
    try:
        for seed in seeds:
            _try(found, one, other, folder, seed, tuple(kinds))
    finally:
        one.close()
        other.close()
    return found


def _try(found: Tried, one: Runtime, other: Runtime, folder: Path, seed: int, kinds: tuple[str, ...]) -> None:
    history = History(one, seed)
    history.live(24)
    kept: Bytes = {}
    for region in REGIONS:
        _freeze(history, region)
        kept |= _made(one, history.workplan, region, kinds, seed)
        for _ in range(8):
            history.clock.move(days=3)
            history.wisher.today = history.clock.now.date()
            history.send(history.wisher.request(), None)
    rebuild(one.database, history.workplan)
    places = {"rebuilt": _all(one, history.workplan, kinds, seed)}
    bundle = export(one, history.workplan, folder / f"{history.workplan}.zip", is_full=True).path
    import_log(other, bundle)
    places["imported"] = _all(other, history.workplan, kinds, seed)
    found.histories += 1
    found.snapshots += sum(1 for _region, _number, kind in kept if kind == "json")
    found.files += sum(1 for _region, _number, kind in kept if kind != "json")
    for place, made in places.items():
        found.differing += [f"seed {seed}, {place}: {key}" for key in kept if made.get(key) != kept[key]]


def _freeze(history: History, region: str) -> None:
    wish = {
        "type": "ReadinessSnapshotTaken",
        "subject": f"review/{region}",
        "data": {"signed_off_by": "p1"},
    }
    planned = {
        "type": "ReviewPlanned",
        "subject": f"review/{region}",
        "data": {"window": {"from": "2024-Q1", "to": "2024-Q2"}, "commission": region.upper()},
    }
    with history.runtime.ask(history.workplan) as view:
        standing = view.plan.standing(f"review/{region}")
    if standing is None:
        history.runtime.submit(history.workplan, planned, CLI, "cli")
    if standing is None or standing.state is not None:  # what was retracted is not planned again
        history.runtime.submit(history.workplan, wish, CLI, "cli")
    history.last = history.outline()


def _all(runtime: Runtime, workplan: str, kinds: tuple[str, ...], seed: int) -> Bytes:
    made: Bytes = {}
    for region in REGIONS:
        made |= _made(runtime, workplan, region, kinds, seed)
    return made


def _made(runtime: Runtime, workplan: str, region: str, kinds: tuple[str, ...], seed: int) -> Bytes:
    """Return the hashes of every snapshot of a region so far, the recorded one among them as checked."""
    language = random.Random(seed).choice(LANGUAGES)
    made: Bytes = {}
    with runtime.ask(workplan) as view:
        taken: list[dict[str, Any]] = snapshots(view.plan, region)
        for one in taken:
            number = one["number"]
            is_good, why = verify_snapshot(view.tx, workplan, region, number)
            assert is_good, why
            picture = frozen_bytes(view.tx, workplan, region, number)
            made[region, number, "json"] = hashlib.sha256(picture).hexdigest()
            assert made[region, number, "json"] == one["sha256"]
            document = snapshot_document(runtime, view, region, number, language, has_details=True)
            for kind in kinds:
                made[region, number, kind] = hashlib.sha256(file_of(document, kind)).hexdigest()
    return made
