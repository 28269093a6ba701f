"""Forms that first say in sentences what will be recorded: filled in, read over, recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from tracker.clock import new_id
from tracker.errors import ConflictError, DeniedError, RuleError, TrackerError
from tracker.web.amending import rehearse
from tracker.web.guarding import check_form
from tracker.web.language import _
from tracker.web.progress import faults_of
from tracker.web.readers import runtime
from tracker.web.refusals import status_of
from tracker.web.visits import Visit, page, visit

Said = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Ask:
    """One field. ``kind``: ``choice``, ``ticks``, ``tick``, ``line``, ``text``; ``options`` are ``(value, words)``."""

    name: str
    kind: str
    label: str
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()
    longest: int = 2000
    begins: Sequence[str] = ()
    """What it is filled with at first."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A form about something: what it asks, what is still to be filled in, what it would record and say of it.

    ``requests`` are recorded together or not at all; ``after`` is where their recording leads.
    """

    heading: str
    trail: Sequence[tuple[str, str]]
    words: Sequence[str]
    asks: Sequence[Ask]
    lacking: Mapping[str, str]
    sentences: Sequence[str]
    requests: Sequence[dict[str, Any]]
    button: str
    after: str
    obstacle: str | None = None
    """Why nothing can be recorded now."""
    carried: Mapping[str, str] = field(default_factory=dict)


Make = Callable[[Visit, Said], Statement]


def form(workplan: str, make: Make) -> tuple[str, int]:
    """Show a form as it begins."""
    with visit(workplan, "details") as here:
        _check_present(here)
        return _page(here, make(here, MultiDict()), MultiDict())


def take(workplan: str, make: Make) -> Response | tuple[str, int]:
    """Show what a form would record, or record it; what is refused comes back as it was filled in."""
    check_form()
    said: Said = MultiDict(request.form)
    with visit(workplan, "details") as here:
        _check_present(here)
        made = make(here, said)
        if said.get("action") == "edit":
            return _page(here, made, said)
        if made.obstacle or made.lacking:
            return _page(here, made, said, 422, made.lacking)
        try:
            effects = [rehearse(here, one) for one in made.requests]
        except (RuleError, ConflictError) as error:
            return _page(here, made, said, status_of(error), _faults(made, error))
        if all(effect is None for effect in effects):
            return _page(here, made, said, 422, {"form": _("It is so already.")})
        if said.get("action") != "record":
            return _page(here, made, said, is_confirmed=True)
        principal = here.principal
    try:
        runtime().submit(workplan, list(made.requests), principal, "web", said.get("key") or new_id())
    except (RuleError, ConflictError) as error:
        with visit(workplan, "details") as here:
            return _page(here, make(here, said), said, status_of(error), _faults(made, error))
    return redirect(made.after, 303)


def _check_present(here: Visit) -> None:
    if here.moment.is_past:
        raise DeniedError(_("A past view is read only."), way_out=_("Go back to today to record something."))


def _faults(made: Statement, error: TrackerError) -> dict[str, str]:
    names = {ask.name for ask in made.asks}
    found: dict[str, str] = {}
    for name, words in faults_of(error).items():
        last = name.rpartition("/")[2]
        found.setdefault(last if last in names else "form", words)
    return found


def _page(
    here: Visit,
    made: Statement,
    said: Said,
    status: int = 200,
    faults: Mapping[str, str] | None = None,
    *,
    is_confirmed: bool = False,
) -> tuple[str, int]:
    values = {ask.name: said.getlist(ask.name) if said else list(ask.begins) for ask in made.asks}
    return page(
        "statement.html",
        here,
        status,
        form=made,
        values=values,
        faults=faults or {},
        key=said.get("key") or new_id(),
        is_confirmed=is_confirmed,
    )
