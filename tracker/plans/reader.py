"""Reads a workplan document from YAML or JSON: nothing is guessed about a scalar, and every fault is named at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from jsonschema import Draft202012Validator, ValidationError

from tracker.workplan.document import Document, DocumentError, read_document
from tracker.workplan.document_faults import Fault, faults_of

HERE = Path(__file__).parent
SHIPPED = HERE / "unnm-2022-2024.yaml"
SCHEMA = HERE / "workplan.schema.json"

Syntax = Literal["yaml", "json"]
Lines = dict[str, int]
"""Path of a value -> its line in the file, from 1."""

STRING, INTEGER, BOOLEAN = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "bool"))
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,15})")


def read_file(path: Path) -> Document:
    """Return the document in a file, which is JSON if its name ends in ``.json`` and YAML otherwise.

    Raises:
        DocumentError: it is not one; lists every fault with its path.
        OSError: the file cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError([Fault("", f"is not in UTF-8 (byte {error.start}): save it in UTF-8")]) from error
    return read_text(text, "json" if path.suffix.lower() == ".json" else "yaml")


def read_text(text: str, syntax: Syntax = "yaml") -> Document:
    """Return the document that ``text`` is.

    Raises:
        DocumentError: it is not one; lists every fault with its path.
    """
    try:
        raw, lines, faults = _parse_json(text) if syntax == "json" else _Yaml(text).parsed()
        found = {fault.path: fault for fault in reversed([*faults, *_schema_faults(raw), *faults_of(raw)])}
        if found:
            raise DocumentError(_located(fault, lines) for fault in sorted(found.values(), key=_place))
        return read_document(raw)
    except RecursionError as error:
        raise DocumentError([Fault("", "is nested too deeply: a workplan needs about ten levels")]) from error


def _place(fault: Fault) -> list[str]:
    """Return a key that sorts paths with their numbers as numbers."""
    return [part.zfill(9) if part.isdigit() else part for part in re.split(r"[.\[\]]+", fault.path)]


def _located(fault: Fault, lines: Lines) -> Fault:
    path = fault.path
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return replace(fault, message=f"{fault.message} (line {lines[path]})") if path else fault


# -------------------------------------------------------------------------------------------------------- YAML


class _Loader(yaml.SafeLoader):
    """Knows whole numbers, ``true`` and ``false``; everything else is the text that stands there.

    YAML 1.1 would read 3.10 as 3.1, 2022-12-15 as a date, NO as false and 12:30 as 750.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own name


_Loader.add_implicit_resolver(BOOLEAN, re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(INTEGER, re.compile(rf"^(?:{WHOLE.pattern})$"), list("-0123456789"))


class _Yaml:
    """One walk over a file's nodes, which keeps what plain values would lose: lines, repeated keys, odd types."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: Lines = {}
        self.faults: list[Fault] = []
        self.seen: set[int] = set()

    def parsed(self) -> tuple[Any, Lines, list[Fault]]:
        loader = None
        try:
            loader = _Loader(self.text)
            node = loader.get_single_node()
        except yaml.YAMLError as error:
            raise DocumentError([Fault("", f"is not YAML: {' '.join(str(error).split())}")]) from error
        finally:
            if loader is not None:
                loader.dispose()
        if node is None:
            raise DocumentError([Fault("", "is empty: a workplan begins with format: workplan/1")])
        return self._value(node, ""), self.lines, self.faults

    def _value(self, node: yaml.Node, path: str) -> Any:
        self.lines[path] = node.start_mark.line + 1
        if id(node) in self.seen:
            self.faults.append(Fault(path, "repeats another place by an alias (*): write it out"))
            return None
        self.seen.add(id(node))
        match node:
            case yaml.MappingNode(tag="tag:yaml.org,2002:map"):
                return self._mapping(node, path)
            case yaml.SequenceNode(tag="tag:yaml.org,2002:seq"):
                return [self._value(item, f"{path}[{place}]") for place, item in enumerate(node.value)]
            case yaml.ScalarNode(tag=tag) if tag == STRING:
                return node.value
            case yaml.ScalarNode(tag=tag) if tag == BOOLEAN and node.value in {"true", "false"}:
                return node.value == "true"
            case yaml.ScalarNode(tag=tag) if tag == INTEGER and WHOLE.fullmatch(node.value):
                return int(node.value)
        self.faults.append(
            Fault(path, f"has the type {node.tag}: only text, whole numbers, true and false are read")
        )
        return None

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append(Fault(path, "has a key that is not a word: keys are the names of fields"))
                continue
            name = str(key.value)
            at = f"{path}.{name}".lstrip(".")
            if name in made:
                line = key.start_mark.line + 1
                self.faults.append(
                    Fault(at, f"stands twice in the same mapping, again on line {line}: drop one")
                )
                continue
            made[name] = self._value(item, at)
        return made


# -------------------------------------------------------------------------------------------------------- JSON


class _Repeating(dict[str, Any]):
    """An object of which some names stood twice."""

    repeated: tuple[str, ...] = ()


def _parse_json(text: str) -> tuple[Any, Lines, list[Fault]]:
    try:
        raw = json.loads(
            text, object_pairs_hook=_object, parse_float=str, parse_int=_whole, parse_constant=str
        )
    except json.JSONDecodeError as error:
        raise DocumentError([Fault("", f"is not JSON: {error.msg} in line {error.lineno}")]) from error
    return raw, {}, list(_repeated(raw, ""))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    marked = _Repeating(made)
    names = [name for name, _ in pairs]
    marked.repeated = tuple(name for name in made if names.count(name) > 1)
    return marked


def _whole(digits: str) -> int | str:
    return int(digits) if WHOLE.fullmatch(digits) else digits


def _repeated(value: Any, path: str) -> Iterator[Fault]:
    if isinstance(value, _Repeating):
        for name in value.repeated:
            yield Fault(f"{path}.{name}".lstrip("."), "stands twice in the same object: drop one")
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _repeated(item, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _repeated(item, f"{path}[{place}]")


# ------------------------------------------------------------------------------------------------------ schema


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def definition(name: str) -> dict[str, Any]:
    """Return what the schema says of one kind of value."""
    schema: Any = validator().schema
    found: dict[str, Any] = schema["$defs"][name]
    return found


def _schema_faults(raw: Any) -> Iterator[Fault]:
    for error in validator().iter_errors(raw):
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
        yield from _faults_of_error(error, path.lstrip("."))


def _faults_of_error(error: ValidationError, path: str) -> Iterator[Fault]:
    rule: Any = error.schema
    found: Any = error.instance
    words = rule.get("description", "what stands in the schema")
    match error.validator:
        case "additionalProperties":
            fields = rule.get("properties", {})
            patterns = rule.get("patternProperties", {})
            allowed = ", ".join([*fields, *(["languages such as es"] if patterns else [])])
            for name, value in found.items():
                if name not in fields and not any(re.search(pattern, name) for pattern in patterns):
                    words = f"is in no field of the format: use one of {allowed}"
                    yield Fault(f"{path}.{name}".lstrip("."), words, value)
        case "required":
            for name in rule["required"]:
                if name not in found:
                    shape = rule["properties"].get(name, {})
                    yield Fault(f"{path}.{name}".lstrip("."), f"is missing: give {_described(shape)}")
        case "enum":
            yield Fault(path, f"is none of {', '.join(rule['enum'])}: use one of them", found)
        case "uniqueItems":
            yield Fault(path, "names something twice: drop one", found)
        case _:
            yield Fault(path, f"is not {words}", found)


def _described(shape: dict[str, Any]) -> str:
    """Return the words for a field, looked up where the schema refers to them."""
    if "$ref" in shape:
        shape = definition(shape["$ref"].rpartition("/")[2])
    return str(shape.get("description") or f"one of {', '.join(shape['enum'])}")
