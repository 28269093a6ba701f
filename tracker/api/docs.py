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
        "Get a token: on the page Tokens of the plan, from the Secretariat, or on the machine",
        "tracker token create --role lead --person <id> --json",
    ),
    (
        "See what you owe; each item has the `version`, the statuses allowed next, and a `body` ready to post",
        'curl -H "Authorization: Bearer $TOKEN" $BASE/api/v1/workplans/unnm-2022-2024/obligations',
    ),
    ("Report", ""),
    (
        "Read what happened, newest first; who only reads the plan asks `/changes?from=<moment>` instead",
        'curl -H "Authorization: Bearer $TOKEN" "$BASE/api/v1/workplans/unnm-2022-2024/events?order=desc&limit=20"',
    ),
    (
        "Go on hearing of it: this stream tells each entry as it is recorded; a webhook (`POST …/webhooks`) is told",
        'curl -N -H "Authorization: Bearer $TOKEN" "$BASE/api/v1/workplans/unnm-2022-2024/live?after=0"',
    ),
)
"""What an integrator does first; the third step is EXAMPLE."""
EXAMPLE = """\
curl -X POST $BASE/api/v1/workplans/unnm-2022-2024/events \\
  -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: 2f1c0a" -H "Content-Type: application/json" \\
  -d '{"type": "ProgressReported", "subject": "activity/3.4", "expected_version": 1,
       "reason": "the venue is late", "data": {"assessment": "at_risk"}}'
"""


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
        yield f"<li>{_words(words)}:<pre>{escape(command or EXAMPLE)}</pre></li>"
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


def _type(declared: Declaration) -> Iterator[str]:
    schemas = document("")["components"]["schemas"]
    data = schemas[f"{declared.type}Data"]
    yield f'<h3 id="{declared.type}">{declared.type}</h3>'
    yield f"<p>{_words((declared.data.__doc__ or '').strip())}"
    yield " Written by the system only.</p>" if declared.right == "system" else "</p>"
    yield f"<pre>{escape(json.dumps(example(declared.type), indent=1, ensure_ascii=False))}</pre>"
    if data.get("properties"):
        yield "<table>"
        for name, shape in data["properties"].items():
            needed = " (required)" if name in data.get("required", []) else ""
            yield f"<tr><td><code>{escape(name)}</code>{needed}</td><td>{_words(_said(shape))}</td></tr>"
        yield "</table>"


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
