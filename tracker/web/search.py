"""The page that finds words: in the plan as it stood at the moment shown, and in what entries say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from tracker.errors import RuleError
from tracker.projections.search_index import follow_for_a_search, indexed_to
from tracker.projections.search_texts import ENTRY
from tracker.projections.searching import GROUPS, LONGEST, Group, Hit, find, readers_of, terms_of
from tracker.web import labels
from tracker.web.field_labels import FIELDS
from tracker.web.language import _, capital
from tracker.web.readers import runtime
from tracker.web.rendering import shell
from tracker.web.signposts import signposts
from tracker.web.visits import Visit, page, visit

FEW, MANY = 5, 100
"""How many of each kind are shown, and how many where one kind is asked for."""
HEADINGS = labels.KINDS | {"workplan": "the plan itself", ENTRY: "what entries say"}
WHERE = {"assessment_reason": "reason", "evidence": "evidence", "findings": "finding"}
"""Fields of a subject that stand in no event under that name."""


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the page: where it leads, what that is called, and the words that were found."""

    href: str | None
    title: str
    where: str
    hit: Hit


@shell.get("/w/<workplan>/search")
def search(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        said = request.args.get("q", "").strip()
        kind = request.args.get("kind", "")
        kinds, most = ((kind,), MANY) if kind in GROUPS else (GROUPS, FEW)
        groups: list[Group] = []
        fault, is_whole = None, True
        if said:
            try:
                groups, is_whole = _find(here, said, kinds, most)
            except RuleError as error:
                fault = _said(error)
        shown = [(one, _heading(one.kind), [_line(here, hit) for hit in one.hits]) for one in groups]
        posts = signposts(here, said) if said and not kind else []
        values: dict[str, Any] = {
            "posts": posts,
            "said": said[:LONGEST],
            "kind": kind,
            "groups": shown,
            "fault": fault,
        }
        return page("search.html", here, 422 if fault else 200, **values, is_whole=is_whole)


def _find(here: Visit, said: str, kinds: tuple[str, ...], most: int) -> tuple[list[Group], bool]:
    """Return what is found, and whether all that the moment knows could be searched."""
    terms, database = terms_of(said), runtime().database
    follow_for_a_search(database, here.id)
    position = here.answer.question.position
    with database.read() as tx:
        found = find(tx, here.id, terms, position, readers_of(here.may), kinds=kinds, most=most)
        return found, indexed_to(tx, here.id) >= position


def _said(error: RuleError) -> str:
    if "characters" in error.template or "words" in error.template:
        return _("That is too much to look for at once: give at most 12 words and 200 characters.")
    return _("Give a word of two letters or more, or a number.")


def _heading(kind: str) -> str:
    return capital(_(HEADINGS[kind]))


def _line(here: Visit, hit: Hit) -> Found:
    title = here.words_of(hit.subject)
    if hit.kind == ENTRY:
        title = _("Entry {position}: {title}", position=hit.position, title=title)
        return Found(here.to("entry", position=hit.position), title, _where(hit.field), hit)
    return Found(here.to_subject(hit.subject), title, _where(hit.field), hit)


def _where(field: str) -> str:
    return _(WHERE.get(field) or FIELDS.get(field, "text"))
