"""The application over a runtime. A run makes a thousand, and what was compiled for one serves the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from tracker.app import create_app
from tracker.runtime import Runtime


class Compiled(BytecodeCache):
    """Compiled templates by what they were compiled from."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.code


_templates = Compiled()
_builders: dict[tuple[Any, ...], Callable[..., Any]] = {}
_build = Rule._compile_builder


def application(runtime: Runtime) -> Flask:
    # What makes addresses of a rule takes 60 of the 75 ms in which an application is made.
    with mock.patch.object(Rule, "_compile_builder", _builder):
        app = create_app(runtime)
    app.jinja_env.bytecode_cache = _templates
    return app


def _builder(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    key = (*rule._trace, *sorted((rule.defaults or {}).items()), append_unknown)
    if key not in _builders:
        _builders[key] = _build(rule, append_unknown)
    return _builders[key]
