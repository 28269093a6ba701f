"""What a search leads to besides texts: an entry by its number; a country, region, objective or page by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tracker.country_names import names_in
from tracker.events.countries import COUNTRIES
from tracker.languages import LANGUAGES, unaccented
from tracker.plans.reference import objective_labels, region_labels, region_named
from tracker.web.language import _, country_words, spoken
from tracker.web.navigation import PLACES
from tracker.web.visits import Visit

OBJECTIVE = re.compile(r"(?:objective|objetivo|objectif)\s+(\d{1,2})")
Signpost = tuple[str, str]
"""Where it leads, and what that is."""


def signposts(here: Visit, said: str) -> list[Signpost]:
    """Return what is meant by a search whose words name it, in any of the languages."""
    words = unaccented(said.strip().casefold())
    found = (*_entry(here, words), *_country(here, words), *_region(here, words), *_objective(here, words))
    return [*found, *_pages(here, words)]


def _entry(here: Visit, words: str) -> Iterator[Signpost]:
    is_there = words.isdecimal() and 1 <= int(words[:12]) <= here.answer.question.position
    if is_there and here.may("history"):
        yield here.to("entry", position=int(words)), _("Entry {position}", position=int(words))


def _country(here: Visit, words: str) -> Iterator[Signpost]:
    if code := _countries().get(words):
        told = _("What the Network did in {country}", country=country_words(code))
        yield here.to("contributions_page", country=code), told


@cache
def _countries() -> dict[str, str]:
    """Return ``{name: code}``, as the United Nations call them and as people do."""
    named = [(name, code) for code in COUNTRIES for one in LANGUAGES for name in names_in(one, code)]
    return {unaccented(name.casefold()): code for name, code in named}


def _region(here: Visit, words: str) -> Iterator[Signpost]:
    if region := region_named(words):
        name = region_labels()[region][spoken()]
        if here.answer.plan.has(f"review/{region}"):
            yield here.to("review", id=region), _("Regional review: {region}", region=name)
        if here.may("details"):
            yield here.to("region_readiness", region=region), _("Readiness: {region}", region=name)


def _objective(here: Visit, words: str) -> Iterator[Signpost]:
    named = OBJECTIVE.fullmatch(words)
    for number, labels in objective_labels().items():
        if (named and int(named[1]) == number) or words in {
            unaccented(one.casefold()) for one in labels.values()
        }:
            told = f"{number} {labels[spoken()]}"
            yield here.to("plan", objective=number), _("Activities on objective {objective}", objective=told)
            yield (
                here.to("contributions_page", objective=number),
                _("What the Network did on objective {objective}", objective=told),
            )


def _pages(here: Visit, words: str) -> Iterator[Signpost]:
    for place in PLACES:
        for one in place.pages:
            if here.may(one.right) and len(words) > 2 and words in unaccented(_(one.label).casefold()):
                yield here.to(one.endpoint), _("The page “{name}”", name=_(one.label))
