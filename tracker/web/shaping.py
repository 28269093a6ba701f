"""Where the Secretariat changes the plan as a whole: what can be added to it, its settings, and its end."""

from __future__ import annotations

from tracker.web.recordable import offered, state_of_plan
from tracker.web.rendering import shell
from tracker.web.visits import page, visit

ADDED = ("workstream", "activity", "milestone", "entity", "commitment", "product", "session", "review")


@shell.get("/w/<workplan>/shaping")
def shaping(workplan: str) -> tuple[str, int]:
    with visit(workplan, "letters") as here:
        return page(
            "shaping.html",
            here,
            added=[one for kind in ADDED for one in offered(here, kind)],
            ways=offered(here, "workplan", state_of_plan(here)),
        )
