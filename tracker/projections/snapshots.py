"""Frozen readiness pictures: bytes that never change, frozen in an append, computed again whenever they are read.

A snapshot stores no picture. Its entry holds position, tree root, rules and the hash of the canonical bytes; the bytes
follow again from the state rows of that position, or, where those are doubted, from the log itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, cast

import orjson

from tracker.database import Transaction
from tracker.errors import LogError, NotFoundError
from tracker.events import tree
from tracker.events.append import Head
from tracker.events.catalogue import ReadinessSnapshotTaken
from tracker.events.codec import canonical
from tracker.events.dates import last_day, local_day
from tracker.events.event import Event, Wish, id_of
from tracker.events.reading import end_of, node_reader, read_log, read_subject, recorded_at
from tracker.events.shapes import to_json
from tracker.projections.readiness import Picture, known_region, picture
from tracker.projections.readiness_rules import CURRENT, rules_of
from tracker.projections.standings import fingerprint, plan_at
from tracker.workplan.folding import standing_of
from tracker.workplan.plan import Plan, refuse
from tracker.workplan.review import Review
from tracker.workplan.root import Workplan


def snapshot_bytes(
    tx: Transaction, workplan: str, plan: Plan, position: int, region: str, rules: str = CURRENT
) -> bytes:
    """Return the canonical JSON of a region's readiness at a position; ``plan`` is the plan as it stood there.

    What depends on the day is computed for the day of the position's own recorded_at, never for today.

    Raises:
        NotFoundError: this release does not know these rules.
    """
    return _bytes(plan, position, recorded_at(tx, workplan, position), region, rules)


def _bytes(plan: Plan, position: int, instant: str, region: str, rules: str) -> bytes:
    root = plan.get("workplan", Workplan)
    if root is None:
        raise LogError("nothing is adopted at entry {position}", position=position)
    day = local_day(datetime.fromisoformat(instant), root.zone)
    return canonical(picture(plan, region, position, instant, day, root.zone, rules_of(rules)))


# ---------------------------------------------------------------------------------------------------- freezing


def freeze(head: Head, plan: Plan, wish: Wish) -> ReadinessSnapshotTaken:
    """Return the data of a snapshot of the plan as it stands before this append.

    Raises:
        RuleError: the wish itself says what only the server knows, or dates the snapshot back.
    """
    said = cast("ReadinessSnapshotTaken", wish.data)
    region = id_of(wish.subject)
    root = plan.get("workplan", Workplan)
    if wish.occurred_on and root and last_day(wish.occurred_on) < local_day(head.now, root.zone):
        raise refuse(
            "a snapshot is taken today and cannot be dated {day}",
            field="/occurred_on",
            value=wish.occurred_on,
            way_out="Leave out `occurred_on`. For the picture of an earlier day, ask for readiness with `as_of`.",
            day=wish.occurred_on,
        )
    review = plan.get(wish.subject, Review)
    made = ReadinessSnapshotTaken(
        signed_off_by=said.signed_off_by,
        number=max((one.number for one in review.snapshots), default=0) + 1 if review else 1,
        at_position=head.position,
        size=head.position,
        root=tree.root_of(head.frontier).hex(),
        rules=CURRENT,
        sha256=hashlib.sha256(_bytes(plan, head.position, head.recorded_at, region, CURRENT)).hexdigest(),
    )
    for field in fields(made):
        given, filled = getattr(said, field.name), getattr(made, field.name)
        if given is not None and given != filled:
            raise refuse(
                "`{name}` of a snapshot is filled in by the system",
                field=f"/data/{field.name}",
                value=given,
                way_out="Give only `signed_off_by`.",
                name=field.name,
            )
    return made


# ----------------------------------------------------------------------------------------------------- reading


def snapshots(plan: Plan, region: str) -> list[dict[str, Any]]:
    """Return the snapshots of a region that a plan knows, oldest first, without their pictures.

    Raises:
        NotFoundError: there is no such region.
    """
    review = plan.get(f"review/{known_region(region)}", Review)
    return [to_json(one) for one in review.snapshots] if review else []


def snapshot(tx: Transaction, workplan: str, region: str, number: int) -> dict[str, Any]:
    """Return ``{snapshot, picture, corrections}``: the entry, the picture computed again, and what was amended since.

    Raises:
        NotFoundError: there is no such region or snapshot.
    """
    region = known_region(region)
    event = _taken(tx, workplan, region, number)
    frozen = _recomputed(tx, workplan, region, _data(event))
    return {
        "snapshot": to_json(event.data) | {"position": event.position, "taken_at": event.recorded_at},
        "picture": orjson.loads(frozen),
        "corrections": corrections_since(tx, workplan, region, number),
    }


def frozen_bytes(tx: Transaction, workplan: str, region: str, number: int) -> bytes:
    """Return the bytes of a snapshot, computed again under the rules it recorded.

    Raises:
        NotFoundError: there is no such region or snapshot.
    """
    region = known_region(region)
    return _recomputed(tx, workplan, region, _data(_taken(tx, workplan, region, number)))


def corrections_since(tx: Transaction, workplan: str, region: str, number: int) -> list[dict[str, Any]]:
    """Return ``{position, amends, type, subject, recorded_at}`` of what later amended entries that a snapshot used.

    Raises:
        NotFoundError: there is no such region or snapshot.
    """
    region = known_region(region)
    taken = _data(_taken(tx, workplan, region, number))
    used = orjson.loads(_recomputed(tx, workplan, region, taken))["rests_on"]
    rows = tx.all(_AMENDED_SINCE, workplan, taken.at_position, taken.at_position)
    names = ("position", "amends", "type", "subject", "recorded_at")
    return [dict(zip(names, row, strict=True)) for row in rows if row[3] in used]


def _taken(tx: Transaction, workplan: str, region: str, number: int) -> Event:
    """Return the entry of a snapshot, from the log: nobody can amend it."""
    events = read_subject(tx, workplan, f"review/{region}")
    taken = {_data(one).number: one for one in events if isinstance(one.data, ReadinessSnapshotTaken)}
    if number not in taken:
        known = ", ".join(str(one) for one in taken) or "none yet"
        raise NotFoundError(
            "{region} has no snapshot {number}",
            region=region,
            number=number,
            field="number",
            value=number,
            way_out=f"Its snapshots are: {known}.",
        )
    return taken[number]


def _data(event: Event) -> ReadinessSnapshotTaken:
    return cast("ReadinessSnapshotTaken", event.data)


def _recomputed(tx: Transaction, workplan: str, region: str, taken: ReadinessSnapshotTaken) -> bytes:
    position = taken.at_position or 0
    plan = plan_at(tx, workplan, end_of(tx, workplan).generation, position)
    return snapshot_bytes(tx, workplan, plan, position, region, taken.rules or CURRENT)


# --------------------------------------------------------------------------------------------------- verifying


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was frozen: which line of the picture (or ``root``, ``subject``), and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a snapshot's bytes came out the same, and if not, what differs."""

    is_good: bool
    number: int
    at_position: int
    sha256: str
    recomputed: str
    differences: tuple[Difference, ...] = ()


def verify_snapshot(tx: Transaction, workplan: str, region: str, number: int) -> tuple[bool, str]:
    """Return whether a snapshot computes to the bytes that were frozen, and else which line differs and why.

    Raises:
        NotFoundError: there is no such region or snapshot, or this release does not know its rules.
    """
    found = verified(tx, workplan, region, number)
    return found.is_good, "; ".join(f"{one.where}: {one.why}" for one in found.differences)


def verified(tx: Transaction, workplan: str, region: str, number: int) -> Verified:
    """Compute a snapshot again from the state rows of its position and compare.

    Where it differs, the plan is folded again from the log up to that position: that tells which subjects' rows and
    which lines are not what the log says, or that the log itself gives another picture.

    Raises:
        NotFoundError: there is no such region or snapshot, or this release does not know its rules.
    """
    region = known_region(region)
    taken = _data(_taken(tx, workplan, region, number))
    position, rules = taken.at_position or 0, taken.rules or CURRENT
    generation = end_of(tx, workplan).generation
    rows = plan_at(tx, workplan, generation, position)
    made = snapshot_bytes(tx, workplan, rows, position, region, rules)
    found = hashlib.sha256(made).hexdigest()
    differences: list[Difference] = []
    root = tree.root_at(taken.size or 0, node_reader(tx, workplan)).hex()
    if root != taken.root:
        why = f"the first {taken.size} entries have the root {root}, the snapshot records {taken.root}"
        differences.append(Difference("root", why))
    if found != taken.sha256:
        differences += _why(tx, workplan, region, taken, rows, made)
    return Verified(not differences, number, position, taken.sha256 or "", found, tuple(differences))


def _why(
    tx: Transaction, workplan: str, region: str, taken: ReadinessSnapshotTaken, rows: Plan, made: bytes
) -> list[Difference]:
    position = taken.at_position or 0
    folded = plan_from_log(tx, workplan, position)
    sound = snapshot_bytes(tx, workplan, folded, position, region, taken.rules or CURRENT)
    if hashlib.sha256(sound).hexdigest() != taken.sha256:
        why = "the log itself, folded again, gives other bytes than were frozen: entries, rules or fold were changed"
        return [Difference("log", why)]
    have, should = fingerprint(rows), fingerprint(folded)
    altered = [one for one in sorted({*have, *should}) if have.get(one) != should.get(one)]
    return [
        *(
            Difference(one, "its state row is not what the log says; rebuild the standings")
            for one in altered
        ),
        *_differing(orjson.loads(made), orjson.loads(sound)),
    ]


def _differing(have: Picture, should: Picture) -> list[Difference]:
    frozen = {line["line"]: line for line in should["lines"]}
    found = [
        Difference(
            line["line"],
            f"is `{line['status']}` by the state rows and `{frozen[line['line']]['status']}` by the log"
            if line["status"] != frozen[line["line"]]["status"]
            else "rests on other evidence by the state rows than by the log",
        )
        for line in have["lines"]
        if line != frozen[line["line"]]
    ]
    return found or [Difference("picture", "differs outside its lines")]


def plan_from_log(tx: Transaction, workplan: str, upto: int) -> Plan:
    """Return the plan at a position, folded from the log alone."""
    by_subject: dict[str, list[Event]] = {}
    zone = "UTC"
    for event in read_log(tx, workplan, upto=upto):
        by_subject.setdefault(event.subject, []).append(event)
        zone = getattr(event.data, "zone", zone) if event.type == "WorkplanAdopted" else zone
    return Plan({subject: standing_of(subject, events, zone) for subject, events in by_subject.items()})


_AMENDED_SINCE = (
    "SELECT position, amends, type, subject, recorded_at FROM events"
    " WHERE workplan = ? AND amends IS NOT NULL AND amends <= ? AND position > ? ORDER BY position"
)
