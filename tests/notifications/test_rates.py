"""Who reported, and in time: per lead, workstream and plan, now and at any past moment on either axis."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mailing import PLAN, QUARTER, Clock, MailServer, sqlite_only
from tests.notifications.test_rounds import report
from tracker.directory.principals import system
from tracker.projections.rounds import rates, round_view
from tracker.runtime import Runtime
from tracker.workplan.round import Round


def enter(runtime: Runtime, kind: str, subject: str, data: dict[str, Any], **more: Any) -> None:
    wish = {"type": kind, "subject": subject, "data": data} | more
    runtime.submit(PLAN, wish, system("system:cli"), "cli")


def shown(
    runtime: Runtime, quarter: str = QUARTER, as_of: str | None = None, effective_on: str | None = None
) -> dict[str, Any]:
    with runtime.ask(PLAN, as_of, effective_on) as view:
        opened = view.plan.get(f"round/{quarter}", Round)
        assert opened is not None
        return round_view(view.plan, opened, view.workplan.zone)


def figures_of(view: dict[str, Any], kind: str, name: str) -> tuple[int, ...]:
    (found,) = [one for one in view[f"by_{kind}"] if one[kind] == name]
    return tuple(found[key] for key in ("expected", "reported", "on_time", "late", "awaited"))


@pytest.fixture
def told(runtime: Runtime, clock: Clock, leads: dict[str, str], mail: MailServer) -> Runtime:
    """Return a round in which OMS reported one in time and CGLU another a day late; then one was retracted."""
    enter(runtime, "RoundOpened", f"round/{QUARTER}", {})
    clock.set("2023-07-10", "21:30")  # 23:30 in Zurich: the due day
    report(runtime, leads["oms"], "oms", "3.1")
    clock.set("2023-07-10", "22:30")  # half past midnight there
    report(runtime, leads["cglu"], "cglu", "3.2")
    clock.set("2023-07-20")
    with runtime.ask(PLAN) as view:
        position = view.end.position
    enter(runtime, "EntryRetracted", "activity/3.2", {"position": position}, reason="The wrong card.")
    return runtime


@sqlite_only
def test_rates_now_and_as_we_knew_them_then(told: Runtime) -> None:
    now = shown(told)
    assert figures_of(now, "entity", "oms") == (6, 1, 1, 0, 5)
    assert figures_of(now, "entity", "cglu") == (6, 1, 1, 0, 5), "a co-lead's report settles every row"
    assert figures_of(now, "workstream", "3") == (6, 1, 1, 0, 5)
    assert now["figures"]["reported"] == 1
    then = shown(told, as_of="2023-07-15")
    assert figures_of(then, "entity", "oms") == (6, 2, 1, 1, 4)
    assert then["figures"]["late"] == 1
    assert {row["activity"]: row["days_late"] for row in then["rows"] if row["report"]} == {
        "3.1": 0,
        "3.2": 1,
    }
    early = shown(told, as_of="2023-07-10")
    assert figures_of(early, "workstream", "3") == (6, 1, 1, 0, 5)


@sqlite_only
def test_as_we_know_it_now_a_retracted_report_never_was(told: Runtime) -> None:
    assert shown(told, effective_on="2023-07-15")["figures"]["reported"] == 1
    assert shown(told, effective_on="2023-07-15", as_of="2023-07-15")["figures"]["reported"] == 2


@sqlite_only
def test_rates_of_all_rounds_are_the_sum_of_each(told: Runtime, clock: Clock, leads: dict[str, str]) -> None:
    clock.set("2023-10-05")
    enter(told, "RoundOpened", "round/2023-Q3", {})
    with told.ask(PLAN) as view:
        together = rates(view.plan, view.workplan.zone)
    one, other = shown(told), shown(told, "2023-Q3")
    for name in ("expected", "reported", "on_time", "late", "awaited", "excused"):
        assert together["figures"][name] == one["figures"][name] + other["figures"][name]
    assert figures_of(together, "entity", "oms") == (12, 1, 1, 0, 11)


@sqlite_only
def test_same_activities_are_settled_by_one_report_and_excused_ones_are_not_expected(
    told: Runtime, leads: dict[str, str]
) -> None:
    enter(told, "ActivityLinked", "activity/3.3", {"kind": "same_as", "to": "3.1"})
    enter(told, "ReportExcused", "activity/3.4", {"quarter": QUARTER}, reason="Agreed.")
    now = shown(told)
    assert figures_of(now, "entity", "oms") == (5, 2, 2, 0, 3)
    assert [row["state"] for row in now["rows"] if row["activity"] == "3.4"] == ["excused"] * 3


@sqlite_only
def test_no_change_ages_and_differing_reports_are_marked(
    runtime: Runtime, clock: Clock, leads: dict[str, str], mail: MailServer
) -> None:
    for day, quarter in (("2023-07-05", "2023-Q2"), ("2023-10-05", "2023-Q3"), ("2024-01-05", "2023-Q4")):
        clock.set(day)
        enter(runtime, "RoundOpened", f"round/{quarter}", {})
        for activity in ("3.1", "3.2"):
            is_news = (activity, quarter) == ("3.2", "2023-Q3")
            data = {"quarter": quarter} | ({"note": "A start."} if is_news else {"no_change": True})
            wish = {"type": "ProgressReported", "subject": f"activity/{activity}", "data": data}
            behalf = {"entity": "oms", "by": "mail", "received_on": day}
            runtime.submit(PLAN, wish | {"on_behalf_of": behalf}, system("system:cli"), "cli")
    rows = {row["activity"]: row for row in shown(runtime, "2023-Q4")["rows"] if row["entity"] == "oms"}
    assert [rows[one]["no_change_quarters"] for one in ("3.1", "3.2", "3.3")] == [3, 1, 0]
    for entity, assessment in (("oms", "on_track"), ("cglu", "delayed")):
        data = {"quarter": "2023-Q4", "assessment": assessment}
        wish = {"type": "ProgressReported", "subject": "activity/3.5", "data": data, "reason": "Because."}
        behalf = {"entity": entity, "by": "phone", "received_on": "2024-01-05"}
        runtime.submit(PLAN, wish | {"on_behalf_of": behalf}, system("system:cli"), "cli")
    rows = {row["activity"]: row for row in shown(runtime, "2023-Q4")["rows"] if row["entity"] == "cglu"}
    assert (rows["3.5"]["disputed"], rows["3.4"]["disputed"]) == (True, False)
