"""Words and dates as pages say them. Every string of the interface passes through ``_`` on its way to a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_day_names
from markupsafe import Markup, escape

from tracker.country_names import commission_in, country_in
from tracker.events.countries import COUNTRIES
from tracker.languages import _, colon_in, day_in, locale, n_, semicolon_in, spoken, unaccented, zone_in

__all__ = ["_", "n_", "spoken"]

QUARTER = re.compile(r"(\d{4})-Q([1-4])")
QUARTER_PATTERNS = {"en": "QQQ y", "es": "QQQQ 'de' y", "fr": "QQQQ y"}


def html_(text: str, /, **operands: object) -> Markup:
    """Return a text with operands that may be markup; everything else is escaped."""
    return Markup(escape(text)).format(**operands)  # noqa: S704 - escaped on the spot, operands by format


def day_words(day: date | str) -> str:
    """Return a day as ``15 June 2023``, ``15 de junio de 2023``, ``1er juin 2023``."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return day_in(spoken(), day)


def weekday_words(day: date) -> str:
    """Return ``Monday``."""
    return str(get_day_names("wide", "stand-alone", locale())[day.weekday()])


def month_words(day: date) -> str:
    """Return ``May 2023``, ``mayo de 2023``."""
    return format_skeleton("yMMMM", day, locale=locale())


def quarter_words(year: int, number: int) -> str:
    """Return ``Q2 2023``, ``2.º trimestre de 2023``, ``2e trimestre 2023``."""
    return format_date(date(year, 3 * number, 1), QUARTER_PATTERNS[spoken()], locale())


def occurred_words(said: str) -> str:
    """Return a date in the precision in which it was said: ``16 May 2023``, ``May 2023``, ``Q2 2023``, ``2023``."""
    if match := QUARTER.fullmatch(said):
        return quarter_words(int(match[1]), int(match[2]))
    parts = said.split("-")
    if len(parts) == 3:
        return day_words(said)
    return month_words(date(int(parts[0]), int(parts[1]), 1)) if len(parts) == 2 else said


def instant_words(instant: datetime | str, zone: str) -> str:
    """Return an instant as ``15 June 2023, 18:00`` in ``zone``."""
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    local = moment.astimezone(ZoneInfo(zone))
    return f"{day_words(local.date())}, {local:%H:%M}"


def wall_words(said: str) -> str:
    """Return a wall time as ``22 June 2023, 15:00``, as it was said."""
    moment = datetime.fromisoformat(said)
    return f"{day_words(moment.date())}, {moment:%H:%M}"


def zone_words(zone: str) -> str:
    """Return the time of a zone by its city: ``Geneva time``, ``hora de Ginebra``."""
    return zone_in(spoken(), zone)


def window_words(window: Mapping[str, Any]) -> str:
    """Return a span of quarters: ``Q1 2023``, ``Q1 to Q2 2023``, ``2023``, ``2022 to 2024``."""
    first, last = str(window["from"]), str(window["to"])
    if first == last:
        return occurred_words(first)
    if first.endswith("Q1") and last.endswith("Q4"):
        return first[:4] if first[:4] == last[:4] else _("{first} to {last}", first=first[:4], last=last[:4])
    if first[:4] == last[:4] and (begun := QUARTER.fullmatch(first)):
        pattern = QUARTER_PATTERNS[spoken()].split(maxsplit=1)[0]
        first_words = format_date(date(int(begun[1]), 3 * int(begun[2]), 1), pattern, locale())
        if spoken() == "fr":
            first_words = first_words.removesuffix(" trimestre")
    else:
        first_words = occurred_words(first)
    return _("{begins} to {ends}", begins=first_words, ends=occurred_words(last))


def colon() -> str:
    """Return what stands between a label and what it says; some languages have a space before it."""
    return colon_in(spoken())


def semicolon() -> str:
    return semicolon_in(spoken())


def commission_words(commission: str) -> str:
    return commission_in(spoken(), commission)


def country_words(code: str) -> str:
    """Return what the United Nations calls a country, by its ISO 3166-1 code."""
    return country_in(spoken(), code)


def language_words(code: str) -> str:
    """Return the name of a language by its code, the code where it has none."""
    return str(locale().languages.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Return ``(code, name)`` of the countries and territories of ISO 3166-1, by name."""
    return sorted(((code, country_words(code)) for code in COUNTRIES), key=lambda pair: unaccented(pair[1]))


def due_words(due: str | Mapping[str, Any]) -> str:
    return occurred_words(due) if isinstance(due, str) else window_words(due)


def capital(text: str) -> str:
    """Return a text with its first letter a capital and all others as they are."""
    return text[:1].upper() + text[1:]


def text_of(wording: str | Mapping[str, Any] | None, languages: list[str]) -> tuple[str, str | None, bool]:
    """Return the text of a wording, its language, and whether it is official there.

    The reader's language comes first where the wording has it, then ``languages``. A plain title has none: None.
    """
    if not isinstance(wording, Mapping):
        return wording or "", None, True
    liked = (spoken(), *languages, *wording)
    found = next((one for one in liked if one in wording and one != "unofficial"), None)
    if found is None:
        return "", None, True
    return str(wording[found]), found, found not in (wording.get("unofficial") or ())
