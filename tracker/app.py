"""The application: the interface and the pages over one runtime, with what both need around them."""

from __future__ import annotations

import gc
import logging
import re
from typing import Any

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SessionInterface
from werkzeug.exceptions import BadRequest, HTTPException, SecurityError

from tracker import api, traffic, web
from tracker.clock import new_id
from tracker.errors import MalformedError, TrackerError
from tracker.runtime import Runtime
from tracker.settings import kept_secret
from tracker.web import refusals

LARGEST_REQUEST = 1024 * 1024
MOST_FORM_PARTS = 1000
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""On every answer that has not said its own: nothing is framed, sniffed, leaked or kept."""

SECURE = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
"""Where the installation is reached by https only."""

COLLECTED_EVERY = (50_000, 20, 100)
"""Of Python's garbage collector. A plan of 2,000 subjects is some million objects that live long, and walking all of
them took a quarter of a second in one past view of ten. Young garbage is still collected after 50,000 objects."""

_log = logging.getLogger(__name__)


def create_app(runtime: Runtime) -> Flask:
    """Return the WSGI application over a runtime."""
    gc.set_threshold(*COLLECTED_EVERY)
    app = Flask("tracker", static_folder=None)
    app.secret_key = kept_secret(runtime.settings)
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
        PROPAGATE_EXCEPTIONS=False,
        SECURE_HEADERS=SECURE if runtime.settings.base_url.startswith("https://") else {},
    )
    app.session_interface = Sessionless()
    app.before_request(_name_request)
    app.after_request(_finish)
    traffic.surround(app, runtime)
    api.register(app, runtime)
    web.register(app, runtime)
    for kind in (TrackerError, HTTPException, Exception):
        app.register_error_handler(kind, _refuse)
    return app


class Sessionless(SessionInterface):
    """No session of Flask's: signins are cookies of ours, and opening an unused one takes a tenth of a read."""

    def open_session(self, _app: Flask, _request: Request) -> None:
        """Open none."""


def _name_request() -> None:
    said = request.headers.get("X-Request-Id", "")
    g.request_id = said if REQUEST_ID.fullmatch(said) else new_id()


def _finish(response: Response) -> Response:
    said = {name.lower() for name, _ in response.headers}
    wanted = HEADERS | current_app.config["SECURE_HEADERS"]
    response.headers.extend([(name, value) for name, value in wanted.items() if name.lower() not in said])
    if "request_id" in g:
        response.headers["X-Request-Id"] = g.request_id
    return response


def _refuse(error: Exception) -> Any:
    """Answer what went wrong: the interface with a problem, pages with a page."""
    if isinstance(error, HTTPException) and (error.code or 500) < 400:
        return error  # a redirect of the router's
    if type(error).__module__.startswith("gunicorn."):  # a body in broken chunks, found where it was read
        error = BadRequest()
    if isinstance(error, SecurityError):  # no page: for a host that is not ours no address can be made
        return api.respond(
            MalformedError(
                "this system is not served under that name",
                field="Host",
                way_out="Use its own address (TRACKER_BASE_URL), or add the name to TRACKER_TRUSTED_HOSTS.",
            )
        )
    if api.is_ours(request.path):
        return api.respond(error)
    if isinstance(error, TrackerError):
        return refusals.of_tracker(error)
    if isinstance(error, HTTPException):
        return refusals.of_http(error)
    _log.error("request %s failed", g.get("request_id"), exc_info=error)
    return refusals.refusal_page(500)
