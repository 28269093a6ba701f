"""``tracker serve``, ``init``, ``scheduler`` and ``doctor``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import click

from tracker.cli.context import as_json, bring_up, note, real_workplans, running, settings, show
from tracker.cli.proof import unguarded
from tracker.database import is_migrated, migrate
from tracker.directory import people, signins, tokens
from tracker.erasure import sync_ledger
from tracker.events import guards
from tracker.plans.reader import SHIPPED, read_file
from tracker.runtime import Runtime, build_runtime
from tracker.settings import MailServer
from tracker.workplan.document import requests_of

FIRST_LINK_LIFE = timedelta(hours=24)
THREADS = 8


def load_shipped(runtime: Runtime) -> int:
    """Load the shipped plan where no real workplan is; return how many entries that wrote."""
    if real_workplans(runtime):
        return 0
    document = read_file(SHIPPED)
    return runtime.adopt(document.id, requests_of(document)).count


def first_link(runtime: Runtime) -> str | None:
    """Return a one-time link for the Secretariat while nobody has ever signed in."""
    with runtime.directory() as tx:
        if signins.was_ever_signed_in(tx):
            return None
        host = "localhost" if runtime.settings.is_loopback else runtime.settings.host
        known = people.people_of(tx)
        made = people.add_person(tx, runtime.now(), "Secretariat", f"secretariat@{host}", "en")
        if made not in known:
            for workplan in runtime.workplan_ids():
                people.grant(tx, runtime.now(), made, workplan, "secretariat")
        tokens.void_links(tx, runtime.now(), made)
        secret = tokens.make_signin_link(tx, runtime.now(), made, FIRST_LINK_LIFE)
    return f"{runtime.settings.base_url}/signin/{secret}"


@click.command("init")
@as_json
def init(*, as_json: bool) -> None:
    """Bring the database up to date and load the shipped plan where there is no real one."""
    with running() as runtime:
        written = load_shipped(runtime)
        words = f"Ready: {written} entries loaded." if written else "Ready: a plan was there already."
        show({"written": written, "workplans": runtime.workplan_ids()}, words, is_json=as_json)


@click.command("serve")
@click.option("--host", help="Address to listen on; default TRACKER_HOST, else 127.0.0.1.")
@click.option("--port", type=int, help="Port to listen on; default TRACKER_PORT, else 8000.")
@click.option(
    "--without-ticker", is_flag=True, help="Do not start the ticker; run `tracker scheduler` elsewhere."
)
def serve(*, host: str | None, port: int | None, without_ticker: bool) -> None:
    """Serve the pages and the API, with the ticker as a child process."""
    for name, value in (("TRACKER_HOST", host), ("TRACKER_PORT", port)):
        if value is not None:
            os.environ[name] = str(value)
    found = settings()
    note("Preparing the database …")
    migrate(found.database_url)
    runtime = build_runtime(found)
    bring_up(runtime)
    if written := load_shipped(runtime):
        note(f"The shipped plan is loaded: {written} entries.")
    sync_ledger(runtime)
    link = first_link(runtime)
    runtime.close()  # forked workers open connections of their own
    ticker = None if without_ticker else _ticker()
    note(f"Serving on {found.base_url}")
    if link:
        note(f"Sign in as the Secretariat, once, within 24 hours:\n  {link}")
    try:
        _run(found.host, found.port, is_sqlite=found.is_sqlite)
    finally:
        if ticker is not None:
            ticker.terminate()
            try:
                ticker.wait(timeout=10)
            except subprocess.TimeoutExpired:  # killed now, a letter would stay unknown
                note("The ticker waits for a mail server's last word and then ends by itself.")


def _ticker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tracker", "scheduler", "--parent", str(os.getpid())]
    return subprocess.Popen(command)  # noqa: S603 - this very program


def _run(host: str, port: int, *, is_sqlite: bool) -> None:
    """Run the web server: gunicorn with threads, waitress where there is no fork."""
    from tracker.api.live import STREAMS
    from tracker.app import create_app

    runtime = build_runtime(settings())  # opens no connection before it is used, so workers may inherit it
    threads = THREADS + STREAMS
    if not hasattr(os, "fork"):
        from waitress import serve as waitress

        waitress(create_app(runtime), host=host, port=port, threads=threads)
        return
    from tracker.cli import gunicorn_server

    gunicorn_server.serve(runtime, create_app, host, port, threads, is_sqlite=is_sqlite)


@click.command("scheduler")
@click.option("--list", "is_listing", is_flag=True, help="Show the jobs, and when each runs next.")
@click.option("--parent", type=int, hidden=True, help="End when this process ends.")
@as_json
def scheduler(*, is_listing: bool, parent: int | None, as_json: bool) -> None:
    """Run the ticker: it asks the database what is due, and does it."""
    from schedules.ticker import run
    from schedules.timetable import listing

    with running(is_migrating=parent is None) as runtime:
        if is_listing:
            rows = listing(runtime)
            words = "\n".join(_scheduled(row) for row in rows)
            show({"jobs": rows}, words, is_json=as_json)
            return
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        if parent is not None:
            threading.Thread(target=_end_with, args=(parent, stopped), daemon=True).start()
        run(runtime, stopped)


def _scheduled(row: dict[str, Any]) -> str:
    words = f"{row['job']:16} {row['when']:16} "
    if not row["last"]:
        return f"{words}not yet run"
    outcome = row["outcome"] or "running, or ended without a word"
    next_ = f"next {row['next'][:16].replace('T', ' ')}" if row["next"] else "no next yet"
    return f"{words}last {row['last'][:16].replace('T', ' ')} UTC: {outcome}, {next_}; {row['said'] or ''}".rstrip(
        "; "
    )


def _end_with(parent: int, stopped: threading.Event) -> None:
    while os.getppid() == parent and not stopped.is_set():
        time.sleep(1)
    stopped.set()


@click.command("doctor")
@click.option(
    "--guard", "is_guarding", is_flag=True, help="Put back the triggers that refuse changes to the log."
)
@as_json
def doctor(*, is_guarding: bool, as_json: bool) -> int:
    """Check the settings, the database with its guards, and the end of each log."""
    checks: dict[str, str] = {}
    found = settings()
    checks["settings"] = "ok"
    with running(is_migrating=False) as runtime:
        checks["schema"] = "ok" if is_migrated(runtime.database) else "not up to date: run `tracker init`"
        if checks["schema"] == "ok":
            if is_guarding:
                with runtime.database.write() as tx:
                    guards.put_back(tx)
            with runtime.database.read() as tx:
                fallen = guards.fallen(tx)
            checks["guards"] = unguarded(fallen) if fallen else "ok"
            for workplan in runtime.workplan_ids():
                with runtime.ask(workplan) as view:
                    checks[workplan] = f"{view.end.position} entries, last on {view.end.recorded_at}"
    mail = MailServer.from_url(found.smtp_url) if found.smtp_url else None
    checks["mail"] = str(mail) if mail else "no TRACKER_SMTP_URL: letters wait"
    is_well = checks["schema"] == checks.get("guards") == "ok"
    show(checks, "\n".join(f"{name}: {said}" for name, said in checks.items()), is_json=as_json)
    return 0 if is_well else 1


COMMANDS = {"serve": serve, "init": init, "scheduler": scheduler, "doctor": doctor}
