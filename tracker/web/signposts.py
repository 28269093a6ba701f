"""What a search leads to besides texts: an entry by its number; a country, region, objective or page by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tracker.country_names import commission_in, names_in
from tracker.events.countries import COUNTRIES
from tracker.languages import LANGUAGES, unaccented
from tracker.plans.reference import objective_labels, reference, region_labels, region_named
from tracker.web.language import _, country_words, spoken
from tracker.web.navigation import PLACES
from tracker.web.visits import Visit

OBJECTIVE = re.compile(r"(?:objective|objetivo|objectif)\s+(\d{1,2})")
SHORTEST = 3
"""Letters of a particle at most."""
Signpost = tuple[str, str]
"""Where it leads, and what that is."""


def signposts(here: Visit, said: str) -> list[Signpost]:
    """Return what is meant by a search whose words name it: pages in the language spoken, all else in any of ours."""
    words = _plain(said.strip())
    found = (
        *_entry(here, said.strip()),
        *_country(here, words),
        *_region(here, words),
        *_objective(here, words),
    )
    return [*found, *_pages(here, words)]


def _entry(here: Visit, said: str) -> Iterator[Signpost]:
    if here.may("history") and (position := here.entry_numbered(said)):
        yield here.to("entry", position=position), _("Entry {position}", position=position)


def _country(here: Visit, words: str) -> Iterator[Signpost]:
    if code := _countries().get(words):
        told = _("What the Network did in {country}", country=country_words(code))
        yield here.to("contributions_page", country=code), told


@cache
def _countries() -> dict[str, str]:
    """Return ``{name: code}``, as the United Nations call them and as people do."""
    named = [(name, code) for code in COUNTRIES for one in LANGUAGES for name in names_in(one, code)]
    return {_plain(name): code for name, code in named}


def _region(here: Visit, words: str) -> Iterator[Signpost]:
    if region := region_named(words) or _commissions().get(words):
        name = region_labels()[region][spoken()]
        if here.answer.plan.has(f"review/{region}"):
            yield here.to("review", id=region), _("Regional review: {region}", region=name)
        if here.may("details"):
            yield here.to("region_readiness", region=region), _("Readiness: {region}", region=name)


@cache
def _commissions() -> dict[str, str]:
    """Return ``{letters of a commission: region}``."""
    items = reference("regions").items
    return {_plain(commission_in(one, item["commission"])): item["id"] for item in items for one in LANGUAGES}


def _objective(here: Visit, words: str) -> Iterator[Signpost]:
    named = OBJECTIVE.fullmatch(words)
    for number, labels in objective_labels().items():
        if (named and int(named[1]) == number) or words in set(map(_plain, labels.values())):
            told = f"{number} {labels[spoken()]}"
            yield here.to("plan", objective=number), _("Activities on objective {objective}", objective=told)
            yield (
                here.to("contributions_page", objective=number),
                _("What the Network did on objective {objective}", objective=told),
            )


def _pages(here: Visit, words: str) -> Iterator[Signpost]:
    for place in PLACES:
        for one in place.pages:
            if here.may(one.right) and _begins(words, _plain(_(one.label))):
                yield here.to(one.endpoint), _("The page “{name}”", name=_(one.label))


def _begins(words: str, label: str) -> bool:
    """Return whether each word begins one of a label, and one of them is more than a particle."""
    asked, known = words.split(), label.split()
    is_telling = any(len(one) > SHORTEST for one in asked)
    return is_telling and all(any(there.startswith(one) for there in known) for one in asked)


def _plain(said: str) -> str:
    return unaccented(said.casefold()).replace("'", "’")
