"""From a form that records a fact, as it was filled in, to the request of the write door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from tracker.events.catalogue import CATALOGUE
from tracker.web.fact_fields import ENVELOPE, FactForm, slug_of, value_of
from tracker.web.fact_forms import DATA_NAMES
from tracker.web.visits import Visit
from tracker.workplan.commitment import Commitment

Said = Mapping[str, list[str]]
UNPRINTED = frozenset({"declaration_paragraphs", "notes"})
"""What is told of printed plans only; something added later has none of it."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form about a subject as it was filled in; ``state`` is the subject as its page shows it, None if it is new."""

    form: FactForm
    state: Mapping[str, Any] | None
    voices: list[tuple[str, str]]
    said: Said
    faults: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return "\n".join(self.said.get(name, ()))

    def has(self, name: str, value: str) -> bool:
        return value in self.said.get(name, ())

    @property
    def subject(self) -> str | None:
        return subject_of(self.form.kind, self.state["id"]) if self.state else None

    def request(self, here: Visit) -> dict[str, Any]:
        """Return the body for the write door that the form means."""
        answers = {ask.name: value_of(ask, self.said) for ask in self.form.asks}
        data = _data(
            {DATA_NAMES.get(name, name): said for name, said in answers.items() if name not in ENVELOPE},
            self.form.spread,
        )
        held = (self.state or {}).get("title")
        if held and data.get("title") == here.text(held):
            data["title"] = held  # in all its languages
        _keep_official(data, self.state or {})
        subject = self.subject or self._founded(here, data)
        if self.form.kind == "review":
            data.pop("region", None)
        # An empty list of a field that an event must have says: none. Elsewhere nothing was said.
        needed = {one.name for one in fields(CATALOGUE[self.form.event].data) if one.default is MISSING}
        kept = {name: said for name, said in data.items() if said or (said == [] and name in needed)}
        kept |= {name: [] for name in UNPRINTED & needed if name not in kept}
        if self.form.event == "EntityAdded":
            kept["printed"] = kept["printed"] or [here.text(kept.get("names"))]
        body: dict[str, Any] = {"type": self.form.event, "subject": subject, "data": kept}
        body |= {name: said for name in ENVELOPE if (said := answers.get(name))}
        if voice := self.value("voice"):
            body["entity"] = voice
        if self.value("version").isdecimal():
            body["expected_version"] = int(self.value("version"))
        return body

    def _founded(self, here: Visit, data: Mapping[str, Any]) -> str:
        """Return the subject that this founds: that of its first showing, else made of its number or its words."""
        if self.form.kind == "workplan":
            return "workplan"
        if self.form.kind == "review":
            return f"review/{data.get('region') or ''}"
        begins = self.value("id") or self._wished_id(here, data)
        if self.value("id"):
            return f"{self.form.kind}/{begins}"
        wished = (begins if number == 1 else f"{begins}-{number}" for number in range(1, 10_000))
        free = next(one for one in wished if not here.answer.plan.standing(f"{self.form.kind}/{one}"))
        return f"{self.form.kind}/{free}"

    def _wished_id(self, here: Visit, data: Mapping[str, Any]) -> str:
        match self.form.kind:
            case "activity" | "workstream":
                return str(data.get("number") or "")
            case "commitment":
                return str(len(here.answer.plan.all("commitment", Commitment)) + 1)
            case "entity":
                return (
                    slug_of(next(iter(data.get("printed") or ()), "") or here.text(data.get("names")))
                    or "entity"
                )
            case kind:
                return slug_of(here.text(data.get("title"))) or kind


def _data(answers: dict[str, Any], spread: str) -> dict[str, Any]:
    """Return answers as the data says them: those named ``tags/regions`` are inside of another, a link is evidence."""
    made: dict[str, Any] = answers.pop(spread, None) or {}
    url, kind = answers.pop("evidence_url", None), answers.pop("evidence_kind", None)
    if url:
        made["evidence"] = [{"kind": kind or "other", "url": url}]
    for name, said in answers.items():
        outer, _slash, inner = name.partition("/")
        if not inner:
            made[name] = said
        elif said is not None and said != []:
            made.setdefault(outer, {})[inner] = said
    return made


def _keep_official(data: dict[str, Any], held: Mapping[str, Any]) -> None:
    """Let a translation that stands as it was, and was official, stay so."""
    for name, said in data.items():
        stands = held.get(name)
        if isinstance(said, dict) and isinstance(stands, Mapping) and "unofficial" in said:
            official = {one for one in stands if one not in stands.get("unofficial", ())}
            kept = [one for one in said["unofficial"] if one not in official or said[one] != stands[one]]
            data[name] = {key: text for key, text in said.items() if key != "unofficial"} | (
                {"unofficial": kept} if kept else {}
            )


def subject_of(kind: str, id_: str | None) -> str:
    return f"{kind}/{id_}" if id_ else kind
