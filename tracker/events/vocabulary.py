"""The shapes that event data is made of: scalars with their rules, and the small values many events share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Annotated, Any, Literal, get_args
from zoneinfo import available_timezones

from tracker.events import dates
from tracker.events.countries import COUNTRIES


@dataclass(frozen=True, slots=True)
class Rule:
    """What a plain value must be. ``test`` says whether a value that matches ``pattern`` is really one."""

    words: str
    pattern: str | None = None
    test: Callable[[str], bool] | None = None
    longest: int = 300
    minimum: int | None = None
    maximum: int | None = None


def _is_date(said: str) -> bool:
    """Say whether it is a date; the calendar's first and last year are not: a day before or after may not exist."""
    try:
        return MINYEAR < dates.last_day(said).year < MAXYEAR
    except ValueError:
        return False


def _is_wall_or_instant(said: str) -> bool:
    try:
        return MINYEAR < datetime.fromisoformat(said).year < MAXYEAR
    except ValueError:
        return False


def is_day_or_instant(said: str) -> bool:
    return _is_wall_or_instant(said) if "T" in said else is_day(said)


def is_day(said: str) -> bool:
    return bool(dates.DAY.fullmatch(said)) and _is_date(said)


def is_quarter(said: str) -> bool:
    return bool(dates.QUARTER.fullmatch(said)) and _is_date(said)


ZONES = frozenset(available_timezones())
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
SUBJECT_ID = r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*"
LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
QUARTER = r"(?!0000)[0-9]{4}-Q[1-4]"

Slug = Annotated[str, Rule("a slug: lower-case letters, digits and single hyphens", SLUG, longest=80)]
EntityId = Annotated[str, Rule("the id of an entity, a slug such as `oim`", SLUG, longest=80)]
WorkstreamId = Annotated[str, Rule("the id of a workstream, such as `3`", SUBJECT_ID, longest=40)]
ActivityId = Annotated[str, Rule("the id of an activity, such as `3.2`", SUBJECT_ID, longest=40)]
CommitmentId = Annotated[str, Rule("the id of a commitment, such as `4`", SUBJECT_ID, longest=40)]
PersonId = Annotated[str, Rule("the opaque id of a person", r"[A-Za-z0-9-]+", longest=80)]
Number = Annotated[
    str, Rule("a number as printed, such as `3` or `3.2`", r"[0-9A-Za-z]+([.-][0-9A-Za-z]+)*", longest=20)
]
Key = Annotated[str, Rule("the printed label of a sub-item, else 1, 2, 3", r"[A-Za-z0-9-]+", longest=20)]
Quarter = Annotated[str, Rule("a quarter such as `2023-Q2`", QUARTER, _is_date)]
Day = Annotated[str, Rule("a day such as `2023-06-15`", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", _is_date)]
Occurred = Annotated[
    str,
    Rule(
        "a day, month, quarter or year: `2023-05-16`, `2023-05`, `2023-Q2`, `2023`",
        r"[0-9Q-]{4,10}",
        _is_date,
    ),
]
Instant = Annotated[
    str,
    Rule(
        "an instant such as `2023-06-15T16:00:00Z`",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.+(Z|[+-][0-9]{2}:[0-9]{2})",
        _is_wall_or_instant,
    ),
]
WallTime = Annotated[
    str,
    Rule(
        "a local time in the zone given, `2023-06-22T15:00`, or one with an offset",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?",
        _is_wall_or_instant,
    ),
]
Zone = Annotated[str, Rule("a time zone such as `Europe/Zurich`", test=lambda said: said in ZONES)]
Url = Annotated[str, Rule("an http or https address", r"https?://[^\s<>\"]+", longest=2000)]
Country = Annotated[
    str, Rule("a country as ISO 3166-1 alpha-2, such as `KE`", r"[A-Z]{2}", lambda said: said in COUNTRIES)
]
Language = Annotated[str, Rule("a language tag such as `es`", LANGUAGE)]
Title = Annotated[str, Rule("a title of 1 to 300 characters", r"[\s\S]*\S[\s\S]*")]
Words = Annotated[str, Rule("text of 1 to 8000 characters", r"[\s\S]*\S[\s\S]*", longest=8000)]
Count = Annotated[int, Rule("a whole number, 0 or more", minimum=0, maximum=10**9)]
Objective = Annotated[
    str,
    Rule(
        "an objective from 1 to 23, with a letter if printed: `8`, `20(b)`",
        r"([1-9]|1[0-9]|2[0-3])(\([a-z]\))?",
    ),
]
Principle = Annotated[str, Rule("a guiding principle, `a` to `j`", r"[a-j]")]
Goal = Annotated[
    str,
    Rule("a Sustainable Development Goal, `1` to `17`, or target `10.7`", r"([1-9]|1[0-7])(\.[0-9a-z]+)?"),
]
Paragraph = Annotated[str, Rule("a paragraph number as printed", r"[0-9A-Za-z().]+", longest=20)]
Sha256 = Annotated[str, Rule("a SHA-256 in lower-case hex", r"[0-9a-f]{64}")]
GroupSlug = Annotated[str, Rule("a group as ASCII slug, such as `member-states`", SLUG, longest=80)]
LanguageKey = Annotated[str, Rule("a language tag such as `es`", LANGUAGE)]

Wording = Annotated[dict[str, str | tuple[str, ...]], "wording"]
"""Plan wording by language, ``{"es": ..., "en": ..., "unofficial": ["en"]}``; the workplan's own language first."""

Region = Literal["africa", "arab-states", "asia-pacific", "unece", "lac"]
Status = Literal["not_started", "in_progress", "on_hold", "completed", "discontinued"]
Assessment = Literal["on_track", "at_risk", "delayed"]
Nature = Literal["deliverable", "continuing", "on_demand", "yearly"]
LinkKind = Literal["same_as", "feeds", "follows", "uses"]
EntityKind = Literal[
    "un_entity",
    "intergovernmental",
    "civil_society",
    "academia",
    "private_sector",
    "government_network",
    "human_rights_body",
    "group",
    "person",
    "other",
]
SessionKind = Literal[
    "gcm_talks",
    "quarterly_meeting",
    "annual_meeting",
    "principals_update",
    "member_state_briefing",
    "consultation",
    "dialogue",
    "peer_exchange",
    "workshop",
    "training",
    "launch",
    "side_event",
    "external_event",
]
ProductKind = Literal[
    "guidance", "tool", "training", "publication", "platform", "dataset", "campaign", "other"
]
Level = Literal["global", "regional", "national"]
EvidenceKind = Literal[
    "hub_product",
    "hub_practice",
    "pledge",
    "mptf_project",
    "voluntary_report",
    "meeting_record",
    "publication",
    "other",
]
Channel = Literal["api", "web", "link", "cli", "import", "system"]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text that may have to be removed one day: its salted hash stands here, the text beside the log."""

    sha256: Sha256


@dataclass(frozen=True, slots=True)
class Window:
    """A planned span of quarters, both included. A trailing underscore is not part of a name in JSON."""

    from_: Quarter
    to: Quarter


@dataclass(frozen=True, slots=True)
class Subitem:
    """A part of an activity as printed; without a printed label it is known by its place, 1, 2, 3."""

    text: Wording
    label: Key | None = None


@dataclass(frozen=True, slots=True)
class TargetPart:
    """A named share of a target: one periodic dialogue, one ad hoc."""

    label: Wording
    count: Count
    entity: EntityId | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What an activity's text promises in numbers: ``min`` to ``max`` of a unit."""

    id: Slug
    min: Count
    unit: Wording
    max: Count | None = None
    parts: tuple[TargetPart, ...] | None = None


@dataclass(frozen=True, slots=True)
class Tags:
    """Classification. A field that is absent is unknown; an empty list means that none applies."""

    objectives: tuple[Objective, ...] | None = None
    principles: tuple[Principle, ...] | None = None
    sdgs: tuple[Goal, ...] | None = None
    mptf_areas: tuple[Count, ...] | None = None
    paragraphs: tuple[Paragraph, ...] | None = None
    regions: tuple[Region, ...] | None = None
    countries: tuple[Country, ...] | None = None
    entities: tuple[EntityId, ...] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A link to what shows that something was done. There are links, no uploads."""

    kind: EvidenceKind
    url: Url
    title: Title | None = None
    country: Country | None = None


@dataclass(frozen=True, slots=True)
class Champion:
    """A country that champions the Compact, and since when."""

    from_: Occurred | None = None
    to: Occurred | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One date on which a round's letters go out."""

    step: Slug
    on: Day


@dataclass(frozen=True, slots=True)
class OnBehalfOf:
    """Whose voice a report is when somebody else writes it down."""

    entity: EntityId
    by: Literal["mail", "meeting", "phone", "document"]
    received_on: Day


@dataclass(frozen=True, slots=True)
class Source:
    """The row of the file that an entry was imported from."""

    name: Title
    sha256: Sha256
    row: Count


REVIEW = "review/(africa|arab-states|asia-pacific|unece|lac)"
SUBJECT_PATTERN = (
    rf"workplan|entity/{SLUG}|(commitment|workstream|activity)/{SUBJECT_ID}|(milestone|product|session)/{SLUG}"
    rf"|{REVIEW}|round/{QUARTER}"
)


def field_rules() -> dict[str, Rule]:
    """Return the rules of the envelope's own fields."""
    return {
        "subject": Rule("a subject such as `activity/3.2`", SUBJECT_PATTERN, longest=90),
        "occurred_on": _rule(Occurred),
        "reason": _rule(Words),
        "entity": _rule(EntityId),
        "decided_at": Rule(
            "the session or regional review in which it was decided, such as `session/principals-1`",
            rf"session/{SLUG}|{REVIEW}",
        ),
    }


def _rule(hint: Any) -> Rule:
    found: Rule = get_args(hint)[1]
    return found
