"""Looking for words across the plan, its texts at a past moment, and what entries say."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import marshmallow as ma

from tracker.api.call import Answer, Asked, Call
from tracker.api.queries import Choice, Number, Said, Time
from tracker.api.rendering import about, told
from tracker.events.event import id_of
from tracker.projections.questions import SPELLINGS
from tracker.projections.search_index import follow_for_a_search, indexed_to
from tracker.projections.searching import GROUPS, LONGEST, Hit, called, find, readers_of, terms_of

Body = dict[str, Any]


class Search(ma.Schema):
    """What to look for, and in what."""

    q = Said("words to look for; several in quotes must stand so", longest=LONGEST, required=True)
    kind = Choice("look among these only", GROUPS)
    limit = Number("at most so many of each kind", 1, 200, load_default=5)
    as_of = Time(f"in what was known then: {SPELLINGS}")
    min_position = Number("wait up to 2 seconds until the log has this entry")


def search(call: Call, asked: Asked) -> Answer:
    """Look for words in the plan as it stood at a moment and in the entries up to it, grouped by kind, best first.

    Every word must be there, in any case, with or without accents; it may go on (`migra` finds `migración`). Words in
    quotes must stand so, one after another. Only what this reader may read is searched and counted. `searched_to` is
    the newest entry that could be found; it is below `position` only while a large import is being indexed.
    """
    view, query = asked.view, call.query
    terms = terms_of(query["q"])
    follow_for_a_search(call.runtime.database, call.workplan)
    kinds = (query["kind"],) if "kind" in query else GROUPS
    with call.runtime.database.read() as tx:  # a snapshot that sees what was indexed just now
        reached = indexed_to(tx, call.workplan)
        found = find(
            tx,
            call.workplan,
            terms,
            view.question.position,
            readers_of(asked.may),
            kinds=kinds,
            most=query["limit"],
        )
    groups = [
        {"kind": one.kind, "count": one.count, "items": [_item(asked, hit) for hit in one.hits]}
        for one in found
    ]
    searched_to = min(reached, view.question.position)
    return told(asked, about(asked) | {"q": query["q"], "searched_to": searched_to, "groups": groups})


def _item(asked: Asked, hit: Hit) -> Body:
    return {
        "subject": hit.subject,
        "id": id_of(hit.subject),
        "title": called(asked.view.plan, hit.subject),
        "position": hit.position,
        "field": hit.field,
        "language": hit.language or None,
        "snippet": [asdict(piece) for piece in hit.pieces],
    }
