"""The four drawings of time: planned against actual, dates that slip, one date's trend, statuses and lag by quarter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.documents import charts
from tracker.documents.charts import STACKED
from tracker.documents.drawings import LETTER, Drawing, spanning
from tracker.events.dates import last_day
from tracker.web import labels
from tracker.web.language import _, day_words, n_, occurred_words

View = dict[str, Any]

COLUMN, LANE, SIDE = 58, 30, 150


def planned_against_actual(quarters: list[View], windows: list[View]) -> Drawing:
    """Draw one lane for each window there was, the last one filled, and one with the status of each quarter."""
    lanes = len(windows) + 1
    words = (
        _("No window is in the plan.")
        if not windows
        else n_("One window was planned.", "{count} windows were planned one after another.", len(windows))
    )
    made = Drawing(
        _("Planned against actual, by quarter"),
        words + " " + _("The last lane shows how it stood at each quarter's end; the table says the same."),
        SIDE + COLUMN * len(quarters) + 10,
        LANE * lanes + 46,
    )
    for number, one in enumerate(quarters):
        x = SIDE + number * COLUMN
        made.line(x, 24, x, LANE * lanes + 30, "grid")
        made.text(x + COLUMN / 2, 16, occurred_words(one["quarter"]), "small", "middle")
    names = [one["quarter"] for one in quarters]
    for lane, window in enumerate(windows):
        y, is_last = 30 + lane * LANE, lane == len(windows) - 1
        said = _("planned now") if is_last else _("planned at first") if lane == 0 else _("then planned")
        made.text(4, y + 17, f"{lane + 1}  {said}")
        first, last = names.index(window["new"]["from"]), names.index(window["new"]["to"])
        look = "solid" if is_last else "open dashed"
        made.rect(SIDE + first * COLUMN + 3, y + 4, (last - first + 1) * COLUMN - 6, LANE - 12, look)
    y = 30 + len(windows) * LANE
    made.text(4, y + 17, _("how it stood"))
    for number, one in enumerate(quarters):
        if one["status"] and not one["withdrawn"]:
            _status(made, SIDE + (number + 0.5) * COLUMN, y + 12, one["status"])
    return made


def _status(made: Drawing, x: float, y: float, status: str) -> None:
    """Draw the shape of a status, as the marks on pages have it."""
    match status:
        case "completed":
            made.circle(x, y, "solid", 8)
            made.path(f"M{x - 3.5:g} {y:g}l2.5 2.5 4.5-5", "cut")
        case "in_progress":
            made.circle(x, y, "open", 7.5)
            made.path(f"M{x:g} {y - 7.5:g}a7.5 7.5 0 0 1 0 15z", "solid")
        case "on_hold":
            made.line(x - 3.5, y - 6, x - 3.5, y + 6, "thick")
            made.line(x + 3.5, y - 6, x + 3.5, y + 6, "thick")
        case "discontinued":
            made.circle(x, y, "open", 7.5)
            made.path(f"M{x - 3:g} {y - 3:g}l6 6m0-6l-6 6", "stroke")
        case _:
            made.circle(x, y, "open", 7.5)


def slips(items: Sequence[tuple[str, View]], today: str) -> Drawing:
    """Draw a line for each ``(name, trend)``."""
    meaning = (
        _("One line for each date: a ring where it was first promised, a tick for each later promise,")
        + " "
        + _("a diamond where it stands now; a square where it was reached or held.")
    )
    words = (_("Dates that moved"), meaning, _("no date in the plan"))
    return charts.slips(items, today, words, occurred_words)


def one_slip(one: View, today: str) -> Drawing:
    """Draw when something was promised for against when that was said; on the slanting line both are one day."""
    size, left, top = 360, 90, 20
    ended = one["ended_on"]
    moved = moved_words(one["slipped_days"]) if one["slipped_days"] else ""
    made = Drawing(
        _("The trend of its date"),
        n_("It was promised once.", "It was promised {count} times.", len(one["points"]))
        + (f" {_('From the first to the last promise: {moved}.', moved=moved)}" if moved else "")
        + (f" {_('The square: it came on {day}.', day=day_words(ended))}" if ended else "")
        + f" {_('On the slanting line it was promised for the very day.')}",
        left + size + 20,
        top + size + 46,
    )
    said = [point["stands_on"] for point in one["points"]]
    until = ended or today
    promised = [point["new_day"] for point in one["points"]]
    across = spanning([*said, *promised, until], left, left + size)
    up = spanning([*said, *promised, until], top + size, top)
    for place, words in across.ticks(occurred_words, 5):
        made.line(place, top, place, top + size, "grid")
        made.text(place, top + size + 18, words, "small", "middle")
    for place, words in up.ticks(occurred_words, 7):
        made.line(left, place, left + size, place, "grid")
        made.text(left - 6, place + 4, words, "small", "end")
    made.text(left + size / 2, top + size + 38, _("when it was said"), "small", "middle")
    made.text(left - 6, top - 8, _("promised for"), "small", "end")
    made.line(left, top + size, left + size, top, "today")
    places = [(across.at(point["stands_on"]), up.at(point["new_day"])) for point in one["points"]]
    trail = []
    for number, (x, y) in enumerate(places):
        trail += ([(x, places[number - 1][1])] if number else []) + [(x, y)]
    made.polyline([*trail, (across.at(min(until, across.last.isoformat())), places[-1][1])], "trend")
    for number, (x, y) in enumerate(places, start=1):
        made.circle(x, y, "dot", 9)
        made.text(x, y + 4, str(number), "number", "middle")
    if ended:
        made.rect(across.at(ended) - 5, up.at(ended) - 5, 10, 10, "solid")
    return made


def by_quarter(days: list[View]) -> Drawing:
    """Draw two bars for each day: what was known on it, and what is known of it now, the statuses stacked."""
    wide, high, left = 74, 220, 46
    most = max((sum(_kept(one["as_known_now"])) for one in days), default=0) or 1
    most = max(most, *(sum(_kept(one["as_known_then"])) for one in days), 1)
    made = Drawing(
        _("How the activities stood at the end of each quarter"),
        _("Two bars for each day: on the left what was known that day, on the right what is known of it now.")
        + " "
        + _("The table holds the numbers."),
        left + wide * len(days) + 10,
        high + 76,
    )
    ground = high + 20
    for share in (0, 0.25, 0.5, 0.75, 1):
        made.line(left, ground - share * high, left + wide * len(days), ground - share * high, "grid")
        made.text(left - 6, ground - share * high + 4, f"{round(share * most)}", "small", "end")
    for number, one in enumerate(days):
        x = left + number * wide + 8
        made.text(x + 29, ground + 34, occurred_words(one["quarter"]), "small", "middle")
        if one["on"] != last_day(one["quarter"]).isoformat():
            made.text(x + 29, ground + 50, _("so far"), "small", "middle")
        for side, (name, word) in enumerate((("as_known_then", _("then")), ("as_known_now", _("now")))):
            made.text(x + side * 31 + 13, ground + 16, word, "tiny", "middle")
            top = float(ground)
            if one[name] is None:
                made.text(x + side * 31 + 13, ground - 6, "?", "label", "middle")
            for status, count in zip(STACKED, _kept(one[name]), strict=True):
                tall = count / most * high
                if count:
                    made.bar(x + side * 31, top - tall, 26, tall, status)
                if tall >= 15:
                    made.text(x + side * 31 + 13, top - tall / 2 + 4, str(count), f"count {status}", "middle")
                top -= tall
    return made


def _kept(counts: View | None) -> list[int]:
    return [counts[status] if counts else 0 for status in STACKED]


def legend() -> Drawing:
    """Draw what the bars are filled with."""
    made = Drawing(_("What the bars mean"), ", ".join(_(labels.STATUS[one]) for one in STACKED), 640, 24)
    x = 4.0
    for status in STACKED:
        words = _(labels.STATUS[status])
        made.bar(x, 5, 16, 14, status)
        made.text(x + 22, 17, words, "small")
        x += 40 + len(words) * LETTER
    made.width = x
    return made


def lag_by_quarter(lags: list[View]) -> Drawing:
    """Draw for each quarter how many days passed before half, and nine in ten, of what happened were recorded."""
    wide, high, left = 74, 130, 46
    most = max((one["p90"] for one in lags), default=0) or 1
    made = Drawing(
        _("Days from happening to recording, by the quarter in which it happened"),
        _("Two bars for each quarter: the days within which half of it was recorded, and nine in ten."),
        left + wide * max(len(lags), 1) + 10,
        high + 66,
    )
    ground = high + 24
    made.line(left, ground, left + wide * len(lags), ground, "grid")
    for number, one in enumerate(lags):
        x = left + number * wide + 8
        made.text(x + 29, ground + 34, occurred_words(one["quarter"]), "small", "middle")
        for side, (name, word) in enumerate((("median", _("half")), ("p90", _("9 of 10")))):
            tall = one[name] / most * high
            made.bar(
                x + side * 31, ground - tall, 26, tall, "completed" if name == "median" else "in_progress"
            )
            made.text(x + side * 31 + 13, ground - tall - 5, str(one[name]), "small", "middle")
            made.text(x + side * 31 + 13, ground + 16, word, "tiny", "middle")
    return made


def moved_words(days: int | None) -> str:
    """Return by how much a date moved: ``61 days later``."""
    if not days:
        return _("not at all") if days == 0 else ""
    words = _("{count} days later") if days > 0 else _("{count} days earlier")
    return (
        words.format(count=abs(days))
        if abs(days) != 1
        else words.format(count=1).replace(_("days"), _("day"))
    )
