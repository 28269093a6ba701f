"""The three questions: how it is, how it was as we knew it then (``as_of``), and as we know it (``effective_on``).

A question is resolved to a position, and perhaps a day, once; everything else follows from these two.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.errors import MomentError
from tracker.events.dates import local_day
from tracker.events.reading import LogEnd, position_at, recorded_at
from tracker.projections.question_words import in_words
from tracker.workplan.root import Workplan

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMBER = re.compile(r"[0-9]{1,18}")
DURATION = re.compile(
    r"[-+]?P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=.)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?"
)
SPELLINGS = (
    "`now`, a date, an instant with its offset, `position:431`, `moment:<slug>` or a duration such as `-P3M`"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A resolved question.

    ``instant`` is the one that ``as_of`` means, None where it means now or a position. ``day`` is the day that overdue
    and ages are computed for; ``effective`` the day asked about as we know it at ``position``, or None. ``language`` is
    that of ``words``.
    """

    as_of: str | None
    effective_on: str | None
    position: int
    recorded_at: str
    zone: str
    day: date
    effective: date | None
    is_now: bool
    instant: datetime | None = None
    language: str = "en"

    @property
    def is_whole_day(self) -> bool:
        """Whether it asks about the end of a day, however that was spelt."""
        return (
            self.instant is not None
            and (self.instant + timedelta(microseconds=1)).astimezone(ZoneInfo(self.zone)).time() == time()
        )

    @property
    def words(self) -> str:
        """The question in words, as answers say it."""
        known = None if self.is_now else self.instant or self.position
        return in_words(self.language, self.zone, known, self.effective, is_day=self.is_whole_day)

    def as_json(self) -> dict[str, object]:
        return {
            "as_of": self.as_of,
            "effective_on": self.effective_on,
            "position": self.position,
            "recorded_at": self.recorded_at,
            "zone": self.zone,
            "words": self.words,
        }


def resolve(
    tx: Transaction,
    end: LogEnd,
    workplan: Workplan,
    now: datetime,
    as_of: str | None = None,
    effective_on: str | None = None,
) -> Question:
    """Resolve a question against the log.

    Raises:
        MomentError: a moment is misspelt, in the future, or before the log began.
    """
    now = max(
        now, datetime.fromisoformat(end.recorded_at)
    )  # what is recorded is no future, whatever the clock says
    position, instant = _position(tx, end, workplan, now, (as_of or "now").strip())
    at = recorded_at(tx, end.workplan, position)
    is_now = instant is None and not (as_of or "").strip().startswith("position:")
    known_on = local_day(
        now if is_now else datetime.fromisoformat(at) if instant is None else instant, workplan.zone
    )
    effective = _day(workplan, now, effective_on.strip()) if effective_on else None
    return Question(
        as_of=as_of,
        effective_on=effective_on,
        position=position,
        recorded_at=at,
        zone=workplan.zone,
        day=effective or known_on,
        effective=effective,
        is_now=is_now,
        instant=instant,
    )


def _position(
    tx: Transaction, end: LogEnd, workplan: Workplan, now: datetime, said: str
) -> tuple[int, datetime | None]:
    """Return the position a spelling of ``as_of`` means, and its instant unless it means the head or a position."""
    if said == "now":
        return end.position, None
    if said.startswith("position:"):
        return position_of(end, said, "as_of"), None
    instant = instant_of(workplan, now, said, "as_of")
    if instant is None:
        return end.position, None
    position = position_at(tx, end.workplan, instant_text(instant))
    if position == 0:
        raise before_the_log(tx, end, workplan, instant, said)
    return position, instant


def position_of(end: LogEnd, said: str, field: str) -> int:
    """Return the position that ``position:N`` names.

    Raises:
        MomentError: the log has no such entry.
    """
    number = said.removeprefix("position:")
    if not NUMBER.fullmatch(number) or not 1 <= int(number) <= end.position:
        raise MomentError(
            "the log has no entry {number}",
            number=number[:40],
            field=field,
            value=said,
            way_out=f"Positions run from 1 to {end.position}.",
        )
    return int(number)


def before_the_log(
    tx: Transaction, end: LogEnd, workplan: Workplan, instant: datetime, said: str
) -> MomentError:
    began = local_day(datetime.fromisoformat(recorded_at(tx, end.workplan, 1)), workplan.zone)
    day = local_day(instant, workplan.zone).isoformat()
    return MomentError(
        "the log began on {began}: nothing was known here on {day}",
        began=began.isoformat(),
        day=day,
        field="as_of",
        value=said,
        way_out=f"Ask for that day as we know it now: effective_on={day}.",
        details={"began": began.isoformat(), "query": {"effective_on": day}},
    )


def instant_of(workplan: Workplan, now: datetime, said: str, field: str) -> datetime | None:
    """Return the instant that a spelling other than a position means; None where it means now.

    Raises:
        MomentError: it is misspelt, unknown or in the future.
    """
    zone = ZoneInfo(workplan.zone)
    if said.startswith("moment:"):
        slug = said.removeprefix("moment:")
        named = {moment.slug: moment.at for moment in workplan.moments}
        if slug not in named:
            known = ", ".join(named) or "none yet"
            raise MomentError(
                "no moment is called {slug}",
                slug=slug,
                field=field,
                value=said,
                way_out=f"Named moments: {known}.",
            )
        said = named[slug]
    if DAY.fullmatch(said):
        day = _calendar_day(said, field)
        today = now.astimezone(zone).date()
        if day == today:
            return None
        if day > today:
            raise _future(workplan, now, said, field)
        return (
            datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(microseconds=1)
        ).astimezone(UTC)
    if match := DURATION.fullmatch(said):
        return _back(workplan, now, match, said, field)
    try:
        instant = datetime.fromisoformat(said.replace(" ", "+") if "T" in said else said)
        in_utc = instant.astimezone(UTC) if instant.tzinfo and said.isprintable() else None
    except (ValueError, OverflowError):  # or an offset leads out of the calendar
        in_utc = None
    if in_utc is None:
        raise MomentError(
            "`{said}` names no moment", said=said, field=field, value=said, way_out=f"Give {SPELLINGS}."
        )
    if in_utc > now:
        raise _future(workplan, now, said, field)
    return in_utc


def _calendar_day(said: str, field: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise MomentError(
            "{said} is no day of the calendar",
            said=said,
            field=field,
            value=said,
            way_out=f"Give {SPELLINGS}.",
        ) from error


def _future(workplan: Workplan, now: datetime, said: str, field: str) -> MomentError:
    today = local_day(now, workplan.zone)
    return MomentError(
        "{said} lies in the future: nothing is known of it",
        said=said,
        field=field,
        value=said,
        way_out=f"Ask for now, or for a day up to today, {today} in {workplan.zone}.",
        details={"query": {}, "latest": today.isoformat()},
    )


def _back(workplan: Workplan, now: datetime, match: re.Match[str], said: str, field: str) -> datetime:
    """Go back by the calendar and the clock of the workplan's zone: a day before noon is noon, also across a change."""
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if said.startswith("+"):
        raise _future(workplan, now, said, field)
    local = now.astimezone(ZoneInfo(workplan.zone))
    year, month = divmod(local.year * 12 + local.month - 1 - years * 12 - months, 12)
    try:
        day = min(local.day, calendar.monthrange(year, month + 1)[1])
        back = local.replace(year=year, month=month + 1, day=day) - timedelta(weeks=weeks, days=days)
        return back.astimezone(UTC) - timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError) as error:
        raise MomentError(
            "{said} reaches before the calendar",
            said=said,
            field=field,
            value=said,
            way_out=f"The plan begins on {workplan.first_day}: go back less, or give a date.",
        ) from error


def _day(workplan: Workplan, now: datetime, said: str) -> date:
    today = local_day(now, workplan.zone)
    if DAY.fullmatch(said):
        day = _calendar_day(said, "effective_on")
    elif said.startswith("position:") or said == "now":
        raise MomentError(
            "`effective_on` asks about a day, not about {said}",
            said=said,
            field="effective_on",
            value=said,
            way_out="Give a date, `moment:<slug>` or a duration such as `-P3M`.",
        )
    else:
        instant = instant_of(workplan, now, said, "effective_on")
        day = today if instant is None else local_day(instant, workplan.zone)
    if day > today:
        raise _future(workplan, now, said, "effective_on")
    return day
