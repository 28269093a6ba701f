"""How a moment gets its name: from a title and a day to the request that names it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from tracker.workplan.plan import refuse
from tracker.workplan.root import Workplan

LONGEST = 60


def naming(workplan: Workplan, title: str, at: str, slug: str | None = None) -> dict[str, Any]:
    """Return the request that names a moment; without a slug its title gives one.

    Raises:
        RuleError: the title gives none, or it is taken: links that name it would lead elsewhere.
    """
    slug = slug or slug_of(title)
    if not slug:
        raise refuse(
            "the title holds no letter or digit to make an address of",
            field="/data/title",
            value=title,
            way_out="Give a title such as `Principals, 15 June 2023`.",
        )
    held = next((one for one in workplan.moments if one.slug == slug), None)
    if held is not None and (held.title, held.at) != (title, at):
        raise refuse(
            "`{slug}` is the name of another moment already, {at}",
            field="/data/title",
            value=title,
            way_out="Give this one another title.",
            slug=slug,
            at=held.at,
        )
    return {"type": "MomentNamed", "subject": "workplan", "data": {"slug": slug, "title": title, "at": at}}


def slug_of(title: str) -> str:
    """Return a title as it may stand in an address: ``principals-15-june-2023``."""
    plain = unicodedata.normalize("NFD", title.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
