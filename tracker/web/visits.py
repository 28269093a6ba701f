"""A visit: one reader, one workplan, one moment. Every page of a plan begins here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import g, render_template, request, url_for

from tracker.directory.principals import Principal
from tracker.errors import DeniedError, MomentError, NotFoundError, UnknownReaderError
from tracker.events.dates import local_day
from tracker.events.event import id_of, kind_of
from tracker.events.reading import read_texts
from tracker.events.sealing import reveal, seals_in
from tracker.projections.reading_rights import Reading, may, without_details
from tracker.projections.speakers import display_name
from tracker.projections.views import view_of, views
from tracker.runtime import Runtime, View
from tracker.web.labels import KIND
from tracker.web.language import _, capital, spoken, text_of
from tracker.web.moments import Moment, asked_of, instead, named_in
from tracker.web.readers import principal_in, reader, runtime
from tracker.web.subjects import subject_words
from tracker.workplan.root import Workplan

LONGEST_NUMBER = 12
"""Digits of an entry's number at most."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page of a plan is made from. ``workplan`` is as of the moment, ``root`` as of today: its rights govern."""

    id: str
    answer: View
    root: Workplan
    principal: Principal
    moment: Moment
    _names: dict[str, str] = field(default_factory=dict)

    @property
    def workplan(self) -> Workplan:
        return self.answer.workplan

    @property
    def zone(self) -> str:
        return self.root.zone

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.root.languages)

    @property
    def title(self) -> str:
        return title_of(self.workplan)

    def may(self, what: Reading) -> bool:
        return may(self.principal, self.root, what)

    def name(self, entity: str) -> str:
        """Return how an entity was called at the moment shown."""
        if entity not in self._names:
            self._names[entity] = display_name(self.answer.plan, entity, spoken())
        return self._names[entity]

    def names(self, entities: list[str]) -> str:
        return ", ".join(self.name(entity) for entity in entities)

    def text(self, wording: Any) -> str:
        """Return a text of the plan in its own language, as plain text for places that take no markup."""
        return text_of(wording, list(self.languages))[0]

    def words_of(self, subject: str) -> str:
        """Return what a subject is called at the moment shown."""
        return subject_words(self.answer.plan, subject, self.languages)

    def entry_numbered(self, said: str) -> int | None:
        """Return the position that somebody typed, None where the log had no such entry at the moment shown."""
        position = int(said) if said.isdecimal() and len(said) <= LONGEST_NUMBER else 0
        return position if 1 <= position <= self.answer.question.position else None

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Return the views of a kind in plan order, without what this reader may not see."""
        return [self._allowed(one) for one in views(self.answer.plan, kind, self.answer.question.day)]

    def one(self, subject: str) -> dict[str, Any]:
        """Return the view of one subject with its texts.

        Raises:
            NotFoundError: it is not, or not yet, in the plan.
        """
        standing = self.answer.plan.standing(subject)
        if standing is None or standing.state is None:
            raise NotFoundError(
                _("{subject} is not in this plan at the moment shown."),
                subject=f"{_(KIND[kind_of(subject)])} {id_of(subject)}",
            )
        shown = self._allowed(view_of(self.answer.plan, standing, self.answer.question.day))
        revealed: dict[str, Any] = self.reveal(shown)
        return revealed

    def _allowed(self, view: dict[str, Any]) -> dict[str, Any]:
        if self.may("details"):
            return view
        allowed: dict[str, Any] = without_details(view)
        return allowed

    def reveal(self, value: Any) -> Any:
        """Return plain JSON with its sealed texts readable; a redacted one is None."""
        texts = read_texts(self.answer.tx, self.id, [sha256 for _at, sha256 in seals_in(value)])
        return reveal(value, texts, [])

    def to(self, endpoint: str, **values: Any) -> str:
        """Return the address of another page of this plan, at the same moment."""
        return url_for(f"web.{endpoint}", workplan=self.id, **{**self.moment.args, **values})

    def to_subject(self, subject: str) -> str | None:
        """Return the address of a subject's page, None where it has none of its own."""
        kind, _slash, found = subject.partition("/")
        if kind == "workplan":
            return self.to("today")
        return self.to(kind, id=found) if kind in PAGES else None

    def here(self, **changed: Any) -> str:
        """Return this very address with some of its query changed; None removes."""
        query = {**request.args.to_dict(), **changed}
        kept = {name: value for name, value in query.items() if value}
        return f"{request.path}?{urlencode(kept)}" if kept else request.path


PAGES = ("workstream", "activity", "milestone", "product", "session", "review", "commitment", "entity")
"""Kinds of subjects that have a page of their own; its endpoint is called like the kind."""


def title_of(workplan: Workplan) -> str:
    """Return the title of a plan, beginning with a capital."""
    return capital(text_of(workplan.title, workplan.languages)[0])


@contextlib.contextmanager
def visit(workplan: str, needs: Reading = "state") -> Iterator[Visit]:
    """Open a visit at the moment that the address names.

    Raises:
        UnknownReaderError, NotFoundError, DeniedError: the reader may not see this; docs/rights.md says which.
        MomentError: the moment lies in the future or is misspelt. A day before the log is shown as we know it now.
    """
    run = runtime()
    principal = principal_in(workplan)
    asked = asked_of(request.args)
    with contextlib.ExitStack() as stack:
        today = stack.enter_context(run.ask(workplan))
        allow(principal, today.workplan, needs)
        root = today.workplan
        g.visited = workplan
        if not asked:
            yield Visit(
                workplan,
                today,
                root,
                principal,
                Moment(today.question, {}, local_day(run.now(), root.zone).isoformat()),
            )
            return
        stack.close()
        answer, moment = _at(stack, run, root, asked)
        yield Visit(workplan, answer, root, principal, moment)


def _at(
    stack: contextlib.ExitStack, run: Runtime, root: Workplan, asked: dict[str, str]
) -> tuple[View, Moment]:
    today = local_day(run.now(), root.zone).isoformat()
    try:
        answer = stack.enter_context(run.ask(root.id, asked.get("as_of"), asked.get("effective_on")))
    except MomentError as error:
        other = instead(error, asked)
        if other is None:
            raise
        answer = stack.enter_context(run.ask(root.id, None, other["effective_on"]))
        return answer, Moment(answer.question, other, today, began=error.details.get("began"))
    return answer, Moment(answer.question, asked, today, named_in(answer.question, root))


def allow(principal: Principal, workplan: Workplan, needs: Reading) -> None:
    """Refuse a reader who may not read this.

    Raises:
        UnknownReaderError: signing in may help.
        NotFoundError: the plan is not for this reader.
        DeniedError: the plan is, this part of it is not.
    """
    if may(principal, workplan, needs):
        return
    if not reader().is_signed_in:
        raise UnknownReaderError(
            _("This page is for people who take part in the plan."), way_out=_("Sign in to read it.")
        )
    if not may(principal, workplan, "state"):
        raise NotFoundError(
            _("There is no such plan, or it is not shared with you."),
            way_out=_("If you expect to see it, ask the Secretariat to add you."),
        )
    raise DeniedError(
        _("Your role in this plan does not include this page."),
        way_out=_("The Secretariat can grant you the role."),
    )


def page(template: str, here: Visit, status: int = 200, **values: Any) -> tuple[str, int]:
    """Render a page of a plan."""
    return render_template(template, visit=here, moment=here.moment, **values), status
