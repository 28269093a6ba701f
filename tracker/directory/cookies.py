"""The cookie of a signin: its name and attributes, which the pages and the API agree on, and when it was last used."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict

import sqlalchemy as sa

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.directory.hashing import hash_of
from tracker.directory.tables import signins

TOUCH_EVERY = timedelta(minutes=5)
"""A signin in use is written down this often, not at every page: two hours of idling end it."""


class CookieAttributes(TypedDict):
    """Keyword arguments of a response's ``set_cookie`` and ``delete_cookie``."""

    secure: bool
    httponly: bool
    samesite: str
    path: str


def cookie_name(base_url: str) -> str:
    """Return ``__Host-sid`` where the installation is reached by https; browsers refuse that name on plain http."""
    return "__Host-sid" if base_url.startswith("https://") else "sid"


def visit_cookie_name(base_url: str) -> str:
    """Return the name of the cookie that a browser keeps while it is at the provider of sign-ins."""
    return "__Host-visit" if base_url.startswith("https://") else "visit"


def cookie_attributes(base_url: str) -> CookieAttributes:
    return {"secure": base_url.startswith("https://"), "httponly": True, "samesite": "Lax", "path": "/"}


def needs_touch(tx: Transaction, now: datetime, secret: str) -> bool:
    """Return whether it is time to write down again that a signin is in use."""
    seen = tx.core.execute(sa.select(signins.c.seen_at).where(signins.c.hash == hash_of(secret))).scalar()
    return seen is not None and seen <= instant_text(now - TOUCH_EVERY)
