"""What serves the service itself: is it alive, is it ready, how is it used, what do its refusals mean."""

from __future__ import annotations

from html import escape

from tracker.api.call import Answer, Call
from tracker.api.dispatch import nothing_here
from tracker.api.problems import PAGES
from tracker.database import is_migrated
from tracker.errors import TrackerError, UnavailableError
from tracker.plans.reader import SHIPPED
from tracker.runtime import Runtime

HTML = "text/html; charset=utf-8"
BARE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PUBLIC = {"Cache-Control": "no-cache"}
_ready: set[str] = set()


def livez(_call: Call) -> Answer:
    """Say that the process answers; asks no database."""
    return Answer({"status": "alive"})


def readyz(call: Call) -> Answer:
    """Say whether requests can be served: 200 only when the schema is up to date and the shipped plan is loaded.

    Raises:
        UnavailableError: something is missing; says what.
    """
    checks = readiness(call.runtime)
    missing = {what: said for what, said in checks.items() if said != "ok"}
    if missing:
        raise UnavailableError(
            "not ready: {said}",
            said="; ".join(f"{what} {words}" for what, words in missing.items()),
            way_out="Wait while it starts; if it stays like this, run `tracker doctor`.",
            details={"checks": checks},
        )
    return Answer({"status": "ready", "checks": checks})


def readiness(runtime: Runtime) -> dict[str, str]:
    """Return ``{what: "ok" or what is missing}``; the schema is looked at until it was right once."""
    url = runtime.settings.database_url
    try:
        if url not in _ready and not is_migrated(runtime.database):
            return {"schema": "not up to date: start `tracker serve`, or run `tracker init`"}
        _ready.add(url)
        has_plan = SHIPPED.stem in runtime.workplan_ids()
    except TrackerError:
        return {"database": "cannot be reached"}
    plan = "ok" if has_plan else f"{SHIPPED.stem} is not loaded: run `tracker init`"
    return {"database": "ok", "schema": "ok", "plan": plan}


def openapi(call: Call) -> Answer:
    """Describe the interface as OpenAPI 3.1."""
    from tracker.api.openapi import document  # noqa: PLC0415 - 0.1 s that no other answer needs

    return Answer(document(call.runtime.settings.base_url), headers=PUBLIC)


def docs(_call: Call) -> Answer:
    """Describe the interface for people."""
    from tracker.api.docs import POLICY, page  # noqa: PLC0415 - as above

    return Answer(page(), headers=PUBLIC | {"Content-Security-Policy": POLICY}, media_type=HTML)


def problem_page(call: Call) -> Answer:
    """Explain a kind of refusal."""
    kind = PAGES.get(call.path["slug"])
    if kind is None:
        raise nothing_here()
    body = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(kind.title)}</title>'
        f"<h1>{escape(kind.title)}</h1><p>{escape(kind.words)}</p><p>HTTP status {kind.status}.</p></html>"
    )
    return Answer(body, headers=PUBLIC | {"Content-Security-Policy": BARE}, media_type=HTML)
