"""Checking a log where it lies: what the offline verifier checks, and all that the database keeps beside the bytes."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tracker.database import Transaction
from tracker.errors import LogError, NotFoundError, SettingsError
from tracker.events import guards, tree
from tracker.events.append import event_row
from tracker.events.codec import decode, leaf_hash
from tracker.events.signed_heads import SignedHead, all_heads, keys_of
from tracker.events.signing import verifier_key
from tracker.events.verifier import Claim, Log, WrongError, read_head, signed_claim
from tracker.projections.checkpoints import misplaced
from tracker.projections.fact_index import misindexed
from tracker.projections.fragments import misbundled
from tracker.projections.rebuilding import Refold, Told, silent, unlike, unlike_current
from tracker.proof.keys import key_file
from tracker.runtime import Runtime
from tracker.workplan.folding import place_of

CHUNK = 1000
ESCAPED = "surrogateescape"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in words, and the first bad position, where there is one."""

    words: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a log found; nothing found: it is as it was written.

    ``fallen`` says which of the database's own guards against changes do not stand.
    """

    workplan: str
    size: int
    root: bytes
    signed: int
    findings: tuple[Finding, ...]
    fallen: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return not self.findings


def check(runtime: Runtime, workplan: str, told: Told = silent) -> Checked:
    """Check a log from end to end; entries first, and what is computed from them only if these are good.

    Raises:
        NotFoundError: there is no such workplan.
    """
    with runtime.database.read() as tx:
        return check_in(tx, runtime, workplan, told)


def check_in(tx: Transaction, runtime: Runtime, workplan: str, told: Told = silent) -> Checked:
    """Do the same in a transaction that is open."""
    with _undecoded(tx):
        walk = _Walk(tx, workplan)
        try:
            heads = list(all_heads(tx, workplan))
            claims = [*_signed(heads), *_remembered(runtime, workplan)]
            walk.begin(keys_of(tx, workplan)[:1], claims, runtime.ledger.removals())
            walk.follow(told)
            _check_own_key(runtime, walk.log)
            present = unlike_current(tx, workplan, walk.generation, walk.fold.standings.values())
            differing = walk.unlike | present | misplaced(tx, workplan, walk.generation, walk.log.size)
            differing |= misbundled(tx, workplan, walk.generation)
            if not differing:  # it follows these
                differing = misindexed(tx, workplan)
            findings = [Finding(f"{subject} does not stand as the log says") for subject in sorted(differing)]
        except WrongError as error:
            findings = [Finding(str(error), error.position)]
        except LogError as error:
            findings = [Finding(str(error), walk.log.size + 1)]
        log, fallen = walk.log, tuple(guards.fallen(tx))
    return Checked(workplan, log.size, log.root(), log.signed, tuple(findings), fallen)


@contextlib.contextmanager
def _undecoded(tx: Transaction) -> Iterator[None]:
    """Read what is no UTF-8 too: SQLite keeps any bytes, and at those the driver would stop without naming a place."""
    if not tx.is_sqlite:
        yield
        return
    driver: Any = tx.core.connection.driver_connection
    usual, driver.text_factory = driver.text_factory, lambda raw: raw.decode(errors=ESCAPED)
    try:
        yield
    finally:
        driver.text_factory = usual


@dataclass(slots=True)
class _Walk:
    """One pass over the entries of a log and what is kept beside each."""

    tx: Transaction
    workplan: str
    log: Log = field(default_factory=lambda: Log("", ()))
    frontier: bytes = b""
    generation: int = 1
    unlike: set[str] = field(default_factory=set)
    fold: Refold = field(init=False)

    def __post_init__(self) -> None:
        self.fold = Refold(self.workplan)

    def begin(self, keys: list[str], claims: list[Claim], removals: Iterator[Any]) -> None:
        self.log = Log("".join(keys), claims)
        self.log.known.update(one.id for one in removals if one.kind == "redaction")

    def follow(self, told: Told) -> None:
        """Read to the end.

        Raises:
            NotFoundError: there is nothing.
            WrongError: naming the first entry that is not as it must be.
        """
        head = self.tx.one(_HEAD, self.workplan)
        last = head[0] if head else 0
        self.generation = head[3] if head else 1
        at = -1
        while rows := self.tx.all(_ROWS, self.workplan, at, CHUNK):
            at = rows[-1][1]
            self._take(rows)
            told(self.log.size, max(last, self.log.size))
        if head is None and not self.log.size:
            raise NotFoundError(
                "there is no workplan {workplan}", workplan=self.workplan, value=self.workplan
            )
        self._check_end(head)
        self.log.end()

    def _take(self, rows: list[tuple[Any, ...]]) -> None:
        first = self.log.size
        texts = self._texts(rows[0][1], rows[-1][1])
        standings, leaves = [], []
        for *columns, leaf in rows:
            stored, position = bytes(columns[-1]), self.log.size + 1
            kept = bytes(leaf).hex().encode() if leaf is not None else b""
            self.log.entry(stored, _line(texts.get(columns[1], {})), kept)
            try:
                event = decode(stored)
                self.fold.zone = self.fold.zone or getattr(event.data, "zone", "")
                expected = event_row(event, place_of(event, self.fold.zone), stored)
                standings.append(self.fold.take(self.tx, event))
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                raise WrongError(f"it cannot be read ({error})", position) from error
            if tuple(columns[:-1]) != expected[:-1]:
                name = next(name for name, a, b in zip(_NAMES, columns, expected, strict=False) if a != b)
                raise WrongError(f"the column {name} beside it does not repeat what it says", position)
            leaves.append(leaf_hash(stored))
        self._check_nodes(first, leaves)
        self.unlike |= unlike(self.tx, self.workplan, self.generation, standings)

    def _texts(self, first: int, last: int) -> dict[int, dict[str, list[str]]]:
        found: dict[int, dict[str, list[str]]] = {}
        for position, pointer, sha256, salt, text in self.tx.all(_TEXTS, self.workplan, first, last):
            if hashlib.sha256(bytes(salt) + text.encode(errors=ESCAPED)).hexdigest() != sha256:
                raise WrongError(f"the text at {pointer} is not the one sealed", position)
            found.setdefault(position, {})[pointer] = [bytes(salt).hex(), text]
        return found

    def _check_nodes(self, first: int, leaves: list[bytes]) -> None:
        """Compare the complete subtrees that these leaves complete with those kept."""
        self.frontier, nodes = tree.extend(first, self.frontier, leaves)
        last = first + len(leaves)
        kept = {
            (level, index): bytes(node)
            for level in range(1, last.bit_length())
            for index, node in self.tx.all(_NODES, self.workplan, level, first >> level, last >> level)
        }
        for level, index, node in sorted(nodes, key=lambda one: (one[1] << one[0], one[0])):
            if level and kept.get((level, index)) != node:
                start, stop = (index << level) + 1, (index + 1) << level
                words = f"the tree's hash over the entries {start} to {stop} is not that of these entries"
                raise WrongError(words, start)

    def _check_end(self, head: tuple[Any, ...] | None) -> None:
        size = self.log.size
        if head is None or head[0] < size:
            raise WrongError("it lies after the end that the log's head states", head[0] + 1 if head else 1)
        if head[0] > size:
            raise WrongError(f"it is missing: the log's head states {head[0]} entries", size + 1)
        if (head[1], bytes(head[2])) != (self.log.recorded_at, self.frontier):
            raise WrongError("the log's head states another time or another root than its last entry", size)
        if stray := self.tx.one(_STRAY_TEXT, self.workplan, size):
            raise WrongError(f"a text at {stray[1]} belongs to no entry", stray[0])
        if self.tx.one(_COUNT, self.workplan, self.workplan) != (size, 2 * size - size.bit_count()):
            raise WrongError("there are entries or hashes at places where none can be", size)


def _line(texts: dict[str, list[str]]) -> bytes:
    """Return texts as they stand in an export; what is no UTF-8 stays so."""
    said = json.dumps(texts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return said.encode(errors=ESCAPED)


def _signed(heads: list[SignedHead]) -> Iterator[Claim]:
    for head in heads:
        try:
            _, size, root, is_signed = read_head(head.note, head.key)
        except ValueError as error:
            raise WrongError("the note that signs this size cannot be read, or its key", head.size) from error
        if (size, root, is_signed) != (head.size, head.root, True):
            raise WrongError("the note that signs this size is not what is kept beside it", head.size)
        yield signed_claim(head.note)


def _remembered(runtime: Runtime, workplan: str) -> Iterator[Claim]:
    """Yield what the signer remembers of this log, under whatever origin it was signed."""
    for one in key_file(runtime).memory().values():
        if one.workplan == workplan:
            yield one.size, one.root, "what the signer remembers", ""


def _check_own_key(runtime: Runtime, log: Log) -> None:
    """Compare the key in force with the one here, if the one here signed this log."""
    file = key_file(runtime)
    if log.origin not in file.memory():
        return
    try:
        key = file.key()
    except SettingsError as error:
        raise WrongError(str(error)) from error
    if key is not None and log.keys and log.keys[-1] != verifier_key(log.origin, key):
        raise WrongError(f"its heads are signed by {log.keys[-1]}, which is not the key here", log.signed)


_NAMES = (
    *("workplan", "position", "subject", "version", "type", "actor", "speaker", "channel", "occurred_on"),
    *("placed_on", "recorded_at", "correlation_id", "amends", "stored"),
)
_HEAD = "SELECT position, recorded_at, frontier, generation FROM workplan_heads WHERE workplan = ?"
_COLUMNS = ", ".join(f"e.{name}" for name in _NAMES)
_ROWS = (
    f"SELECT {_COLUMNS}, n.hash FROM events e LEFT JOIN tree_nodes n"  # noqa: S608 - names of ours
    " ON n.workplan = e.workplan AND n.level = 0 AND n.idx = e.position - 1"
    " WHERE e.workplan = ? AND e.position > ? ORDER BY e.position LIMIT ?"
)
_TEXTS = (
    "SELECT position, field, sha256, salt, text FROM texts WHERE workplan = ? AND position >= ? AND position <= ?"
    " ORDER BY position, field"
)
_NODES = "SELECT idx, hash FROM tree_nodes WHERE workplan = ? AND level = ? AND idx >= ? AND idx < ?"
_COUNT = "SELECT (SELECT count(*) FROM events WHERE workplan = ?), (SELECT count(*) FROM tree_nodes WHERE workplan = ?)"
_STRAY_TEXT = (
    "SELECT position, field FROM texts WHERE workplan = ? AND (position < 1 OR position > ?)"
    " ORDER BY position LIMIT 1"
)
