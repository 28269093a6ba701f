"""Every refusal of the interface is said in three languages: what the code says in English is in the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.installation import Installation
from tracker.api.problems import PAGES
from tracker.refusal_texts import PLACE, catalogue, in_language, translated
from tracker.sheets import progress, setup

ROOT = Path(__file__).parents[2] / "tracker"
SAYING = ("api", "directory", "events", "projections", "sheets", "traffic", "workplan")
ELSEWHERE = {
    "document": "plan documents are imported at the command line",
    "verifier": "exports are verified at the command line",
    "key_file": "keys are kept at the command line",
    "sign": "heads are signed at the command line",
    "provider": "the provider's way is taken by pages only",
    "rebuilding": "a rebuild is asked for at the command line",
    "readiness_rules": "found when a snapshot is verified",
}
"""Modules of these packages, by part of their name, that no request to the interface reaches with a refusal."""
RAISING = re.compile(
    r"(?<!Value)(?<!Key)(?<!Type)(?<!Log)(?<!Settings)Error$"
    r"|^refuse$|^fault$|^RowFault$|^_refuse$|^needs_reason$|^_denied$|^ValidationError$|^_refusal$"
)


SAID = {
    "needs_reason": slice(2),
    "CellError": slice(2),
    "fault": slice(1, 3),
    "RowFault": slice(3, 5),
}
"""Which arguments are words, where it is not the first alone."""


def messages() -> Iterator[tuple[str, str]]:
    """Yield where and what is said: first arguments of refusals, and their ways out."""
    for package in SAYING:
        for path in sorted((ROOT / package).glob("*.py")):
            if any(part in path.stem for part in ELSEWHERE):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and RAISING.search(_name(node.func)):
                    name = _name(node.func)
                    said = node.args[SAID.get(name, slice(3 if name.startswith("_") else 1))]
                    said += [word.value for word in node.keywords if word.arg == "way_out"]
                    for one in said:
                        yield from ((f"{path.stem}:{node.lineno}", text) for text in _texts(one))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _texts(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "{x}" for part in node.values]
        return ["".join(str(part) for part in parts)]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return []


def _plain(said: str) -> str:
    return PLACE.sub("{x}", said)


def test_nothing_that_a_refusal_says_is_missing() -> None:
    known = {_plain(english) for english in catalogue()}
    said = list(messages())
    assert len(said) > 250
    missing = sorted({f"{where}: {text}" for where, text in said if _plain(text) not in known})
    assert not missing, "\n".join(missing)
    columns = {what for columns in (progress.COLUMNS, setup.COLUMNS) for what in columns.values()}
    assert columns <= set(catalogue())
    titles = {text for kind in PAGES.values() for text in (kind.title,)}
    assert titles <= set(catalogue())


def test_every_text_has_both_languages_and_the_same_places() -> None:
    for english, texts in catalogue().items():
        assert set(texts) == {"es", "fr"}, english
        for text in texts.values():
            assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(english)), english


@pytest.mark.parametrize(
    "asked, language, word",
    [("es", "es", "futuro"), ("fr-CH, en;q=0.5", "fr", "futur"), ("de", "en", "future")],
)
def test_a_refusal_is_said_in_the_asked_language(
    shelf: Installation, asked: str, language: str, word: str
) -> None:
    report: dict[str, Any] = {
        "type": "ProgressReported",
        "subject": "activity/3.4",
        "occurred_on": "2031-01-01",
        "data": {"quarter": "2023-Q2", "no_change": True},
    }
    answer = shelf.post(report, "lead", headers={"Accept-Language": asked})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.headers["Content-Language"] == language
    assert word in answer.json["detail"]
    assert "2023-07-05" in answer.json["way_out"]
    assert (answer.json["type"], answer.json["field"]) == ("/problems/rule", "/occurred_on")


def test_sentences_put_together_in_code_and_refusals_inside_refusals_are_found() -> None:
    assert in_language("is none of: africa, lac", "fr") == "n’est aucun de ceux-ci\u00a0: africa, lac"
    inner = translated("{subject}: {why}", {"subject": "activity/3.4", "why": "there is no entry 7"}, "es")
    assert inner == "activity/3.4: no hay asiento 7"
    assert in_language("never said by us", "es") == "never said by us"
