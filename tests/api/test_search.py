"""Searching over HTTP: what is found for whom, at which moment, and what is no question."""

from __future__ import annotations

import pytest

from tests.installation import Installation, fact


@pytest.fixture(scope="module")
def told(library: Installation) -> Installation:
    library.write(
        fact(
            "ProgressReported",
            "activity/3.1",
            {"quarter": "2023-Q2", "assessment": "at_risk", "note": "El hipopótamo azul."},
        )
        | {
            "reason": "Falta el hipopótamo.",
            "on_behalf_of": {"entity": "oim", "by": "mail", "received_on": "2023-01-10"},
        }
    )
    return library


def found(house: Installation, query: str, who: str = "secretariat") -> dict[str, int]:
    answer = house.get(f"search?{query}", who)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return {group["kind"]: group["count"] for group in answer.json["groups"]}


def test_each_reader_finds_and_counts_what_they_may_read(told: Installation):
    assert found(told, "q=hipopotamo") == {"activity": 1, "entry": 1}
    assert found(told, "q=hipopotamo", "auditor") == {"activity": 1, "entry": 1}
    assert found(told, "q=hipopotamo", "viewer") == {}
    assert found(told, "q=migrante", "viewer")["workstream"] > 3


def test_a_past_moment_finds_what_was_known_then(told: Installation):
    assert found(told, "q=hipopotamo&as_of=position:20") == {}
    answer = told.get("search?q=migrantes&as_of=position:200&kind=workstream&limit=2").json
    assert answer
    assert answer["question"]["position"] == answer["searched_to"] == 200
    (group,) = answer["groups"]
    assert len(group["items"]) == 2 < group["count"]
    for item in group["items"]:
        assert any(piece["is_match"] for piece in item["snippet"])
        assert item["title"]["es"]


@pytest.mark.parametrize(
    "query",
    ["", "q=", "q=a", "q=%00%00", "q=" + "x" * 300, "q=plan&kind=none", "q=plan&effective_on=2023-01-01"],
)
def test_what_is_no_question_is_refused(told: Installation, query: str):
    answer = told.get(f"search?{query}")
    assert answer.status_code == 422
    assert answer.json
    assert answer.json["field"] or answer.json["errors"]
