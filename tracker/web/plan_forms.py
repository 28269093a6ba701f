"""The forms about the plan itself: its texts, dates, tags, links and leads, and what is added to it or leaves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tracker.web import fact_fields as of
from tracker.web.fact_fields import DECIDED_AT, DONE_ON, SAID_ON, Ask, FactForm, State

REASON = Ask("reason", "long", "Why")
BECAUSE = Ask("reason", "long", "Why", "beside", is_needed=True)
DECIDED = (REASON, SAID_ON, DECIDED_AT)
LEAVING = (BECAUSE, SAID_ON, DECIDED_AT)
NUMBER = Ask("number", "text", "Number", "number", is_needed=True)
TEXT = Ask("text", "wording", "Text", "translated", is_needed=True)
TITLE = Ask("title", "wording", "Title", "translated", is_needed=True)
PREAMBLE = Ask("preamble", "wording", "Introduction", "translated")
NAMES = Ask("names", "wording", "Name", "translated", is_needed=True)
DUE = Ask("due", "date", "Due", "due", is_needed=True)
STREAM = Ask("workstream", "choice", "Workstream", is_needed=True, options=of.workstreams)
ACTIVITY = Ask("activity", "choice", "Activity", options=of.activities)
OTHER = Ask("to", "choice", "Which activity", is_needed=True, options=of.activities)
ENTITY = Ask("user", "choice", "Entity", is_needed=True, options=of.entities)
LEAD_OF = Ask("activity", "choice", "Of one activity only", "whole-stream", options=of.activities)
NATURE = Ask("nature", "choice", "Nature", options=of.NATURES)
KEY = Ask("key", "text", "Its label", "label", is_needed=True)
TAGS = (
    Ask("tags/objectives", "codes", "Objectives of the Compact", "objectives"),
    Ask("tags/principles", "codes", "Guiding principles", "principles"),
    Ask("tags/sdgs", "codes", "Sustainable Development Goals", "goals"),
    Ask("tags/regions", "several", "Regions", options=of.REGIONS),
    Ask("tags/countries", "codes", "Countries", "nations"),
)
EVIDENCE = (
    Ask("evidence_url", "address", "A link that shows it"),
    Ask("evidence_kind", "choice", "What the link is", options=of.EVIDENCE),
)


def _about(kind: str) -> Callable[..., FactForm]:
    def made(way: str, event: str, title: str, *asks: Ask, **more: Any) -> FactForm:
        return FactForm(way, event, kind, title, asks, **more)

    return made


def _is_in(state: State) -> bool:
    return not state["withdrawn"]


def _is_out(state: State) -> bool:
    return bool(state["withdrawn"])


def _is_set(state: State) -> bool:
    return bool(state["status"] == "set")


_activity, _workstream, _milestone = _about("activity"), _about("workstream"), _about("milestone")
_entity, _commitment, _workplan = _about("entity"), _about("commitment"), _about("workplan")

ACTIVITIES = (
    _activity(
        "activity-added",
        "ActivityAdded",
        "Add an activity",
        STREAM,
        NUMBER,
        TEXT,
        NATURE,
        *DECIDED,
        founds=True,
    ),
    _activity(
        "activity-decided",
        "ActivityStatusChanged",
        "Decide its status",
        Ask("status", "choice", "Status", is_needed=True, options=of.STATUSES),
        Ask(
            "assessment",
            "choice",
            "How the work is going",
            "in-progress",
            options=of.ASSESSMENTS,
        ),
        replace(REASON, hint="deciding"),
        *EVIDENCE,
        Ask("no_evidence_reason", "long", "Why there is no link", "completed"),
        *(DONE_ON, DECIDED_AT),
        fits=_is_in,
        role="secretariat",
    ),
    _activity(
        "activity-scheduled",
        "ActivityScheduled",
        "Set its window",
        Ask("window", "window", "Between these quarters", is_needed=True, options=of.quarters),
        Ask("source", "text", "Where it was read or decided", is_needed=True),
        *DECIDED,
        fits=_is_in,
        spread="window",
    ),
    _activity("activity-tagged", "ActivityTagged", "Tag it", *TAGS, NATURE, *DECIDED, fits=_is_in),
    _activity("activity-reworded", "ActivityReworded", "Reword it", TEXT, *DECIDED, fits=_is_in),
    _activity(
        "activity-moved", "ActivityMoved", "Move or renumber it", STREAM, NUMBER, *DECIDED, fits=_is_in
    ),
    _activity(
        "activity-linked",
        "ActivityLinked",
        "Link it to another",
        Ask("kind", "choice", "It is", is_needed=True, options=of.LINKS),
        OTHER,
        *DECIDED,
        fits=_is_in,
    ),
    _activity(
        "activity-unlinked",
        "ActivityUnlinked",
        "End a link",
        Ask("kind", "choice", "It was", is_needed=True, options=of.LINKS),
        OTHER,
        *DECIDED,
        fits=lambda state: bool(state["links"]),
    ),
    _activity(
        "subitem-added",
        "SubitemAdded",
        "Add a part",
        replace(KEY, name="label", is_needed=False),
        TEXT,
        *DECIDED,
        fits=_is_in,
    ),
    _activity(
        "subitem-reworded",
        "SubitemReworded",
        "Reword a part",
        KEY,
        TEXT,
        *DECIDED,
        fits=lambda state: bool(state["subitems"]),
    ),
    _activity(
        "subitem-withdrawn",
        "SubitemWithdrawn",
        "Remove a part from the plan",
        KEY,
        *LEAVING,
        fits=lambda state: bool(state["subitems"]),
    ),
    _activity(
        "activity-closed-out",
        "ActivityClosedOut",
        "Close it out",
        Ask("outcome", "choice", "What became of it", is_needed=True, options=of.OUTCOMES),
        Ask("to_plan", "text", "To which plan", "carried"),
        *DECIDED,
    ),
    _activity(
        "activity-withdrawn",
        "ActivityWithdrawn",
        "Remove it from the plan",
        Ask("replaced_by", "choice", "Replaced by", options=of.activities),
        *LEAVING,
        fits=_is_in,
    ),
    _activity(
        "activity-reinstated", "ActivityReinstated", "Put it back into the plan", *DECIDED, fits=_is_out
    ),
)

WORKSTREAMS = (
    _workstream(
        "workstream-added",
        "WorkstreamAdded",
        "Add a workstream",
        replace(NUMBER, hint="stream-number"),
        TITLE,
        Ask("category", "choice", "Kind", is_needed=True, options=of.CATEGORIES),
        Ask("component", "choice", "Component", options=of.COMPONENTS),
        PREAMBLE,
        *DECIDED,
        founds=True,
    ),
    _workstream(
        "workstream-reworded",
        "WorkstreamReworded",
        "Reword it",
        TITLE,
        PREAMBLE,
        *DECIDED,
        fits=_is_in,
    ),
    _workstream("workstream-tagged", "WorkstreamTagged", "Tag it", *TAGS, *DECIDED, fits=_is_in),
    _workstream(
        "lead-assigned",
        "LeadAssigned",
        "Assign a lead",
        ENTITY,
        LEAD_OF,
        *DECIDED,
        fits=_is_in,
    ),
    _workstream(
        "lead-released",
        "LeadReleased",
        "Release a lead",
        replace(ENTITY, options=of.leads),
        LEAD_OF,
        *LEAVING,
        fits=lambda state: bool(state["leads"]),
    ),
    _workstream(
        "participant-joined",
        "ParticipantJoined",
        "Add a participant",
        ENTITY,
        Ask("printed", "text", "As it is to be printed", is_needed=True),
        Ask("represented_by", "several", "Represented by", options=of.entities),
        *DECIDED,
        fits=_is_in,
    ),
    _workstream(
        "participant-left",
        "ParticipantLeft",
        "Take a participant out",
        ENTITY,
        *LEAVING,
        fits=lambda state: bool(state["participants"]),
    ),
    _workstream(
        "workstream-withdrawn", "WorkstreamWithdrawn", "Remove it from the plan", *LEAVING, fits=_is_in
    ),
    _workstream(
        "workstream-reinstated", "WorkstreamReinstated", "Put it back into the plan", *DECIDED, fits=_is_out
    ),
)

MILESTONES = (
    _milestone(
        "milestone-set",
        "MilestoneSet",
        "Set a milestone",
        *(TITLE, DUE, ACTIVITY),
        replace(STREAM, is_needed=False),
        Ask("commitment", "choice", "Commitment", options=of.commitments),
        *DECIDED,
        founds=True,
        needs=frozenset({"activity", "workstream", "commitment"}),
    ),
    _milestone("milestone-moved", "MilestoneRescheduled", "Move its date", DUE, *LEAVING, fits=_is_set),
    _milestone(
        "milestone-reached", "MilestoneReached", "Say that it was reached", *EVIDENCE, DONE_ON, fits=_is_set
    ),
    _milestone("milestone-cancelled", "MilestoneCancelled", "Cancel it", *LEAVING, fits=_is_set),
)

ENTITIES = (
    _entity(
        "entity-added",
        "EntityAdded",
        "Add an entity",
        NAMES,
        Ask(
            "printed",
            "codes",
            "Acronyms",
            "acronyms",
        ),
        Ask("kind", "choice", "Kind", is_needed=True, options=of.ENTITY_KINDS),
        *DECIDED,
        founds=True,
    ),
    _entity("entity-renamed", "EntityRenamed", "Rename it", NAMES, *DECIDED),
    _entity(
        "entity-tagged",
        "EntityTagged",
        "Say where it works",
        Ask("country", "choice", "Country", options=of.nations),
        Ask("region", "choice", "Region", options=of.REGIONS),
        *DECIDED,
        needs=frozenset({"country", "region"}),
    ),
    _entity(
        "entity-retired",
        "EntityRetired",
        "Say that it takes no part any more",
        *LEAVING,
        fits=lambda one: not one["retired"],
    ),
)

COMMITMENTS = (
    _commitment("commitment-added", "CommitmentAdded", "Add a commitment", TEXT, *DECIDED, founds=True),
)

WORKPLANS = (
    _workplan(
        "plan-amended",
        "WorkplanAmended",
        "Change the plan's title or settings",
        replace(TITLE, is_needed=False),
        Ask(
            "settings/public",
            "choose_yes",
            "Everybody may read the plan",
            "open-plan",
        ),
        Ask(
            "settings/reporting_until",
            "choice",
            "Ask for reports until",
            "until",
            options=of.quarters,
        ),
        *DECIDED,
        fits=lambda state: not state["closed"],
        needs=frozenset({"title", "settings/public", "settings/reporting_until"}),
    ),
    _workplan(
        "plan-closed",
        "WorkplanClosed",
        "Close the plan",
        replace(BECAUSE, hint="closing"),
        *(SAID_ON, DECIDED_AT),
        fits=lambda state: not state["closed"],
    ),
)

PLAN = (*ACTIVITIES, *WORKSTREAMS, *MILESTONES, *ENTITIES, *COMMITMENTS, *WORKPLANS)
