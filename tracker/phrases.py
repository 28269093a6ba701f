"""Phrases in three languages: read from files, chosen by count, with days and instants as each language says them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from babel import Locale
from babel.dates import format_time

from tracker.languages import LANGUAGES, LOCALES, city_in, colon_in, day_in, zone_in

WEEKDAY = {"es": "EEEE d 'de' MMMM", "en": "EEEE d MMMM", "fr": "EEEE d MMMM"}
SHARED = Path(__file__).with_name("phrases.yaml")
"""What :class:`Phrases` itself says."""

Forms = str | Mapping[str, str]
"""A text, or its forms by plural category (``one``, ``other``)."""


@cache
def catalogue(path: Path) -> Mapping[str, Mapping[str, Forms]]:
    """Return ``{phrase: {language: text}}`` of a file of phrases."""
    loaded: Mapping[str, Mapping[str, Forms]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one language: ``say("due", deadline=...)``; ``count`` chooses the form."""

    language: str
    texts: Mapping[str, Mapping[str, Forms]]

    def __call__(self, phrase: str, /, **operands: Any) -> str:
        text = self.texts[phrase][self.language]
        if not isinstance(text, str):
            form = str(self.locale.plural_form(operands["count"]))
            text = text.get(form, text["other"])
        return text.format(**operands)

    @property
    def colon(self) -> str:
        """What stands between a label and what it says."""
        return colon_in(self.language)

    @property
    def locale(self) -> Locale:
        return Locale.parse(LOCALES[self.language])

    def day(self, day: date | str) -> str:
        """Return ``viernes, 14 de julio de 2023``."""
        return day_in(self.language, _day(day), "full")

    def weekday(self, day: date | str) -> str:
        """Return ``viernes, 14 de julio``."""
        return day_in(self.language, _day(day), WEEKDAY[self.language])

    def short_day(self, day: date | str) -> str:
        """Return ``14 de julio de 2023``."""
        return day_in(self.language, _day(day))

    def instant(self, instant: datetime | str, zone: str) -> str:
        """Return the day and time in a zone, and whose time it is."""
        moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        local = moment.astimezone(ZoneInfo(zone))
        time = format_time(local, "HH:mm", locale=self.locale)
        return f"{self.day(local.date())}, {time} ({zone_in(self.language, zone)})"

    def place(self, zone: str) -> str:
        """Return the city by which a zone is known."""
        return city_in(self.language, zone)

    def deadline(self, day: date | str, zone: str) -> str:
        """Return the end of a day, with weekday and zone."""
        return self("deadline", day=self.day(day), place=self.place(zone))

    def quarter(self, quarter: str) -> str:
        """Return ``segundo trimestre de 2023``."""
        year, _, number = quarter.partition("-Q")
        return self("quarter", ordinal=self(f"ordinal_{number}"), year=year)

    def listed(self, items: Iterable[str]) -> str:
        """Return ``a, b and c``."""
        *first, last = list(items) or [""]
        return ", ".join(first) + self("and") + last if first else last

    def status(self, status: str, assessment: str | None) -> str:
        return ", ".join(self(one) for one in (status, assessment) if one)


def _day(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


def phrases_of(language: str, *paths: Path) -> Phrases:
    """Return the phrases of a language that stand in some files; English where there are none in it."""
    texts: dict[str, Mapping[str, Forms]] = {}
    for path in (SHARED, *paths):
        texts |= catalogue(path)
    return Phrases(language if language in LANGUAGES else "en", texts)


def in_language(wording: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Return a plan text and its language: the reader's where there is one, else the plan's own."""
    found = language if language in wording else next(key for key in wording if key != "unofficial")
    return str(wording[found]), found


def capital(text: str) -> str:
    """Return a text whose first letter is a capital."""
    return text[:1].upper() + text[1:]


def shortened(text: str, longest: int) -> str:
    """Return a text cut at a word, so that a letter about many activities can still be read."""
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,;:.") + " …"
