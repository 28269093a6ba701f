"""The running system: settings, database, log and cache put together, and the one write path through them."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import blinker

from tracker.clock import Clock, SimulatedClock, new_id, utc_now
from tracker.database import Database, Transaction, open_database
from tracker.directory.principals import Principal
from tracker.directory.tokens import principal_again
from tracker.errors import NotFoundError, RuleError
from tracker.events.append import Appended, Decision, Head, Log, bump_rights
from tracker.events.catalogue import EntryCorrected, ReadinessSnapshotTaken, TextRedacted
from tracker.events.dates import local_day, parse_instant
from tracker.events.event import Event, Said, Wish
from tracker.events.intake import read_wishes, shape_correction
from tracker.events.ledger import Ledger, Removal, remove_text
from tracker.events.reading import LogEnd, end_of, read_event, read_subject, workplans
from tracker.events.sealing import Sealer, seals_in
from tracker.events.shapes import to_json
from tracker.events.vocabulary import Channel, Source
from tracker.projections.heads import Heads
from tracker.projections.past import plan_for
from tracker.projections.plan_cache import PlanCache
from tracker.projections.questions import Question, resolve
from tracker.projections.snapshots import freeze
from tracker.projections.standings import project
from tracker.projections.working_days import is_station, working_days
from tracker.settings import Settings
from tracker.workplan.docket import Place, pointing
from tracker.workplan.judging import Judged, judge
from tracker.workplan.plan import Plan, World
from tracker.workplan.rights import permitted
from tracker.workplan.root import Workplan

appended = blinker.Signal(
    "sent after the commit of an append, for what may be lost: caches, live feeds, metrics"
)


@dataclass(frozen=True, slots=True)
class View:
    """An answered question: the plan, the question and the end of the log it was resolved against.

    ``workplan`` is the workplan as it was then, ``present`` as it is: today's rights govern every view.
    """

    tx: Transaction
    end: LogEnd
    question: Question
    plan: Plan
    workplan: Workplan
    present: Workplan


@dataclass(slots=True)
class Runtime:
    """One process's way to the database. ``clock`` None means the real one."""

    settings: Settings
    database: Database
    clock: Clock | None = None
    cache: PlanCache = field(default_factory=PlanCache)
    heads: Heads = field(init=False)

    def __post_init__(self) -> None:
        self.heads = Heads(self.database)

    def now(self) -> datetime:
        return self.clock() if self.clock else utc_now()

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.settings.data_dir / "ledger.jsonl")

    @property
    def log(self) -> Log:
        return Log(self.database, (project, _redact), self.clock, self._announce)

    def _announce(self, done: Appended) -> None:
        self.heads.nudge()
        for receiver in appended.receivers_for(self):
            with contextlib.suppress(Exception):  # a committed append is never answered as a failure
                receiver(self, appended=done)

    def close(self) -> None:
        self.heads.close()
        self.database.close()

    # ------------------------------------------------------------------------------------------------- reading

    def workplan_ids(self) -> list[str]:
        with self.database.read() as tx:
            return workplans(tx)

    @contextlib.contextmanager
    def ask(
        self,
        workplan: str,
        as_of: str | None = None,
        effective_on: str | None = None,
        *,
        allow: Callable[[Transaction, Workplan], None] | None = None,
    ) -> Iterator[View]:
        """Open a snapshot and answer a question in it.

        ``allow`` is given the workplan as it is today before anything is resolved, and raises where the asker may not.

        Raises:
            NotFoundError: there is no such workplan.
            MomentError: the question cannot be resolved.
        """
        with self.database.read() as tx:
            end = end_of(tx, workplan)
            root = self._root(tx, end)
            if allow is not None:
                allow(tx, root)
            question = resolve(tx, end, root, self.now(), as_of, effective_on)
            plan = plan_for(tx, end, question, self.cache)
            yield View(tx, end, question, plan, plan.get("workplan", Workplan) or root, root)

    def _root(self, tx: Transaction, end: LogEnd) -> Workplan:
        plan = self.cache.plan(tx, end.workplan, end.generation, end.position)
        root = plan.get("workplan", Workplan)
        if root is None:
            raise RuleError("{workplan} is not adopted", workplan=end.workplan)
        return root

    # ------------------------------------------------------------------------------------------------- writing

    def submit(
        self,
        workplan: str,
        body: Any,
        principal: Principal,
        channel: Channel,
        key: str | None = None,
        *,
        source: Source | None = None,
        correlation_id: str | None = None,
        alongside: Callable[[Transaction, Decision], None] | None = None,
    ) -> Appended:
        """Take a request of the write door: validate, decide, append, all or nothing.

        ``alongside`` writes further rows in the same transaction (a letter's state, a draft's end).

        Raises:
            RuleError, ConflictError, DeniedError, NotFoundError, UnavailableError: nothing was written.
        """
        sealer = Sealer()
        wishes, _ = read_wishes(body, sealer, source)
        return self.wish(
            workplan,
            wishes,
            principal,
            channel,
            key,
            sealer=sealer,
            body=body,
            correlation_id=correlation_id,
            alongside=alongside,
        )

    def wish(
        self,
        workplan: str,
        wishes: list[Wish],
        principal: Principal,
        channel: Channel,
        key: str | None = None,
        *,
        sealer: Sealer | None = None,
        body: Any = None,
        correlation_id: str | None = None,
        alongside: Callable[[Transaction, Decision], None] | None = None,
        is_founding: bool = False,
    ) -> Appended:
        """Take wishes that are validated already."""
        sealer = sealer or Sealer()
        correlation = correlation_id or (new_id() if len(wishes) > 1 else None)
        said = Said(principal.actor, channel, key, correlation)

        def decide(tx: Transaction, head: Head) -> Decision:
            judged = self._judged(tx, head, wishes, principal, said, sealer)
            decision = Decision(judged.events, judged.placed_on, judged.standings)
            if alongside:
                alongside(tx, decision)
            removals[:] = _removals(tx, decision)
            return decision

        removals: list[Removal] = []
        done = self.log.append(workplan, said, decide, texts=sealer.texts, body=body, is_founding=is_founding)
        if removals and not done.is_repeat:
            self.ledger.add(removals)
        return done

    def _judged(
        self,
        tx: Transaction,
        head: Head,
        wishes: list[Wish],
        principal: Principal,
        said: Said,
        sealer: Sealer,
    ) -> Judged:
        workplan = head.workplan
        self._check_clock(workplan, wishes, tx, head)
        present = principal_again(tx, head.now, workplan, principal)
        plan = self.cache.plan(tx, workplan, head.generation, head.position)
        allowed = [
            pointing(index, len(wishes), permitted, present, wish, plan, lambda at: _target(tx, workplan, at))
            for index, wish in enumerate(wishes)
        ]
        prepared = [
            pointing(index, len(wishes), _prepared, tx, head, plan, wish, sealer)
            for index, wish in enumerate(allowed)
        ]
        place = Place(workplan, head.position, head.instant)
        world = _world(plan, head, prepared)
        return judge(prepared, said, place, world, lambda subject: read_subject(tx, workplan, subject))

    def rehearse(
        self,
        workplan: str,
        body: Any,
        principal: Principal,
        channel: Channel,
        wishes: list[Wish] | None = None,
    ) -> None:
        """Refuse as :meth:`submit` would now, or :meth:`wish` of ``wishes``. Nothing is written or locked."""
        sealer = Sealer()
        wishes = read_wishes(body, sealer)[0] if wishes is None else wishes
        with self.database.read() as tx:
            end = end_of(tx, workplan)
            now = max(self.now(), parse_instant(end.recorded_at) + timedelta(microseconds=1))
            head = Head(workplan, end.position, end.recorded_at, b"", end.rights, end.generation, now)
            self._judged(tx, head, wishes, principal, Said(principal.actor, channel), sealer)

    def _check_clock(self, workplan: str, wishes: list[Wish], tx: Transaction, head: Head) -> None:
        """Refuse to date entries of a real workplan by a clock that is set by hand."""
        if not isinstance(self.clock, SimulatedClock):
            return
        root = self.cache.plan(tx, workplan, head.generation, head.position).get("workplan", Workplan)
        adopted: Any = wishes[0].data if wishes else None
        if not (root.simulated if root else getattr(adopted, "simulated", False)):
            raise RuleError(
                "{workplan} is not simulated: its entries are dated by the real clock only",
                workplan=workplan,
                value=workplan,
                way_out="Adopt a workplan with `simulated: true` and write to that.",
            )

    def adopt(
        self, workplan: str, requests: Sequence[Mapping[str, Any]], *, simulated: bool = False
    ) -> Appended:
        """Found a workplan from the event requests of a plan document, in one append."""
        first, *rest = requests
        mark = "simulated-" if simulated else ""  # in the origin too, so that every signed head says it
        data = dict(first["data"]) | {"origin": f"workplan-tracker/{workplan}/{mark}{secrets.token_hex(8)}"}
        if simulated:
            data["simulated"] = True
        sealer = Sealer()
        wishes, _ = read_wishes([dict(first) | {"data": data}, *rest], sealer)
        from tracker.directory.principals import system  # noqa: PLC0415

        return self.wish(workplan, wishes, system("system:import"), "import", sealer=sealer, is_founding=True)

    @contextlib.contextmanager
    def directory(self, workplan: str | None = None) -> Iterator[Transaction]:
        """Open a transaction on the directory; whoever decided under the old rights decides again."""
        with self.database.write() as tx:
            yield tx
            bump_rights(tx, workplan)


def _world(plan: Plan, head: Head, wishes: list[Wish]) -> World:
    root = plan.get("workplan", Workplan)
    if root is None:
        adopted: Any = wishes[0].data
        root = Workplan(
            head.workplan, adopted.title, adopted.period, adopted.zone, adopted.origin, {}, False, False, ()
        )
    return World(
        plan=plan,
        now=head.now,
        today=local_day(head.now, root.zone),
        zone=root.zone,
        first_day=root.first_day,
        is_closed=root.closed,
        is_working_day=working_days(root),
        is_station=is_station,
    )


def _target(tx: Transaction, workplan: str, position: int) -> Event:
    """Return the entry that a wish amends.

    Raises:
        RuleError: there is none; what was asked for is there, what it names is not.
    """
    try:
        return read_event(tx, workplan, position)
    except NotFoundError as error:
        raise RuleError(
            "there is no entry {position}",
            position=position,
            field="/data/position",
            value=position,
            way_out="Read the subject's history for the positions of its entries.",
        ) from error


def _prepared(tx: Transaction, head: Head, plan: Plan, wish: Wish, sealer: Sealer) -> Wish:
    """Fill in what only the server knows: the shape of a correction's data, what a snapshot freezes."""
    match wish.data:
        case EntryCorrected(data=raw, position=position) if raw is not None:
            return shape_correction(wish, _target(tx, head.workplan, position), sealer)
        case ReadinessSnapshotTaken():
            return replace(wish, data=freeze(head, plan, wish))
        case _:
            return wish


def _removals(tx: Transaction, decision: Decision) -> list[Removal]:
    """Return what the ledger must remember of an append: the hashes of the texts that it redacts."""
    found = []
    for event in decision.events:
        if isinstance(event.data, TextRedacted):
            target = read_event(tx, event.workplan, event.data.position)
            found.append(Removal("redaction", dict(seals_in(to_json(target)))[event.data.field]))
    return found


def _redact(tx: Transaction, head: Head, decision: Decision) -> None:
    """Remove what the redactions of an append name; everywhere, because a text is read by its hash, not its place."""
    for removal in _removals(tx, decision):
        remove_text(tx, head.workplan, removal.id)


def build_runtime(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Open the database of an installation; the schema is brought up to date by ``migrate``, not here."""
    return Runtime(settings, open_database(settings.database_url), clock)
