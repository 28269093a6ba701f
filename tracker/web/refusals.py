"""Pages for what went wrong: plain words, what it means for the reader, and a way out."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

from flask import g, render_template, request, url_for
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from tracker.errors import (
    ConflictError,
    DeniedError,
    MalformedError,
    MomentError,
    NotFoundError,
    RuleError,
    TooManyError,
    TrackerError,
    UnavailableError,
    UnknownReaderError,
)
from tracker.web.language import _
from tracker.web.moments import QUESTION
from tracker.web.refusal_words import said_plainly

STATUSES: tuple[tuple[type[TrackerError], int], ...] = (
    (UnknownReaderError, 401),
    (DeniedError, 403),
    (NotFoundError, 404),
    (ConflictError, 409),
    (MalformedError, 400),
    (RuleError, 422),
    (TooManyError, 429),
    (UnavailableError, 503),
)
"""Which kind of refusal is which status; anything else is a fault of ours."""

TITLES = {
    400: "This address or form cannot be read",
    401: "Please sign in",
    403: "This is not yours to see or do",
    404: "Nothing is found here",
    405: "This address takes no such request",
    409: "Somebody else was first",
    413: "That is too much at once",
    422: "This cannot be taken as it is",
    429: "Too many requests at once",
    500: "Something broke here",
    503: "The database does not answer",
}
MEANING = {
    401: "Sign in, and this page opens.",
    404: "The address may be mistyped, or the thing did not exist at the moment shown.",
    405: "Go back and use the buttons of the page.",
    429: "Wait a minute and load the page again. Nothing is lost.",
    500: "It is our fault, not yours. What you sent was not recorded.",
    503: "Nothing is known to be saved. Wait a moment and try again; sending the same form twice records it once.",
}

LARGEST_ECHO = 100_000
SHORTEST_ECHO = 15
"""A form's text is shown again where it is longer than a choice or a date, and the form no larger than this."""


def of_tracker(error: TrackerError) -> tuple[str, int] | Response:
    """Return the page of a refusal."""
    status = status_of(error)
    if status == 500:
        logging.getLogger(__name__).error("a page failed", exc_info=error)
        return refusal_page(500)
    ways: list[tuple[str, str]] = []
    title = None
    if isinstance(error, MomentError):
        title = _("There is nothing to see at that moment")
        ways = [(_today(), _("See it as it is today"))]
    elif status == 404 and (visited := g.get("visited")):
        ways = [(url_for("web.plan", workplan=visited), _("Go to the plan"))]
    return refusal_page(status, said_plainly(error), title=title, ways=ways)


def status_of(error: TrackerError) -> int:
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def _today() -> str:
    """Return this very address without its moment."""
    kept = {name: value for name, value in request.args.items() if name not in {*QUESTION, "from", "to"}}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def of_http(error: HTTPException) -> Any:
    """Return the page of an error that Flask raised."""
    if error.code is None or isinstance(error, InternalServerError):
        return refusal_page(500)
    body, status = refusal_page(error.code)
    made = Response(body, status, mimetype="text/html")
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            made.headers[name] = value
    return made


def refusal_page(
    status: int,
    said: str | None = None,
    *,
    title: str | None = None,
    ways: list[tuple[str, str]] | None = None,
) -> tuple[str, int]:
    """Render the page of a refusal."""
    return (
        render_template(
            "refusal.html",
            status=status,
            heading=title or _(TITLES.get(status, TITLES[400])),
            said=said,
            meaning=_(MEANING[status]) if status in MEANING and not (said and status == 404) else None,
            ways=ways or [],
            written=_written(),
        ),
        status,
    )


def _written() -> list[str]:
    """Return the texts of a refused form: an ended signin, or a database that is away, must not lose them."""
    if request.method != "POST" or request.content_length is None or request.content_length > LARGEST_ECHO:
        return []
    said = (
        value.strip()
        for name, value in request.form.items()
        if name not in {"form_token", "key", "request_key"}
    )
    return [value for value in said if " " in value and len(value) > SHORTEST_ECHO]
