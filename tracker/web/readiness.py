"""Pages about readiness: one region line by line at any moment, since a snapshot, five regions side by side."""

from __future__ import annotations

from typing import Any

import orjson
from flask import request

from tracker.documents.story import story
from tracker.errors import NotFoundError
from tracker.languages import OWN_NAMES
from tracker.plans.reference import region_labels
from tracker.projections.readiness import STATUSES, Picture, known_region, readiness
from tracker.projections.readiness_changes import compare
from tracker.projections.readiness_rules import LINES
from tracker.projections.snapshots import frozen_bytes, snapshots
from tracker.web.changed import told_doer
from tracker.web.language import _, country_words, instant_words, spoken
from tracker.web.readiness_told import basis, gathered, line_mark, line_words, region_words, shown
from tracker.web.rendering import shell
from tracker.web.visits import Visit, page, visit

View = dict[str, Any]


def region_in(region: str) -> str:
    """Return the region that an address names.

    Raises:
        NotFoundError: there is none of that name.
    """
    try:
        return known_region(region)
    except NotFoundError as error:
        raise NotFoundError(
            _("There is no region “{region}”."), region=region, way_out=error.way_out
        ) from error


def files_of(here: Visit, path: str, language: str = "") -> list[tuple[str, str]]:
    """Return ``(kind, address)`` of a document's files at the moment shown, in the reader's language or another."""
    query = "&".join(
        [f"language={language or spoken()}", *(f"{name}={said}" for name, said in here.moment.args.items())]
    )
    base = f"/api/v1/workplans/{here.id}/{path}"
    kinds = (("pdf", _("PDF")), ("docx", _("Word")), ("xlsx", _("Workbook")))
    return [(words, f"{base}.{kind}?{query}") for kind, words in kinds]


def translated_files(here: Visit, path: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return ``(code, name, files)`` for each language that documents are written in, but the reader's own."""
    others = {code: name for code, name in OWN_NAMES.items() if code != spoken()}
    return [(code, name, files_of(here, path, code)) for code, name in others.items()]


# --------------------------------------------------------------------------------------------------- the pages


@shell.get("/w/<workplan>/readiness")
def readiness_of_all(workplan: str) -> tuple[str, int]:
    with visit(workplan, "details") as here:
        pictures = {region: readiness(here.answer, region) for region in region_labels()}
        found = basis(here)
        return page(
            "readiness/regions.html",
            here,
            regions=[
                {"id": region, "words": region_words(region), "picture": one, "story": story(found, region)}
                for region, one in pictures.items()
            ],
            lines=[
                (line, line_words(line), [_status_in(one, line) for one in pictures.values()])
                for line in LINES
            ],
            statuses=STATUSES,
            mark=line_mark,
        )


def _status_in(picture: Picture, line: str) -> View:
    return next(one for one in picture["lines"] if one["line"] == line)


@shell.get("/w/<workplan>/reviews/<region>/readiness")
def region_readiness(workplan: str, region: str) -> tuple[str, int]:
    with visit(workplan, "details") as here:
        region = region_in(region)
        picture = readiness(here.answer, region)
        taken = snapshots(here.answer.plan, region)
        number = _since(taken)
        return page(
            "readiness/region.html",
            here,
            region=region,
            **shown(here, picture),
            taken=taken,
            since=number,
            changed=changed_since(here, region, taken[number - 1], picture) if number else None,
            files=files_of(here, f"reviews/{region}/readiness"),
            translations=translated_files(here, f"reviews/{region}/readiness"),
            may_freeze=not here.moment.is_past and here.principal.has("secretariat"),
            may_find=not here.moment.is_past and may_find(here, region),
        )


def may_find(here: Visit, region: str) -> bool:
    principal = here.principal
    return principal.has("secretariat") or (principal.has("reviewer") and principal.region == region)


def _since(taken: list[View]) -> int | None:
    said, known = request.args.get("since", ""), [str(one["number"]) for one in taken]
    if said and said not in known:
        raise NotFoundError(
            _("There is no snapshot {number} of this region at the moment shown."),
            number=said[:20],
            way_out=_("Its snapshots are: {numbers}.", numbers=", ".join(known))
            if known
            else _("None was taken yet."),
        )
    return int(said) if said else None


def changed_since(here: Visit, region: str, taken: View, picture: Picture) -> View:
    """Return what changed between a snapshot and a picture, and which snapshot that was."""
    frozen = orjson.loads(frozen_bytes(here.answer.tx, here.id, region, taken["number"]))
    told = {"number": taken["number"], "taken_words": instant_words(taken["taken_at"], here.zone)}
    return _compared(here, frozen, picture) | told


def _compared(here: Visit, before: Picture, after: Picture) -> View:
    """Return what changed between two pictures in words: each line that did, and the entries that did it."""
    answer = here.answer
    found = compare(answer.tx, here.id, answer.plan, here.zone, before, after)
    doers = {one["position"]: told_doer(here, here.reveal(one)) for one in found["entries"]}
    lines = [
        {
            "words": line_words(one["line"]),
            "was": line_mark(one["was"]) if one["was"] else None,
            "now": line_mark(one["is"]) if one["is"] else None,
            "evidence": _came_and_went(here, one["gained"], one["lost"]),
            "found": gathered(here, one["found"]),
            "missing": gathered(here, one["newly_missing"]),
            "objectives": [
                (item["objective"], line_mark(item["was"]), line_mark(item["is"]))
                for item in one["objectives"]
            ],
            "doers": [doers[position] for position in one["events"] if position in doers],
        }
        for one in found["lines"]
        if one["is_changed"]
    ]
    return {"lines": lines, "same": len(found["lines"]) - len(lines)}


def _came_and_went(
    here: Visit, gained: list[View], lost: list[View]
) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """Return evidence that is new, that says something else than it did, and that is gone; each with its words."""
    new, old = _subjects(here, gained), _subjects(here, lost)
    found = [
        (_("New evidence:"), [one for one in new if one not in old]),
        (_("Says something else now:"), [one for one in new if one in old]),
        (_("No longer there:"), [one for one in old if one not in new]),
    ]
    return [(words, items) for words, items in found if items]


def _subjects(here: Visit, items: list[View]) -> list[tuple[str, str | None]]:
    found = dict.fromkeys((one["subject"], one.get("country")) for one in items if "subject" in one)
    return [
        (country_words(country) if country else here.words_of(subject), here.to_subject(subject))
        for subject, country in found
    ]
