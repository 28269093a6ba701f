"""What countries, territories and the regional commissions are called in the United Nations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from tracker.languages import locale_of

FILE = Path(__file__).with_name("country_names.yaml")
COMMISSIONS = {
    "ECA": {"es": "CEPA", "fr": "CEA"},
    "ESCWA": {"es": "CESPAO", "fr": "CESAO"},
    "ESCAP": {"es": "CESPAP", "fr": "CESAP"},
    "UNECE": {"es": "CEPE", "fr": "CEE-ONU"},
    "ECLAC": {"es": "CEPAL", "fr": "CEPALC"},
}
"""How the regional commissions are abbreviated where a language has letters of its own."""


def country_in(language: str, code: str) -> str:
    """Return the name of a country by its ISO 3166-1 code, the code where it has none."""
    known = _un_names().get(code, {})
    return known.get(language) or str(locale_of(language).territories.get(code, code))


def names_in(language: str, code: str) -> set[str]:
    """Return the name that the United Nations use, and the one of common usage."""
    return {country_in(language, code), str(locale_of(language).territories.get(code, code))}


def commission_in(language: str, commission: str) -> str:
    """Return how a regional commission is abbreviated; another host is called as it was entered."""
    return COMMISSIONS.get(commission, {}).get(language, commission)


@cache
def _un_names() -> Mapping[str, Mapping[str, str]]:
    loaded: Mapping[str, Mapping[str, str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded
