"""The other things a plan holds, one list and one page each: milestones, products, commitments and entities."""

from __future__ import annotations

from typing import Any

from flask import request

from tracker.projections.filters import wanted
from tracker.projections.history import Filters
from tracker.web import labels
from tracker.web.differences import dates_words
from tracker.web.fact_fields import workstreams
from tracker.web.language import countries
from tracker.web.plan import RECENT, recent
from tracker.web.recordable import done_of, offered
from tracker.web.rendering import shell
from tracker.web.telling import Told, told
from tracker.web.timelines import slip_of
from tracker.web.visits import Visit, page, visit
from tracker.workplan.product import Product, next_look
from tracker.workplan.round import Round

PRODUCT_FILTERS = ("kind", "status", "workstream", "country", "look")


@shell.get("/w/<workplan>/milestones")
def milestones(workplan: str) -> tuple[str, int]:
    return _list(workplan, "milestone")


@shell.get("/w/<workplan>/milestones/<id>")
def milestone(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002
    return _detail(workplan, "milestone", id)


@shell.get("/w/<workplan>/products")
def products(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        asked = {name: request.args.get(name, "").strip() for name in PRODUCT_FILTERS}
        found = fitting(here, "product", {name: said for name, said in asked.items() if name != "look"})
        if asked["look"]:
            found = [one for one in found if one["review_due"]]
        return page(
            "records/product_list.html",
            here,
            items=found,
            looks={one.id: next_look(one) for one in here.answer.plan.all("product", Product)},
            asked=asked,
            is_filtered=any(asked.values()),
            workstreams=workstreams(here),
            countries=countries(),
            ways=offered(here, "product"),
            labels=labels,
            mark=labels.mark,
        )


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
            ways=offered(here, kind),
            labels=labels,
            mark=labels.mark,
            dates=dates_words,
        )


def _detail(workplan: str, kind: str, id_: str) -> tuple[str, int]:
    subject = f"{kind}/{id_}"
    with visit(workplan) as here:
        shown = here.one(subject)
        return page(
            f"records/{kind}.html",
            here,
            item=shown,
            entries=history_of(here, subject),
            ways=offered(here, kind, shown),
            done=done_of(here),
            labels=labels,
            mark=labels.mark,
            dates=dates_words,
            related=_related(here, kind, shown),
        )


def fitting(here: Visit, kind: str, asked: dict[str, str]) -> list[dict[str, Any]]:
    """Return the views of a kind that fit every filter that was filled in; nonsense fits nothing."""
    filters = {name: said for name, said in asked.items() if said}
    is_wanted = wanted(here.answer.plan, filters, None, here.answer.question.day)
    kept = {one.subject for one in here.answer.plan.living(kind) if is_wanted(one)}
    shown: list[dict[str, Any]] = here.reveal(here.all(kind))
    return [one for one in shown if f"{kind}/{one['id']}" in kept]


def history_of(here: Visit, subject: str) -> list[Told]:
    """Return the latest entries about a subject."""
    return told(here, recent(here, subject))[0]


def reported_by(here: Visit, entity: str) -> list[Told]:
    """Return the latest entries in an entity's voice; none for who may not read who spoke."""
    if not here.may("history"):
        return []
    question = here.answer.question
    day = question.effective.isoformat() if question.effective else None
    by_it = Filters(entity=entity, upto=question.position, occurred_to=day, is_descending=True, limit=RECENT)
    return told(here, by_it)[0]


def _related(here: Visit, kind: str, shown: dict[str, Any]) -> dict[str, Any]:
    """Return what a page shows of other subjects."""
    match kind:
        case "milestone":
            return {"slip": slip_of(here, f"{kind}/{shown['id']}")}
        case "entity":
            streams = {one["id"]: one for one in here.all("workstream")}
            made: dict[str, Any] = {
                name: [streams[one] for one in shown[name] if one in streams]
                for name in ("leads", "participates")
            }
            products = [one for one in here.all("product") if one.get("steward") == shown["id"]]
            rounds = here.answer.plan.all("round", Round) if here.may("rounds") else []
            asked = max((one.id for one in rounds), default=None)
            return made | {"products": products, "reported": reported_by(here, shown["id"]), "asked": asked}
        case "product":
            state = here.answer.plan.get(f"product/{shown['id']}", Product)
            return {
                "activities": [one for one in here.all("activity") if one["id"] in shown["activities"]],
                "next_look": state and next_look(state),
            }
        case "commitment":
            return {
                "milestones": [one for one in here.all("milestone") if one.get("commitment") == shown["id"]]
            }
        case _:
            return {}
