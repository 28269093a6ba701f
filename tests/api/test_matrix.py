"""The whole table of rights: every route and every type of entry, for seven readers, about their own and others'."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.api.test_rights import MAY, address, expected
from tests.installation import WORKPLAN, Installation, fact
from tracker.api.call import Route
from tracker.api.examples import example
from tracker.api.routes import ROUTES
from tracker.directory import people, tokens
from tracker.directory.principals import Principal
from tracker.errors import DeniedError
from tracker.events.catalogue import CATALOGUE

SEVEN = (None, "viewer", "lead", "reviewer", "auditor", "secretariat", "stranger")
"""The lead's is activity 3.4, the reviewer's Africa; the stranger's token is of another workplan."""
WRITES: dict[str, dict[str, set[str]]] = {
    "system": {"own": set(), "other": set()},
    "plan": {"own": {"secretariat"}, "other": {"secretariat"}},
    "report": {"own": {"secretariat", "lead"}, "other": {"secretariat"}},
    "proposal": {"own": {"secretariat", "lead", "reviewer"}, "other": {"secretariat", "lead"}},
    "field": {"own": {"secretariat", "reviewer"}, "other": {"secretariat"}},
    "correct": {"own": {"secretariat", "lead"}, "other": {"secretariat"}},
    "redact": {"own": {"secretariat"}, "other": {"secretariat"}},
}
"""Who may write what, once more: docs/rights.md, by the right that each type declares."""
WHOSE: dict[str, dict[str, str]] = {
    "activity": {"own": "activity/3.4", "other": "activity/1.1"},
    "milestone": {"own": "milestone/m-own", "other": "milestone/m-other"},
    "product": {"own": "product/p-own", "other": "product/p-other"},
    "session": {"own": "session/s-own", "other": "session/s-other"},
    "review": {"own": "review/africa", "other": "review/lac"},
}
REGION = {"own": "africa", "other": "lac"}
LAST = ("LeadReleased", "FocalPointReleased", "WorkstreamWithdrawn", "WorkplanAmended", "WorkplanClosed")
"""After which there would be nobody, or nothing, to write about; the example amends the plan to be public."""
ACTIVITY = {"own": "3.4", "other": "1.1"}


@pytest.fixture(scope="module")
def peopled(shelf: Installation) -> tuple[Installation, dict[str, int]]:
    """An installation with something of both, and the positions of a report of each."""
    for whose in ("own", "other"):
        shelf.enter(
            fact(
                "MilestoneSet",
                f"milestone/m-{whose}",
                {"title": "M", "due": "2024", "activity": ACTIVITY[whose]},
            ),
            fact(
                "ProductPlanned",
                f"product/p-{whose}",
                {"title": "P", "kind": "guidance", "activities": [ACTIVITY[whose]]},
            ),
            fact(
                "SessionProposed",
                f"session/s-{whose}",
                {"kind": "workshop", "title": "S", "region": REGION[whose]},
            ),
        )
    position = {}
    for whose, entity in (("own", "oms"), ("other", "oim")):
        report = fact(
            "ProgressReported", f"activity/{ACTIVITY[whose]}", {"quarter": "2023-Q2", "no_change": True}
        )
        shelf.enter(report | {"entity": entity})
        position[whose] = shelf.read("tree-head")["size"]
    with shelf.runtime.directory() as tx:
        wanted = tokens.Grant("elsewhere", "secretariat", scopes=("erase",))
        _, secret = tokens.create_token(tx, shelf.runtime.now(), wanted)
    shelf.secrets = {**shelf.secrets, "stranger": secret}
    return shelf, position


def body_of(name: str, whose: str, position: dict[str, int], who: str | None) -> dict[str, Any]:
    """Return an entry of a type that is about one's own or others'."""
    declared, body = CATALOGUE[name], deepcopy(example(name))
    body["subject"] = WHOSE.get(declared.kind, {}).get(whose, body["subject"])
    if name in {"ActivityAdded", "MilestoneSet", "ProductPlanned", "SessionProposed"}:
        body["subject"] = (
            f"{declared.kind}/new-{whose}-{who}" if declared.kind != "activity" else "activity/3.98"
        )
    if name == "ProductPlanned":
        body["data"]["activities"] = [ACTIVITY[whose]]
    if name in {"SessionProposed", "SessionScheduled"}:
        body["data"]["region"] = REGION[whose]
    if declared.kind == "any":
        body |= {"subject": WHOSE["activity"][whose]}
        body["data"]["position"] = position[whose]
    if name == "ProgressReported" and who == "secretariat":
        body["on_behalf_of"] = {"entity": "oms", "by": "mail", "received_on": "2023-07-04"}
    return body


def _turn(name: str) -> tuple[bool, int]:
    """Return when a type is tried: what people report before what changes the plan under them."""
    return CATALOGUE[name].right == "plan", LAST.index(name) + 1 if name in LAST else 0


def deviations(house: Installation, position: dict[str, int]) -> tuple[int, list[str]]:
    """Return how many answers there were, and those that the table does not allow."""
    count, found, size = 0, [], house.read("tree-head")["size"]
    for name in sorted(CATALOGUE, key=_turn):
        for whose in ("own", "other"):
            allowed = WRITES[CATALOGUE[name].right][whose]
            for who in SEVEN:
                answer = house.post(body_of(name, whose, position, who), who)
                count += 1
                refused = {None: {401}, "stranger": {403, 404} if name in LAST[-2:] else {404}}.get(
                    who, {403}
                )
                is_right = answer.status_code in ({200, 201, 409, 422} if who in allowed else refused)
                if not is_right:
                    found.append(
                        f"{name}, {whose}, {who}: {answer.status_code} {answer.get_data(as_text=True)[:200]}"
                    )
                if who not in allowed and (now := house.read("tree-head")["size"]) != size:
                    found.append(f"{name}, {whose}, {who}: the log grew")
                    size = now
                size = house.read("tree-head")["size"] if who in allowed else size
    return count, found


def test_every_type_of_entry_is_written_by_whom_the_table_says(
    peopled: tuple[Installation, dict[str, int]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as sabotaged:
        sabotaged.setattr("tracker.runtime.permitted", lambda _principal, wish, *_: wish)
        assert peopled[0].post(body_of("ActivityReworded", "own", {}, "viewer"), "viewer").status_code == 201
    count, found = deviations(*peopled)
    with capsys.disabled():
        print(
            f"\nentries: {count} answers ({len(CATALOGUE)} types, 7 readers, own and other), {len(found)} deviations"
        )
    assert not found, "\n".join(found)


def test_every_route_answers_every_reader_as_the_table_says(
    library: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """About one's own and others': the workplan that a token is for, and another; data of oneself, and of somebody."""
    with library.runtime.directory() as tx:
        _, secret = tokens.create_token(tx, library.runtime.now(), tokens.Grant("elsewhere", "secretariat"))
        ids = {
            who: people.person_at(tx, f"{who}@example.org") for who in SEVEN if who not in {None, "stranger"}
        }
    library.secrets = {**library.secrets, "stranger": secret}
    count, found = 0, []

    def look(route: Route, path: str, who: str | None, statuses: set[int]) -> None:
        nonlocal count
        count += 1
        headers = library.headers(who) | {"Idempotency-Key": "rights"}
        answer = library.client().open(path, method=route.method, headers=headers, json=None)
        if answer.status_code not in statuses:
            found.append(f"{route.method} {path} {who}: {answer.status_code}, not {statuses}")

    for route in ROUTES:
        for who in SEVEN:
            look(route, address(route), who, expected(route, who))
            if "{workplan}" in route.path:
                elsewhere = address(route).replace(WORKPLAN, "no-such-plan")
                look(route, elsewhere, who, {401} if who is None else {404})
            if route.needs == "own data" and who in ids:
                look(route, address(route).replace("pnone", str(ids[who])), who, {200})
                somebody = str(ids["auditor" if who != "auditor" else "viewer"])
                look(
                    route,
                    address(route).replace("pnone", somebody),
                    who,
                    {200} if who in MAY["people"] else {404},
                )
    with capsys.disabled():
        print(
            f"\nroutes: {count} answers ({len(ROUTES)} routes, 7 readers, own and other), {len(found)} deviations"
        )
    assert not found, "\n".join(found)


@pytest.mark.parametrize("is_sabotaged", [False, True], ids=["as it is", "without the second look"])
def test_rights_that_end_after_the_first_look_are_missed_at_the_second(
    house: Installation, monkeypatch: pytest.MonkeyPatch, *, is_sabotaged: bool
) -> None:
    """The edge found good credentials; before the append has its turn they are revoked."""
    with house.runtime.database.read() as tx:
        _, principal = tokens.token_principal(tx, house.runtime.now(), house.secrets["secretariat"])
    with house.runtime.directory(WORKPLAN) as tx:
        token = principal.actor.removeprefix("token:")
        tokens.revoke_token(tx, house.runtime.now(), WORKPLAN, token)
    if is_sabotaged:
        monkeypatch.setattr("tracker.runtime.principal_again", _unchanged)
    moment = fact("MomentNamed", "workplan", {"slug": "late", "title": "L", "at": "2023-06-15"})
    if is_sabotaged:
        assert house.runtime.submit(WORKPLAN, moment, principal, "api").count == 1
    else:
        with pytest.raises(DeniedError):
            house.runtime.submit(WORKPLAN, moment, principal, "api")


def _unchanged(_tx: object, _now: object, _workplan: str, principal: Principal) -> Principal:
    return principal
