"""Asking about other moments: every spelling, on every read; and what is said where there is nothing to see."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from tests.api.test_rights import address
from tests.installation import ADOPTED, API, Installation
from tracker.api import queries
from tracker.api.call import Route
from tracker.api.routes import ROUTES

REPORT = {
    "type": "ProgressReported",
    "subject": "activity/3.4",
    "reason": "the venue is late",
    "data": {"assessment": "at_risk"},
}


@pytest.fixture(scope="module")
def told(library: Installation) -> Installation:
    """A library in which 3.4 was reported at risk on 5 July, as of 16 May; a moment is named before."""
    library.enter(
        {
            "type": "MomentNamed",
            "subject": "workplan",
            "data": {"slug": "principals-june", "title": "Principals", "at": "2023-06-15"},
        }
    )
    library.write(REPORT | {"occurred_on": "2023-05-16"}, "lead")
    library.clock.move(hours=2)
    return library


def status(house: Installation, query: str) -> str:
    return str(house.read(f"activities/3.4?{query}")["status"])


@pytest.mark.parametrize(
    "query, expected",
    [
        ("", "in_progress"),
        ("as_of=now", "in_progress"),
        ("as_of=2023-07-05", "in_progress"),
        ("as_of=2023-07-04", "not_started"),
        ("as_of=2023-07-05T11:59:59%2B02:00", "not_started"),
        ("as_of=2023-07-05T12:30:00%2B02:00", "in_progress"),
        ("as_of=2023-07-05T12:30:00+02:00", "in_progress"),
        ("as_of=moment:principals-june", "not_started"),
        ("as_of=-P3M", "not_started"),
        ("as_of=-PT1H", "in_progress"),
        ("as_of=position:300", "not_started"),
        ("effective_on=2023-05-15", "not_started"),
        ("effective_on=2023-05-16", "in_progress"),
        ("effective_on=-P1M", "in_progress"),
        ("effective_on=2023-05-16&as_of=2023-07-04", "not_started"),
    ],
)
def test_every_spelling_of_a_moment_is_understood(told: Installation, query: str, expected: str) -> None:
    assert status(told, query) == expected


def test_the_question_is_said_in_every_answer(told: Installation) -> None:
    for path in ("state", "activities", "activities/3.4", "events", "tree-head", "moments", "obligations"):
        answer = told.read(f"{path}?as_of=2023-07-04")
        assert answer["question"]["as_of"] == "2023-07-04", path
        assert "4 July 2023" in answer["question"]["words"], path


def test_the_log_as_it_was_holds_no_later_entry(told: Installation) -> None:
    then = told.read("events?order=desc&limit=1&as_of=2023-07-04")
    assert then["items"][0]["position"] == then["position"] == told.read("tree-head?as_of=2023-07-04")["size"]
    newest = told.read("events?order=desc&limit=1")["items"][0]["position"]
    assert told.get(f"events/{newest}?as_of=2023-07-04").status_code == 404
    assert told.get(f"events/{newest}").status_code == 200


def test_before_the_log_the_answer_is_the_address_to_ask(told: Installation) -> None:
    answer = told.get("activities?as_of=2022-12-20&workstream=3")
    assert answer.status_code == 422
    problem = answer.json
    assert problem is not None
    assert (problem["type"], problem["field"], problem["value"]) == (
        "/problems/moment",
        "as_of",
        "2022-12-20",
    )
    assert problem["began"] == "2023-01-09"
    assert problem["instead"] == f"{API}/activities?workstream=3&effective_on=2022-12-20"
    instead = told.read(problem["instead"])
    assert len(instead["items"]) == 6
    assert instead["question"]["effective_on"] == "2022-12-20"


@pytest.mark.parametrize("name", ["as_of", "effective_on"])
def test_the_future_is_refused_and_now_offered(told: Installation, name: str) -> None:
    problem = told.get(f"activities/3.4?{name}=2031-01-01").json
    assert problem is not None
    assert (problem["status"], problem["field"]) == (422, name)
    assert "future" in problem["detail"]
    assert problem["instead"] == f"{API}/activities/3.4"


@pytest.mark.parametrize(
    "said", ["yesterday", "2023-02-30", "moment:never", "position:0", "position:99999", "P"]
)
def test_a_misspelt_moment_is_named(told: Installation, said: str) -> None:
    problem = told.get(f"state?as_of={said}").json
    assert problem is not None
    assert (problem["status"], problem["field"], problem["value"]) == (422, "as_of", said)
    assert problem["way_out"]


def test_the_ends_of_a_comparison_offer_their_own_address(told: Installation) -> None:
    problem = told.get("changes?from=2022-12-20").json
    assert problem is not None
    assert (problem["field"], problem["instead"]) == ("from", f"{API}/changes?from=now@2022-12-20")
    assert told.get(problem["instead"]).status_code == 200
    future = told.get("changes?from=2023-07-04&to=2031-01-01").json
    assert future is not None
    assert future["instead"] == f"{API}/changes?from=2023-07-04&to=now"


def test_a_reader_may_wait_for_an_entry(told: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.api.dispatch.WAIT_SECONDS", 0.2)
    position = told.read("tree-head")["size"]
    assert told.get(f"state?min_position={position}").status_code == 200
    answer = told.get(f"state?min_position={position + 1}")
    assert answer.status_code == 409
    assert answer.headers["Retry-After"]
    assert answer.json is not None
    assert answer.json["type"] == "/problems/not-reached"
    lasting = told.get(f"state?as_of=position:{position + 1}&min_position={position + 1}")
    assert lasting.status_code == 409  # it is waited for, though it cannot be asked about yet


def test_a_moment_answers_with_the_entry_it_resolves_to(told: Installation) -> None:
    found = told.read("moments/principals-june")
    assert found["as_of"] == "moment:principals-june"
    assert told.read("state?as_of=moment:principals-june")["position"] == found["position"]
    assert found["recorded_at"] < (ADOPTED + timedelta(days=1)).isoformat()


ASKING = [route for route in ROUTES if route.query is not None and issubclass(route.query, queries.Question)]
BAD: dict[str, tuple[str, ...]] = {
    "as_of": (
        "2031-01-01",
        "position:99999",
        "position:0",
        "moment:never",
        "P",
        "+P1D",
        "-P9999Y",
        "last week",
    ),
    "effective_on": ("2031-01-01", "position:5", "moment:never", "P1X", "2023-02-29", "now"),
}


def asked(route: Route, more: str) -> str:
    """Return the address of a read with what it needs, and a question."""
    said = address(route)
    return f"{said}{'&' if '?' in said else '?'}{more}"


@pytest.mark.parametrize("route", ASKING, ids=lambda route: route.path)
def test_every_read_refuses_what_is_no_moment_and_names_what_is_one(told: Installation, route: Route) -> None:
    names = ("now", "from 1 to", "today", "moments", "date", "Give", "go back less")
    for name, said in ((name, said) for name, spellings in BAD.items() for said in spellings):
        problem = told.get(asked(route, f"{name}={quote(said)}")).json
        assert problem is not None
        assert (problem["status"], problem["type"]) == (422, "/problems/moment"), (said, problem)
        assert (problem["field"], problem["value"]) == (name, said)
        assert any(word in problem["way_out"] for word in names), problem
    before = told.get(asked(route, "as_of=2022-12-20")).json
    assert before is not None
    assert (before["status"], before["began"]) == (422, "2023-01-09")
    assert "effective_on=2022-12-20" in before["instead"]


@pytest.mark.parametrize("route", ASKING, ids=lambda route: route.path)
def test_every_read_takes_every_question(told: Installation, route: Route) -> None:
    for said in ("as_of=moment:principals-june", "as_of=-P1D&effective_on=moment:principals-june"):
        answer = told.get(asked(route, said))
        assert answer.status_code in {200, 404}, answer.get_data(as_text=True)  # 404: nothing has that id
        if answer.status_code == 200 and answer.json and "question" in answer.json:
            assert answer.json["question"]["position"] < told.read("tree-head")["size"]


@pytest.mark.parametrize(
    "path, field",
    [
        ("events?from={}", "from"),
        ("events?to={}", "to"),
        ("activities?changed_since={}", "changed_since"),
        ("changes?from={}", "from"),
        ("changes?from=position:1&to={}", "to"),
    ],
)
def test_the_ends_of_a_span_are_moments_too(told: Installation, path: str, field: str) -> None:
    for said in BAD["as_of"]:
        problem = told.get(path.format(quote(said))).json
        assert problem is not None
        assert (problem["status"], problem["field"], problem["value"]) == (422, field, said)
        assert problem["way_out"]


@pytest.mark.parametrize(
    "query, language, words",
    [
        ("as_of=2023-06-15", "en", "as we knew it on 15 June 2023, end of day, Geneva time"),
        ("as_of=moment:principals-june", "en", "as we knew it on 15 June 2023, end of day, Geneva time"),
        (
            "as_of=2023-06-15T18:00:00%2B02:00",
            "es",
            "tal como lo sabíamos el 15 de junio de 2023, 18:00, hora de Ginebra",
        ),
        ("as_of=position:300", "fr", "tel que nous le savions à l’inscription 300"),
        (
            "effective_on=2023-03-15&as_of=2023-06-15",
            "fr;q=0.9, de",
            "le 15 mars 2023, tel que nous le savions le 15 juin 2023, à la fin de la journée, heure de Genève",
        ),
        ("effective_on=2023-03-15", "es", "el 15 de marzo de 2023, tal como lo sabemos ahora"),
        ("", "sw", "as we know it now"),
    ],
)
def test_the_question_is_said_in_the_readers_language(
    told: Installation, query: str, language: str, words: str
) -> None:
    for path in ("state", "moments"):
        answer = told.get(f"{path}?{query}", headers={"Accept-Language": language}).json
        assert answer is not None
        assert answer["question"]["words"] == words
    english = told.get(f"state?{query}").json
    assert english is not None
    assert english["question"]["words"].isascii()  # the one language is not given to readers of the other
