"""How ready a region is for its review: live with labels, and frozen in numbered snapshots."""

from __future__ import annotations

from typing import Any

import orjson

from tracker.api.call import Answer, Asked, Call
from tracker.api.rendering import Screen, about, mark, screen_told, told
from tracker.errors import NotFoundError, RuleError
from tracker.projections.readiness import known_region, readiness
from tracker.projections.readiness_changes import compare
from tracker.projections.snapshots import frozen_bytes, snapshot, snapshots

Body = dict[str, Any]


def show_readiness(call: Call, asked: Asked) -> Answer:
    """Show each line of a region's readiness with its evidence, and who could supply what is missing.

    `since=2` adds what changed since snapshot 2: per line what it was and is, what came and went, and the entries.
    """
    body = readiness(asked.view, call.path["region"])
    if "since" not in call.query:
        return told(asked, body | about(asked))
    view, screen, region = asked.view, Screen(asked), known_region(call.path["region"])
    number = _known_number(asked, region, call.query["since"])
    frozen = orjson.loads(frozen_bytes(view.tx, call.workplan, region, number))
    body["since"] = _compared(call, asked, screen, frozen, body) | {"number": number}
    return told(asked, body | about(asked), screen)


def list_snapshots(call: Call, asked: Asked) -> Answer:
    """List the frozen snapshots of a region, oldest first."""
    screen = Screen(asked)
    items = [screen(one) for one in snapshots(asked.view.plan, call.path["region"])]
    return told(asked, about(asked) | {"items": items, "next": None}, screen)


def show_snapshot(call: Call, asked: Asked) -> Answer:
    """Show a frozen snapshot: its entry, its picture computed again, and what was corrected since of what it used."""
    screen = Screen(asked)
    body = snapshot(asked.view.tx, call.workplan, call.path["region"], number_of(call, asked))
    body["snapshot"] = screen(body["snapshot"])
    made: Body = {**body, "question": asked.view.question.as_json()} | mark(asked)
    if screen.withheld:
        made["withheld"] = sorted(screen.withheld)
    return Answer(made)


def show_snapshot_bytes(call: Call, asked: Asked) -> Answer:
    """Give the frozen bytes themselves: their SHA-256 is the one recorded."""
    return Answer(frozen_bytes(asked.view.tx, call.workplan, call.path["region"], number_of(call, asked)))


def show_snapshot_changes(call: Call, asked: Asked) -> Answer:
    """Show what changed in a snapshot since another: per line what it was and is, what came and went, and the entries.

    `since` is the one before unless given. Two are compared in the order asked; `is_backwards` says where that is back.
    """
    view, screen, region = asked.view, Screen(asked), known_region(call.path["region"])
    number = number_of(call, asked)
    if "since" not in call.query and number == 1:
        raise RuleError(
            "there is no snapshot before the first",
            field="since",
            way_out="Name another with `since`, or ask `readiness?since=1` what changed after it.",
        )
    since = _known_number(asked, region, call.query.get("since", number - 1))
    first, second = (
        orjson.loads(frozen_bytes(view.tx, call.workplan, region, one)) for one in (since, number)
    )
    body = about(asked) | {"region": region, "number": number, "since": since}
    body["is_backwards"] = since > number
    body |= _compared(call, asked, screen, first, second)  # texts stay sealed, as in the frozen pictures
    return Answer(body | ({"withheld": sorted(screen.withheld)} if screen.withheld else {}))


def _compared(call: Call, asked: Asked, screen: Screen, before: Body, after: Body) -> Body:
    made = compare(asked.view.tx, call.workplan, asked.view.plan, asked.view.question.zone, before, after)
    screen_told(asked, screen, made["entries"])
    return {"at_position": before["position"], "day": before["day"]} | made


def _known_number(asked: Asked, region: str, number: int) -> int:
    taken = [one["number"] for one in snapshots(asked.view.plan, region)]
    if number not in taken:
        raise RuleError(
            "{region} has no snapshot {number} at the moment asked about",
            region=region,
            number=number,
            field="since",
            value=number,
            way_out=f"Its snapshots are: {', '.join(map(str, taken)) or 'none yet'}.",
        )
    return number


def number_of(call: Call, asked: Asked) -> int:
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
