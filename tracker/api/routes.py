"""The route table: what can be asked, what right it needs, who answers.

Flask's rules, the OpenAPI document, the page about it and the tests of rights are all made from it.
"""

from __future__ import annotations

from functools import partial

from tracker.api import (
    answers,
    answers_desks,
    answers_log,
    answers_plan,
    answers_time,
    calendars,
    changes,
    contributions,
    entries,
    live,
    people,
    plan,
    proofs,
    queries,
    reviews,
    rounds,
    service,
    timegates,
    timelines,
    tokens,
    writing,
)
from tracker.api.call import Route

W = "/workplans/{workplan}"
COLLECTIONS = {
    "entities": answers_plan.Entity,
    "commitments": answers_plan.Commitment,
    "workstreams": answers_plan.Workstream,
    "activities": answers_plan.Activity,
    "milestones": answers_plan.Milestone,
    "products": answers_plan.Product,
    "sessions": answers_plan.Session,
    "reviews": answers_plan.Review,
}

get = partial(Route, "GET")
post = partial(Route, "POST")
delete = partial(Route, "DELETE")


def _collections() -> list[Route]:
    made = []
    for name, shape in COLLECTIONS.items():
        made += [
            get(
                f"{W}/{name}",
                "state",
                plan.collection(name),
                answers.page(f"{shape.__name__}List", shape),
                queries.filters_of(name),
            ),
            get(
                f"{W}/{name}/{{id}}",
                "state",
                timegates.dated(plan.subject(name)),
                answers.single(shape),
                queries.Question,
            ),
            get(
                f"{W}/{name}/{{id}}/timeline",
                "state",
                timelines.timeline(name),
                answers_time.ActivityTimeline if name == "activities" else answers_time.SubjectTimeline,
                queries.Question,
            ),
        ]
    return made


def _timegates() -> list[Route]:
    gate = partial(
        get, status=302, headers={"Accept-Datetime": "a date as HTTP spells it"}, validator="none", tag="time"
    )
    page = partial(get, query=queries.TimeMap, validator="body", tag="time")
    one = "{collection}/{id}"
    return [
        gate(f"{W}/timegate/state", "state", timegates.state_timegate, ""),
        gate(f"{W}/timegate/{one}", "state", timegates.subject_timegate, ""),
        page(f"{W}/timemap/state", "state", timegates.state_timemap, timegates.MEDIA_TYPE),
        page(f"{W}/timemap/{one}", "state", timegates.subject_timemap, timegates.MEDIA_TYPE),
    ]


ROUTES: tuple[Route, ...] = (
    get("/workplans", "nothing", plan.workplans, answers_plan.Workplans, validator="none"),
    get(W, "state", plan.workplan, answers_plan.OneWorkplan, queries.Question, validator="body"),
    get(f"{W}/state", "state", timegates.dated(plan.state), answers_plan.State, queries.Question),
    *_collections(),
    get(f"{W}/timeline", "state", timelines.show_timeline, answers_time.PlanTimeline, queries.Question),
    *(
        get(f"{W}/{name}/trend", "state", timelines.trend(name), answers_time.Trends, queries.Question)
        for name in ("milestones", "reviews")
    ),
    *_timegates(),
    get(
        f"{W}/moments",
        "state",
        plan.moments,
        answers.page("MomentList", answers_plan.Moment),
        queries.Question,
        validator="body",
    ),
    get(
        f"{W}/moments/{{id}}",
        "state",
        plan.moment,
        answers_plan.OneMoment,
        queries.Question,
        validator="body",
    ),
    post(
        f"{W}/events",
        "write",
        writing.write_events,
        answers_log.Written,
        body="events",
        status=201,
        validator="none",
        tag="events",
    ),
    get(
        f"{W}/events",
        "history",
        entries.list_events,
        answers_log.Entries,
        queries.History,
        validator="body",
        has_files=True,
        tag="events",
    ),
    get(
        f"{W}/events/{{position}}",
        "history",
        entries.show_event,
        answers_log.OneEntry,
        queries.Question,
        tag="events",
    ),
    get(
        f"{W}/live",
        "state",
        live.follow,
        live.MEDIA_TYPE,
        queries.Live,
        validator="none",
        headers={"Last-Event-ID": "go on after this position"},
        tag="events",
    ),
    get(
        f"{W}/changes",
        "state",
        changes.show_changes,
        answers_log.Changes,
        queries.Ends,
        validator="body",
        has_files=True,
        tag="events",
    ),
    get(
        f"{W}/contributions",
        "state",
        contributions.show_contributions,
        answers_time.Contributions,
        queries.Contributions,
        has_files=True,
    ),
    get(
        f"{W}/obligations",
        "details",
        rounds.list_obligations,
        answers_desks.Obligations,
        queries.Obligations,
        validator="body",
        tag="reporting",
    ),
    get(f"{W}/rounds", "rounds", rounds.list_rounds, answers_desks.Rounds, queries.Question, tag="reporting"),
    get(
        f"{W}/rounds/{{quarter}}",
        "rounds",
        rounds.show_round,
        answers_desks.OneRound,
        queries.Question,
        tag="reporting",
    ),
    get(
        f"{W}/tree-head",
        "state",
        proofs.show_tree_head,
        answers_plan.TreeHeadAnswer,
        queries.Question,
        validator="body",
        tag="proof",
    ),
    get(
        f"{W}/proofs/inclusion",
        "proofs",
        proofs.prove_inclusion,
        answers_log.InclusionAnswer,
        queries.Inclusion,
        tag="proof",
    ),
    get(
        f"{W}/proofs/consistency",
        "proofs",
        proofs.prove_consistency,
        answers_log.ConsistencyAnswer,
        queries.Consistency,
        tag="proof",
    ),
    get(
        f"{W}/reviews/{{region}}/readiness",
        "details",
        reviews.show_readiness,
        answers_desks.Readiness,
        queries.Question,
        tag="reviews",
    ),
    get(
        f"{W}/reviews/{{region}}/snapshots",
        "state",
        reviews.list_snapshots,
        answers_desks.Snapshots,
        queries.Question,
        tag="reviews",
    ),
    get(
        f"{W}/reviews/{{region}}/snapshots/{{number}}",
        "state",
        reviews.show_snapshot,
        answers_desks.OneSnapshot,
        queries.Question,
        validator="body",
        tag="reviews",
    ),
    get(
        f"{W}/reviews/{{region}}/snapshots/{{number}}.json",
        "state",
        reviews.show_snapshot_bytes,
        "application/json",
        queries.Question,
        validator="body",
        tag="reviews",
    ),
    get(f"{W}/people", "people", people.list_people, answers_desks.People, validator="none", tag="desks"),
    get(
        f"{W}/people/{{person}}",
        "people",
        people.show_person,
        answers_desks.Person,
        validator="none",
        tag="desks",
    ),
    delete(
        f"{W}/people/{{person}}",
        "people",
        people.erase_person,
        answers_desks.Erased,
        validator="none",
        tag="desks",
    ),
    get(
        f"{W}/people/{{person}}/data",
        "own data",
        people.show_data,
        answers_desks.OwnData,
        validator="none",
        tag="desks",
    ),
    post(
        f"{W}/people",
        "people",
        people.add_person,
        answers_desks.Person,
        body=people.NewPerson,
        status=201,
        validator="none",
        tag="desks",
    ),
    post(
        f"{W}/people/{{person}}/roles",
        "people",
        people.grant_role,
        answers_desks.Person,
        body=people.NewRole,
        validator="none",
        tag="desks",
    ),
    delete(
        f"{W}/people/{{person}}/roles/{{role}}",
        "people",
        people.withdraw_role,
        "",
        status=204,
        validator="none",
        tag="desks",
    ),
    get(f"{W}/tokens", "people", tokens.list_tokens, answers_desks.Tokens, validator="none", tag="desks"),
    post(
        f"{W}/tokens",
        "people",
        tokens.create_token,
        answers_desks.Token,
        body=tokens.NewToken,
        status=201,
        validator="none",
        tag="desks",
    ),
    delete(
        f"{W}/tokens/{{token}}", "people", tokens.revoke_token, "", status=204, validator="none", tag="desks"
    ),
    get(
        f"{W}/calendars",
        "state",
        calendars.list_calendars,
        answers_desks.Calendars,
        validator="none",
        tag="desks",
    ),
    post(
        f"{W}/calendars",
        "state",
        calendars.create_calendar,
        answers_desks.Calendar,
        body=calendars.NewFeed,
        status=201,
        validator="none",
        tag="desks",
    ),
    delete(
        f"{W}/calendars/{{feed}}",
        "state",
        calendars.remove_calendar,
        "",
        status=204,
        validator="none",
        tag="desks",
    ),
    get(
        "/calendars/{secret}.ics",
        "nothing",
        calendars.show_calendar,
        "text/calendar",
        is_root=True,
        validator="body",
        tag="desks",
    ),
    get("/openapi.json", "nothing", service.openapi, "application/json", tag="service"),
    get("/api/docs", "nothing", service.docs, "text/html", is_root=True, tag="service"),
    get("/problems/{slug}", "nothing", service.problem_page, "text/html", is_root=True, tag="service"),
    get(
        "/livez",
        "nothing",
        service.livez,
        answers_desks.Health,
        is_root=True,
        validator="none",
        tag="service",
    ),
    get(
        "/readyz",
        "nothing",
        service.readyz,
        answers_desks.Health,
        is_root=True,
        validator="none",
        tag="service",
    ),
)
