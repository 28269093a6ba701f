"""The set-up of a plan from a sheet: windows, tags, natures, targets, links and focal points, where they differ.

A row is an activity or a workstream as it stands; what is changed in it is what is asked for. An empty cell says
nothing, ``none`` says that there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Any, get_args

from tracker.directory.people import Person, people_of, roles_of
from tracker.events.shapes import to_json
from tracker.events.vocabulary import LinkKind, Nature, Tags
from tracker.runtime import View
from tracker.sheets import cells
from tracker.sheets.cells import CellError, plain, text_in
from tracker.sheets.progress import Names
from tracker.sheets.reading import Cell, Row
from tracker.sheets.rows import Kind, Shared, Taking, Wanted
from tracker.workplan.activity import Activity
from tracker.workplan.appointing import leading
from tracker.workplan.workstream import Workstream

COLUMNS: dict[str, str] = {
    "subject": "what the row is about, such as activity/3.2; leave it as it is",
    "version": "how many entries there were about it when the sheet was made; leave it as it is",
    "title": "its words, to know it by; not read",
    "window_from": "the first quarter of its window, such as 2023-Q1, or a year",
    "window_to": "the last quarter of its window",
    "window_source": "where the window was read or decided; default the reason given for the whole sheet",
    "nature": "deliverable, continuing, on_demand or yearly",
    "targets": "what its text promises in numbers, one a line: `dialogues: 2-3 regional dialogues`; `2+` is at least 2",
    "objectives": "of the Compact: 8, 20(b); `none` where none applies",
    "principles": "of the Compact, a to j",
    "sdgs": "targets of the Sustainable Development Goals: 10.7, 17.18",
    "mptf_areas": "thematic areas of the Migration MPTF, 1 to 5",
    "paragraphs": "of the Progress Declaration",
    "regions": "africa, arab-states, asia-pacific, unece, lac",
    "countries": "as ISO 3166-1 alpha-2: KE, ZA",
    "entities": "entities it concerns: ids or printed names",
    "links": "to other activities: `feeds 4.1; same_as 5.2`; `none` removes them",
    "focal_points": "of a workstream: `oms=ana@example.org; oim=…`; people are added before; `none` releases all",
}
REQUIRED = ("subject", "version")
TAGS = tuple(one.name for one in fields(Tags))
PLACES = {
    "/subject": "subject",
    "/data/from": "window_from",
    "/data/to": "links",
    "/data/kind": "links",
    "/data/source": "window_source",
    "/data/person": "focal_points",
    "/data/entity": "focal_points",
    **{f"/data/tags/{name}": name for name in TAGS},
}
NONE = frozenset({"none", "ninguno", "ninguna", "aucun", "aucune"})
NATURES = {plain(one): one for one in get_args(Nature)}
LINK = re.compile(r"(\w+)\s+(\S+)")
TARGET = re.compile(r"([a-z0-9-]+)\s*[:=]\s*(\d{1,6})\s*(?:(\+)|[-\u2013]\s*(\d{1,6}))?\s+(.+)")

Request = dict[str, Any]


def read_rows(rows: tuple[Row, ...], view: View, shared: Shared) -> Iterator[Wanted]:
    """Yield what each row asks for that is not so already; of one row that may be several things."""
    people = _people(view)
    names = Names(view.plan)
    seen: dict[str, int] = {}
    for row in rows:
        take = Taking(row, COLUMNS)
        take.require(REQUIRED)
        subject = take("subject", lambda cell: _subject(cell, view))
        if subject in seen:
            take.fault("subject", f"stands in row {seen[subject]} already", "Leave one of them out.")
        elif subject:
            seen[subject] = row.number
        known = take("version", lambda cell: cells.count_in(text_in(cell)))
        state = view.plan.standings[subject].state if subject else None
        found: list[tuple[str, Request, Request]] = []
        if isinstance(state, Activity):
            found = [
                *_window(take, state, shared),
                *_tagged(take, state, view, names),
                *_links(take, state, names),
            ]
        elif isinstance(state, Workstream):
            found = [*_tagged(take, state, view, names), *_focal_points(take, state, names, people)]
        beside = {"occurred_on": shared.occurred_on, "reason": shared.reason, "decided_at": shared.decided_at}
        said = {name: value for name, value in beside.items() if value}
        if take.faults:
            yield Wanted(row.number, take.cells, {}, take.faults)
            continue
        for column, request, was in found:
            whole = request | {"subject": subject} | said
            yield Wanted(row.number, take.cells, whole, column=column, known=known, was=was)


def _subject(cell: Cell, view: View) -> str:
    said = text_in(cell)
    standing = view.plan.standing(said)
    if standing is None or not isinstance(standing.state, Activity | Workstream):
        raise CellError("is no activity or workstream of this plan", "Download the sheet again.")
    if standing.state.withdrawn:
        raise CellError("was removed from the plan", "Leave the row out.")
    return said


# ----------------------------------------------------------------------------------------- windows, tags and the rest


def _window(take: Taking, state: Activity, shared: Shared) -> Iterator[tuple[str, Request, Request]]:
    first, last = (
        take("window_from", lambda cell: _end(cell, 1)),
        take("window_to", lambda cell: _end(cell, 4)),
    )
    source = take("window_source", text_in)
    held = state.window
    if first is None and last is None:
        return
    if first is None or last is None:
        column = "window_from" if first is None else "window_to"
        if column not in take.cells:
            take.fault(column, "is empty, though the other end is there", "Give both ends of the window.")
        return
    if held and (held.from_, held.to) == (first, last) and source in {None, held.source}:
        return
    if held and source == held.source and shared.reason:
        source = shared.reason  # the window is another now; what was read there is not it
    if not (source or shared.reason):
        take.fault("window_source", "is empty", f"It says {COLUMNS['window_source']}.")
        return
    data = {"from": first, "to": last, "source": source or shared.reason}
    yield "window_from", {"type": "ActivityScheduled", "data": data}, to_json(held) if held else {}


def _end(cell: Cell, quarter: int) -> str:
    said = text_in(cell)
    return f"{said}-Q{quarter}" if re.fullmatch(r"\d{4}", said) else cells.quarter_in(cell)


def _tagged(
    take: Taking, state: Activity | Workstream, view: View, names: Names
) -> Iterator[tuple[str, Request, Request]]:
    held = to_json(state)
    tags = {}
    for name in TAGS:
        said = take(name, partial(_list, name, names=names))
        if said is not None and said != held["tags"].get(name):
            tags[name] = said
    data: Request = {"tags": tags} if tags else {}
    if isinstance(state, Activity):
        nature = take("nature", lambda cell: cells.word_in(cell, NATURES))
        targets = take(
            "targets", lambda cell: _targets(cell, held["targets"] or [], view.workplan.languages[0])
        )
        data |= {"nature": nature} if nature not in {None, held["nature"]} else {}
        data |= {"targets": targets} if targets is not None and targets != held["targets"] else {}
    else:
        for column in ("window_from", "window_to", "nature", "targets", "links"):
            if column in take.cells:
                take.fault(column, "is said of activities only", "Leave it empty.")
    if data:
        was = {name: held.get(name) for name in data} | {
            "tags": {name: held["tags"].get(name) for name in tags}
        }
        kind = "ActivityTagged" if isinstance(state, Activity) else "WorkstreamTagged"
        yield next(iter(tags or data)), {"type": kind, "data": data}, was


def _list(name: str, cell: Cell, *, names: Names) -> list[Any]:
    if plain(text_in(cell)) in NONE:
        return []
    said = cells.list_in(cell)
    match name:
        case "mptf_areas":
            return [cells.count_in(one) for one in said]
        case "countries":
            return [one.upper() for one in said]
        case "regions" | "principles":
            return [one.casefold() for one in said]
        case "entities":
            return [names.entity(one, None) for one in said]
        case _:
            return said


def _targets(cell: Cell, held: list[Request], language: str) -> list[Request]:
    """Return the targets that lines name; one that reads as before keeps its translations and its parts."""
    if plain(text_in(cell)) in NONE:
        return []
    spelt = {target_line(one, language): one for one in held}
    found = []
    for line in (part.strip() for part in re.split(r"[;\n]", text_in(cell)) if part.strip()):
        match = TARGET.fullmatch(line)
        if line in spelt:
            found.append(spelt[line])
        elif match is None:
            raise CellError(
                f"holds `{line}`, which is no target", "Write `dialogues: 2-3 regional dialogues`."
            )
        else:
            name, least, is_open, most, unit = match.groups()
            top = {} if is_open else {"max": int(most or least)}
            found.append({"id": name, "min": int(least), **top, "unit": {language: unit}})
    return found


def target_line(target: Mapping[str, Any], language: str) -> str:
    """Return a target as it is written in a sheet."""
    least, most = target["min"], target.get("max")
    count = f"{least}+" if most is None else f"{least}" if most == least else f"{least}-{most}"
    unit = target["unit"].get(language) or next(iter(target["unit"].values()))
    return f"{target['id']}: {count} {unit}"


def _links(take: Taking, state: Activity, names: Names) -> Iterator[tuple[str, Request, Request]]:
    said = take("links", lambda cell: _pairs(cell, names))
    if said is None:
        return
    held = [(one.kind, one.to) for one in state.links]
    for kind, to in said:
        if (kind, to) not in held:
            yield "links", {"type": "ActivityLinked", "data": {"kind": kind, "to": to}}, {}
    for kind, to in held:
        if (kind, to) not in said:
            yield "links", {"type": "ActivityUnlinked", "data": {"kind": kind, "to": to}}, {}


def _pairs(cell: Cell, names: Names) -> list[tuple[str, str]]:
    if plain(text_in(cell)) in NONE:
        return []
    found = []
    for part in cells.list_in(cell):
        match = LINK.fullmatch(part)
        if match is None or match[1] not in get_args(LinkKind):
            known = ", ".join(get_args(LinkKind))
            raise CellError(
                f"holds `{part}`, which is no link", f"Write one of {known}, then an activity: `feeds 4.1`."
            )
        found.append((match[1], names.activity(match[2]).id))
    return found


# -------------------------------------------------------------------------------------------------------- focal points


def _people(view: View) -> dict[str, Person]:
    """Return the people with a role in the plan, by id and by address."""
    roles = roles_of(view.tx, view.end.workplan)
    known = people_of(view.tx, list(roles)).values()
    return {said.casefold(): one for one in known for said in (one.id, one.email) if said}


def _focal_points(
    take: Taking, state: Workstream, names: Names, people: Mapping[str, Person]
) -> Iterator[tuple[str, Request, Request]]:
    leads = leading(state)
    said = take("focal_points", lambda cell: _named(cell, leads, names, people))
    if said is None:
        return
    held = [(one.entity, one.person) for one in state.focal_points]
    for kind, some, others in (("FocalPointNamed", said, held), ("FocalPointReleased", held, said)):
        for entity, person in some:
            if (entity, person) not in others:
                yield "focal_points", {"type": kind, "data": {"person": person, "entity": entity}}, {}


def _named(
    cell: Cell, leads: Sequence[str], names: Names, people: Mapping[str, Person]
) -> list[tuple[str, str]]:
    if plain(text_in(cell)) in NONE:
        return []
    found = []
    for part in cells.list_in(cell):
        entity, sign, address = part.partition("=")
        person = people.get(address.strip().casefold())
        if not sign or person is None:
            raise CellError(
                f"holds `{part}`, which names nobody with a role in this plan",
                "Write `oms=ana@example.org`, of people who were added before.",
            )
        acting = names.entity(entity.strip(), None)
        if acting not in leads:
            raise CellError(
                f"names {acting}, which does not lead there", f"Its leads: {', '.join(leads) or 'none'}."
            )
        found.append((acting, person.id))
    return found


SETUP = Kind("setup", COLUMNS, REQUIRED, PLACES, read_rows, is_repeatable=False)
