"""The page that describes the interface for people: plain HTML made from the route table, no script, nothing remote."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any

from tracker.api import queries
from tracker.api.examples import example
from tracker.api.openapi import TAGS, document
from tracker.api.problems import PAGES
from tracker.api.routes import ROUTES
from tracker.events.catalogue import CATALOGUE, Declaration

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:0 auto;padding:1rem;color:#1b1b1b;background:#fff}
h1,h2,h3{line-height:1.2;overflow-wrap:anywhere}h2{margin-top:2.5rem;border-bottom:1px solid #ccc}h3{margin-top:2rem}
code,pre{font:14px/1.45 ui-monospace,monospace;background:#f3f3f3;border-radius:3px}code{padding:.1em .25em}
pre{padding:.75rem;overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #e3e3e3}
td:first-child{white-space:nowrap}.way{font-weight:600}
@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}code,pre{background:#262626}a{color:#8ab4f8}}
@media(max-width:40rem){
 td{display:block;border:0;padding:.1rem 0}tr{display:block;border-bottom:1px solid #e3e3e3;padding:.3rem 0}
}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
MOMENTS = tuple(queries.Question().fields)
STEPS = (
    (
        (
            "Get a token: on the page Tokens of the plan, from the Secretariat, or on the machine. `TOKEN` is what"
            " stands under `token` and is shown this once; `BASE` is the address of this server"
        ),
        "tracker token create --role lead --entity oms --workstream 3 --days 90 --json",
    ),
    (
        "See what you owe; each item has the `version`, the statuses allowed next, and a `body` ready to post",
        'curl -H "Authorization: Bearer $TOKEN" $BASE/api/v1/workplans/unnm-2022-2024/obligations',
    ),
    (
        "Report. After a time-out send the same again: it takes effect once",
        """\
curl -X POST $BASE/api/v1/workplans/unnm-2022-2024/events \\
  -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: 2f1c0a" -H "Content-Type: application/json" \\
  -d '{"type": "ProgressReported", "subject": "activity/3.4", "expected_version": 1,
       "reason": "the venue is late", "data": {"assessment": "at_risk"}}'
""",
    ),
    (
        "Read what happened, newest first; who only reads the plan asks `/changes?from=<moment>` instead",
        'curl -H "Authorization: Bearer $TOKEN" "$BASE/api/v1/workplans/unnm-2022-2024/events?order=desc&limit=20"',
    ),
    (
        "Go on hearing of it: this stream tells each entry as it is recorded",
        'curl -N -H "Authorization: Bearer $TOKEN" "$BASE/api/v1/workplans/unnm-2022-2024/live?after=0"',
    ),
    (
        (
            "Or be told: each entry is posted to an address of yours, in order, and again until it answers 2xx within"
            " 15 seconds. The answer has the `secret`, shown this once"
        ),
        """\
curl -X POST $BASE/api/v1/workplans/unnm-2022-2024/webhooks \\
  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -d '{"url": "https://example.org/hook", "types": ["ProgressReported"], "subjects": ["activity/3.*"]}'
""",
    ),
    (
        (
            "What comes is a CloudEvent, signed as Standard Webhooks says; one that comes again has the same"
            " `webhook-id`. In Python, with the package standardwebhooks"
        ),
        'event = Webhook("whsec_…").verify(body, headers)',
    ),
)
"""What an integrator does first: words, and what to type."""


@cache
def page() -> str:
    return "".join(_page())


def _page() -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The interface</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
    yield "<h1>The interface</h1>"
    for paragraph in document("")["info"]["description"].strip().split("\n\n"):
        yield f"<p>{_words(paragraph)}</p>"
    yield '<p>For programs: <a href="/api/v1/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>'
    yield "<h2>First steps</h2><ol>"
    for words, command in STEPS:
        yield f"<li>{_words(words)}:<pre>{escape(command)}</pre></li>"
    yield "</ol>"
    yield "<p>Every read of a workplan takes:</p><table>"
    for name, field in queries.Question().fields.items():
        yield f"<tr><td><code>{name}</code></td><td>{_words(field.metadata['description'])}</td></tr>"
    yield "</table><nav><ul>"
    for name, words in (*TAGS.items(), ("types", "Every type of event"), ("refusals", "What refusals mean")):
        yield f'<li><a href="#{name}">{escape(words)}</a></li>'
    yield "</ul></nav>"
    for tag, words in TAGS.items():
        yield f'<h2 id="{tag}">{escape(words)}</h2>'
        yield from _operations(tag)
    yield '<h2 id="types">Every type of event</h2>'
    for declared in CATALOGUE.values():
        yield from _type(declared)
    yield '<h2 id="refusals">What refusals mean</h2><table>'
    for kind in PAGES.values():
        yield f"<tr><td><code>{kind.slug}</code></td><td>{kind.status}</td><td>{escape(kind.words)}</td></tr>"
    yield "</table></main></body></html>"


def _operations(tag: str) -> Iterator[str]:
    operations = document("")["paths"]
    for route in ROUTES:
        if route.tag != tag:
            continue
        operation = operations[route.address][route.method.lower()]
        way = f'<span class="way">{route.method}</span> {escape(route.address)}'
        yield f'<h3 id="{operation["operationId"]}">{way}</h3>'
        yield f"<p>{_words(route.summary)}. Needs the right <code>{route.needs}</code>.</p>"
        parameters = [
            one
            for one in operation.get("parameters", [])
            if one["in"] != "path" and one["name"] not in MOMENTS
        ]
        if parameters:
            yield "<table>"
            for one in parameters:
                words = one.get("description") or one.get("schema", {}).get("description", "")
                needed = " (required)" if one.get("required") else ""
                yield f"<tr><td><code>{escape(one['name'])}</code>{needed}</td><td>{_words(words)}</td></tr>"
            yield "</table>"
        if route.body and route.body != "events":
            yield "<p>The body is a JSON object:</p>"
            yield from _fields(_sent(operation))


def _type(declared: Declaration) -> Iterator[str]:
    schemas = document("")["components"]["schemas"]
    data = schemas[f"{declared.type}Data"]
    yield f'<h3 id="{declared.type}">{declared.type}</h3>'
    yield f"<p>{_words((declared.data.__doc__ or '').strip())}"
    yield " Written by the system only.</p>" if declared.right == "system" else "</p>"
    yield f"<pre>{escape(json.dumps(example(declared.type), indent=1, ensure_ascii=False))}</pre>"
    yield from _fields(data)


def _fields(shape: dict[str, Any]) -> Iterator[str]:
    if shape.get("properties"):
        yield "<table>"
        for name, one in shape["properties"].items():
            needed = " (required)" if name in shape.get("required", []) else ""
            yield f"<tr><td><code>{escape(name)}</code>{needed}</td><td>{_words(_said(one))}</td></tr>"
        yield "</table>"


def _sent(operation: dict[str, Any]) -> dict[str, Any]:
    shape: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
    return (
        dict(document("")["components"]["schemas"][shape["$ref"].rpartition("/")[2]])
        if "$ref" in shape
        else shape
    )


def _said(shape: dict[str, Any]) -> str:
    """Return in words what a value must be."""
    if "enum" in shape:
        return "one of " + ", ".join(f"`{one}`" for one in shape["enum"])
    if shape.get("type") == "array":
        return f"a list: {_said(shape.get('items', {}))}"
    if "description" in shape:
        return str(shape["description"])
    if isinstance(values := shape.get("additionalProperties"), dict):
        return f"an object; each value is {_said(values)}"
    return str(shape.get("$ref", "")).rpartition("/")[2] or PLAIN.get(str(shape.get("type")), "")


PLAIN = {"boolean": "`true` or `false`", "object": "an object", "string": "a text"}


def _words(text: str) -> str:
    """Return escaped text with what stands between backticks as code."""
    parts = escape(text.replace("``", "`"), quote=False).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))
