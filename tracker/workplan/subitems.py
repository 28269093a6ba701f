"""The sub-items of an activity: how each is known, and what may be said of its status, which is its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tracker.events.catalogue import ActivityAdded, SubitemAdded
from tracker.events.vocabulary import Status
from tracker.workplan.activity_parts import SubitemState
from tracker.workplan.claims import is_legal
from tracker.workplan.plan import refuse

Subitems = tuple[SubitemState, ...]


def printed(data: ActivityAdded) -> Subitems:
    """Return the sub-items that an activity begins with; one without a printed label is known by its place."""
    return tuple(
        SubitemState(item.label or str(index), item.label, item.text, "not_started")
        for index, item in enumerate(data.subitems or (), 1)
    )


def key_for(items: Subitems, added: SubitemAdded) -> str:
    return added.label or str(len(items) + 1)


def find(items: Subitems, key: str) -> SubitemState | None:
    return next((item for item in items if item.key == key), None)


def changed(items: Subitems, key: str, change: Callable[[SubitemState], SubitemState]) -> Subitems:
    return tuple(change(item) if item.key == key else item for item in items)


def misfit_of(items: Subitems, statuses: Mapping[str, Status]) -> str | None:
    """Return why statuses cannot be said of the sub-items there are: existence and transitions only."""
    for key, status in statuses.items():
        item = find(items, key)
        if item is None:
            return f"there is no sub-item {key} then"
        if not is_legal(item.status, status):
            return f"the sub-item {key} is {item.status} then, and {status} cannot follow it"
    return None


def require(activity: str, items: Subitems, key: str, pointer: str) -> SubitemState:
    """Return a sub-item.

    Raises:
        RuleError: there is none such.
    """
    held = find(items, key)
    if held is None:
        raise refuse(
            "activity {id} has no sub-item {key}",
            field=pointer,
            value=key,
            way_out=f"Its sub-items are: {', '.join(item.key for item in items) or 'none'}.",
            id=activity,
            key=key,
        )
    return held


def check_key(activity: str, items: Subitems, added: SubitemAdded) -> None:
    """Refuse a sub-item whose key is taken.

    Raises:
        RuleError: naming the key.
    """
    key = key_for(items, added)
    if find(items, key):
        raise refuse(
            "activity {id} has a sub-item {key} already",
            field="/data/label",
            value=key,
            way_out="Give it another label, or reword the existing one.",
            id=activity,
            key=key,
        )


def check_unique(data: ActivityAdded) -> None:
    """Refuse an activity two of whose sub-items, or of whose targets, are known by the same.

    Raises:
        RuleError: naming it.
    """
    keys = [item.key for item in printed(data)]
    for kind, ids in (("subitems", keys), ("targets", [target.id for target in data.targets or ()])):
        twice = next((one for one in ids if ids.count(one) > 1), None)
        if twice is not None:
            raise refuse(
                "`{twice}` stands twice among the {kind}",
                field=f"/data/{kind}",
                value=twice,
                way_out="Give each its own.",
                twice=twice,
                kind=kind,
            )
