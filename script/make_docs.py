"""Writes docs/events.md from the catalogue; with --check only says whether it is stale."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, cast, get_args, get_origin, get_type_hints

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tracker.events.catalogue import CATALOGUE, SUBJECT_KINDS, Declaration, Right  # noqa: E402 - after the path is set
from tracker.events.intake import EXAMPLES, EnvelopeSchema  # noqa: E402
from tracker.events.shapes import is_literal, json_name, strip_annotated  # noqa: E402
from tracker.events.vocabulary import Rule, Sealed  # noqa: E402

PAGE = ROOT / "docs" / "events.md"

WRITERS: dict[Right, str] = {
    "report": "a lead, for its own; the Secretariat",
    "field": "the reviewer of the region; the Secretariat",
    "proposal": "any lead; the reviewer of the region; the Secretariat",
    "plan": "the Secretariat",
    "redact": "the Secretariat (a token needs the scope `erase`)",
    "system": "the system only",
    "correct": "a lead, its own entity's entries until the round closes; the Secretariat",
}
KINDS = (*SUBJECT_KINDS, "any")

INTRODUCTION = """\
<!-- Written by script/make-docs from tracker/events/catalogue.py. Do not edit. -->

# Events

What can be entered, by the kind of subject it is about. Who may do so is in [rights.md](rights.md), what must fit in
[rules.md](rules.md). A field marked *optional* may be left out and is never null. A field marked *redactable* is a free
text that can be removed for ever; the log itself holds only its salted hash. Fields that are not listed are refused.
The first event of a subject is one that *founds*.
"""


def page() -> str:
    parts = [INTRODUCTION, "## Around the data\n", envelope(), "## Contents\n"]
    parts += [f"- {_link(title(kind))}: {', '.join(_link(one.type) for one in of(kind))}" for kind in KINDS]
    parts.append("")
    for kind in KINDS:
        parts.append(f"## {title(kind)}\n")
        parts += [entry(one) for one in of(kind)]
    parts.append("## Shapes\n")
    parts.append("What several events share.\n")
    parts += [shape(cls) for cls in shapes()]
    return "\n".join(parts).rstrip() + "\n"


def title(kind: str) -> str:
    return "Any subject" if kind == "any" else f"`{EXAMPLES[kind]}`"


def of(kind: str) -> list[Declaration]:
    return [one for one in CATALOGUE.values() if one.kind == kind]


def envelope() -> str:
    schema = EnvelopeSchema()
    rows = ["| field | | what |", "| --- | --- | --- |"]
    for name, field in schema.fields.items():
        words = field.metadata.get("description") or ENVELOPE[name]
        redactable = ", redactable" if name == "reason" else ""
        rows.append(f"| `{name}` | {'required' if field.required else 'optional'}{redactable} | {words} |")
    return "\n".join(rows) + "\n"


ENVELOPE = {
    "on_behalf_of": "whose voice a report is when the Secretariat writes it down: [OnBehalfOf](#onbehalfof)"
}


def entry(declared: Declaration) -> str:
    labels = " · ".join(declared.labels[language] for language in ("es", "en", "fr"))
    notes = [f"schema {declared.schema}", *(["founds"] if declared.founding else [])]
    said = [
        f"### {declared.type}\n",
        f"*{labels}* ({', '.join(notes)})\n",
        _sentence(declared.data),
        f"\nWritten by: {WRITERS[declared.right]}.\n",
    ]
    table = rows_of(declared.data)
    return "\n".join([*said, table or "No data.\n"])


def shape(cls: Any) -> str:
    return f"### {cls.__name__}\n\n{_sentence(cls)}\n\n{rows_of(cls)}"


def rows_of(cls: Any) -> str:
    hints = get_type_hints(cls, include_extras=True)
    rows = [
        f"| `{json_name(one.name)}` | {marks(one, hints[one.name])} | {words(hints[one.name])} |"
        for one in fields(cls)
    ]
    return "\n".join(["| field | | what |", "| --- | --- | --- |", *rows]) + "\n" if rows else ""


def marks(field: Any, hint: Any) -> str:
    found = ["required" if field.default is MISSING else "optional"]
    if Sealed in _inside(hint):
        is_name = str in _inside(hint)
        found.append("redactable where it names a natural person" if is_name else "redactable")
    return ", ".join(found)


def words(hint: Any) -> str:
    bare, notes = strip_annotated(hint)
    rule = next((note for note in notes if isinstance(note, Rule)), None)
    if "wording" in notes or (get_origin(bare) is dict and Sealed in _inside(bare)):
        return 'texts by language, `{"es": …}`; `unofficial` lists translations that are ours'
    if rule and bare in {str, int}:
        return rule.words
    if bare is Sealed or (Sealed in get_args(bare) and str in get_args(bare)):
        return "text of 1 to 8000 characters"
    if bare is bool:
        return "true or false"
    if bare is int:
        return "a whole number"
    if bare is str:
        return "text"
    if is_literal(bare):
        return "one of " + ", ".join(f"`{one}`" for one in get_args(bare))
    if get_origin(bare) is tuple:
        return f"array: {words(get_args(bare)[0])}"
    if get_origin(bare) is dict:
        key, value = get_args(bare)
        if value is Any:
            return "object"
        return f"object: {words(key)} → {words(value)}"
    if is_dataclass(bare):
        return _link(cast("Any", bare).__name__)
    return ", or ".join(words(one) for one in get_args(bare) if one is not type(None))


def shapes() -> list[Any]:
    """Return the shared records, in the order in which they are first met."""
    found: dict[Any, None] = {}

    def collect(cls: Any) -> None:
        for hint in get_type_hints(cls, include_extras=True).values():
            for one in _inside(hint):
                if is_dataclass(one) and one is not Sealed and one not in found:
                    found[one] = None
                    collect(one)

    for declared in CATALOGUE.values():
        collect(declared.data)
    from tracker.events.vocabulary import OnBehalfOf  # noqa: PLC0415

    found.setdefault(OnBehalfOf)
    return list(found)


def _inside(hint: Any) -> list[Any]:
    return list(_parts(hint))


def _parts(hint: Any) -> Iterator[Any]:
    bare, notes = strip_annotated(hint)
    if "wording" in notes:
        return
    args = get_args(bare)
    if not args or is_literal(bare):
        yield bare
    for one in () if is_literal(bare) else args:
        yield from _parts(one)


def _sentence(cls: Any) -> str:
    return re.sub(r"``(.+?)``", r"`\1`", " ".join((cls.__doc__ or "").split()))


def _link(name: str) -> str:
    return f"[{name}](#{re.sub(r'[^a-z0-9 -]', '', name.lower()).replace(' ', '-')})"


def main() -> int:
    made = page()
    if "--check" in sys.argv[1:]:
        stale = not PAGE.exists() or PAGE.read_text() != made
        print("docs/events.md is stale: script/make-docs" if stale else "docs/events.md is up to date")
        return int(stale)
    PAGE.write_text(made)
    print(f"docs/events.md: {len(CATALOGUE)} types")
    return 0


if __name__ == "__main__":
    sys.exit(main())
