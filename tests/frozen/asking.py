"""The questions that every release is asked about the frozen databases, through the front door."""

from __future__ import annotations

from typing import Any

from tests.installation import Installation
from tracker.events.reading import end_of
from tracker.runtime import Runtime

W = "frozen"
WHOLE = "limit=1000"


def questions(runtime: Runtime) -> list[tuple[str, str]]:
    """Return ``(path below the workplan, who asks)``.

    All that name a position are about one before the end, so that a log that went on answers the same.
    """
    with runtime.database.read() as tx:
        size = end_of(tx, W).position - 1
    then = f"as_of=position:{size}"
    plan = [
        "state",
        f"state?{then}",
        "state?as_of=position:30",
        "state?as_of=moment:principals",
        f"state?effective_on=2023-02-28&{then}",
        "state?effective_on=2023-04-30&as_of=position:45",
        f"events?{WHOLE}&{then}",
        f"obligations?quarter=2023-Q2&{then}",
        f"rounds/2023-Q2?{then}",
        f"reviews/africa/snapshots?{then}",
        f"reviews/africa/snapshots/1.json?{then}",
    ]
    proofs = [
        "tree-head",
        f"proofs/inclusion?position=25&size={size}",
        f"proofs/consistency?first=30&second={size}",
    ]
    return [(path, "secretariat") for path in (*plan, "people", "tokens")] + [
        (path, "auditor") for path in proofs
    ]


def ask(house: Installation, who: str, path: str) -> Any:
    answer = house.get(f"/api/v1/workplans/{W}/{path}", who)
    assert answer.status_code == 200, f"{path}: {answer.get_data(as_text=True)}"
    return answer.json
