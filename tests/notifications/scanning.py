"""Visits of those who follow every link before its reader does: by GET and HEAD, prefetching, running the scripts."""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright

from tests.applications import application
from tests.filling import counted, path_in, send
from tests.mailing import (
    PLAN,
    QUARTER,
    Clock,
    MailServer,
    add_focal_point,
    mail_server,
    nobody_listens,
    settings_for,
    with_plan,
)
from tests.web.watching import ARGUMENTS, serving
from tracker.database import migrate
from tracker.notifications.running import remind
from tracker.runtime import Runtime, build_runtime

HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"User-Agent": "Mozilla/5.0 (compatible; MailScanner)"},
    {"X-Moz": "prefetch", "Range": "bytes=0-100"},
)
METHODS = ("GET", "GET", "GET", "HEAD", "OPTIONS")


@dataclass
class Scanned:
    """What visits left behind: nothing, it is hoped."""

    visits: int = 0
    with_scripts: int = 0
    statuses: set[int] = field(default_factory=set)
    changed: dict[str, tuple[int, int]] = field(default_factory=dict)
    still_works: bool = False

    def __str__(self) -> str:
        """Return the figures in one line."""
        return (
            f"{self.visits} visits, {self.with_scripts} of them with scripts: rows changed {self.changed or 0},"
            f" the link still works: {self.still_works}"
        )


def scan(folder: Path, visits: int, seed: int, *, scripts: int) -> Scanned:
    """Visit the link of a letter and all that its pages lead to; ``scripts`` visits of them in a real browser."""
    url = f"sqlite:///{folder / 'scanned.db'}"
    migrate(url)
    with_plan(url, folder)
    with mail_server(nobody_listens()) as mail:
        clock = Clock(datetime(2023, 7, 3, 9, tzinfo=UTC))
        runtime = build_runtime(settings_for(url, folder, TRACKER_SMTP_URL=mail.url), clock)
        add_focal_point(runtime, "oms", "es", ["3"])
        remind(runtime, PLAN, QUARTER)
        done = visited(runtime, application(runtime), mail, visits, seed, scripts=scripts)
        runtime.close()
    return done


def visited(
    runtime: Runtime, app: Flask, mail: MailServer, visits: int, seed: int, *, scripts: int
) -> Scanned:
    """Visit the newest letter's link; then report by it, as its reader would after all that."""
    chance, done, client, path = random.Random(seed), Scanned(), app.test_client(), path_in(mail)
    before = counted(runtime)
    found = [path, f"{path}/unsubscribe"]
    for _ in range(visits - scripts):
        _visit(client, chance, found, done)
    if scripts:
        with sync_playwright() as playwright, serving(app, nobody_listens()) as base:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=ARGUMENTS)
            pages = [one for one in found if ".xlsx" not in one]  # a workbook is fetched, not looked at
            for _ in range(scripts):
                _look(browser, base + chance.choice(pages), done)
            browser.close()
    after = counted(runtime)
    done.changed = {name: (count, after[name]) for name, count in before.items() if after[name] != count}
    done.still_works = send(client, path, "rest").status_code in {200, 201}
    return done


def _visit(client: FlaskClient, chance: random.Random, found: list[str], done: Scanned) -> None:
    address, method = chance.choice(found), chance.choice(METHODS)
    answer = client.open(address, method=method, headers=chance.choice(HEADERS))
    done.visits += 1
    done.statuses.add(answer.status_code)
    handle = found[0]
    if answer.mimetype != "text/html":
        return
    links = re.findall(r'(?:href|action|src|data-[a-z-]+)="([^"#]+)', answer.get_data(as_text=True))
    found.extend(one for one in links if one.startswith(handle) and one not in found)


def _look(browser: Browser, address: str, done: Scanned) -> None:
    """Open a page as a sandbox does: run its scripts, scroll, type nothing, close it."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.mouse.wheel(0, 4000)
    page.wait_for_timeout(50)
    page.close(run_before_unload=True)
    context.close()
    done.visits += 1
    done.with_scripts += 1


def _chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise FileNotFoundError("no Chromium: install the package `chromium`")
    return path
