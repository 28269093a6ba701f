"""The web server: gunicorn with threads, set up by us instead of a file, which refuses what is no HTTP as we do."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import orjson
from gunicorn.app.base import BaseApplication
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from tracker.clock import new_id
from tracker.runtime import Runtime

REFUSED: tuple[tuple[type[Exception], int, str], ...] = (
    (errors.LimitRequestLine, 414, "URI Too Long"),
    (errors.LimitRequestHeaders, 431, "Request Header Fields Too Large"),
    (errors.ExpectationFailed, 417, "Expectation Failed"),
    (errors.ParseException, 400, "Bad Request"),
)
"""What the server cannot read: no application sees it, so it is answered here."""


def serve(
    runtime: Runtime, make: Callable[[Runtime], Any], host: str, port: int, threads: int, *, is_sqlite: bool
) -> None:
    """Serve the application that ``make`` makes, in one process on SQLite, in several else."""

    class Worker(ThreadWorker):  # type: ignore[misc]
        """One that lets live streams go when it is told to stop, instead of waiting for them."""

        def handle_exit(self, *signalled: Any) -> None:
            runtime.heads.end()
            super().handle_exit(*signalled)

        def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
            """Refuse what is no HTTP, as a problem; gunicorn would log the address that it came from."""
            found = next((one for one in REFUSED if isinstance(exc, one[0])), None)
            if found is None:
                super().handle_error(req, client, addr, exc)
                return
            self.log.info("a request was no HTTP: %s", type(exc).__name__)
            try:
                client.sendall(problem(*found[1:]))
            except OSError:
                self.log.debug("and its sender is gone")

    class Served(BaseApplication):  # type: ignore[misc]
        """gunicorn with settings of ours."""

        def load_config(self) -> None:
            options: dict[str, Any] = {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
                "workers": 1 if is_sqlite else max(2, os.cpu_count() or 2),
                "threads": threads,
                "worker_class": Worker,
                "timeout": 60,
                "graceful_timeout": 10,
                "control_socket_disable": True,
                "loglevel": "warning",
            }
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return make(runtime)

    Served().run()


def problem(status: int, title: str) -> bytes:
    """Return a whole answer to what is no request; nothing that was sent stands in it."""
    slug = "too-long" if status == 414 else "malformed"
    said = {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": title,
        "request_id": new_id(),
    }
    body = orjson.dumps(said)
    head = (
        f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
