"""Who may read what of a workplan: the table of rights for readers. Today's rights govern every view, past ones too.

Source: docs/rights.md.
"""

from __future__ import annotations

from typing import Any, Literal, assert_never

from tracker.directory.principals import Principal
from tracker.projections.views import DETAILS
from tracker.workplan.root import Workplan

Reading = Literal["state", "details", "history", "proofs", "export", "rounds", "letters", "people"]
"""``state``: the plan, its changes, timelines, tree heads, frozen snapshots. ``details``: reasons, assessments, rates,
notes, needs. ``history``: entries with their speakers. ``proofs``: inclusion, consistency. ``export``: the whole log.
``rounds``: who was asked and when, letters. ``letters``: to hold, send and revoke them. ``people``: names, addresses.
"""


def may(principal: Principal, workplan: Workplan, what: Reading) -> bool:
    """Return whether a reader may read this of a workplan as it is set up today."""
    is_insider = principal.has("lead", "reviewer", "auditor", "secretariat", "system")
    match what:
        case "state" | "proofs":
            return is_insider or workplan.is_public or principal.has("viewer")
        case "details":
            return is_insider or (principal.has("viewer") and bool(workplan.settings.get("published")))
        case "history" | "export":
            return is_insider
        case "rounds":
            return principal.has("auditor", "secretariat", "system")
        case "people" | "letters":
            return principal.has("secretariat", "system")
        case _:
            assert_never(what)


def without_details(value: Any) -> Any:
    """Return a view, plain JSON, as readers without the right to ``details`` get it."""
    if isinstance(value, dict):
        return {name: without_details(item) for name, item in value.items() if name not in WITHHELD}
    if isinstance(value, list):
        return [without_details(item) for item in value]
    return value


WITHHELD = frozenset({*DETAILS, "reason", "findings"})
