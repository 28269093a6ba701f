"""Frozen readiness on pages: the numbered list, one snapshot as it was frozen, compared, and verified."""

from __future__ import annotations

from typing import Any

import orjson
from flask import request

from tracker.directory.people import people_of
from tracker.documents.basis import moved_to
from tracker.documents.readiness import counts_words
from tracker.errors import NotFoundError
from tracker.events import tree
from tracker.events.catalogue import CATALOGUE
from tracker.plans.reference import region_labels
from tracker.projections.readiness import Picture, readiness
from tracker.projections.readiness_rules import LINES
from tracker.projections.snapshots import frozen_bytes, snapshot, snapshots, verified
from tracker.web import readiness_told as words
from tracker.web.language import _, instant_words, spoken
from tracker.web.readers import runtime
from tracker.web.readiness import changed_since, files_of, region_in, translated_files
from tracker.web.rendering import shell
from tracker.web.visits import Visit, page, visit

View = dict[str, Any]


@shell.get("/w/<workplan>/reviews/<region>/snapshots")
def snapshot_list(workplan: str, region: str) -> tuple[str, int]:
    with visit(workplan) as here:
        region = region_in(region)
        taken = snapshots(here.answer.plan, region)
        items = []
        for one in reversed(taken):
            picture = orjson.loads(frozen_bytes(here.answer.tx, here.id, region, one["number"]))
            items.append(one | {"counts": counts_words(picture, words.basis(here).say)} | _printed(here, one))
        return page(
            "readiness/snapshots.html",
            here,
            region=region,
            region_name=words.region_words(region),
            items=items,
            may_freeze=not here.moment.is_past and here.principal.has("secretariat"),
        )


@shell.get("/w/<workplan>/reviews/<region>/snapshots/<number>")
def snapshot_page(workplan: str, region: str, number: str) -> tuple[str, int]:
    """Show a snapshot as it was frozen; beside it what was corrected since, and on request how it compares."""
    with visit(workplan) as here:
        region = region_in(region)
        taken = snapshots(here.answer.plan, region)
        one = _taken(taken, number)
        held = snapshot(here.answer.tx, here.id, region, one["number"])
        picture = held["picture"]
        # Names and texts of then: the same view of the plan as the frozen picture.
        then = _then(here, one["at_position"])
        return page(
            "readiness/snapshot.html",
            here,
            region=region,
            snapshot=one | _printed(here, one),
            taken=taken,
            **words.shown(then, picture),
            corrections=[_correction(here, amended) for amended in held["corrections"]],
            verified=verified(here.answer.tx, here.id, region, one["number"])
            if "verify" in request.args
            else None,
            since=_since(here, region, taken, one, picture),
            other=_other(here, then, region, picture),
            others=[(name, words.region_words(name)) for name in region_labels() if name != region],
            files=files_of(here, f"reviews/{region}/snapshots/{one['number']}"),
            translations=translated_files(here, f"reviews/{region}/snapshots/{one['number']}"),
            is_new=request.args.get("done") == "frozen",
        )


def _taken(taken: list[View], number: str) -> View:
    found = next((one for one in taken if str(one["number"]) == number), None)
    if found is None:
        known = ", ".join(str(one["number"]) for one in taken)
        raise NotFoundError(
            _("There is no snapshot {number} of this region at the moment shown."),
            number=number[:20],
            way_out=_("Its snapshots are: {numbers}.", numbers=known) if known else _("None was taken yet."),
        )
    return found


def _then(here: Visit, position: int) -> Visit:
    view = moved_to(runtime(), here.answer, f"position:{position}")
    return Visit(here.id, view, here.root, here.principal, here.moment)


def _printed(here: Visit, one: View) -> View:
    signer = one["signed_off_by"]
    names = people_of(here.answer.tx, [signer]) if here.may("people") else {}
    person = names.get(signer)
    return {
        "seal": tree.seal_of(bytes.fromhex(one["root"])),
        "taken_words": instant_words(one["taken_at"], here.zone),
        "signer": (person.name if person else None) or _("the Secretariat"),
    }


def _correction(here: Visit, amended: View) -> View:
    return amended | {
        "words": here.words_of(amended["subject"]),
        "href": here.to_subject(amended["subject"]),
        "title": CATALOGUE[amended["type"]].labels[spoken()],
        "recorded": instant_words(amended["recorded_at"], here.zone),
    }


def _since(here: Visit, region: str, taken: list[View], one: View, picture: Picture) -> View | None:
    """Return what changed since another snapshot, the one before unless the address names one."""
    said = request.args.get("since") or (str(one["number"] - 1) if one["number"] > 1 else "")
    if not said or not here.may("details"):
        return None
    return changed_since(here, region, _taken(taken, said), picture)


def _other(here: Visit, then: Visit, region: str, picture: Picture) -> View | None:
    """Return the picture of another region at the same entry, line beside line."""
    said = request.args.get("with")
    if not said or not here.may("details"):
        return None
    other = region_in(said)
    beside = readiness(then.answer, other, picture["rules"])
    lines = {
        name: {line["line"]: line for line in one["lines"]}
        for name, one in (("here", picture), ("there", beside))
    }
    rows = [
        (
            words.line_words(line),
            *(
                (words.line_mark(lines[side][line]["status"]), len(lines[side][line]["missing"]))
                for side in ("here", "there")
            ),
        )
        for line in LINES
        if line in lines["here"]
    ]
    return {"id": other, "words": words.region_words(other), "rows": rows, "is_same": other == region}
