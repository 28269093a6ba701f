"""The OpenAPI 3.1 document, made from the route table, the catalogue of events and the shapes of answers."""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import Any

import marshmallow as ma
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from tracker import __version__
from tracker.api import answers_log
from tracker.api.call import Route
from tracker.api.examples import example
from tracker.api.problems import HTTP, KINDS, MEDIA_TYPE, Kind
from tracker.api.routes import ROUTES
from tracker.events.catalogue import CATALOGUE, Declaration
from tracker.events.intake import EnvelopeSchema
from tracker.events.schemas import Either, PlainText, data_schema, schema_for
from tracker.events.vocabulary import SUBJECT_PATTERN, OnBehalfOf
from tracker.projections.sheets import MEDIA_TYPES

Json = dict[str, Any]

INTRODUCTION = """\
Every fact about a workplan is an entry that is kept for ever. Reads answer how it is, how it was as we knew it then
(`as_of`), and how it was as we know it now (`effective_on`). There is one write door, `POST …/events`; each request
carries an `Idempotency-Key`, and the same request sent again takes effect once and gets the same answer.
Refusals are `application/problem+json` and say the field, the value and the way out.
"""
TAGS = {
    "plan": "The plan, as it is and as it was",
    "time": "Going back by HTTP's own means (RFC 7089)",
    "events": "What happened, and the one write door",
    "reporting": "Rounds and what is owed",
    "reviews": "Readiness for the regional reviews",
    "documents": "Files to hand out",
    "letters": "Letters, and what became of them",
    "webhooks": "Being told of each entry",
    "proof": "That nothing was altered",
    "desks": "People and tokens, for the Secretariat",
    "service": "The service itself",
}


@cache
def _document() -> Json:
    plugin = MarshmallowPlugin(schema_name_resolver=_name_of)
    spec = APISpec(
        title="Workplan tracker",
        version=__version__,
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": INTRODUCTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        tags=[{"name": name, "description": words} for name, words in TAGS.items()],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.security_scheme("signin", {"type": "apiKey", "in": "cookie", "name": "sid"})
    assert plugin.converter is not None  # noqa: S101 - made by APISpec; said for the type checker
    plugin.converter.add_attribute_function(_of_text)  # type: ignore[no-untyped-call]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one shape, met with and without null, is one component all the same
        _add_events(spec)
        for route in ROUTES:
            spec.path(
                path=route.address,
                operations={route.method.lower(): _operation(route)},
                parameters=_places(route),
            )
    made: Json = spec.to_dict()
    return made


def document(base_url: str) -> Json:
    """Return the document for an installation."""
    return _document() | {"servers": [{"url": base_url}]}


def _name_of(schema: Any) -> str:
    found = schema if isinstance(schema, type) else type(schema)
    return re.sub(r"Schema$", "", found.__name__)


def _of_text(_converter: object, field: ma.fields.Field[Any], **_: Any) -> Json:
    """Describe what the fields of the catalogue take besides what marshmallow knows of them."""
    if isinstance(field, Either):
        return {"oneOf": [{"type": "string"}, {"type": "object"}]}
    return {"minLength": 1} if isinstance(field, PlainText) else {}


# ------------------------------------------------------------------------------------------------------- requests


def _add_events(spec: APISpec) -> None:
    for declared in CATALOGUE.values():
        spec.components.schema(declared.type + "Data", schema=type(data_schema(declared.type)))
    spec.components.schema("OnBehalfOf", schema=schema_for(OnBehalfOf))
    spec.components.schema("Envelope", schema=EnvelopeSchema)
    for declared in CATALOGUE.values():
        spec.components.schema(declared.type, component=_event(declared))
    spec.components.schema(
        "NewEvent",
        component={
            "description": "One thing that happened; `type` says which.",
            "oneOf": [_ref(name) for name in CATALOGUE],
            "discriminator": {
                "propertyName": "type",
                "mapping": {name: f"#/components/schemas/{name}" for name in CATALOGUE},
            },
        },
    )


def _event(declared: Declaration) -> Json:
    kind = declared.kind
    alternatives = SUBJECT_PATTERN if kind == "any" else _pattern_of(kind)
    required = ["type", "subject"]
    if data_schema(declared.type).fields and any(
        one.required for one in data_schema(declared.type).fields.values()
    ):
        required.append("data")
    words = f"{declared.labels['en']}. {(declared.data.__doc__ or '').strip()}"
    who = " Written by the system only." if declared.right == "system" else ""
    return {
        "type": "object",
        "description": words + who,
        "examples": [example(declared.type)],
        "required": required,
        "additionalProperties": False,
        "properties": {
            "type": {"const": declared.type},
            "subject": {"type": "string", "pattern": f"^({alternatives})$"},
            "data": _ref(declared.type + "Data"),
            "occurred_on": _envelope("occurred_on"),
            "reason": _envelope("reason"),
            "entity": _envelope("entity"),
            "on_behalf_of": _ref("OnBehalfOf"),
            "decided_at": _envelope("decided_at"),
            "expected_version": _envelope("expected_version"),
        },
    }


def _pattern_of(kind: str) -> str:
    if kind == "workplan":
        return "workplan"
    plain = re.sub(
        r"\(commitment\|workstream\|activity\)", "(?:commitment|workstream|activity)", SUBJECT_PATTERN
    )
    return f"(?={kind}(/|$))({plain})"


def _envelope(name: str) -> Json:
    return {"$ref": f"#/components/schemas/Envelope/properties/{name}"}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


# ----------------------------------------------------------------------------------------------------- operations


def _operation(route: Route) -> Json:
    made: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "description": f"{route.words}\n\nNeeds the right `{route.needs}`.",
        "tags": [route.tag],
        "responses": _responses(route),
        "security": [{}] if route.needs == "nothing" else [{"token": []}, {"signin": []}, {}],
    }
    if route.method != "GET":
        made["security"] = [{"token": []}]
    parameters = []
    if route.query is not None:
        parameters.append({"in": "query", "schema": route.query})
    for name, words in route.headers.items():
        parameters.append({"in": "header", "name": name, "description": words, "schema": {"type": "string"}})
    if route.body == "events":
        parameters.append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": True,
                "description": "new for each request, the same for its repetition",
                "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
            }
        )
    if parameters:
        made["parameters"] = parameters
    if route.body is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": _body(route)}}}
    return made


def _body(route: Route) -> Any:
    if route.body == "events":
        many = {"type": "array", "items": _ref("NewEvent"), "minItems": 1, "maxItems": 1000}
        return {"oneOf": [_ref("NewEvent"), many]}
    return route.body


def _places(route: Route) -> list[Json]:
    return [
        {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]


def _responses(route: Route) -> Json:
    said: Json = {str(route.status): _answer(route)}
    if route.body == "events":
        said["200"] = {"description": "All of it was true already: nothing was recorded."} | _content(route)
    if route.method == "GET" and route.validator != "none":
        said["304"] = {"description": "What you have (`If-None-Match`) is still the answer."}
    by_status: dict[int, list[Kind]] = {}
    for kind in {*KINDS.values(), *HTTP.values()}:
        by_status.setdefault(kind.status, []).append(kind)
    for status in sorted(_refusals(route)):
        words = "; ".join(sorted(f"{kind.title} (`{kind.slug}`)" for kind in by_status[status]))
        content = {MEDIA_TYPE: {"schema": answers_log.Problem}}
        said[str(status)] = {"description": words, "content": content}
    return said


def _refusals(route: Route) -> set[int]:
    """Return the statuses with which a route may refuse."""
    if route.needs == "nothing":
        found = {404} if "{" in route.path else set()
        watching = {"readyz": {503}, "livez": set[int](), "workplans": {401, 429}}
        return found | watching.get(route.name, {429}) | {422}
    found = {401, 404, 422, 429, 503}
    if route.method == "GET":
        more = {"list_activities": {403}}
        more |= {"state_timegate": {400}, "subject_timegate": {400}}
        return found | {409, 414} | more.get(route.name, set())
    return found | {400, 403, 409, 413, 415}


def _answer(route: Route) -> Json:
    return {"description": "No content" if route.status == 204 else route.summary} | _content(route)


def _content(route: Route) -> Json:
    if not route.answer:
        return {}
    if isinstance(route.answer, str):
        kind = "object" if route.answer.endswith("json") else "string"
        return {"content": {route.answer: {"schema": {"type": kind}}}}
    content: Json = {"application/json": {"schema": route.answer}}
    if route.has_files:
        for media_type in MEDIA_TYPES.values():
            content[media_type.partition(";")[0]] = {"schema": {"type": "string"}}
    return {"content": content}
