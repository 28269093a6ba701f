"""A link that names a position gives the same bytes for ever, on every read, also where it named the newest entry."""

from __future__ import annotations

import itertools
import os

from tests.api.test_questions import ASKING, asked
from tests.installation import WORKPLAN, Installation, fact
from tracker.projections.plan_cache import PlanCache
from tracker.projections.rebuilding import rebuild

FURTHER = int(os.environ.get("TEST_FURTHER_ENTRIES", "12"))


def answers(house: Installation, position: int) -> dict[str, bytes]:
    """Return the bytes of every read at a position, from a process that remembers nothing."""
    house.__dict__.pop("app", None)
    house.runtime.cache = PlanCache()
    paths = [asked(route, f"as_of=position:{position}") for route in ASKING]
    paths += [path.replace("none?", "3.4?") for path in paths if "/activities/none" in path]
    paths += [f"changes?from=position:{position - 1}&to=position:{position}", "timemap/state?limit=9"]
    given = {path: house.get(path) for path in paths}
    return {path: answer.get_data() for path, answer in given.items() if answer.status_code == 200}


def test_a_position_link_gives_the_same_bytes_after_further_entries_and_a_rebuild(
    house: Installation,
) -> None:
    house.write(fact("RoundOpened", "round/2023-Q2"))
    window = {"from": "2023-Q1", "to": "2023-Q2", "source": "x"}  # overdue later, and then never
    house.write(fact("ActivityScheduled", "activity/3.4", window))
    told = house.write(fact("ProgressReported", "activity/3.4", {"assessment": "on_track"}), "lead")
    position = told["events"][0]["position"]
    before = answers(house, position)
    now = house.get("state").get_data()
    assert len(before) > 25
    house.clock.move(days=90)
    further = [
        fact("ProgressReported", "activity/3.4", {"quarter": "2023-Q2", "assessment": assessment})
        | {"reason": f"{number}", "occurred_on": "2023-06-20"}
        for number, assessment in zip(range(FURTHER), itertools.cycle(("delayed", "at_risk", "on_track")))
    ]
    for start in range(0, FURTHER, 500):
        house.write(further[start : start + 500], "lead")
    house.write(fact("EntryRetracted", "activity/3.4", {"position": position}) | {"reason": "x"})
    house.write(fact("EntityRenamed", "entity/oms", {"names": {"en": "Another name"}}))
    assert answers(house, position) == before
    assert rebuild(house.runtime.database, WORKPLAN).differing == ()
    assert answers(house, position) == before
    assert house.get("state").get_data() != now  # the control: what names no position goes on
