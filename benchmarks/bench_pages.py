"""The server's time and the size of every page on a long log, as the Secretariat gets them.

    python -m benchmarks.long_log FOLDER --entries 200000
    python -m benchmarks.bench_pages FOLDER [--rounds 40]

Asks in process, so that what is measured is the page and not a socket. Exit 1 where the 95th percentile of a page is
over the limit, or the page too large.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

from flask.testing import FlaskClient

from tracker.app import create_app
from tracker.database import migrate
from tracker.directory import people, tokens
from tracker.projections import fact_index, search_index
from tracker.runtime import build_runtime
from tracker.settings import Settings

WORKPLAN = "long"
MOST_MS, MOST_BYTES = 150, 1_000_000
WARM = 2
PAGES = (
    "",
    "plan",
    "plan?look=table",
    "plan?look=quarters",
    "plan?see=e3&status=in_progress",
    "plan?as_of=2023-09-30",
    "workstreams/3",
    "activities/3.4",
    "activities/3.4/timeline",
    "milestones",
    "products",
    "sessions",
    "reviews",
    "commitments",
    "entities",
    "entities/e3",
    "calendar",
    "follow-up",
    "timeline",
    "readiness",
    "reviews/africa/readiness",
    "documents",
    "contributions",
    "contributions?objective=8",
    "grid",
    "sheets",
    "shaping",
    "tokens",
    "webhooks",
    "jobs",
    "moments",
    "entries",
    "entries?kind=activity&entity=e3",
    "entries/150000",
    "entries/150000/genuine",
    "proof",
    "people",
    "letters",
    "rounds",
    "changes?from=-P1M",
    "changes?from=2023-02-01",
    "search?q=3.4",
    "search?q=%22note+150000%22",
    "search?q=venue",
    "activities/3.4/tags",
    "record/activity-scheduled/3.4",
    "people/add",
    "reviews/africa/freeze",
    "contributions?objective=8&tagged=then",
    *(
        f"{page}?as_of=2023-09-30"
        for page in ("", "workstreams/3", "activities/3.4", "activities/3.4/timeline", "entities/e3")
    ),
    *(
        f"{page}?as_of=2023-09-30"
        for page in ("entries", "timeline", "readiness", "reviews/africa/readiness")
    ),
    "plan?effective_on=2023-09-30",
    "activities/3.4?effective_on=2023-09-30",
)


def signed_in(folder: Path) -> FlaskClient:
    url = f"sqlite:///{folder.resolve()}/long.db"
    runtime = build_runtime(Settings.from_env({"TRACKER_DATABASE_URL": url, "TRACKER_DATA_DIR": str(folder)}))
    migrate(url)
    with runtime.directory() as tx:
        person = people.add_person(tx, runtime.now(), "Bench", "bench@example.org", "en")
        people.grant(tx, runtime.now(), person, WORKPLAN, "secretariat")
        link = tokens.make_signin_link(tx, runtime.now(), person)
    search_index.follow(runtime.database, WORKPLAN)  # as the ticker does
    fact_index.follow(runtime.database, WORKPLAN)
    client = create_app(runtime).test_client()
    client.post(f"/signin/{link}")
    return client


def _measured(client: FlaskClient, page: str, rounds: int) -> bool:
    """Print how a page did and return whether it kept the limits."""
    took, worked, size, status = [], [], 0, 0
    for _ in range(rounds + WARM):
        begun, worked_before = time.perf_counter(), time.process_time()
        answer = client.get(f"/w/{WORKPLAN}/{page}")
        took.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - worked_before) * 1000)
        size, status = len(answer.data), answer.status_code
    p95 = statistics.quantiles(took[WARM:], n=20)[-1]
    is_good = status == 200 and p95 <= MOST_MS and size <= MOST_BYTES
    typical, work = statistics.median(took[WARM:]), statistics.median(worked[WARM:])
    mark = "" if is_good else f"  {status}, over the limit"
    print(f"{page or '(today)':36}{size / 1000:7.0f}{typical:9.0f}{p95:9.0f}{work:9.0f}{mark}", flush=True)
    return is_good


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--page", action="append", help="only these, by their address behind the plan's")
    asked = parser.parse_args()
    client, bad = signed_in(asked.folder), 0
    print(f"{'page':36}{'kB':>7}{'median':>9}{'p95':>9} ms")
    for page in asked.page or PAGES:
        bad += not _measured(client, page, asked.rounds)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
