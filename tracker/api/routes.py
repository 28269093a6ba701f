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
    changes,
    contributions,
    entries,
    live,
    plan,
    proofs,
    queries,
    regions,
    reviews,
    rounds,
    search,
    service,
    timegates,
    timelines,
    whole_plan,
    writing,
)
from tracker.api.call import Route, W, get, post
from tracker.api.routes_desks import DESKS
from tracker.api.routes_documents import DOCUMENTS

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
                has_files=True,
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
    gate = partial(get, status=302, headers=timegates.HEADERS, validator="none", tag="time")
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
    get("/regions", "nothing", regions.show_regions, regions.Regions, validator="body"),
    get(W, "state", plan.workplan, answers_plan.OneWorkplan, queries.Question, validator="body"),
    get(
        f"{W}/state",
        "state",
        timegates.dated(whole_plan.state),
        answers_plan.State,
        queries.Question,
        has_files=True,
    ),
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
        headers=live.HEADERS,
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
    get(f"{W}/search", "state", search.search, answers_time.Found, search.Search, validator="body"),
    get(
        f"{W}/obligations",
        "details",
        rounds.list_obligations,
        answers_desks.Obligations,
        queries.Obligations,
        validator="body",
        tag="reporting",
    ),
    get(
        f"{W}/rounds",
        "rounds",
        rounds.list_rounds,
        answers_desks.Rounds,
        queries.Question,
        has_files=True,
        tag="reporting",
    ),
    get(
        f"{W}/rounds/{{quarter}}",
        "rounds",
        rounds.show_round,
        answers_desks.OneRound,
        queries.OneRound,
        has_files=True,
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
        queries.Since,
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
        f"{W}/reviews/{{region}}/snapshots/{{number}}/changes",
        "state",
        reviews.show_snapshot_changes,
        answers_desks.SnapshotChanges,
        queries.Since,
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
    *DOCUMENTS,
    *DESKS,
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
