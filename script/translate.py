"""Gathers the texts of the interface into the catalogues, and checks that each is translated with its places kept."""

from __future__ import annotations

import ast
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "tracker"
CATALOGUES = SOURCES / "translations"
LANGUAGES = ("es", "fr")
KEYWORDS = {"_": None, "n_": (1, 2), "Place": (1,), "Page": (2,), "Ask": (3,)} | dict.fromkeys(
    (
        "_session",
        "_review",
        "_product",
        "_activity",
        "_workstream",
        "_milestone",
        "_entity",
        "_commitment",
        "_workplan",
    ),
    (3,),
)
"""Calls that hold a text, and which of their arguments it is."""
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true"}}
NO_WORDS = frozenset({"QUARTER_PATTERNS", "TONE", "SHAPES", "HEADERS", "TYPES"})
"""Tables of the pages that hold no words."""

Text = str | tuple[str, str]


def gathered() -> Catalog:
    """Return every text of the interface, where it stands beside it."""
    found = Catalog(project="workplan-tracker", charset="utf-8", header_comment="# Texts of the interface.")
    for path, _line, text, comments, _context in extract_from_dir(
        SOURCES, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        found.add(text, locations=[(f"tracker/{path}", None)], auto_comments=comments)
    for path in sorted((SOURCES / "web").glob("*.py")):
        for text in tables(ast.parse(path.read_text(encoding="utf-8"))):
            found.add(text, locations=[(path.relative_to(ROOT).as_posix(), None)])
    return found


def tables(tree: ast.Module) -> Iterator[Text]:
    """Yield the words of the tables of a module: the texts of a dictionary with a name in capitals.

    Pages look them up and pass what they find through ``_``, which an extractor that reads calls cannot see.
    """
    for node in tree.body:
        name = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(name, ast.Name) and name.id.isupper() and name.id not in NO_WORDS:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Dict):
                    yield from filter(None, map(_words, inner.values))


def _words(value: ast.expr) -> Text | None:
    """Return the text of an entry: itself, the first of several, or two forms that both say the number."""
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    said = [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if len(said) == 2 and all("{count}" in one for one in said):
        return said[0], said[1]
    return said[0] if said else None


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
            made.add(text.id, old.string if old else None, locations=text.locations, flags=_kept(text))
    return made


def _kept(text: Message) -> set[str]:
    return {flag for flag in text.flags if flag != "fuzzy"}


def write(language: str, catalogue: Catalog) -> None:
    with (CATALOGUES / f"{language}.po").open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=False)
    path = CATALOGUES / f"{language}.po"
    kept = re.sub(
        r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To):.*\n',
        "",
        path.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    path.write_text(kept, encoding="utf-8")


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
