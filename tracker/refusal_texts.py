"""Refusals in the language of who reads them: the catalogue, and how what was said in English is found in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).parent / "translations" / "refusals.yaml"
PLACE = re.compile(r"\{\w+(?:!r)?\}")
"""A place for an operand, such as ``{activity}``; where a sentence was put together in code, ``{1}``."""


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return ``{English: {language: text}}``."""
    loaded: Mapping[str, Mapping[str, str]] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return loaded


def translated(template: str, operands: Mapping[str, Any], language: str) -> str | None:
    """Return a message with its operands in a language, None where the catalogue does not know it.

    An operand may be a sentence of ours itself, such as the reason inside a refusal.
    """
    found = catalogue().get(template)
    if found is None or language == "en":
        return None
    said = {name: in_language(str(value), language) for name, value in operands.items()}
    return found[language].format(**said) if operands else found[language]


def in_language(said: str, language: str) -> str:
    """Return a finished English sentence in a language: as it is in the catalogue, or as one of its patterns fits."""
    if language == "en":
        return said
    if (whole := catalogue().get(said)) is not None:
        return whole[language]
    for pattern, names, texts in _patterns():
        if match := pattern.fullmatch(said):
            operands = {
                name: _whole(text, language) for name, text in zip(names, match.groups(), strict=True)
            }
            return PLACE.sub(lambda place, found=operands: found[place[0]], texts[language])  # type: ignore[misc]
    return said


def _whole(said: str, language: str) -> str:
    return catalogue().get(said, {}).get(language, said)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], list[str], Mapping[str, str]], ...]:
    """Return the sentences with places, those that fix most of their words first."""
    made = []
    for english, texts in catalogue().items():
        names = PLACE.findall(english)
        fixed = PLACE.sub("", english).strip(" :`.{}")
        if names and len(fixed) > 6 and len(set(names)) == len(names):
            parts = [re.escape(part) for part in PLACE.split(english)]
            made.append((len(fixed), re.compile("(.+?)".join(parts), re.DOTALL), names, texts))
    made.sort(key=lambda one: -one[0])
    return tuple((pattern, names, texts) for _, pattern, names, texts in made)
