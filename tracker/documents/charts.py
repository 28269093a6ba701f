"""The charts of documents and of pages about readiness: statuses by objective, dates that moved, reporting rates.

Each reads in black and white, stands beside its numbers, and has words for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tracker.documents.drawings import LETTER, Drawing, shortened, spanning
from tracker.phrases import Phrases

View = dict[str, Any]
STACKED = ("completed", "in_progress", "on_hold", "discontinued", "not_started")
"""The order of statuses in a bar, from the ground up."""
SHOWN = {"expected": "not_started", "reported": "in_progress", "on_time": "completed"}
"""What is counted of a round, and the filling of its bar."""


def by_objective(counts: Mapping[int, Mapping[str, int]], say: Phrases) -> Drawing:
    """Draw a column for each objective, the statuses of its activities stacked."""
    wide, high, left, top = 27, 130, 34, 40
    most = max((sum(one.values()) for one in counts.values()), default=0) or 1
    made = Drawing(
        say("chart_objectives"),
        say(
            "chart_objectives_words",
            count=sum(1 for one in counts.values() if sum(one.values())),
            all=len(counts),
        ),
        left + wide * len(counts) + 10,
        top + high + 24,
    )
    _legend(made, [(one, say(f"status_{one}")) for one in STACKED], left)
    ground = top + high
    _scale(made, most, left, left + wide * len(counts), ground, high)
    for number, (objective, statuses) in enumerate(counts.items()):
        x, level = left + number * wide + 4, float(ground)
        made.text(x + 9.5, ground + 15, str(objective), "small", "middle")
        for status in STACKED:
            tall = statuses.get(status, 0) / most * high
            if tall:
                made.bar(x, level - tall, 19, tall, status)
            level -= tall
    return made


def by_round(rounds: Sequence[View], say: Phrases) -> Drawing:
    """Draw for each quarter what was expected, what was reported, and what of it in time."""
    wide, high, left, top = 66, 120, 34, 40
    most = max((one["expected"] for one in rounds), default=0) or 1
    made = Drawing(
        say("chart_rates"), say("chart_rates_words"), left + wide * max(len(rounds), 7) + 10, top + high + 24
    )
    _legend(made, [(filling, say(f"rate_{name}")) for name, filling in SHOWN.items()], left)
    ground = top + high
    _scale(made, most, left, left + wide * len(rounds), ground, high)
    for number, one in enumerate(rounds):
        x = left + number * wide + 5
        made.text(x + 27, ground + 15, quarter_words(one["quarter"], say), "small", "middle")
        for side, (name, filling) in enumerate(SHOWN.items()):
            tall = one[name] / most * high
            made.bar(x + side * 18, ground - tall, 16, tall, filling)
            made.text(x + side * 18 + 8, ground - tall - 3, str(one[name]), "tiny", "middle")
    return made


def quarter_words(quarter: str, say: Phrases) -> str:
    """Return ``Q2 2023`` as the language writes it in few letters."""
    year, _, number = quarter.partition("-Q")
    return say("short_quarter", number=number, year=year)


def slips(
    items: Sequence[tuple[str, View]],
    today: str,
    words: tuple[str, str, str],
    quarter_of: Callable[[str], str],
    side: int = 240,
) -> Drawing:
    """Draw a line for each ``(name, trend)``: open where first promised, a tick for each move, filled for now.

    ``words`` are the title, what the marks mean, and what is said where no date is in the plan.
    """
    title, meaning, no_date = words
    made = Drawing(title, meaning, side + 620, 34 * len(items) + 50)
    days = [point["new_day"] for _name, one in items for point in one["points"]]
    days += [one["ended_on"] for _name, one in items if one["ended_on"]]
    scale = spanning([*days, today] if days else [today], side + 10, side + 600)
    for place, said in scale.ticks(quarter_of):
        made.line(place, 26, place, made.height - 10, "grid")
        made.text(place, 16, said, "small", "middle")
    if scale.first.isoformat() <= today <= scale.last.isoformat():
        made.line(scale.at(today), 24, scale.at(today), made.height - 10, "today")
    for number, (name, one) in enumerate(items):
        y = 48 + number * 34
        made.text(4, y + 4, shortened(name))
        if not one["points"]:
            made.text(side + 10, y + 4, no_date, "small")
            continue
        places = [scale.at(point["new_day"]) for point in one["points"]]
        made.line(min(places), y, max(places), y, "stroke")
        for place in places[1:-1]:
            made.line(place, y - 7, place, y + 7, "stroke")
        made.circle(places[0], y, "open", 6)
        if len(places) > 1:
            made.diamond(places[-1], y, "solid")
        if one["ended_on"]:
            made.rect(scale.at(one["ended_on"]) - 4, y + 7, 8, 8, "solid")
    return made


def _scale(made: Drawing, most: int, left: float, right: float, ground: float, high: float) -> None:
    steps = sorted({round(most * share / 4) for share in range(5)})
    for step in steps:
        y = ground - step / most * high
        made.line(left, y, right, y, "grid")
        made.text(left - 6, y + 4, str(step), "small", "end")


def _legend(made: Drawing, items: Iterable[tuple[str, str]], left: float) -> None:
    x = left
    for filling, words in items:
        made.bar(x, 4, 16, 14, filling)
        made.text(x + 21, 16, words, "small")
        x += 36 + len(words) * LETTER
    made.width = max(made.width, x)
