"""The access log: one JSON line for each request, apart from the log of events and without personal data.

It says which route, never which address, query or header: addresses hold secrets of links, and say who is interested in
what. Lines stand in one file a day, which is removed after three months.
"""

from __future__ import annotations

import logging
import os
import time
from datetime import date, timedelta
from pathlib import Path

import orjson
from flask import Flask, Response, g, request

from tracker.clock import instant_text
from tracker.runtime import Runtime

KEPT = timedelta(days=90)
NAME = "access-{day}.jsonl"
_log = logging.getLogger(__name__)


class AccessLog:
    """Appends lines to the file of the day; several processes may do so at once, for each line is one write."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._day = ""
        self._file = -1

    def write(self, line: dict[str, object]) -> None:
        """Write a line. A full disk must not turn an answer into a failure."""
        try:
            day = str(line["at"])[:10]
            if day != self._day:
                self._turn_over(day)
            os.write(self._file, orjson.dumps(line) + b"\n")
        except OSError as error:
            _log.warning("the access log cannot be written: %s", error.strerror)

    def _turn_over(self, day: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        opened = os.open(self._folder / NAME.format(day=day), flags, 0o600)
        self._file, before, self._day = opened, self._file, day
        if before >= 0:
            os.close(before)
        oldest = NAME.format(day=(date.fromisoformat(day) - KEPT).isoformat())
        for old in self._folder.glob(NAME.format(day="*")):
            if old.name < oldest:
                old.unlink(missing_ok=True)


def keep(app: Flask, runtime: Runtime) -> None:
    """Write down each request that an application answered, where the installation keeps an access log."""
    if runtime.settings.access_log is None:
        return
    log = AccessLog(runtime.settings.access_log)

    @app.before_request
    def _begin() -> None:
        g.began = time.monotonic()

    @app.after_request
    def _write(response: Response) -> Response:
        log.write(
            {
                "at": instant_text(runtime.now()),
                "request": g.get("request_id"),
                "method": request.method if request.method in METHODS else "other",
                "route": request.url_rule.rule if request.url_rule else None,
                "workplan": (request.view_args or {}).get("workplan") if response.status_code < 400 else None,
                "status": response.status_code,
                "ms": round((time.monotonic() - g.began) * 1000, 1) if "began" in g else None,
                "by": _way_in(),
            }
        )
        return response


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _way_in() -> str:
    """Return by what kind of credentials somebody came; not who."""
    if request.headers.get("Authorization"):
        return "token"
    return "signin" if request.cookies else "nothing"
