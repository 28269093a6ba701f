"""A workplan as one document, and the requests that found the plan it describes; knows neither files nor formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tracker.workplan.document_faults import Fault, faults_of

Item = Mapping[str, Any]
"""One thing of a document, with the fields of ``tracker/plans/workplan.schema.json``."""
Request = dict[str, Any]
"""``{"type", "subject", "occurred_on", "data"}``, as the write door takes it."""


class DocumentError(ValueError):
    """The document cannot be read as a workplan; says every fault at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Document:
    """A document whose references all lead somewhere. Fields are the document's own, in its order."""

    id: str
    adopted_on: str
    title: Item
    period: Item
    zone: str
    settings: Item
    source: Item
    notes: tuple[str, ...] = ()
    front_matter: tuple[Item, ...] = ()
    entities: tuple[Item, ...] = ()
    commitments: tuple[Item, ...] = ()
    workstreams: tuple[Item, ...] = ()
    milestones: tuple[Item, ...] = ()
    sessions: tuple[Item, ...] = ()
    reviews: tuple[Item, ...] = ()


def read_document(raw: Item) -> Document:
    """Return the document that ``raw`` is; ``raw`` has the shape that the schema asks for.

    Raises:
        DocumentError: something stands twice, points nowhere, or contradicts itself.
    """
    if faults := faults_of(raw):
        raise DocumentError(faults)
    kept: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in deepcopy(dict(raw)).items()
        if key != "format"
    }
    return Document(**kept)


# ---------------------------------------------------------------------------------------------------- requests


def requests_of(document: Document) -> list[Request]:
    """Return what to ask of the write door, in an order in which everything exists before it is named.

    A thing without a date of its own has that of what it stands in, in the end the day of adoption. ``origin`` is
    left for the log to add.
    """
    return list(_requests(document))


def _requests(document: Document) -> Iterator[Request]:
    day = document.adopted_on
    adopted = {field: getattr(document, field) for field in ("title", "period", "zone", "settings")}
    yield _request("WorkplanAdopted", "workplan", day, adopted)
    for entity in document.entities:
        subject, on = f"entity/{entity['id']}", _day(entity, day)
        yield _request("EntityAdded", subject, on, _some(entity, "names printed kind"))
        if "tags" in entity:
            yield _request("EntityTagged", subject, on, entity["tags"])
    for commitment in document.commitments:
        subject, on = f"commitment/{commitment['id']}", _day(commitment, day)
        yield _request("CommitmentAdded", subject, on, _some(commitment, "text"))
    for workstream in document.workstreams:
        yield from _workstream(workstream, _day(workstream, day))
    for workstream in document.workstreams:
        for activity in workstream.get("activities", ()):
            yield from _activity(activity, id_of(workstream), _day(activity, _day(workstream, day)))
    for workstream in document.workstreams:
        yield from _between(workstream, _day(workstream, day))
    for milestone in document.milestones:
        data = _some(milestone, "title due activity workstream commitment")
        yield _request("MilestoneSet", f"milestone/{milestone['id']}", _day(milestone, day), data)
    for session in document.sessions:
        data = _some(session, "kind title level region window audience workstreams objectives")
        yield _request("SessionProposed", f"session/{session['id']}", _day(session, day), data)
    for review in document.reviews:
        data = _some(review, "window starts_on ends_on place commission")
        yield _request("ReviewPlanned", f"review/{review['region']}", _day(review, day), data)


def _workstream(workstream: Item, day: str) -> Iterator[Request]:
    subject = f"workstream/{id_of(workstream)}"
    fields = "number title category component preamble declaration_paragraphs notes"
    said = {"declaration_paragraphs": [], "notes": []} | _some(workstream, fields)
    yield _request("WorkstreamAdded", subject, day, said)
    if "tags" in workstream:
        yield _request("WorkstreamTagged", subject, day, _some(workstream, "tags"))
    for lead in workstream.get("leads", ()):
        if "activity" not in lead:
            yield _request("LeadAssigned", subject, _day(lead, day), _some(lead, "entity printed"))
    for participant in workstream.get("participants", ()):
        data = _some(participant, "entity printed represented_by")
        yield _request("ParticipantJoined", subject, _day(participant, day), data)


def _activity(activity: Item, workstream: str, day: str) -> Iterator[Request]:
    subject = f"activity/{id_of(activity)}"
    said = _some(activity, "number text subitems targets nature")
    yield _request("ActivityAdded", subject, day, {"workstream": workstream} | said)
    if "window" in activity:
        window = activity["window"]
        yield _request("ActivityScheduled", subject, _day(window, day), _some(window, "from to source"))
    if "tags" in activity:
        yield _request("ActivityTagged", subject, day, _some(activity, "tags"))


def _between(workstream: Item, day: str) -> Iterator[Request]:
    """Yield what names activities, and so has to wait until there are all of them."""
    for lead in workstream.get("leads", ()):
        if "activity" in lead:
            data = _some(lead, "entity printed activity")
            yield _request("LeadAssigned", f"workstream/{id_of(workstream)}", _day(lead, day), data)
    for activity in workstream.get("activities", ()):
        for link in activity.get("links", ()):
            on = _day(link, _day(activity, day))
            yield _request("ActivityLinked", f"activity/{id_of(activity)}", on, _some(link, "kind to"))


def id_of(item: Item) -> str:
    """Return the id of a workstream or activity: its printed number, unless the document gives another."""
    return str(item.get("id", item["number"]))


def _day(item: Item, outer: str) -> str:
    return str(item.get("occurred_on", outer))


def _some(item: Item, fields: str) -> dict[str, Any]:
    return {field: item[field] for field in fields.split() if field in item}


def _request(event_type: str, subject: str, day: str, data: Item) -> Request:
    return {"type": event_type, "subject": subject, "occurred_on": day, "data": deepcopy(dict(data))}
