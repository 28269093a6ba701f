"""JSON over HTTP: one route table, one write door, every refusal as a problem with its way out."""

from __future__ import annotations

from flask import Flask

from tracker.api.dispatch import Dispatcher
from tracker.api.problems import respond
from tracker.api.routes import ROUTES
from tracker.runtime import Runtime

__all__ = ["is_ours", "register", "respond"]

OURS = ("/api/", "/problems/", "/calendars/", "/livez", "/readyz")


def register(app: Flask, runtime: Runtime) -> None:
    """Add the interface to an application."""
    dispatcher = Dispatcher(runtime)
    for route in ROUTES:
        dispatcher.add(app, route)


def is_ours(path: str) -> bool:
    """Return whether what goes wrong at an address is answered as a problem rather than as a page."""
    return path.startswith(OURS)
