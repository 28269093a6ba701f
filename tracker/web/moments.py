"""The moment a page shows: read from its address, said in its banner, carried by every link of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.errors import MomentError
from tracker.projections.questions import DAY, Question
from tracker.web.language import _, day_words, instant_words, zone_words
from tracker.workplan.root import Workplan

QUESTION = ("as_of", "effective_on")
THEN, NOW = "then", "now"


@dataclass(frozen=True, slots=True)
class Moment:
    """What a page shows.

    ``args`` go on every link of the plan; ``lasting`` make an address that shows the same for ever; ``began`` is the
    first day of the log where the day asked about lies before it; ``today`` is the latest day one can ask about.
    """

    question: Question
    args: dict[str, str]
    today: str
    title: str | None = None
    began: str | None = None

    @property
    def is_past(self) -> bool:
        return not self.question.is_now or self.question.effective is not None

    @property
    def lasting(self) -> dict[str, str]:
        fixed = {"as_of": f"position:{self.question.position}"}
        effective = self.question.effective
        return fixed | ({"effective_on": effective.isoformat()} if effective else {})

    @property
    def point(self) -> str:
        """The moment as one end of a comparison."""
        as_of, effective = self.args.get("as_of", "now"), self.args.get("effective_on")
        return f"{as_of}@{effective}" if effective else as_of

    @property
    def view(self) -> str:
        return NOW if self.question.effective else THEN

    @property
    def day(self) -> str:
        """The day to offer in the form."""
        return self.question.day.isoformat() if self.is_past else ""

    @property
    def known(self) -> str:
        """When it was known so, in words."""
        asked, zone = self.question.as_of or "", self.question.zone
        if DAY.fullmatch(asked):
            return _("{day}, end of day, {zone}", day=day_words(asked), zone=zone_words(zone))
        return _(
            "{instant}, {zone}", instant=instant_words(self.question.recorded_at, zone), zone=zone_words(zone)
        )

    @property
    def words(self) -> str:
        """The moment as a phrase: ``today``, ``15 June 2023 as we know it now``."""
        effective = self.question.effective
        if effective and self.question.is_now:
            return _("{day} as we know it now", day=day_words(effective))
        if effective:
            return _("{day} as we knew it on {known}", day=day_words(effective), known=self.known)
        return (
            _("today") if self.question.is_now else _("the plan as we knew it on {known}", known=self.known)
        )

    @property
    def banner(self) -> str:
        """The whole question in words."""
        effective = self.question.effective
        if self.began and effective:
            return _(
                "The log began on {began}; this is {day} as we know it now.",
                began=day_words(self.began),
                day=day_words(effective),
            )
        if effective and self.question.is_now:
            return _("You see the plan on {day}, as we know it now.", day=day_words(effective))
        if effective:
            return _(
                "You see the plan on {day}, as we knew it on {known}.",
                day=day_words(effective),
                known=self.known,
            )
        if self.title:
            return _(
                "You see the plan at “{title}”, as we knew it on {known}.", title=self.title, known=self.known
            )
        return _("You see the plan as we knew it on {known}.", known=self.known)


def asked_of(args: Mapping[str, str]) -> dict[str, str]:
    """Return the question in the query of an address."""
    return {name: args[name].strip() for name in QUESTION if args.get(name, "").strip()}


def named_in(question: Question, workplan: Workplan) -> str | None:
    """Return the title of the named moment that was asked about."""
    slug = (question.as_of or "").removeprefix("moment:")
    return next((one.title for one in workplan.moments if question.as_of and one.slug == slug), None)


def instead(error: MomentError, asked: Mapping[str, str]) -> dict[str, str] | None:
    """Return the question that can be answered where a day before the log was asked about, else None."""
    query = error.details.get("query")
    return dict(query) if query and "effective_on" not in asked else None
