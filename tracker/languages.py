"""The languages that the product speaks, the one spoken just now, and the catalogues that turn English into them."""

from __future__ import annotations

import gettext
import io
import re
import unicodedata
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, get_timezone_location
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = ("en", "es", "fr")
LOCALES = {"en": "en_GB", "es": "es", "fr": "fr"}
OWN_NAMES = {"en": "English", "es": "Español", "fr": "Français"}
LOCAL_TIME = {"en": "{city} time", "es": "hora de {city}", "fr": "heure de {city}"}
CITIES = {"Europe/Zurich": {"en": "Geneva", "es": "Ginebra", "fr": "Genève"}}
"""Cities that say more to people of the United Nations than the one that names the zone."""
COLONS = {"fr": "\N{NO-BREAK SPACE}: "}
"""What stands between a label and what it says, where that is not a colon and a space."""
SEMICOLONS = {"fr": "\N{NO-BREAK SPACE}; "}
FRENCH_FIRST = re.compile(r"\b1 (?=[^\W\d])")
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
    return locale_of(spoken())


def colon_in(language: str) -> str:
    return COLONS.get(language, ": ")


def semicolon_in(language: str) -> str:
    return SEMICOLONS.get(language, "; ")


def direction(language: str) -> str:
    """Return ``ltr`` or ``rtl``; languages that Babel does not know run from left to right."""
    return str(locale_of(language).text_direction)


@cache
def locale_of(language: str) -> Locale:
    """Return what Babel knows of a language; of British English where it knows none."""
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


def day_in(language: str, day: date, form: str = "long") -> str:
    """Return a day in words; ``form`` is one of Babel's (``long``, ``full``) or a pattern.

    French says the first of a month as ``1er``, which no locale data does.
    """
    said = str(format_date(day, form, locale_of(language)))
    return FRENCH_FIRST.sub("1er ", said) if language == "fr" else said


def city_in(language: str, zone: str) -> str:
    """Return the city by which people know a time zone."""
    if known := CITIES.get(zone):
        return known[language]
    return str(get_timezone_location(zone, locale=locale_of(language), return_city=True))


def zone_in(language: str, zone: str) -> str:
    """Return the time of a zone: ``Geneva time``, ``hora de Ginebra``; ``UTC`` and its like say so themselves."""
    if "/" not in zone or zone.startswith("Etc/"):
        return zone
    city = city_in(language, zone)
    form = "heure d’{city}" if language == "fr" and city[0] in "AEIOUYÉ" else LOCAL_TIME[language]
    return form.format(city=city)


def unaccented(text: str) -> str:
    """Return a text in lower case and without accents: by what it is sorted, and looked for."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
