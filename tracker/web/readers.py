"""Who is looking at a page: the person behind the signin cookie, and what they may do in each workplan."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import cast

from flask import current_app, g, request

from tracker.directory.cookies import cookie_name, needs_touch
from tracker.directory.people import Person, person_of, principal_of
from tracker.directory.principals import PUBLIC, Principal
from tracker.directory.signins import signed_in_person, touch_signin
from tracker.runtime import Runtime
from tracker.settings import kept_secret


@dataclass(frozen=True, slots=True)
class Reader:
    """A visitor of pages. ``person`` is None for the public; ``secret`` is that of the signin."""

    person: Person | None = None
    secret: str | None = None

    @property
    def is_signed_in(self) -> bool:
        return self.person is not None

    @property
    def csrf(self) -> str:
        """The token that forms of this signin carry; it can be computed only with the installation's secret."""
        if self.secret is None:
            return ""
        key = kept_secret(runtime().settings).encode()
        return hmac.new(key, b"form:" + self.secret.encode(), hashlib.sha256).hexdigest()


PUBLIC_READER = Reader()


def runtime() -> Runtime:
    return cast("Runtime", current_app.extensions["tracker.web"])


def reader() -> Reader:
    """Return who asks for this page, looked up once a request."""
    if "reader" not in g:
        g.reader = _signed_in() or PUBLIC_READER
    return cast("Reader", g.reader)


def _signed_in() -> Reader | None:
    run = runtime()
    secret = request.cookies.get(cookie_name(run.settings.base_url))
    if not secret:
        return None
    now = run.now()
    with run.database.read() as tx:
        person = signed_in_person(tx, now, secret)
        if person is None:
            return None
        found = person_of(tx, person)
        is_stale = needs_touch(tx, now, secret)
    if is_stale:
        with run.database.write() as tx:
            touch_signin(tx, now, secret)
    return None if found.is_erased or found.suspended else Reader(found, secret)


def principal_in(workplan: str) -> Principal:
    """Return what the reader of this page may do in a workplan, as of now."""
    who = reader()
    if who.person is None:
        return PUBLIC
    with runtime().database.read() as tx:
        return principal_of(tx, who.person.id, workplan)
