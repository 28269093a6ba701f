"""Correcting, withdrawing and removing: what an entry says now, who may amend it, and what an amendment would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from tracker.database import Transaction
from tracker.errors import NotFoundError, TrackerError
from tracker.events.append import Decision
from tracker.events.catalogue import CATALOGUE, EntryRetracted, TextRedacted
from tracker.events.event import Event, Wish
from tracker.events.intake import read_wishes
from tracker.events.reading import read_event, read_subject, read_texts
from tracker.events.sealing import Sealer, reveal, seals_in
from tracker.events.shapes import to_json
from tracker.events.vocabulary import Sealed
from tracker.projections.history import differences
from tracker.web.differences import Line, lines
from tracker.web.event_fields import Field, data_lines, data_of, fields_of
from tracker.web.field_labels import FIELDS
from tracker.web.language import _, occurred_words
from tracker.web.readers import runtime
from tracker.web.visits import Visit
from tracker.workplan.amending import FIXED
from tracker.workplan.folding import is_amending, living
from tracker.workplan.rights import permitted


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that may be amended: as recorded, and as it stands after the corrections so far, texts revealed.

    ``now`` is None where it was withdrawn.
    """

    event: Event
    now: Mapping[str, Any] | None
    texts: Mapping[str, str]
    """``{JSON pointer: text}`` of its free texts that are still there."""
    version: int

    @property
    def declared(self) -> Any:
        return CATALOGUE[self.event.type].data

    def values(self) -> dict[str, str]:
        """Return what the form to correct it begins with, by field."""
        if self.now is None:
            return {}
        found = {f"data/{one.name}": one.value for one in self.fields()}
        return {"occurred_on": self.now["occurred_on"], "reason": self.now.get("reason") or "", **found}

    def fields(self) -> list[Field]:
        return fields_of(self.declared, (self.now or {})["data"], is_form=True)

    def wished(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the data of the correction that a form asks for: only what differs from how it stands."""
        if self.now is None:
            return {}
        before, made = self.values(), {}
        for name in ("occurred_on", "reason"):
            said = form.get(name, "").replace("\r\n", "\n").strip()
            if said and said != before[name]:
                made[name] = said
        was, now = (self._data(one) for one in (before, form))
        return made | ({"data": now} if now != was else {})

    def _data(self, form: Mapping[str, str]) -> dict[str, Any]:
        inside = {
            name.removeprefix("data/"): value for name, value in form.items() if name.startswith("data/")
        }
        return data_of(self.declared, inside, (self.now or {})["data"])

    def changes(self, here: Visit, wished: Mapping[str, Any]) -> list[Line]:
        """Return what a correction changes of the entry itself, old beside new."""
        if self.now is None:
            return []
        made = []
        if said := wished.get("occurred_on"):
            made.append(Line(_("happened"), occurred_words(self.now["occurred_on"]), occurred_words(said)))
        if said := wished.get("reason"):
            made.append(Line(_("its reason"), self.now.get("reason"), said))
        if "data" in wished:
            made += data_lines(self.declared, here, self.now["data"], wished["data"])
        return made


def entry_at(here: Visit, position: int) -> Entry:
    """Return an entry with how it stands now."""
    tx = here.answer.tx
    event = read_event(tx, here.id, position)
    events = read_subject(tx, here.id, event.subject)
    found = next((one.event for one in living(events, here.zone) if one.event.position == position), None)
    stored = to_json(event)
    seals = dict(seals_in(stored))
    kept = read_texts(tx, here.id, seals.values())
    now = None
    if found is not None:
        raw = {"occurred_on": found.occurred_on, "data": to_json(found.data)}
        now = here.reveal(raw | ({"reason": to_json(found.reason)} if found.reason else {}))
    texts = {pointer: kept[sha256] for pointer, sha256 in seals.items() if sha256 in kept}
    return Entry(event, now, texts, events[-1].version)


def field_words(pointer: str) -> str:
    """Return what the field of a pointer is called: ``/data/note``, ``/reason``, ``/data/names/es``."""
    parts = [part for part in pointer.split("/") if part in FIELDS and part != "data"]
    return _(FIELDS[parts[-1]]) if parts else pointer


def ways(here: Visit, entry: Entry) -> frozenset[str]:
    """Return which of ``correct``, ``withdraw`` and ``remove`` this reader may do with an entry, here and now."""
    if here.moment.is_past:
        return frozenset()
    event, found = entry.event, set()
    is_open = not is_amending(event) and event.type not in FIXED and entry.now is not None
    if is_open and _may(here, event, EntryRetracted(event.position)):
        found |= {"correct", "withdraw"}
    authority = Sealed("0" * 64)
    if entry.texts and _may(here, event, TextRedacted(event.position, "/", authority)):
        found.add("remove")
    return frozenset(found)


def ways_at(here: Visit, position: int) -> frozenset[str]:
    """Return the same of the entry at a position."""
    return ways(here, entry_at(here, position))


def _may(here: Visit, event: Event, data: EntryRetracted | TextRedacted) -> bool:
    try:
        permitted(here.principal, Wish(event.subject, data), here.answer.plan, lambda _position: event)
    except TrackerError:
        return False
    return True


# --------------------------------------------------------------------------------------------------- a rehearsal


class _RehearsedError(Exception):
    """Ends an append before anything of it is kept."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision


def rehearse(here: Visit, body: dict[str, Any]) -> list[Line] | None:
    """Judge a request as if it were recorded, and return what it would change of its subject, None for nothing at all.

    Raises:
        RuleError, ConflictError, DeniedError, UnavailableError: it would be refused.
    """
    sealer = Sealer()
    wishes, _is_many = read_wishes(body, sealer)

    def stop(_tx: Transaction, decision: Decision) -> NoReturn:
        raise _RehearsedError(decision)

    try:
        runtime().wish(here.id, wishes, here.principal, "web", sealer=sealer, alongside=stop)
    except _RehearsedError as seen:
        return _effect(here, body["subject"], seen.decision, sealer)
    return None


def _effect(here: Visit, subject: str, decision: Decision, sealer: Sealer) -> list[Line] | None:
    if not decision.events:
        return None
    before = here.answer.plan.standing(subject)
    states = [
        None if one is None or one.state is None else to_json(one.state)
        for one in (before, decision.outcome[-1])
    ]
    texts = dict(read_texts(here.answer.tx, here.id, [sha256 for _at, sha256 in seals_in(states)]))
    texts |= {sha256: text for sha256, (_salt, text) in sealer.texts.items()}
    old, new = (reveal(state, texts, []) for state in states)
    if new is None:
        return []
    return lines(differences(old, new), here, new)


def subject_of(here: Visit, position: int) -> str:
    """Return the subject of an entry.

    Raises:
        NotFoundError: there is no such entry.
    """
    try:
        return read_event(here.answer.tx, here.id, position).subject
    except NotFoundError as error:
        raise NotFoundError(_("The plan has no entry {position}."), position=position) from error
