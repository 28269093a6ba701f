"""The ticker's quieter jobs: readiness drafts before reviews, checking the logs, letting go what nobody needs."""

from __future__ import annotations

from functools import partial

from schedules.jobs import going_on, is_day, is_open, real_workplans
from tracker.directory.tokens import prune_signins
from tracker.events.dates import local_day
from tracker.notifications import drafts, stewards
from tracker.notifications.notices import readiness_due, tell
from tracker.projections import fact_index, search_index
from tracker.proof.checking import check
from tracker.runtime import Runtime
from tracker.sheets import uploads
from tracker.workplan.round import Round


def draft_readiness(runtime: Runtime) -> str:
    """Write to the Secretariat how ready a region is before its review, and how ready all are once a quarter."""
    count = 0
    with going_on() as each:
        for workplan in real_workplans(runtime):
            with each(f"{workplan} readiness"):
                if is_day(runtime, workplan):
                    count += tell(runtime, workplan, partial(readiness_due, runtime.now()))
    return f"drafts written: {count}"


def ask_stewards(runtime: Runtime) -> str:
    """Ask the stewards of products once a year whether these are still good; also when their plan is closed."""
    count = 0
    with going_on() as each:
        for workplan in real_workplans(runtime, with_closed=True):
            with each(f"{workplan} stewards"):
                if is_day(runtime, workplan):
                    count += stewards.ask_stewards(runtime, workplan)
    return f"questions written: {count}"


def verify_logs(runtime: Runtime) -> str:
    """Check every log from end to end; what is found wrong fails the job."""
    checked = []
    with going_on() as each:
        for workplan in runtime.workplan_ids():
            with each(f"{workplan} is not as it was written: run `tracker verify --workplan {workplan}`"):
                found = check(runtime, workplan)
                if not found.is_good:
                    raise ValueError("; ".join(one.words for one in found.findings[:3]))
                checked.append(f"{workplan}: {found.size} entries are as they were written")
    return "; ".join(checked) or "no log yet"


def index_search(runtime: Runtime) -> str:
    """Bring the indexes of what can be searched and of what facts say up to each log.

    A search brings up the last few entries by itself; questions about facts read what is not indexed from the log.
    """
    reached = []
    with going_on() as each:
        for workplan in runtime.workplan_ids():
            with each(f"{workplan} search"):
                reached.append(f"{workplan} to entry {search_index.follow(runtime.database, workplan)}")
            with each(f"{workplan} facts"):
                fact_index.follow(runtime.database, workplan)
    return "; ".join(reached) or "no log yet"


def prune(runtime: Runtime) -> str:
    """Remove what is over: signins and links to sign in, what was typed behind links, sheets that nobody confirmed."""
    now = runtime.now()
    with runtime.database.write() as tx:
        signins = prune_signins(tx, now)
        waited = uploads.prune(tx, now)
    typed = 0
    with going_on() as each:
        for workplan in runtime.workplan_ids():
            with each(f"{workplan} drafts"):
                with runtime.ask(workplan) as view:
                    today = local_day(now, view.workplan.zone)
                    still_open = [one.id for one in view.plan.all("round", Round) if is_open(one, today)]
                with runtime.database.write() as tx:
                    typed += drafts.prune(tx, now, workplan, still_open)
    return f"signins removed: {signins}, drafts removed: {typed}, sheets removed: {waited}"
