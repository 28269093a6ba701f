"""A question in words, in three languages: ``on 15 March 2023, as we knew it on 15 June 2023, end of day, …``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from tracker.languages import LANGUAGES, day_in, zone_in

Phrase = Literal["now", "entry", "day", "instant", "effective"]

WORDS: dict[str, dict[Phrase, str]] = {
    "en": {
        "now": "as we know it now",
        "entry": "as we knew it at entry {position}",
        "day": "as we knew it on {day}, end of day, {zone}",
        "instant": "as we knew it on {day}, {time}, {zone}",
        "effective": "on {day}, {known}",
    },
    "es": {
        "now": "tal como lo sabemos ahora",
        "entry": "tal como lo sabíamos en el asiento {position}",
        "day": "tal como lo sabíamos el {day}, al final del día, {zone}",
        "instant": "tal como lo sabíamos el {day}, {time}, {zone}",
        "effective": "el {day}, {known}",
    },
    "fr": {
        "now": "tel que nous le savons maintenant",
        "entry": "tel que nous le savions à l’inscription {position}",
        "day": "tel que nous le savions le {day}, à la fin de la journée, {zone}",
        "instant": "tel que nous le savions le {day}, {time}, {zone}",
        "effective": "le {day}, {known}",
    },
}


def in_words(
    language: str, zone: str, known: int | datetime | None, effective: date | None, *, is_day: bool
) -> str:
    """Return a question in words; ``known`` is an entry, an instant (with ``is_day`` the end of a day), or None: now.

    An unknown language reads English.
    """
    language = language if language in LANGUAGES else "en"
    words = WORDS[language]
    if known is None:
        said = words["now"]
    elif isinstance(known, int):
        said = words["entry"].format(position=known)
    else:
        local = known.astimezone(ZoneInfo(zone))
        day = day_in(language, local.date())
        said = words["day" if is_day else "instant"].format(
            day=day, time=f"{local:%H:%M}", zone=zone_in(language, zone)
        )
    return words["effective"].format(day=day_in(language, effective), known=said) if effective else said
