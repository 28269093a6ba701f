"""The languages that the product speaks, the one spoken just now, and the catalogues that turn English into them."""

from __future__ import annotations

import gettext
import io
import unicodedata
from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = ("en", "es", "fr")
LOCALES = {"en": "en_GB", "es": "es", "fr": "fr"}
OWN_NAMES = {"en": "English", "es": "Español", "fr": "Français"}
CATALOGUES = Path(__file__).parent / "translations"

_spoken: ContextVar[str] = ContextVar("language", default="en")


def speak(language: str) -> None:
    """Say from here on, in this thread or task, everything in a language; in English where it is none of ours."""
    _spoken.set(language if language in LANGUAGES else "en")


def spoken() -> str:
    """Return the language that is spoken just now."""
    return _spoken.get()


def locale() -> Locale:
    """Return what Babel knows of the language spoken: its names, forms, numbers and direction."""
    return _locale(spoken())


def direction(language: str) -> str:
    """Return ``ltr`` or ``rtl``; languages that Babel does not know run from left to right."""
    return str(_locale(language).text_direction)


@cache
def _locale(language: str) -> Locale:
    if found := Locale.negotiate([LOCALES.get(language, language)], [LOCALES.get(language, language)]):
        return found
    return Locale("en", "GB")


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the texts of a language, made from the file that translators edit; English needs none."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def prepare(languages: Iterable[str] = LANGUAGES) -> None:
    """Read the catalogues now, so that the first reader of a language does not wait for it."""
    for language in languages:
        catalogue(language)


def _(text: str, /, **operands: object) -> str:
    """Return a text of the interface in the language spoken, its named places filled in."""
    said = catalogue(spoken()).gettext(text) if text else text
    return said.format(**operands) if operands else said


def n_(one: str, many: str, count: int, /, **operands: object) -> str:
    """Return the form of a text that fits ``count``, which is itself the operand ``count``, written out as a number."""
    said = catalogue(spoken()).ngettext(one, many, count)
    return said.format(**{"count": number_words(count), **operands})


def number_words(number: float) -> str:
    """Return a number with the separators of the language spoken: ``12,500``, ``12 500``."""
    return str(format_decimal(number, locale=locale()))


def unaccented(text: str) -> str:
    """Return a text in lower case and without accents: by what it is sorted, and looked for."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
