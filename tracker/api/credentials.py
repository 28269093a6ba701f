"""Who asks: a token in the header, the cookie of a signin where nothing is written, or the public."""

from __future__ import annotations

import threading

from flask import Request

from tracker.api.call import Reader
from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.directory.cookies import cookie_name
from tracker.directory.people import person_of, principal_of
from tracker.directory.principals import Principal
from tracker.directory.signins import signed_in_person
from tracker.directory.tokens import PREFIX as TOKEN_PREFIX
from tracker.directory.tokens import token_principal, touch_token
from tracker.errors import UnavailableError, UnknownReaderError
from tracker.runtime import Runtime

SAFE_METHODS = ("GET", "HEAD")
HOW = "Send `Authorization: Bearer <token>`; the Secretariat creates tokens."


def identify(tx: Transaction, runtime: Runtime, asked: Request, workplan: str | None) -> Reader:
    """Return who sends a request and what they may do in a workplan, as of now.

    Cookies are sent by browsers whether their owner wishes it or not, so they count for reading only.

    Raises:
        UnknownReaderError: credentials were sent and are not good.
    """
    said = asked.headers.get("Authorization")
    if said is not None:
        return _by_token(tx, runtime, said, workplan)
    secret = asked.cookies.get(cookie_name(runtime.settings.base_url))
    if secret and asked.method in SAFE_METHODS:
        return _by_signin(tx, runtime, secret, workplan)
    return Reader()


def _by_token(tx: Transaction, runtime: Runtime, said: str, workplan: str | None) -> Reader:
    scheme, _, secret = said.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip().startswith(TOKEN_PREFIX):
        raise UnknownReaderError(
            "the header Authorization holds no token of this system", field="Authorization", way_out=HOW
        )
    home, principal = token_principal(tx, runtime.now(), secret.strip())
    if home != workplan:
        stranger = Principal(principal.actor, frozenset({"public"}))
        return Reader(stranger, has_credentials=True, workplan=home)
    return Reader(principal, has_credentials=True, person=principal.person, workplan=home)


def _by_signin(tx: Transaction, runtime: Runtime, secret: str, workplan: str | None) -> Reader:
    person = signed_in_person(tx, runtime.now(), secret)
    if person is None:
        return Reader()
    found = person_of(tx, person)
    if found.is_erased or found.suspended:
        return Reader()
    principal = principal_of(tx, person, workplan) if workplan else Principal(person, frozenset({"public"}))
    return Reader(principal, has_credentials=True, person=person)


class LastUse:
    """Writes down the day a token was last used: once a day and process, after the answer went out."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._seen: dict[str, str] = {}
        self._lock = threading.Lock()

    def note(self, token: str) -> None:
        day = instant_text(self._runtime.now())[:10]
        with self._lock:
            if self._seen.get(token) == day:
                return
            self._seen[token] = day
        try:
            with self._runtime.database.write() as tx:
                touch_token(tx, token, day)
        except UnavailableError:
            with self._lock:
                self._seen.pop(token, None)
