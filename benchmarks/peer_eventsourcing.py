"""The library eventsourcing, in its most favourable use: aggregates stay in memory, and are saved one event at a time.

Started by the other programs here in an environment of its own: `peer_eventsourcing.py sqlite FILE` or
`peer_eventsourcing.py postgresql URL`.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Sequence
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from psycopg.conninfo import conninfo_to_dict

AGGREGATES = 200
NOTE = "The venue is agreed, the speakers are asked, and the summary goes out in a week. " * 2


class Activity(Aggregate):
    """An activity whose newest report is its state."""

    @event("Added")
    def __init__(self) -> None:
        self.assessment, self.note = "", ""

    @event("Reported")
    def report(self, entity: str, quarter: str, assessment: str, reason: str, note: str) -> None:
        self.entity, self.quarter, self.assessment = entity, quarter, assessment
        self.reason, self.note = reason, note


def environment(engine: str, where: str) -> dict[str, str]:
    if engine == "sqlite":
        return {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": where,
            "SQLITE_LOCK_TIMEOUT": "60",
        }
    said = conninfo_to_dict(where)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(said["dbname"]),
        "POSTGRES_HOST": str(said["host"]),
        "POSTGRES_PORT": str(said.get("port", 5432)),
        "POSTGRES_USER": str(said["user"]),
        "POSTGRES_PASSWORD": "-",
    }


class Saving:
    """An application with its aggregates."""

    def __init__(self, engine: str, where: str, *, is_first: bool = True) -> None:
        tables = {"CREATE_TABLE": "y" if is_first else "n"}  # those who come later would race to make them
        self.application: Application[Any] = Application(env=environment(engine, where) | tables)
        self.activities = [Activity() for _ in range(AGGREGATES)]
        self.application.save(*self.activities)
        self.number = 0

    def save(self, count: int) -> None:
        """Save ``count`` events in one commit."""
        touched = []
        for _ in range(count):
            self.number += 1
            activity = self.activities[self.number % AGGREGATES]
            assessment = ("at_risk", "delayed")[self.number // AGGREGATES % 2]
            activity.report("alpha", "2023-Q2", assessment, f"Reason {self.number}", f"{self.number} {NOTE}")
            touched.append(activity)
        self.application.save(*{one.id: one for one in touched}.values())

    def read(self) -> int:
        """Read all events in order, as a projection does, and return how many there were."""
        last, read = None, 0
        while True:
            page = self.application.recorder.select_notifications(
                start=last, limit=1000, inclusive_of_start=False
            )
            if not page:
                return read
            for stored in page:
                self.application.mapper.to_domain_event(stored)
                read += 1
            last = page[-1].id


def write_alone(engine: str, where: str, count: int, start: Any, told: Any) -> None:
    saving = Saving(engine, where, is_first=False)
    start.wait()
    took = []
    for _ in range(count):
        began = time.perf_counter()
        saving.save(1)
        took.append(time.perf_counter() - began)
    told.put(took)


def write_together(engine: str, where: str, writers: int, count: int) -> tuple[float, list[float]]:
    """Return how long so many processes took to save ``count`` events each, and each commit."""
    start, told = multiprocessing.Barrier(writers + 1), multiprocessing.Queue()
    running = [
        multiprocessing.Process(target=write_alone, args=(engine, where, count, start, told))
        for _ in range(writers)
    ]
    for one in running:
        one.start()
    start.wait()
    began = time.perf_counter()
    took = [commit for _ in running for commit in told.get()]
    wall = time.perf_counter() - began
    for one in running:
        one.join()
    return wall, took


def timed(work: Any, times: int, *arguments: Any) -> list[tuple[float, float]]:
    took = []
    for _ in range(times):
        began, busy = time.perf_counter(), time.process_time()
        work(*arguments)
        took.append((time.perf_counter() - began, time.process_time() - busy))
    return took


def main(arguments: Sequence[str]) -> None:
    engine, where = arguments
    saving = Saving(engine, where)
    for line in sys.stdin:
        request = json.loads(line)
        said: Any = []
        if request["do"] == "save":
            said = timed(saving.save, request["times"], request["count"])
        elif request["do"] == "read":
            said = timed(saving.read, 1)
        elif request["do"] == "writers":
            said = write_together(engine, where, request["writers"], request["count"])
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
