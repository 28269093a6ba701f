"""Pages for people: readable without JavaScript, light, and honest about which moment they show."""

from __future__ import annotations

from flask import Flask

from tracker.runtime import Runtime
from tracker.web import (
    activities,
    amendments,
    calendar,
    choosing,
    comparison,
    contributions,
    documents,
    entries,
    facts,
    files,
    genuine,
    grid,
    guarding,
    home,
    jobs,
    letters,
    meetings,
    naming,
    people,
    people_desk,
    plan,
    proof,
    provider,
    readiness,
    readiness_forms,
    records,
    rendering,
    report,
    reviews,
    rounds,
    search,
    shaping,
    sheets,
    signin,
    signins,
    snapshots,
    tagging,
    timelines,
    today,
    tokens,
    voluntary_reports,
    webhooks,
)

PAGES = (
    home,
    signin,
    provider,
    signins,
    search,
    today,
    choosing,
    plan,
    activities,
    records,
    meetings,
    reviews,
    voluntary_reports,
    facts,
    readiness,
    snapshots,
    readiness_forms,
    tagging,
    documents,
    calendar,
    entries,
    genuine,
    proof,
    amendments,
    people,
    people_desk,
    tokens,
    comparison,
    timelines,
    contributions,
    naming,
    rounds,
    letters,
    jobs,
    files,
    shaping,
    grid,
    sheets,
    webhooks,
)
"""The modules whose pages stand on the shell; importing them is what puts them there."""


def register(app: Flask, runtime: Runtime) -> None:
    """Add the pages to an application."""
    app.extensions["tracker.web"] = runtime
    guarding.protect(app)
    choosing.listen(app)
    rendering.prepare(app)
    report.register(app)
