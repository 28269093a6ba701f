"""How ready a region is for its review: live with labels, and frozen in numbered snapshots."""

from __future__ import annotations

from typing import Any

from tracker.api.call import Answer, Asked, Call
from tracker.api.rendering import Screen, about, mark, told
from tracker.errors import NotFoundError
from tracker.projections.readiness import known_region, readiness
from tracker.projections.snapshots import frozen_bytes, snapshot, snapshots

Body = dict[str, Any]


def show_readiness(call: Call, asked: Asked) -> Answer:
    """Show each line of a region's readiness with its evidence, and who could supply what is missing."""
    return told(asked, readiness(asked.view, call.path["region"]) | about(asked))


def list_snapshots(call: Call, asked: Asked) -> Answer:
    """List the frozen snapshots of a region, oldest first."""
    screen = Screen(asked)
    items = [screen(one) for one in snapshots(asked.view.plan, call.path["region"])]
    return told(asked, about(asked) | {"items": items, "next": None}, screen)


def show_snapshot(call: Call, asked: Asked) -> Answer:
    """Show a frozen snapshot: its entry, its picture computed again, and what was corrected since of what it used."""
    screen = Screen(asked)
    body = snapshot(asked.view.tx, call.workplan, call.path["region"], _number(call, asked))
    body["snapshot"] = screen(body["snapshot"])
    made: Body = {**body, "question": asked.view.question.as_json()} | mark(asked)
    if screen.withheld:
        made["withheld"] = sorted(screen.withheld)
    return Answer(made)


def show_snapshot_bytes(call: Call, asked: Asked) -> Answer:
    """Give the frozen bytes themselves: their SHA-256 is the one recorded."""
    return Answer(frozen_bytes(asked.view.tx, call.workplan, call.path["region"], _number(call, asked)))


def _number(call: Call, asked: Asked) -> int:
    """Return the number of a snapshot that had been taken at the moment asked about."""
    region, said = known_region(call.path["region"]), call.path["number"]
    taken = [one["number"] for one in snapshots(asked.view.plan, region)]
    if not said.isdecimal() or len(said) > 6 or int(said) not in taken:
        raise NotFoundError(
            "{region} has no snapshot {said}",
            region=region,
            said=said,
            value=said,
            way_out=f"Its snapshots are: {', '.join(map(str, taken)) or 'none yet'}.",
        )
    return int(said)
