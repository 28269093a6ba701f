"""Whether a database holds what it says: a copy is believed only after this (backup, restore, after a fault)."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.database import Transaction
from tracker.errors import LogError
from tracker.events import tree
from tracker.events.codec import decode, leaf_hash
from tracker.projections.checkpoints import misplaced
from tracker.projections.fragments import misbundled
from tracker.projections.rebuilding import CHUNK, Refold, Told, silent, unlike, unlike_current


@dataclass(frozen=True, slots=True)
class Sound:
    """A log that was read from end to end and found whole."""

    workplan: str
    position: int
    root: bytes


def check_log(tx: Transaction, workplan: str, told: Told = silent) -> Sound:
    """Read a whole log: positions 1 to n, each leaf and the root, and every standing as a fresh fold has it.

    Raises:
        LogError: naming the first entry or subject that is wrong.
    """
    head = tx.one(_HEAD, workplan)
    if head is None:
        raise LogError("there is no workplan {workplan}", workplan=workplan)
    position, frontier, generation = head[0], bytes(head[1]), head[2]
    fold, found = Refold(workplan), b""
    while rows := tx.all(_STORED, workplan, fold.position, CHUNK):
        leaves, standings = [], []
        for at, stored, leaf in rows:
            if at != fold.position + 1:
                raise _wrong(workplan, fold.position + 1, "is missing")
            leaves.append(leaf_hash(bytes(stored)))
            if leaf is None or bytes(leaf) != leaves[-1]:
                raise _wrong(workplan, at, "is not what was hashed when it was recorded")
            event = decode(bytes(stored))
            if (event.workplan, event.position) != (workplan, at):
                raise _wrong(workplan, at, "stands in another place than it says")
            standings.append(fold.take(tx, event))
        found, _ = tree.extend(rows[0][0] - 1, found, leaves)
        if differing := unlike(tx, workplan, generation, standings):
            raise _unlike(workplan, sorted(differing))
        told(fold.position, position)
    if fold.position != position:
        raise _wrong(workplan, min(fold.position, position) + 1, "is where log and head part")
    if found != frontier:
        raise LogError("the root over {workplan} is not the one its head states", workplan=workplan)
    differing = unlike_current(tx, workplan, generation, fold.standings.values())
    differing |= misplaced(tx, workplan, generation, position) | misbundled(tx, workplan, generation)
    if differing:
        raise _unlike(workplan, sorted(differing))
    return Sound(workplan, position, tree.root_of(found))


def check_logs(tx: Transaction, told: Told = silent) -> list[Sound]:
    """Check every log of a database.

    Raises:
        LogError: naming the first entry or subject that is wrong.
    """
    rows = tx.all("SELECT workplan, position FROM workplan_heads ORDER BY workplan")
    total, before = sum(row[1] for row in rows), 0
    sound = []
    for workplan, position in rows:
        sound.append(check_log(tx, workplan, lambda done, _, start=before: told(start + done, total)))  # type: ignore[misc]
        before += position
    if strays := tx.all(_STRAYS):
        raise LogError("entries of {workplan} have no head", workplan=strays[0][0])
    return sound


def _wrong(workplan: str, position: int, what: str) -> LogError:
    return LogError(
        "entry {position} of {workplan} {what}",
        position=position,
        workplan=workplan,
        what=what,
        value=position,
    )


def _unlike(workplan: str, subjects: list[str]) -> LogError:
    return LogError(
        "{count} subjects of {workplan} do not stand as the log says: {some}",
        count=len(subjects),
        workplan=workplan,
        some=", ".join(subjects[:12]),
        value=subjects,
        way_out="Compute the standings anew: `tracker rebuild --accept-differences`.",
    )


_HEAD = "SELECT position, frontier, generation FROM workplan_heads WHERE workplan = ?"
_STORED = (
    "SELECT e.position, e.stored, n.hash FROM events e LEFT JOIN tree_nodes n"
    " ON n.workplan = e.workplan AND n.level = 0 AND n.idx = e.position - 1"
    " WHERE e.workplan = ? AND e.position > ? ORDER BY e.position LIMIT ?"
)
_STRAYS = "SELECT workplan FROM events WHERE workplan NOT IN (SELECT workplan FROM workplan_heads) LIMIT 1"
