"""Hypothesis strategies made from the catalogue's declarations: valid data of every event type, as it is posted."""

from __future__ import annotations

import os
import string
import unicodedata
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, cast, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from tracker.events.catalogue import CATALOGUE
from tracker.events.schemas import CONTROL
from tracker.events.shapes import is_literal, json_name, strip_annotated
from tracker.events.vocabulary import SLUG, SUBJECT_ID, ZONES, Rule, Sealed, Window

EXAMPLES = int(os.environ.get("TEST_EXAMPLES", "5"))
"""How many examples of each event type a test looks at; more by the environment."""
PRINTABLE = st.sampled_from(string.ascii_letters + string.digits + " .,:;/?#[]@!$&'()*+=%_~|{}-\t\n")
WRITTEN = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"])
SAFE = 2**53 - 1
PLAIN = {SLUG, SUBJECT_ID, r"[A-Za-z0-9-]+", r"[0-9A-Za-z]+([.-][0-9A-Za-z]+)*"}


def texts(longest: int = 40) -> st.SearchStrategy[str]:
    """Return texts as people write them: any script, composed, not blank, without control characters."""
    said = st.text(PRINTABLE | WRITTEN, min_size=1, max_size=longest)
    composed = said.map(lambda text: unicodedata.normalize("NFC", text))
    return composed.filter(lambda text: bool(text.strip()) and not CONTROL.search(text))


def wordings() -> st.SearchStrategy[dict[str, Any]]:
    by_language = st.dictionaries(
        st.sampled_from(["es", "en", "fr", "pt-BR", "ar"]), texts(), min_size=1, max_size=3
    )
    return by_language.flatmap(
        lambda said: st.one_of(
            st.just(said),
            st.lists(st.sampled_from(sorted(said)), max_size=2, unique=True).map(
                lambda ours: said | {"unofficial": ours}
            ),
        )
    )


def ruled(rule: Rule | None) -> st.SearchStrategy[str]:
    if rule is None or (rule.pattern and rule.pattern.startswith(r"[\s\S]")):
        return texts()
    if rule.pattern is None:
        return st.sampled_from(sorted(ZONES))
    fitting = st.from_regex(
        rule.pattern, fullmatch=True, alphabet=string.ascii_letters + string.digits + "/:.-()"
    )
    return fitting.filter(lambda said: len(said) <= rule.longest and (rule.test is None or rule.test(said)))


DATES = st.one_of(
    st.dates().map(lambda day: day.isoformat()),
    st.builds("{:04}-{:02}".format, st.integers(1900, 2100), st.integers(1, 12)),
    st.builds("{:04}-Q{}".format, st.integers(1900, 2100), st.integers(1, 4)),
    st.builds("{:04}".format, st.integers(1900, 2100)),
)
TIMES = st.datetimes().map(lambda time: time.isoformat(timespec="minutes"))
QUICK = {  # by what a rule says; patterns of dates alone would hardly ever hit one
    "a day, month": DATES,
    "a day such as `2023-06-15`": st.dates().map(lambda day: day.isoformat()),
    "a quarter such as": st.builds("{:04}-Q{}".format, st.integers(2022, 2024), st.integers(1, 4)),
    "a local time": st.one_of(TIMES, TIMES.map(lambda said: f"{said}+02:00")),
    "a day such as `2023-06-15` or": st.one_of(st.dates().map(str), TIMES.map(lambda said: f"{said}:00Z")),
}


def said_by(hint: Any) -> st.SearchStrategy[Any]:
    """Return what JSON may stand for a value of a declared type."""
    bare, notes = strip_annotated(hint)
    rule = next((note for note in notes if isinstance(note, Rule)), None)
    if "wording" in notes:
        return wordings()
    if bare is Sealed:
        return texts()
    if bare is bool:
        return st.booleans()
    if bare is int:
        return st.integers(
            -SAFE if rule is None or rule.minimum is None else rule.minimum,
            SAFE if rule is None or rule.maximum is None else rule.maximum,
        )
    if bare is str:
        chosen = [made for words, made in QUICK.items() if rule and rule.words.startswith(words)]
        return _valid(chosen[-1], rule) if chosen and rule else ruled(rule)
    if is_literal(bare):
        return st.sampled_from(get_args(bare))
    if get_origin(bare) is tuple:
        return st.lists(said_by(get_args(bare)[0]), max_size=3)
    if get_origin(bare) is dict:
        key, value = get_args(bare)
        if value is Any:
            return st.just({})
        if Sealed in get_args(value):
            return wordings()
        return st.dictionaries(said_by(key), said_by(value), max_size=3)
    if bare is Window:
        return st.lists(QUICK["a quarter such as"], min_size=2, max_size=2).map(
            lambda two: {"from": min(two), "to": max(two)}
        )
    if is_dataclass(bare):
        return record(cast("Any", bare))
    if Sealed in get_args(bare):
        return texts()
    return st.one_of([said_by(one) for one in get_args(bare) if one is not type(None)])


def _valid(made: st.SearchStrategy[str], rule: Rule) -> st.SearchStrategy[str]:
    return made.filter(lambda said: rule.test is None or rule.test(said))


@cache
def record(cls: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Return JSON objects for a declared dataclass; what may be left out sometimes is."""
    hints = get_type_hints(cls, include_extras=True)
    needed: dict[str, st.SearchStrategy[Any]] = {}
    free: dict[str, st.SearchStrategy[Any]] = {}
    for one in fields(cls):
        (needed if one.default is MISSING else free)[json_name(one.name)] = said_by(hints[one.name])
    return st.fixed_dictionaries(needed, optional=free)


def data_of(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return valid data of an event type, as it is posted."""
    return record(CATALOGUE[kind].data)


SUBJECTS = {
    "workplan": "workplan",
    "entity": "entity/oim",
    "commitment": "commitment/4",
    "workstream": "workstream/3",
    "activity": "activity/3.2",
    "milestone": "milestone/first-draft",
    "product": "product/practical-guide",
    "session": "session/gcm-talks-1",
    "review": "review/africa",
    "round": "round/2023-Q2",
    "any": "activity/3.2",
}


@st.composite
def posted(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Return one event of a type as the write door takes it."""
    made: dict[str, Any] = {
        "type": kind,
        "subject": SUBJECTS[CATALOGUE[kind].kind],
        "data": draw(data_of(kind)),
    }
    if draw(st.booleans()):
        made["occurred_on"] = draw(_valid(DATES, Rule("", test=lambda said: "1900" < said[:4] < "2100")))
    if draw(st.booleans()):
        made["reason"] = draw(texts())
    if draw(st.booleans()):
        made["entity"] = draw(st.sampled_from(["oim", "oms"]))
    return made


def profile() -> st.SearchStrategy[Any]:
    """Return JSON values within the profile that is stored: composed texts, ASCII keys, safe integers, no floats."""
    any_text = st.text(st.characters(exclude_categories=["Cs"])).map(
        lambda text: unicodedata.normalize("NFC", text)
    )
    leaf = st.none() | st.booleans() | st.integers(-SAFE, SAFE) | any_text
    keys = st.text(st.characters(max_codepoint=127), max_size=8)
    return st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=20,
    )


HOSTILE: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2**53,
        10**400,
        2.5,
        48.0,
        float("inf"),
        float("nan"),
        "",
        " ",
        "\u00a0",
        "\x00",
        "a\x00b",
        "\ud800",
        "\u202e",
        "e\u0301",
        "x" * 9000,
        "0000-Q1",
        "9999-Q4",
        "\uff12\uff10\uff12\uff13-Q2",
        "0001-01-01T00:00+14:00",
        "9999-12-31",
        "{field}",
        "' OR 1=1 --",
        [],
        {},
        [[]],
        [{}],
        [None],
        {"sha256": "0" * 64},
        {"sha256": ["a"]},
        {"es": {}},
        {"unofficial": [{}]},
        {"": ""},
        {"value": "x"},
        {"key": {"value": []}},
        {"from": "2023-Q4", "to": "2023-Q1"},
    ]
)
"""What a request may hold instead of what it should."""


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in plain JSON."""
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*at, key))


@st.composite
def spoilt(draw: st.DrawFn, kind: str) -> Any:
    """Return an event of a type with a hostile value somewhere, in a key or in a value."""
    said = deepcopy(draw(posted(kind)))
    *outer, last = draw(st.sampled_from([at for at in places(said) if at]))
    inside: Any = said
    for key in outer:
        inside = inside[key]
    is_new = draw(st.integers(0, 3)) == 0
    if isinstance(inside, dict) and is_new:
        inside[draw(st.sampled_from(["extra", "", "é", "\x00", "a/b~c", "value", "key", "sha256"]))] = draw(
            HOSTILE
        )
    else:
        inside[last] = draw(HOSTILE)
    return said
