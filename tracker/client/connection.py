"""The wire: requests that are tried again where that is safe, and refusals as errors that say what to do."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Mapping
from typing import Any

import requests

Json = dict[str, Any]

PREFIX = "/api/v1"
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
PASSING = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same request may be answered otherwise."""


class Problem(Exception):  # noqa: N818 - what RFC 9457 calls it
    """A refusal of the server: what is wrong, where, and the way out."""

    def __init__(self, status: int, body: Json) -> None:
        self.status = status
        self.body = body
        self.kind = str(body.get("type", "")).rpartition("/")[2]
        """Such as `rule`, `conflict`, `denied`; the page at ``body["type"]`` explains it."""
        self.field: str | None = body.get("field")
        self.value: Any = body.get("value")
        self.way_out: str | None = body.get("way_out")
        self.errors: list[Json] = body.get("errors", [])
        self.since: list[Json] = body.get("since", [])
        """Of a conflict: the entries since the version that was expected."""
        parts = (f"{status}: {body.get('detail') or body.get('title') or 'no reason is given'}", self.way_out)
        super().__init__(". ".join(part for part in parts if part))


class Unreachable(Exception):  # noqa: N818 - says what the server is
    """There was no answer. What was sent may be recorded: send it again with the same key, and it happens once."""

    def __init__(self, server: str, key: str | None, error: Exception) -> None:
        self.key = key
        words = f"; the same with the key {key} is safe to send again" if key else ""
        super().__init__(f"{server} does not answer ({type(error).__name__}){words}")


def new_key() -> str:
    """Return a new Idempotency-Key."""
    return str(uuid.uuid4())


class Connection:
    """One server and one token."""

    def __init__(self, server: str, token: str | None, language: str, timeout: float, tries: int) -> None:
        self.server = server.rstrip("/")
        self._token, self._timeout, self._tries = token, timeout, max(1, tries)
        self._session = requests.Session()
        self._session.auth = self._sign  # or requests would prefer what a .netrc says
        self._session.headers["Accept-Language"] = language

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Json:
        return self._json(self._send("GET", path, query, "application/json"))

    def get_file(self, path: str, query: Mapping[str, Any], media_type: str) -> bytes:
        return self._send("GET", path, query, media_type).content

    def post(self, path: str, body: Any, key: str | None = None) -> Json:
        return self._json(self._send("POST", path, None, "application/json", body, key))

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        accept: str,
        body: Any = None,
        key: str | None = None,
    ) -> requests.Response:
        """Send a request, again after a loss or a passing fault: a read, or a write under its one key.

        Raises:
            Problem: the server refuses it.
            Unreachable: it never answered.
        """
        headers = {"Accept": accept} | ({"Idempotency-Key": key} if key else {})
        is_safe = method == "GET" or key is not None
        pause = FIRST_PAUSE
        for left in reversed(range(self._tries if is_safe else 1)):
            try:
                answer = self._session.request(
                    method,
                    self.server + PREFIX + path,
                    params={name: said for name, said in (query or {}).items() if said is not None},
                    json=body,
                    headers=headers,
                    timeout=self._timeout,
                    allow_redirects=False,
                )
            except (
                requests.ConnectionError,
                requests.Timeout,
                requests.exceptions.ChunkedEncodingError,
            ) as error:
                if not left:
                    raise Unreachable(self.server, key, error) from error
                asked = None
            else:
                if answer.status_code < 300:
                    return answer
                if answer.status_code not in PASSING or not left:
                    raise _problem(answer)
                asked = answer.headers.get("Retry-After")
            time.sleep(float(asked) if asked and asked.isdecimal() else pause * random.uniform(0.5, 1))  # noqa: S311 - no secret
            pause = min(pause * 2, LONGEST_PAUSE)
        raise AssertionError  # the last try returns or raises

    def _json(self, answer: requests.Response) -> Json:
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Problem(
                answer.status_code, {"detail": f"{self.server} is no workplan tracker: it answers no JSON"}
            )
        return body


def _problem(answer: requests.Response) -> Problem:
    try:
        body = answer.json()
    except ValueError:
        body = {}
    return Problem(answer.status_code, body if isinstance(body, dict) else {})
