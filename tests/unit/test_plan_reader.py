"""How a file becomes a document: scalars are read as written, and what cannot be read is refused in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft202012Validator

from tracker.events import vocabulary
from tracker.plans import reader
from tracker.workplan.document import DocumentError, read_document
from tracker.workplan.root import SETTINGS

FIXTURES = Path(__file__).parents[1] / "fixtures"
FIRST = "workstreams[0].activities[0]"


@pytest.fixture
def small() -> dict[str, Any]:
    """A plan of somebody else, in another language, that uses every part of the format."""
    made: dict[str, Any] = json.loads((FIXTURES / "harbour-2025.json").read_text(encoding="utf-8"))
    return made


def faults(text: str, syntax: reader.Syntax = "json") -> dict[str, str]:
    with pytest.raises(DocumentError) as caught:
        reader.read_text(text, syntax)
    assert str(caught.value).count("\n") == len(caught.value.faults) - 1
    return {fault.path: fault.message for fault in caught.value.faults}


def test_yaml_and_json_give_the_same_document(small, tmp_path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(small, indent=1), encoding="utf-8-sig")
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(small, allow_unicode=True), encoding="utf-8")

    assert (
        reader.read_file(tmp_path / "plan.json")
        == reader.read_file(tmp_path / "plan.yaml")
        == read_document(small)
    )


def as_yaml(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


@pytest.mark.parametrize(
    "old, new, path, fault",
    [
        ("zone:", "zone: Africa/Cairo\nzone:", "zone", "twice in the same mapping, again on line 14"),
        ("number: '1.1'", "number: '1.1'\n    number: '1.3'", f"{FIRST}.number", "twice"),
        (
            "adopted_on: '2025-01-31'",
            "adopted_on: !!timestamp 2025-01-31",
            "adopted_on",
            "timestamp: only text",
        ),
        ("min: 2", "min: !!python/name:os.system", f"{FIRST}.targets[0].min", "only text"),
        ("min: 2", "min: 2.0", f"{FIRST}.targets[0].min", "is not a whole number"),
        ("min: 2", "min: 0x2", f"{FIRST}.targets[0].min", "is not a whole number"),
        ("country: KE", "country: no", "entities[0].tags.country", '"no" is not a country'),
        ("published:", "public: yes\n  published:", "settings.public", '"yes" is not true or false'),
        ("zone: Africa/Nairobi", "zone:", "zone", "time zone"),
        ("zone: Africa/Nairobi", "zone: Africa/Nairobi\n<<: {colour: blue}", "<<", "is in no field"),
        ("zone: Africa/Nairobi", "zone: Africa/Nairobi\n? [a]\n: b", "", "a key that is not a word"),
        ("period:", "period: &when", "", ""),
    ],
)
def test_yaml_is_read_without_guessing(small, old, new, path, fault) -> None:
    text = as_yaml(small)
    assert text.count(old) >= 1
    changed = text.replace(old, new, 1)
    if not fault:
        assert reader.read_text(changed) == read_document(small)  # an anchor that nobody repeats does no harm
        return
    with pytest.raises(DocumentError) as caught:
        reader.read_text(changed)
    assert [found for found in caught.value.faults if found.path == path and fault in str(found)], (
        caught.value
    )


def test_dates_decimals_and_norway_stay_what_is_written() -> None:
    text = "{day: 2022-12-15, number: 3.10, code: NO, time: 12:30, none: ~, empty: , octal: 007, yes: on, one: 1}"

    assert reader._Yaml(text).parsed()[0] == {
        "day": "2022-12-15",
        "number": "3.10",
        "code": "NO",
        "time": "12:30",
        "none": "~",
        "empty": "",
        "octal": "007",
        "yes": "on",
        "one": 1,
    }


def test_aliases_are_refused_before_they_can_multiply(small) -> None:
    bomb = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]

    assert "repeats another place by an alias" in str(faults("\n".join(bomb), "yaml"))


def test_a_fault_in_yaml_tells_its_line(small) -> None:
    text = as_yaml(small)
    line = text.splitlines().index("  - entity: port") + 1

    found = faults(text.replace("- entity: port", "- entity: prt", 1), "yaml")
    assert found["workstreams[0].leads[0].entity"].endswith(f"(perhaps port) (line {line})")


@pytest.mark.parametrize(
    "text, syntax, fault",
    [
        ("", "yaml", "is empty"),
        ("# nothing", "yaml", "is empty"),
        ("a: [", "yaml", "is not YAML"),
        ("a: 1\n---\nb: 2", "yaml", "is not YAML"),
        ("a: \x07", "yaml", "is not YAML"),
        ("a: *b", "yaml", "is not YAML"),
        ("[" * 5000, "yaml", "nested too deeply"),
        ("", "json", "is not JSON"),
        ("{", "json", "is not JSON: Expecting property name enclosed in double quotes in line 1"),
        ("[" * 200000, "json", "nested too deeply"),
    ],
)
def test_what_cannot_be_parsed_is_refused_in_words(text, syntax, fault) -> None:
    assert fault in faults(text, syntax)[""]


def test_a_name_that_stands_twice_in_json_is_refused_with_its_path(small) -> None:
    text = json.dumps(small).replace('"number": "1.1"', '"number": "1.1", "number": "1.3"')

    assert list(faults(text)) == [f"{FIRST}.number"]


def test_json_numbers_that_yaml_would_not_read_are_not_numbers(small) -> None:
    text = (
        json.dumps(small).replace('"min": 2', '"min": NaN').replace('"max": 3', '"max": 99999999999999999999')
    )

    assert list(faults(text)) == [f"{FIRST}.targets[0].max", f"{FIRST}.targets[0].min"]


def test_a_file_in_another_encoding_is_refused(tmp_path) -> None:
    (tmp_path / "plan.yaml").write_bytes("title: migración".encode("latin-1"))

    with pytest.raises(DocumentError, match=r"the document: is not in UTF-8 \(byte 14\): save it in UTF-8"):
        reader.read_file(tmp_path / "plan.yaml")


def test_the_schema_is_one_and_says_in_words_what_every_value_is() -> None:
    schema = json.loads(reader.SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)

    def walk(value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            if isinstance(value.get("type"), str | list) or "const" in value:
                yield value
            for item in value.values():
                yield from walk(item)
        elif isinstance(value, list):
            for item in value:
                yield from walk(item)

    assert [rule for rule in walk(schema) if "description" not in rule] == []
    closed = [rule.get("additionalProperties") for rule in walk(schema) if rule.get("type") == "object"]
    assert set(closed) == {False}


def test_the_schema_has_the_settings_that_a_workplan_can_have() -> None:
    schema = json.loads(reader.SCHEMA.read_text(encoding="utf-8"))

    assert schema["properties"]["settings"]["properties"].keys() == SETTINGS.keys()


@pytest.mark.parametrize(
    "definition, values",
    [
        ("entity.kind", vocabulary.EntityKind),
        ("session.kind", vocabulary.SessionKind),
        ("session.level", vocabulary.Level),
        ("activity.nature", vocabulary.Nature),
        ("region", vocabulary.Region),
    ],
)
def test_the_schema_lists_the_values_that_the_catalogue_declares(definition, values) -> None:
    name, _, field = definition.partition(".")
    rule = reader.definition(name)

    assert tuple((rule["properties"][field] if field else rule)["enum"]) == get_args(values)
