"""What drawings are made of: marks with a place, a class for their look, and words for those who do not see them.

Every drawing stands beside a table of its numbers. Nothing in it is said by colour alone: what differs in kind differs
in shape or in stripes, so that it reads in black and white, and takes its ink from the page, light or dark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker.events.dates import first_day, last_day, quarter_of, quarters_between

LETTER = 7.2
"""About the width of a letter of a label, in the drawing's units."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One element: its tag, its attributes, its text."""

    tag: str
    attributes: dict[str, Any]
    text: str | None = None


@dataclass
class Drawing:
    """A drawing in the making. ``title`` names it, ``words`` say what it shows."""

    title: str
    words: str
    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str = "rule") -> None:
        self._add("line", look, x1=x1, y1=y1, x2=x2, y2=y2)

    def rect(self, x: float, y: float, width: float, height: float, look: str) -> None:
        self._add("rect", look, x=x, y=y, width=max(width, 0.5), height=max(height, 0.5))

    def bar(self, x: float, y: float, width: float, height: float, status: str) -> None:
        """Draw a bar filled as its status is: full, lying stripes, standing stripes, a cross, empty."""
        self.rect(x, y, width, height, "solid" if status == "completed" else "open")
        right, ground = x + width, y + height
        match status:
            case "in_progress":
                lines = [f"M{x:g} {ground - at:g}H{right:g}" for at in range(4, int(height), 4)]
            case "on_hold":
                lines = [f"M{x + at:g} {y:g}V{ground:g}" for at in range(4, int(width), 4)]
            case "discontinued":
                lines = [f"M{x:g} {y:g}L{right:g} {ground:g}M{right:g} {y:g}L{x:g} {ground:g}"]
            case _:
                lines = []
        if lines:
            self.path("".join(lines), "stripes")

    def circle(self, x: float, y: float, look: str, r: float = 5) -> None:
        self._add("circle", look, cx=x, cy=y, r=r)

    def path(self, steps: str, look: str) -> None:
        self._add("path", look, d=steps)

    def diamond(self, x: float, y: float, look: str, r: float = 6.5) -> None:
        self.path(f"M{x:g} {y - r:g}L{x + r:g} {y:g}L{x:g} {y + r:g}L{x - r:g} {y:g}Z", look)

    def polyline(self, points: Sequence[tuple[float, float]], look: str) -> None:
        self._add("polyline", look, points=" ".join(f"{x:g},{y:g}" for x, y in points))

    def text(self, x: float, y: float, said: str, look: str = "label", anchor: str = "start") -> None:
        made = {"class": look, "x": round(x, 1), "y": round(y, 1), "text-anchor": anchor}
        self.marks.append(Mark("text", made, said))

    def _add(self, tag: str, look: str, **places: Any) -> None:
        rounded = {name: round(at, 1) if isinstance(at, float) else at for name, at in places.items()}
        self.marks.append(Mark(tag, {"class": look, **rounded}))


@dataclass(frozen=True, slots=True)
class Scale:
    """Days on a line, from ``first`` at ``begins`` to ``last`` at ``ends``."""

    first: date
    last: date
    begins: float
    ends: float

    def at(self, day: str) -> float:
        share = (date.fromisoformat(day) - self.first).days / max((self.last - self.first).days, 1)
        return self.begins + share * (self.ends - self.begins)

    def ticks(self, words_of: Callable[[str], str], most: int = 8) -> list[tuple[float, str]]:
        """Return ``(place, words)`` of the beginnings of quarters, of some of them where there are many."""
        found = quarters_between(quarter_of(self.first), quarter_of(self.last))
        step = -(-len(found) // most)
        step = step if step <= 2 else 4 * -(-step // 4)
        kept = [one for one in found if (int(one[:4]) * 4 + int(one[-1]) - 1) % step == 0]
        return [
            (self.at(first_day(one).isoformat()), one[:4] if step >= 4 else words_of(one))
            for one in kept
            if first_day(one) >= self.first
        ]


def spanning(days: Sequence[str], begins: float, ends: float) -> Scale:
    """Return a scale from the beginning of the first day's quarter to the end of the last day's."""
    first, last = (date.fromisoformat(one) for one in (min(days), max(days)))
    return Scale(first_day(quarter_of(first)), last_day(quarter_of(last)), begins, ends)


def shortened(said: str, most: int = 30) -> str:
    return said if len(said) <= most else f"{said[: most - 1].rstrip()}…"
