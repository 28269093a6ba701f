"""Every refusal as ``application/problem+json`` (RFC 9457): one table from kinds of errors to statuses and words."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, g, request
from werkzeug.exceptions import HTTPException

from tracker.api.call import NotReachedError
from tracker.api.wording import asked_language
from tracker.errors import (
    ConflictError,
    DeliveryError,
    DeniedError,
    Fault,
    LogError,
    MalformedError,
    MomentError,
    NotFoundError,
    RuleError,
    SettingsError,
    TooManyError,
    TrackerError,
    UnavailableError,
    UnknownReaderError,
)
from tracker.refusal_texts import in_language, translated

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = {"unavailable": "5", "not-reached": "1", "too-many": "30"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is the same of all refusals of one kind; ``words`` explain it on the page that ``type`` leads to."""

    slug: str
    status: int
    title: str
    words: str


MALFORMED = Kind(
    "malformed",
    400,
    "The request cannot be read",
    "The body is no JSON, says the same thing twice, or a header that is needed is missing. Nothing was recorded.",
)
INTERNAL = Kind(
    "internal",
    500,
    "Something went wrong here",
    "A fault of this system, not of the request. It was logged under the request id; say that id when you report it.",
)
KINDS: dict[type[TrackerError], Kind] = {
    MalformedError: MALFORMED,
    UnknownReaderError: Kind(
        "unauthenticated",
        401,
        "Say who you are",
        "This needs credentials, or those sent are not (or no longer) good. Send `Authorization: Bearer <token>`.",
    ),
    DeniedError: Kind(
        "denied",
        403,
        "Not yours to do",
        "You may read this, but not write it: your role or its scope does not include it. Nothing was recorded.",
    ),
    NotFoundError: Kind(
        "not-found",
        404,
        "There is no such thing",
        "It does not exist, did not at that moment, or is not for you to read.",
    ),
    NotReachedError: Kind(
        "not-reached",
        409,
        "The log is not there yet",
        "`min_position` asks for an entry that is not recorded yet. Try again a little later.",
    ),
    ConflictError: Kind(
        "conflict",
        409,
        "Somebody was first",
        "The subject changed since you read it, or the id is taken. `since` lists what happened; nothing was recorded.",
    ),
    MomentError: Kind(
        "moment",
        422,
        "Nothing to see at that moment",
        "The moment is misspelt, lies in the future, or before the log began. `instead` is an address that answers.",
    ),
    RuleError: Kind(
        "rule",
        422,
        "A rule refuses this",
        "The request is understood, and a rule of the workplan speaks against it. Nothing was recorded.",
    ),
    TooManyError: Kind(
        "too-many",
        429,
        "Too many at once",
        "There were more requests, or are more live streams open, than you or your address may have. Nothing is lost:"
        " `Retry-After` says when to go on; `RateLimit` on every answer says how many are left.",
    ),
    UnavailableError: Kind(
        "unavailable",
        503,
        "The database cannot be reached",
        "Nothing is known to be saved. Send the same again with the same Idempotency-Key: it takes effect once.",
    ),
    DeliveryError: Kind(
        "delivery", 503, "A letter could not be handed over", "The mail server did not take it."
    ),
    LogError: INTERNAL,
    SettingsError: INTERNAL,
}
HTTP: dict[int, Kind] = {
    400: MALFORMED,
    404: KINDS[NotFoundError],
    405: Kind(
        "method-not-allowed",
        405,
        "Not in this way",
        "This address takes other methods; the header `Allow` lists them.",
    ),
    413: Kind(
        "too-large", 413, "The request is too large", "A body has at most 1 MiB. Send it in several requests."
    ),
    414: Kind(
        "too-long",
        414,
        "The address is too long",
        "An address has at most 4,094 characters. Ask for less at once.",
    ),
    415: Kind(
        "unsupported-media-type",
        415,
        "Not in this format",
        "Bodies are `application/json`, without encoding.",
    ),
}
PAGES = {kind.slug: kind for kind in (*KINDS.values(), *HTTP.values())}


def kind_of(error: Exception) -> Kind:
    if isinstance(error, HTTPException):
        return HTTP.get(error.code or 500, INTERNAL if (error.code or 500) >= 500 else MALFORMED)
    return next((KINDS[cls] for cls in type(error).__mro__ if cls in KINDS), INTERNAL)


def respond(error: Exception) -> Response:
    """Return the answer to a request that failed; what is no refusal is logged with its traceback, and kept back."""
    kind = kind_of(error)
    if kind is INTERNAL:
        _log.error("request %s failed", request_id(), exc_info=error)
    body = describe(error, kind)
    response = Response(orjson.dumps(body), kind.status, content_type=MEDIA_TYPE)
    if isinstance(error, HTTPException):
        response.headers.extend(
            [(name, said) for name, said in error.get_headers() if name != "Content-Type"]
        )
    if kind.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="workplan-tracker"'
    if kind.slug in RETRY_SECONDS:
        response.headers["Retry-After"] = _retry_after(error, kind)
    response.headers["Content-Language"] = asked_language()
    response.vary.add("Accept-Language")
    return response


def _retry_after(error: Exception, kind: Kind) -> str:
    known = error.details.get("retry_after") if isinstance(error, TrackerError) else None
    return str(known or RETRY_SECONDS[kind.slug])


def request_id() -> str:
    return str(g.get("request_id", ""))


def describe(error: Exception, kind: Kind) -> dict[str, Any]:
    """Return the members of a problem; those that do not apply are left out."""
    language = asked_language()
    body: dict[str, Any] = {
        "type": f"/problems/{kind.slug}",
        "title": in_language(kind.title, language),
        "status": kind.status,
    }
    if isinstance(error, TrackerError) and kind is not INTERNAL:
        body |= {
            "detail": translated(error.template, error.operands, language)
            or in_language(str(error), language),
            "field": error.field,
            "value": _short(error.value),
            "way_out": in_language(error.way_out, language) if error.way_out else None,
        }
        body["errors"] = [_fault(fault, language) for fault in error.faults]
        details = dict(error.details)
        if isinstance(error, MomentError) and "query" in details:
            details["instead"] = _instead(error, details.pop("query"))
        body |= details
    elif isinstance(error, HTTPException):
        body["detail"] = in_language(_http_detail(kind), language)
    else:
        body["detail"] = in_language(kind.words, language)
    body["request_id"] = request_id()
    return {name: said for name, said in body.items() if said not in (None, [])}


def _fault(fault: Fault, language: str) -> dict[str, Any]:
    made = {
        "pointer": fault.pointer,
        "detail": in_language(fault.message, language),
        "value": _short(fault.value),
    }
    return {name: said for name, said in made.items() if said is not None}


def _short(value: Any) -> Any:
    """Return a value as it may stand in a refusal: what was sent, but no more of it than finds it again."""
    if isinstance(value, str):
        said = value.encode(errors="backslashreplace").decode()
        return said if len(said) <= 200 else f"{said[:200]}…"
    if isinstance(value, dict | list):
        return None if len(str(value)) > 400 else value
    return value


def _http_detail(kind: Kind) -> str:
    match kind.status:
        case 404:
            return f"there is nothing at {request.path}"
        case 405:
            return f"{request.method} is not done to {request.path}"
        case _:
            return kind.words


def _instead(error: MomentError, query: dict[str, str]) -> str:
    """Return the address that answers: the one asked for, with the moment put right."""
    kept = [(name, said) for name, said in request.args.items() if name != error.field and name not in query]
    asked = urlencode([*kept, *query.items()], safe=":@")
    return request.path + (f"?{asked}" if asked else "")
