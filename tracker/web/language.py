"""Words and dates as pages say them. Every string of the interface passes through ``_`` on its way to a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from markupsafe import Markup, escape

from tracker.events.countries import COUNTRIES

LANGUAGE = "en"
QUARTER = re.compile(r"(\d{4})-Q([1-4])")
MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _(text: str, /, **operands: object) -> str:
    """Return a text of the interface in the reader's language, its named places filled in."""
    return text.format(**operands) if operands else text


def n_(one: str, many: str, count: int, /, **operands: object) -> str:
    """Return the form of a text that fits ``count``, which is itself the operand ``count``."""
    return _(one if count == 1 else many, count=count, **operands)


def html_(text: str, /, **operands: object) -> Markup:
    """Return a text with operands that may be markup; everything else is escaped."""
    return Markup(escape(text)).format(**operands)  # noqa: S704 - escaped on the spot, operands by format


def day_words(day: date | str) -> str:
    """Return a day as ``15 June 2023``."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.day} {_(MONTHS[day.month - 1])} {day.year}"


def weekday_words(day: date) -> str:
    """Return ``Monday``."""
    return _(DAYS[day.weekday()])


def occurred_words(said: str) -> str:
    """Return a date in the precision in which it was said: ``16 May 2023``, ``May 2023``, ``Q2 2023``, ``2023``."""
    if match := QUARTER.fullmatch(said):
        return _("Q{number} {year}", number=match[2], year=match[1])
    parts = said.split("-")
    if len(parts) == 3:
        return day_words(said)
    return f"{_(MONTHS[int(parts[1]) - 1])} {parts[0]}" if len(parts) == 2 else said


def instant_words(instant: datetime | str, zone: str) -> str:
    """Return an instant as ``15 June 2023, 18:00`` in ``zone``."""
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    local = moment.astimezone(ZoneInfo(zone))
    return f"{day_words(local.date())}, {local:%H:%M}"


def wall_words(said: str) -> str:
    """Return a wall time as ``22 June 2023, 15:00``, as it was said."""
    moment = datetime.fromisoformat(said)
    return f"{day_words(moment.date())}, {moment:%H:%M}"


def window_words(window: Mapping[str, Any]) -> str:
    """Return a span of quarters: ``Q1 2023``, ``Q1 to Q2 2023``, ``2023``, ``2022 to 2024``."""
    first, last = str(window["from"]), str(window["to"])
    if first == last:
        return occurred_words(first)
    if first.endswith("Q1") and last.endswith("Q4"):
        return first[:4] if first[:4] == last[:4] else _("{first} to {last}", first=first[:4], last=last[:4])
    if first[:4] == last[:4]:
        return _("Q{first} to Q{last} {year}", first=first[-1], last=last[-1], year=first[:4])
    return _("{first} to {last}", first=occurred_words(first), last=occurred_words(last))


def country_words(code: str) -> str:
    """Return the name of a country by its ISO 3166-1 code."""
    return str(Locale.parse(LANGUAGE).territories.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Return ``(code, name)`` of the countries and territories of ISO 3166-1, by name."""
    return sorted(((code, country_words(code)) for code in COUNTRIES), key=lambda pair: pair[1])


def due_words(due: str | Mapping[str, Any]) -> str:
    return occurred_words(due) if isinstance(due, str) else window_words(due)


def capital(text: str) -> str:
    """Return a text with its first letter a capital and all others as they are."""
    return text[:1].upper() + text[1:]


def text_of(wording: str | Mapping[str, Any] | None, languages: list[str]) -> tuple[str, str | None, bool]:
    """Return the text of a wording in the first language it has, that language, and whether it is official there.

    A plain title has no language of its own: None.
    """
    if not isinstance(wording, Mapping):
        return wording or "", None, True
    found = next((one for one in (*languages, *wording) if one in wording and one != "unofficial"), None)
    if found is None:
        return "", None, True
    return str(wording[found]), found, found not in (wording.get("unofficial") or ())
