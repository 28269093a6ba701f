"""The words and shapes of the plan's own vocabulary: statuses, kinds, channels, fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracker.web.language import _, n_

STATUS = {
    "not_started": "not started",
    "in_progress": "in progress",
    "on_hold": "on hold",
    "completed": "completed",
    "discontinued": "discontinued",
}
ASSESSMENT = {"on_track": "on track", "at_risk": "needs attention", "delayed": "delayed, says the lead"}
TONE = {
    "not_started": "calm",
    "in_progress": "busy",
    "on_hold": "care",
    "completed": "good",
    "discontinued": "bad",
    "on_track": "good",
    "at_risk": "care",
    "delayed": "bad",
    "overdue": "bad",
    "past_due": "bad",
    "awaiting": "quiet",
    "disputed": "care",
    "withdrawn": "calm",
    "proposed": "calm",
    "planned": "calm",
    "scheduled": "busy",
    "held": "good",
    "cancelled": "bad",
    "set": "calm",
    "reached": "good",
    "published": "good",
    "retired": "calm",
    "review_due": "care",
}
SHAPES = {
    "proposed": "not_started",
    "planned": "not_started",
    "set": "not_started",
    "scheduled": "in_progress",
    "held": "completed",
    "reached": "completed",
    "cancelled": "discontinued",
    "past_due": "overdue",
    "published": "completed",
    "retired": "discontinued",
    "review_due": "at_risk",
}
OTHER = {
    "overdue": "past its window",
    "past_due": "past its due date",
    "awaiting": "awaiting report",
    "disputed": "leads differ",
    "withdrawn": "removed from the plan",
    "proposed": "proposed",
    "planned": "planned",
    "scheduled": "scheduled",
    "held": "held",
    "cancelled": "cancelled",
    "set": "still to come",
    "reached": "reached",
    "published": "published",
    "retired": "no longer to be used",
    "review_due": "to be looked at again",
}
NATURE = {
    "deliverable": "a deliverable",
    "continuing": "continuing work",
    "on_demand": "on demand",
    "yearly": "every year",
}
LINK = {"same_as": "the same as", "feeds": "feeds", "follows": "follows", "uses": "uses"}
CHANNEL = {
    "api": "through the API",
    "web": "on these pages",
    "link": "through the link in a letter",
    "cli": "on the command line",
    "import": "imported",
    "system": "by the system",
}
EVIDENCE = {
    "hub_product": "product on the Hub",
    "hub_practice": "practice on the Hub",
    "pledge": "pledge",
    "mptf_project": "project of the Migration MPTF",
    "voluntary_report": "voluntary report",
    "meeting_record": "record of a meeting",
    "publication": "publication",
    "other": "something else",
}
LETTER_STATE = {
    "due": ("waiting", "calm"),
    "claimed": ("being sent", "busy"),
    "connected": ("being sent", "busy"),
    "data_sent": ("handed over, answer awaited", "busy"),
    "accepted": ("accepted by the mail server", "good"),
    "rejected": ("refused by the mail server", "bad"),
    "unknown": ("nobody knows whether it arrived", "bad"),
    "bounced": ("came back", "bad"),
    "held": ("held back", "care"),
    "muted": ("wants no letters", "care"),
    "superseded": ("overtaken by a later one", "calm"),
    "lapsed": ("lapsed", "calm"),
}
"""What became of a letter, and the tone of it."""
WEBHOOK_STATE = {
    "active": ("is told", "good"),
    "failing": ("does not answer properly; tried again", "care"),
    "paused": ("paused", "calm"),
    "dead": ("given up after three days", "bad"),
    "gone": ("ended by the receiver", "bad"),
    "stopped": ("stopped: whoever it belongs to may no longer read the history", "bad"),
}
JOB = {
    "sign-heads": "Sign the logs",
    "open-rounds": "Open reporting rounds",
    "write-letters": "Write letters that are due",
    "deliver-letters": "Hand letters to the mail server",
    "deliver-webhooks": "Post new entries to subscribers",
    "close-rounds": "Close reporting rounds",
    "draft-readiness": "Draft letters about readiness",
    "ask-stewards": "Ask stewards about their products",
    "verify": "Check the logs from end to end",
    "back-up": "Make a copy",
    "index-search": "Index what can be searched",
    "prune": "Clear ended sign-ins away",
}
JOB_OUTCOME = {
    "done": ("done", "good"),
    "failed": ("failed; it is tried again", "bad"),
    "": ("running, or ended without a word", "care"),
}
"""How a job's run went, and the tone of it."""
LETTER_KIND = {
    "reminder": "reminder",
    "link": "new link",
    "asked": "question",
    "notice": "notice to the Secretariat",
    "steward": "question to a steward",
    "receipt": "receipt",
    "invitation": "to a colleague",
}
LETTER_STEP = {
    "opening": "opening",
    "before-due": "before the due day",
    "overdue": "overdue",
    "final": "ten days after",
}
RECEIVED_BY = {"mail": "by mail", "meeting": "in a meeting", "phone": "by phone", "document": "in a document"}
REGION = {
    "africa": "Africa",
    "arab-states": "Arab region",
    "asia-pacific": "Asia and the Pacific",
    "unece": "UNECE region",
    "lac": "Latin America and the Caribbean",
}
SESSION = {
    "gcm_talks": "GCM Talks",
    "quarterly_meeting": "quarterly meeting",
    "annual_meeting": "annual meeting",
    "principals_update": "update to the principals",
    "member_state_briefing": "briefing for Member States",
    "consultation": "consultation",
    "dialogue": "dialogue",
    "peer_exchange": "peer exchange",
    "workshop": "workshop",
    "training": "training",
    "launch": "launch",
    "side_event": "side event",
    "external_event": "meeting of others",
}
PRODUCT = {
    "guidance": "guidance",
    "tool": "tool",
    "training": "training",
    "publication": "publication",
    "platform": "platform",
    "dataset": "data",
    "campaign": "campaign",
    "other": "something else",
}
LOOKED = {"current": "still good", "needs_update": "needs an update", "retired": "no longer to be used"}
MODE = {"online": "online", "in_person": "in person", "hybrid": "in person and online"}
RULE = {"open": "open", "chatham_house": "Chatham House Rule: no names, no recording"}
LEVEL = {"global": "global", "regional": "regional", "national": "national"}
MATERIAL = {"recording": "recording", "summary": "summary", "agenda": "agenda", "practice": "practice"}
GROUP = {
    "member-states": "Member States",
    "un-entities": "UN entities",
    "civil-society": "civil society",
    "stakeholders": "stakeholders",
    "members": "members of the Network",
}
"""The usual groups of who came; another is shown as it was entered."""
CATEGORY = {"new": "new workstream", "ongoing": "ongoing workstream"}
COMPONENT = {"core": "core work of the Network", "thematic": "thematic workstream"}
ENTITY = {
    "un_entity": "UN entity",
    "intergovernmental": "intergovernmental organisation",
    "civil_society": "civil society",
    "academia": "academia",
    "private_sector": "private sector",
    "government_network": "network of governments",
    "human_rights_body": "human rights body",
    "group": "group",
    "person": "natural person",
    "other": "other",
}
OUTCOME = {"completed": "completed", "carried_over": "carried over", "discontinued": "discontinued"}
TAGS = {
    "objectives": "objectives of the Compact",
    "principles": "guiding principles",
    "sdgs": "Sustainable Development Goals",
    "mptf_areas": "areas of the Migration MPTF",
    "paragraphs": "paragraphs",
    "regions": "regions",
    "countries": "countries",
    "entities": "entities",
}
KIND = {
    "workplan": "Workplan",
    "workstream": "Workstream",
    "activity": "Activity",
    "commitment": "Commitment",
    "milestone": "Milestone",
    "product": "Product",
    "session": "Session",
    "review": "Regional review",
    "entity": "Entity",
    "round": "Reporting round",
}
KINDS = {
    "workstream": "workstreams",
    "activity": "activities",
    "commitment": "commitments",
    "milestone": "milestones",
    "product": "products",
    "session": "sessions",
    "review": "regional reviews",
    "entity": "entities",
}


ROLE = {
    "viewer": "reader",
    "lead": "focal point",
    "reviewer": "review team",
    "auditor": "auditor",
    "secretariat": "Secretariat",
}


def role_words(role: str) -> str:
    return _(ROLE.get(role, role))


@dataclass(frozen=True, slots=True)
class Mark:
    """A status as pages show it: the name of its shape, its words, its tone."""

    name: str
    words: str
    tone: str


def mark(name: str) -> Mark:
    """Return the mark of any status, assessment or computed state."""
    words = STATUS.get(name) or ASSESSMENT.get(name) or OTHER[name]
    return Mark(SHAPES.get(name, name), _(words), TONE[name])


MANY = {"past its window": "past their window", "past its due date": "past their due date"}
"""Words that English says otherwise of many."""


def counted(name: str, count: int) -> str:
    """Return the words of a status, assessment or computed state for so many."""
    words = STATUS.get(name) or ASSESSMENT.get(name) or OTHER[name]
    return n_(words, MANY.get(words, words), count)


def activity_marks(view: dict[str, Any], *, is_awaited: bool = False) -> list[Mark]:
    """Return what an activity's status says: lifecycle, assessment, what is computed; each apart from the others."""
    names = ["withdrawn"] if view["withdrawn"] else []
    names.append(view["status"])
    if view.get("assessment"):
        names.append(view["assessment"])
    if view.get("disputed"):
        names.append("disputed")
    if view["overdue"]:
        names.append("overdue")
    if is_awaited:
        names.append("awaiting")
    return [mark(name) for name in names]
