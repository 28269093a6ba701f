"""How the subjects of a plan are called in running text."""

from __future__ import annotations

from typing import Any

from tracker.events.event import id_of, kind_of
from tracker.projections.speakers import display_name
from tracker.web import labels
from tracker.web.language import _, capital, occurred_words, spoken, text_of
from tracker.workplan.activity import Activity
from tracker.workplan.milestone import Milestone
from tracker.workplan.plan import Plan
from tracker.workplan.product import Product
from tracker.workplan.session import Session
from tracker.workplan.workstream import Workstream


def subject_words(plan: Plan, subject: str, languages: tuple[str, ...]) -> str:
    """Return what a subject is called: ``Activity 3.4``, ``Regional review: Africa``, a session's title."""
    kind, found = kind_of(subject), id_of(subject)
    match kind:
        case "workplan":
            return _("The plan itself")
        case "entity":
            return display_name(plan, found, spoken())
        case "round":
            return _("Reporting round {quarter}", quarter=occurred_words(found))
        case "review":
            return _("Regional review: {region}", region=_(labels.REGION[found]))
        case "session":
            session = plan.get(subject, Session)
            return _title(session.title, languages) if session else _("Session {id}", id=found)
        case "milestone":
            milestone = plan.get(subject, Milestone)
            return _title(milestone.title, languages) if milestone else _("Milestone {id}", id=found)
        case "product":
            product = plan.get(subject, Product)
            return _title(product.title, languages) if product else _("Product {id}", id=found)
        case _:
            return f"{_(labels.KIND[kind])} {number_of(plan, subject)}"


def number_of(plan: Plan, subject: str) -> str:
    """Return the number by which a plan has a subject: an activity that was moved has another one than its id."""
    state = plan.get(subject, Activity) or plan.get(subject, Workstream)
    return state.number if state else id_of(subject)


def _title(title: Any, languages: tuple[str, ...]) -> str:
    return capital(text_of(title, list(languages))[0])
