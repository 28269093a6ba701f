"""The other things a plan holds, one list and one page each: reviews, sessions, milestones, products and so on."""

from __future__ import annotations

from typing import Any

from tracker.web import labels
from tracker.web.differences import dates_words
from tracker.web.plan import recent
from tracker.web.rendering import shell
from tracker.web.telling import told
from tracker.web.timelines import slip_of
from tracker.web.visits import Visit, page, visit
from tracker.workplan.session import instant_of

SESSION_ORDER = ("scheduled", "held", "proposed", "cancelled")


@shell.get("/w/<workplan>/reviews")
def reviews(workplan: str) -> tuple[str, int]:
    return _list(workplan, "review")


@shell.get("/w/<workplan>/reviews/<id>")
def review(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002 - the place in the address
    return _detail(workplan, "review", id)


@shell.get("/w/<workplan>/sessions")
def sessions(workplan: str) -> tuple[str, int]:
    return _list(workplan, "session")


@shell.get("/w/<workplan>/sessions/<id>")
def session(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002
    return _detail(workplan, "session", id)


@shell.get("/w/<workplan>/milestones")
def milestones(workplan: str) -> tuple[str, int]:
    return _list(workplan, "milestone")


@shell.get("/w/<workplan>/milestones/<id>")
def milestone(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002
    return _detail(workplan, "milestone", id)


@shell.get("/w/<workplan>/products")
def products(workplan: str) -> tuple[str, int]:
    return _list(workplan, "product")


@shell.get("/w/<workplan>/products/<id>")
def product(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002
    return _detail(workplan, "product", id)


@shell.get("/w/<workplan>/commitments")
def commitments(workplan: str) -> tuple[str, int]:
    return _list(workplan, "commitment")


@shell.get("/w/<workplan>/commitments/<id>")
def commitment(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002
    return _detail(workplan, "commitment", id)


@shell.get("/w/<workplan>/entities")
def entities(workplan: str) -> tuple[str, int]:
    return _list(workplan, "entity")


@shell.get("/w/<workplan>/entities/<id>")
def entity(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002
    return _detail(workplan, "entity", id)


def _list(workplan: str, kind: str) -> tuple[str, int]:
    with visit(workplan) as here:
        found: list[dict[str, Any]] = here.reveal(here.all(kind))
        return page(
            f"records/{kind}_list.html",
            here,
            items=found,
            groups=_session_groups(found) if kind == "session" else [],
            labels=labels,
            mark=labels.mark,
            dates=dates_words,
        )


def _session_groups(sessions_: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return ``(status, sessions)``: what comes first soonest first, what was held latest first."""
    groups = []
    for status in SESSION_ORDER:
        group = [one for one in sessions_ if one["status"] == status]
        if status != "proposed":
            group.sort(key=_start, reverse=status != "scheduled")
        if group:
            groups.append((status, group))
    return groups


def _start(one: dict[str, Any]) -> str:
    return instant_of(one["starts_at"], one["zone"]).isoformat() if one.get("starts_at") else ""


def _detail(workplan: str, kind: str, id_: str) -> tuple[str, int]:
    subject = f"{kind}/{id_}"
    with visit(workplan) as here:
        shown = here.one(subject)
        entries, _after = told(here, recent(here, subject))
        return page(
            f"records/{kind}.html",
            here,
            item=shown,
            entries=entries,
            labels=labels,
            mark=labels.mark,
            dates=dates_words,
            related=_related(here, kind, shown),
        )


def _related(here: Visit, kind: str, shown: dict[str, Any]) -> dict[str, Any]:
    """Return what a page shows of other subjects."""
    match kind:
        case "milestone" | "review":
            return {"slip": slip_of(here, f"{kind}/{shown['id']}")}
        case "entity":
            streams = {one["id"]: one for one in here.all("workstream")}
            return {
                name: [streams[one] for one in shown[name] if one in streams]
                for name in ("leads", "participates")
            }
        case "product":
            return {"activities": [one for one in here.all("activity") if one["id"] in shown["activities"]]}
        case "commitment":
            return {
                "milestones": [one for one in here.all("milestone") if one.get("commitment") == shown["id"]]
            }
        case _:
            return {}
