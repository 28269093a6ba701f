"""Gathers the texts of the interface into the catalogues, and checks that each is translated with its places kept."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import io
import pkgutil
import re
import string
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "tracker"
CATALOGUES = SOURCES / "translations"
LANGUAGES = ("es", "fr")
KEYWORDS = {"_": None, "n_": (1, 2)}
NO_WORDS = frozenset(
    {
        "QUARTER_PATTERNS",
        "readiness_told.LOOKS",
        "needs.LISTS",
        "TONE",
        "SHAPES",
        "HEADERS",
        "TYPES",
        "labels.MANY",
    }
)
"""Tables of the pages that hold no words."""
REFUSING = ("workplan/*.py", "directory/*.py", "notifications/desk.py", "projections/questions.py")
"""Where the refusals come from that pages meet."""
COUNTED = frozenset({f"tracker.web.labels.{name}" for name in ("STATUS", "ASSESSMENT", "OTHER")})
"""Tables whose words stand beside a number too: English has one form for all, other languages do not."""
WORDY = frozenset({"label", "title"})
"""Fields of the values in such tables that hold words."""

PLAIN_SPACE = re.compile(r" [:;?!»]|« ")
"""Where French has a space that must not break."""

Text = str | tuple[str, str]


def gathered() -> Catalog:
    """Return every text of the interface, where it stands beside it."""
    found = Catalog(project="workplan-tracker", charset="utf-8")
    for path, _line, text, *_rest in extract_from_dir(
        SOURCES, [("**/templates/**.html", "jinja2")], keywords=KEYWORDS
    ):
        found.add(text, locations=[(f"tracker/{path}", None)])
    for file in sorted(SOURCES.rglob("*.py")):
        for said in called(ast.parse(file.read_text(encoding="utf-8"))):
            found.add(said, locations=[(file.relative_to(ROOT).as_posix(), None)])
    sys.path.insert(0, str(ROOT))
    plainly = importlib.import_module("tracker.web.refusal_words").PLAINLY
    for file in sorted(file for place in REFUSING for file in SOURCES.glob(place)):
        for said in refused(ast.parse(file.read_text(encoding="utf-8"))):
            if said not in plainly:
                found.add(said, locations=[(file.relative_to(ROOT).as_posix(), None)])
    for module in pkgutil.iter_modules([str(SOURCES / "web")]):
        for said in tables(importlib.import_module(f"tracker.web.{module.name}"), _own_names(module.name)):
            found.add(said, locations=[(f"tracker/web/{module.name}.py", None)])
    return found


def refused(tree: ast.Module) -> Iterator[str]:
    """Yield the texts of refusals and their ways out: pages say those that they have no plainer words for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name.endswith("Error") or name in {"refuse", "_refused"}:
                said = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "way_out")]
                texts = [one.value for one in said if isinstance(one, ast.Constant)]
                yield from (text for text in texts if isinstance(text, str) and " " in text)


def called(tree: ast.Module) -> Iterator[Text]:
    """Yield the texts that ``_`` and ``n_`` are called with; inside of other strings, too, where Babel sees none."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            said = [one.value for one in node.args[:2] if isinstance(one, ast.Constant)]
            if name == "_" and said and isinstance(node.args[0], ast.Constant):
                yield str(said[0])
            elif name == "n_" and len(said) == 2:
                yield str(said[0]), str(said[1])


def _own_names(module: str) -> set[str]:
    """Return the names that a module of the pages gives itself, without those it imports."""
    tree = ast.parse((SOURCES / "web" / f"{module}.py").read_text(encoding="utf-8"))
    found = [
        node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for node in tree.body
    ]
    return {name.id for names in found for name in names if isinstance(name, ast.Name)}


def tables(module: Any, own: set[str]) -> Iterator[Text]:
    """Yield the words of a module's own tables, which have names in capitals.

    Pages look them up and pass what they find through ``_``, which whoever reads calls cannot see.
    """
    for name, table in vars(module).items():
        if (
            name.isupper()
            and name in own
            and not NO_WORDS & {name, f"{module.__name__.rpartition('.')[2]}.{name}"}
        ):
            words, many = _words_in(table), importlib.import_module("tracker.web.labels").MANY
            yield from (
                ((one, many.get(one, one)) for one in words if isinstance(one, str))
                if f"{module.__name__}.{name}" in COUNTED
                else words
            )


def _words_in(value: Any) -> Iterator[Text]:
    if isinstance(value, Mapping):
        for one in value.values():
            said = one if isinstance(one, tuple) else (one,)
            texts = [text for text in said if isinstance(text, str)]
            if len(texts) == 2 and all("{count}" in text for text in texts):
                yield texts[0], texts[1]
            elif texts and isinstance(said[0], str):
                yield texts[0]
            else:
                yield from _words_in(one)
    elif isinstance(value, tuple | list):
        for one in value:
            if not isinstance(one, str):
                yield from _words_in(one)
    elif dataclasses.is_dataclass(value) and type(value).__module__.startswith("tracker.web"):
        for field in dataclasses.fields(value):
            said = getattr(value, field.name)
            if field.name in WORDY and isinstance(said, str) and said:
                yield said
            elif not isinstance(said, str):
                yield from _words_in(said)


def stored(language: str) -> Catalog:
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language, project="workplan-tracker", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, template: Catalog) -> Catalog:
    """Return a catalogue with exactly the texts there are; what is gone is gone, nothing is guessed."""
    known = stored(language)
    made = Catalog(
        locale=language, project="workplan-tracker", charset="utf-8", header_comment=f"# Texts in {language}."
    )
    made.fuzzy = False
    for text in template:
        if text.id:
            old = known.get(text.id)
            said = old.string if old else None
            if isinstance(text.id, tuple) and isinstance(said, str):
                said = (said, said)
            elif isinstance(text.id, str) and isinstance(said, tuple):
                said = said[0]
            made.add(text.id, said, locations=text.locations, flags=_kept(text))
    return made


def _kept(text: Message) -> set[str]:
    return {flag for flag in text.flags if flag != "fuzzy"}


def write(language: str, catalogue: Catalog) -> None:
    made = io.BytesIO()
    write_po(made, catalogue, width=110, sort_output=True, include_lineno=False)
    kept = re.sub(
        r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To):.*\n',
        "",
        made.getvalue().decode(),
        flags=re.MULTILINE,
    )
    (CATALOGUES / f"{language}.po").write_text(kept, encoding="utf-8")


def faults(template: Catalog, catalogue: Catalog) -> list[str]:
    """Return what is missing or wrong in a catalogue, each with its text."""
    found = []
    for text in template:
        if not text.id:
            continue
        said = catalogue.get(text.id)
        if said is None or not _strings(said) or not all(_strings(said)):
            found.append(f"not translated: {text.id!r}")
        elif said.fuzzy:
            found.append(f"fuzzy: {text.id!r}")
        elif catalogue.locale_identifier == "fr" and any(map(PLAIN_SPACE.search, _strings(said))):
            found.append(f"a space that may break: {text.id!r}")
        else:
            found += [
                f"places differ: {text.id!r} -> {one!r}"
                for one in _strings(said)
                if not _same_places(text, one)
            ]
    ours = {text.id for text in template}
    found += [f"no longer used: {text.id!r}" for text in catalogue if text.id and text.id not in ours]
    return found


def _strings(text: Message) -> list[str]:
    return [text.string] if isinstance(text.string, str) else list(text.string or ())


def _same_places(text: Message, said: str) -> bool:
    """Return whether a translation has the named places of its text; a singular need not say the number."""
    forms = [text.id] if isinstance(text.id, str) else list(text.id)
    wanted = set().union(*map(_places, forms))
    return _places(said) in ([wanted] if len(forms) == 1 else [wanted, wanted - {"count"}])


def _places(text: str) -> set[str]:
    try:
        return {
            name for _said, name, _spec, _conversion in string.Formatter().parse(text) if name is not None
        }
    except ValueError:
        return {"unreadable"}


def main() -> int:
    template = gathered()
    if "--check" in sys.argv[1:]:
        wrong = [f"{one}: {fault}" for one in LANGUAGES for fault in faults(template, stored(one))]
    else:
        wrong = []
        for one in LANGUAGES:
            made = updated(one, template)
            write(one, made)
            wrong += [f"{one}: {fault}" for fault in faults(template, made)]
    print("\n".join(wrong) or f"{len(template)} texts, each in {', '.join(LANGUAGES)}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
