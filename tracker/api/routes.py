"""The route table: what can be asked, what right it needs, who answers. Flask's rules, the OpenAPI document, the page
about it and the tests of rights are all made from it.
"""

from __future__ import annotations

from functools import partial

from tracker.api import answers, answers_log, entries, people, plan, proofs, queries, reviews, rounds, service, tokens, writing
from tracker.api.call import Route

W = "/workplans/{workplan}"
COLLECTIONS = {
    "entities": answers.Entity,
    "commitments": answers.Commitment,
    "workstreams": answers.Workstream,
    "activities": answers.Activity,
    "milestones": answers.Milestone,
    "sessions": answers.Session,
    "reviews": answers.Review,
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
                f"List the {name}",
                answers.page(f"{shape.__name__}List", shape),
                queries.filters_of(name),
            ),
            get(
                f"{W}/{name}/{{id}}",
                "state",
                plan.subject(name),
                f"Show one of the {name}",
                answers.single(shape),
                queries.Question,
            ),
        ]
    return made


ROUTES: tuple[Route, ...] = (
    get("/workplans", "nothing", plan.workplans, "List the workplans you may read", answers.Workplans, validator="none"),
    get(W, "state", plan.workplan, "Describe a workplan", answers.OneWorkplan, queries.Question),
    get(f"{W}/state", "state", plan.state, "The whole plan in one answer", answers.State, queries.Question),
    *_collections(),
    get(
        f"{W}/moments",
        "state",
        plan.moments,
        "List the named moments",
        answers.page("MomentList", answers.Moment),
        queries.Question,
        validator="body",
    ),
    get(
        f"{W}/moments/{{id}}",
        "state",
        plan.moment,
        "Show one named moment",
        answers.OneMoment,
        queries.Question,
        validator="body",
    ),
    post(
        f"{W}/events",
        "write",
        writing.write_events,
        "Record what happened: one event or an array of them, all or nothing",
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
        "List the entries, with their speakers",
        answers_log.Entries,
        queries.History,
        validator="body",
        has_csv=True,
        tag="events",
    ),
    get(
        f"{W}/events/{{position}}",
        "history",
        entries.show_event,
        "Show one entry: before and after, corrections, proof",
        answers_log.OneEntry,
        queries.Question,
        tag="events",
    ),
    get(
        f"{W}/changes",
        "state",
        entries.show_changes,
        "Show what changed between two points",
        answers_log.Changes,
        queries.Ends,
        validator="body",
        tag="events",
    ),
    get(
        f"{W}/obligations",
        "details",
        rounds.list_obligations,
        "List the reports that are owed, each with a body ready to post",
        answers_log.Obligations,
        queries.Obligations,
        validator="body",
        tag="reporting",
    ),
    get(
        f"{W}/rounds",
        "rounds",
        rounds.list_rounds,
        "List the reporting rounds with their figures",
        answers_log.Rounds,
        queries.Question,
        tag="reporting",
    ),
    get(
        f"{W}/rounds/{{quarter}}",
        "rounds",
        rounds.show_round,
        "Show one round: expected, reported, on time, row by row",
        answers_log.OneRound,
        queries.Question,
        tag="reporting",
    ),
    get(f"{W}/tree-head", "state", proofs.show_tree_head, "The tree head", answers.TreeHeadAnswer, queries.Question, tag="proof"),
    get(
        f"{W}/proofs/inclusion",
        "proofs",
        proofs.prove_inclusion,
        "Prove that an entry is in the tree",
        answers_log.InclusionAnswer,
        queries.Inclusion,
        tag="proof",
    ),
    get(
        f"{W}/proofs/consistency",
        "proofs",
        proofs.prove_consistency,
        "Prove that an earlier tree is a prefix of a later one",
        answers_log.ConsistencyAnswer,
        queries.Consistency,
        tag="proof",
    ),
    get(
        f"{W}/reviews/{{region}}/readiness",
        "details",
        reviews.show_readiness,
        "How ready a region is for its review, line by line with evidence",
        answers_log.Readiness,
        queries.Question,
        tag="reviews",
    ),
    get(
        f"{W}/reviews/{{region}}/snapshots",
        "state",
        reviews.list_snapshots,
        "List the frozen readiness snapshots of a region",
        answers_log.Snapshots,
        queries.Question,
        tag="reviews",
    ),
    get(
        f"{W}/reviews/{{region}}/snapshots/{{number}}",
        "state",
        reviews.show_snapshot,
        "Show a frozen snapshot, and what was corrected since",
        answers_log.OneSnapshot,
        queries.Question,
        validator="body",
        tag="reviews",
    ),
    get(
        f"{W}/reviews/{{region}}/snapshots/{{number}}.json",
        "state",
        reviews.show_snapshot_bytes,
        "The frozen bytes of a snapshot, for checking their SHA-256",
        "application/json",
        queries.Question,
        validator="body",
        tag="reviews",
    ),
    get(f"{W}/people", "people", people.list_people, "List people", answers_log.People, validator="none", tag="desks"),
    get(f"{W}/people/{{person}}", "people", people.show_person, "Show a person", answers_log.Person, validator="none", tag="desks"),
    post(
        f"{W}/people",
        "people",
        people.add_person,
        "Add a person with a role",
        answers_log.Person,
        body=people.NewPerson,
        status=201,
        validator="none",
        tag="desks",
    ),
    post(
        f"{W}/people/{{person}}/roles",
        "people",
        people.grant_role,
        "Grant a role",
        answers_log.Person,
        body=people.NewRole,
        validator="none",
        tag="desks",
    ),
    delete(
        f"{W}/people/{{person}}/roles/{{role}}",
        "people",
        people.withdraw_role,
        "Withdraw a role",
        "",
        status=204,
        validator="none",
        tag="desks",
    ),
    get(f"{W}/tokens", "people", tokens.list_tokens, "List tokens", answers_log.Tokens, validator="none", tag="desks"),
    post(
        f"{W}/tokens",
        "people",
        tokens.create_token,
        "Create a token; its secret is shown this once",
        answers_log.Token,
        body=tokens.NewToken,
        status=201,
        validator="none",
        tag="desks",
    ),
    delete(
        f"{W}/tokens/{{token}}",
        "people",
        tokens.revoke_token,
        "Revoke a token",
        "",
        status=204,
        validator="none",
        tag="desks",
    ),
    get("/openapi.json", "nothing", service.openapi, "This description, as OpenAPI 3.1", "application/json", tag="service"),
    get("/api/docs", "nothing", service.docs, "This description, for people", "text/html", is_root=True, tag="service"),
    get("/problems/{slug}", "nothing", service.problem_page, "What a refusal means", "text/html", is_root=True, tag="service"),
    get("/livez", "nothing", service.livez, "Is the process alive?", answers_log.Health, is_root=True, validator="none", tag="service"),
    get("/readyz", "nothing", service.readyz, "Can it serve?", answers_log.Health, is_root=True, validator="none", tag="service"),
)
