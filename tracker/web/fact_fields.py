"""What the forms on pages ask, and the data that their answers mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import available_timezones

from tracker.events.dates import quarter_of, quarters_between
from tracker.web import labels
from tracker.web.language import _, colon, countries, occurred_words, text_of
from tracker.workplan.activity import Activity
from tracker.workplan.appointing import leading
from tracker.workplan.commitment import Commitment
from tracker.workplan.entity import Entity
from tracker.workplan.review import Review
from tracker.workplan.session import Session
from tracker.workplan.workstream import Workstream

if TYPE_CHECKING:
    from tracker.web.visits import Visit

Kind = Literal[
    "text",
    "long",
    "address",
    "choice",
    "several",
    "codes",
    "day",
    "date",
    "wall",
    "zone",
    "counts",
    "window",
    "wording",
    "choose_yes",
]
"""``codes`` are several words in one line, ``date`` a day, month, quarter or year, ``wall`` a local time,
``counts`` one group and its number a line, ``window`` two quarters, ``wording`` a text of the plan by language,
``choose_yes`` yes or no."""
Option = tuple[str, str]
ENVELOPE = ("occurred_on", "reason", "entity", "decided_at")
"""Fields that stand beside the data."""
LONGEST_SLUG = 60


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that a form asks. ``name`` is the field of the data, or beside it, that the answer fills.

    ``hint`` is the name of what helps to answer.
    """

    name: str
    kind: Kind
    label: str
    hint: str = ""
    is_needed: bool = False
    options: Callable[[Visit], list[Option]] | None = None
    languages: tuple[str, ...] = ("es", "en", "fr")
    """Of a wording, the plan's own first; what is given in the others is not official."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its inputs."""
        match self.kind:
            case "window":
                return (f"{self.name}/from", f"{self.name}/to")
            case "wording":
                return tuple(f"{self.name}/{language}" for language in self.languages)
            case _:
                return (self.name,)


def value_of(ask: Ask, said: Mapping[str, list[str]]) -> Any:
    """Return what was answered as the data says it, None for nothing. Nonsense is passed on, to be refused there."""
    lines = ["\n".join(said.get(part, ())).replace("\r\n", "\n").strip() for part in ask.parts]
    first = lines[0]
    match ask.kind:
        case "several":
            return [one for one in said.get(ask.name, ()) if one]
        case "codes":
            return [one for one in re.split(r"[\s,;]+", first) if one]
        case "counts":
            return dict(_count(line) for line in first.split("\n") if line.strip()) or None
        case "window":
            first, last = (one or other for one, other in (lines, reversed(lines)))
            return {"from": first, "to": last} if first else None
        case "wording":
            texts = {language: text for language, text in zip(ask.languages, lines, strict=True) if text}
            ours = [language for language in texts if language != ask.languages[0]]
            return (texts | ({"unofficial": ours} if ours else {})) or None
        case "choose_yes":
            return {"yes": True, "no": False}.get(first)
        case _:
            return first or None


def _count(line: str) -> tuple[str, Any]:
    """Return ``("member-states", 40)`` of ``Member States: 40``; a program's own words stay as they are."""
    name, _colon, number = line.rpartition(":")
    number = number.strip()
    return slug_of(name), int(number) if number.isdecimal() and len(number) < 10 else number


def shown(ask: Ask, value: Any, languages: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the inputs of a form that stand for a value of the data."""
    if value is None or value == []:
        return {}
    match ask.kind:
        case "several":
            return {ask.name: [str(one) for one in value]}
        case "codes":
            return {ask.name: [", ".join(value)]}
        case "counts":
            return {ask.name: ["\n".join(f"{name}: {count}" for name, count in value.items())]}
        case "window":
            return {f"{ask.name}/{end}": [value[end]] for end in ("from", "to")}
        case "wording":
            texts = value if isinstance(value, Mapping) else {ask.languages[0]: value}
            return {f"{ask.name}/{one}": [str(texts[one])] for one in ask.languages if texts.get(one)}
        case "choose_yes":
            return {ask.name: ["yes" if value else "no"]}
        case "date" if isinstance(value, Mapping):
            return {}  # a window, which a date cannot spell
        case _:
            return {ask.name: [text_of(value, list(languages))[0]]}


def slug_of(said: str) -> str:
    """Return words as lower-case ASCII with hyphens; empty where nothing of them is Latin."""
    plain = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_SLUG].strip("-")


# ----------------------------------------------------------------------------------------------------- options


def chosen_from(table: Mapping[str, str]) -> Callable[[Visit], list[Option]]:
    return lambda _here: [(value, _(words)) for value, words in table.items()]


def workstreams(here: Visit) -> list[Option]:
    found = here.answer.plan.all("workstream", Workstream)
    return [(one.id, f"{one.number} {here.text(one.title)}") for one in found if not one.withdrawn]


def activities(here: Visit) -> list[Option]:
    found = here.answer.plan.all("activity", Activity)
    return [(one.id, f"{one.number} {here.text(one.text)[:90]}") for one in found if not one.withdrawn]


def entities(here: Visit) -> list[Option]:
    found = [(one.id, here.name(one.id)) for one in here.answer.plan.all("entity", Entity) if not one.retired]
    return sorted(found, key=lambda pair: pair[1].casefold())


def meetings(here: Visit) -> list[Option]:
    """Return the sessions and regional reviews that were held, the latest first: something may be decided there."""
    plan = here.answer.plan
    held = [
        (one.held_on or "", f"session/{one.id}")
        for one in plan.all("session", Session)
        if one.status == "held"
    ]
    held += [
        (one.held_on or "", f"review/{one.id}") for one in plan.all("review", Review) if one.status == "held"
    ]
    held.sort(reverse=True)
    return [(subject, f"{occurred_words(day)}{colon()}{here.words_of(subject)}") for day, subject in held]


def quarters(here: Visit) -> list[Option]:
    """Return the quarters from the plan's first to a year and a half after its last."""
    last = f"{here.root.last_day.year + 1}-Q4"
    return [(one, occurred_words(one)) for one in quarters_between(quarter_of(here.root.first_day), last)]


def nations(_here: Visit) -> list[Option]:
    return countries()


def objectives(_here: Visit) -> list[Option]:
    return [(str(number), str(number)) for number in range(1, 24)]


def zones(_here: Visit) -> list[Option]:
    """Return the zones that are named for a place."""
    areas = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return [(one, one) for one in sorted(available_timezones()) if one.startswith(areas)]


def leads(here: Visit) -> list[Option]:
    """Return the entities that lead a workstream or an activity."""
    found = dict.fromkeys(
        one for stream in here.answer.plan.all("workstream", Workstream) for one in leading(stream)
    )
    return sorted(((one, here.name(one)) for one in found), key=lambda pair: pair[1].casefold())


def commitments(here: Visit) -> list[Option]:
    found = here.answer.plan.all("commitment", Commitment)
    return [(one.id, f"{one.id} {here.text(one.text)[:90]}") for one in found]


SESSION_KINDS, PRODUCT_KINDS = chosen_from(labels.SESSION), chosen_from(labels.PRODUCT)
LEVELS, REGIONS, MODES, RULES = (
    chosen_from(one) for one in (labels.LEVEL, labels.REGION, labels.MODE, labels.RULE)
)
STATUSES, ASSESSMENTS, NATURES, LINKS, OUTCOMES = (
    chosen_from(one) for one in (labels.STATUS, labels.ASSESSMENT, labels.NATURE, labels.LINK, labels.OUTCOME)
)
CATEGORIES, COMPONENTS, ENTITY_KINDS, EVIDENCE = (
    chosen_from(one) for one in (labels.CATEGORY, labels.COMPONENT, labels.ENTITY, labels.EVIDENCE)
)
MATERIALS, LOOKED = chosen_from(labels.MATERIAL), chosen_from(labels.LOOKED)


# --------------------------------------------------------------------------------- what many forms ask, and a form

SAID_ON = Ask("occurred_on", "date", "When this was decided", "date")
DONE_ON = Ask("occurred_on", "date", "When it happened", "date")
WHY = Ask("reason", "long", "Why", "why", is_needed=True)
DECIDED_AT = Ask("decided_at", "choice", "Decided at", options=meetings)

State = Mapping[str, Any]
"""A subject as its page shows it."""


@dataclass(frozen=True, slots=True)
class FactForm:
    """A form that records one event. ``title`` is what it does, ``fits`` whether it is offered for a subject as it is.

    One that founds its subject is offered where no subject is; ``also`` says that it may be about one there is, too.
    """

    way: str
    event: str
    kind: str
    title: str
    asks: tuple[Ask, ...]
    fits: Callable[[State], bool] = lambda _state: True
    founds: bool = False
    also: bool = False
    needs: frozenset[str] = frozenset()
    """Fields of which at least one has to be answered."""
    spread: str = ""
    """The answer whose parts are fields of the data themselves."""
    role: str = ""
    """Who alone is offered it, where others could record it in another way."""
