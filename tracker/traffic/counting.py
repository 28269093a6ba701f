"""Counts requests by who sends them: each token and signin for itself, so that an office behind one address is many.

Credentials that were not good before count by address: whoever guesses has one count for all guesses.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from flask import Flask, Response, g, request

from tracker.directory.cookies import cookie_name
from tracker.errors import TooManyError
from tracker.runtime import Runtime
from tracker.traffic.quotas import Quotas, Standing

FREE = ("/livez", "/readyz", "/assets/")
"""What is not counted: whoever watches over the system, and what browsers keep."""
REMEMBERED = 10_000


class Known:
    """Digests of credentials that were good a while ago; it decides whose count a request is, never what it may."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, digest: str) -> bool:
        return digest in self._seen

    def add(self, digest: str) -> None:
        with self._lock:
            self._seen[digest] = None
            self._seen.move_to_end(digest)
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)

    def drop(self, digest: str) -> None:
        with self._lock:
            self._seen.pop(digest, None)


def quotas(app: Flask) -> Quotas:
    found: Quotas = app.extensions["tracker.quotas"]
    return found


def address() -> str:
    """Return the address that a request came from; it is counted and forgotten, and written nowhere."""
    return request.remote_addr or "unknown"


def count(app: Flask, runtime: Runtime) -> None:
    """Count the requests to an application, and say on answers of the interface how many are left."""
    limited = app.extensions["tracker.quotas"] = Quotas(runtime.settings.limits)
    known = Known()
    cookie = cookie_name(runtime.settings.base_url)

    @app.before_request
    def _count() -> None:
        if request.path.startswith(FREE):
            return
        said = request.headers.get("Authorization") or request.cookies.get(cookie)
        g.digest = hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest() if said else None
        is_known = g.digest is not None and g.digest in known
        g.standing = limited.take("requests", g.digest) if is_known else limited.take("address", address())
        if g.standing:
            g.standing.check()

    @app.after_request
    def _remember(response: Response) -> Response:
        digest = g.get("digest")
        if digest is not None:
            if response.status_code == 401:
                known.drop(digest)
                response = _guessed(app, limited, response)
            elif response.status_code < 500 and response.status_code != 429:
                known.add(digest)
        if (standing := g.get("standing")) is not None:
            response.headers.extend(headers_of(standing))
        return response


def _guessed(app: Flask, limited: Quotas, response: Response) -> Response:
    """Count credentials that are no good; beyond the limit even that is no longer said."""
    standing = limited.take("guesses", address())
    try:
        if standing:
            standing.check()
    except TooManyError as error:
        return app.make_response(app.handle_user_exception(error))
    return response


def headers_of(standing: Standing) -> list[tuple[str, str]]:
    """Return what a client needs to pace itself.

    Source: draft-ietf-httpapi-ratelimit-headers-10.
    """
    return [
        ("RateLimit-Policy", f'"{standing.name}";q={standing.most};w={standing.window}'),
        ("RateLimit", f'"{standing.name}";r={standing.left};t={standing.seconds}'),
    ]
