"""Documents over HTTP: kinds, languages, rights, what is not there, and the schemas they are published with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.installation import Installation, fact

KINDS = {
    "pdf": (b"%PDF", "application/pdf"),
    "docx": (b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (b"PK", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
FINDING = {"line": "agenda", "status": "met", "finding": "For insiders alone", "source": "A page"}


@pytest.fixture(scope="module")
def frozen(library: Installation) -> Installation:
    """A library in which Africa was frozen once."""
    library.enter(fact("ReadinessFindingRecorded", "review/africa", FINDING))
    library.enter(fact("ReadinessSnapshotTaken", "review/africa", {"signed_off_by": "p1"}))
    return library


@pytest.mark.parametrize(
    "path", ["reviews/africa/readiness", "reviews/africa/snapshots/1", "briefing", "biennial-report"]
)
def test_each_document_comes_as_each_kind_in_the_language_asked_for(frozen: Installation, path: str) -> None:
    for kind, (begins, media_type) in KINDS.items():
        answer = frozen.get(f"{path}.{kind}?language=es", headers={"Accept-Language": "fr"})
        assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
        assert (answer.get_data()[: len(begins)], answer.content_type) == (begins, media_type)
        assert answer.headers["Content-Language"] == "es"
        assert answer.headers["Content-Disposition"].endswith(f'.{kind}"')
    again = frozen.get(
        f"{path}.pdf?language=es",
        headers={"If-None-Match": frozen.get(f"{path}.pdf?language=es").headers["ETag"]},
    )
    assert again.status_code == 304
    french = frozen.get(f"{path}.pdf", headers={"Accept-Language": "fr"})
    assert french.headers["Content-Language"] == "fr"


def test_who_reads_no_details_gets_snapshots_and_the_biennial_report_without_them(
    frozen: Installation,
) -> None:
    for path, status in {"briefing": 404, "reviews/africa/readiness.pdf": 404, "briefing.docx": 404}.items():
        assert frozen.get(path, "viewer").status_code == status, path
    insiders, outsiders = (frozen.read("biennial-report", who) for who in ("secretariat", "viewer"))
    assert outsiders["withheld"] == ["needs", "note"]
    assert ("needs" in insiders, "needs" in outsiders) == (True, False)
    files = [
        frozen.get("reviews/africa/snapshots/1.docx", who).get_data() for who in ("secretariat", "viewer")
    ]
    from tests.documents.reading import words_in_docx  # noqa: PLC0415

    assert ["For insiders alone" in words_in_docx(one) for one in files] == [True, False]


@pytest.mark.parametrize(
    "path, status, says",
    [
        ("reviews/africa/snapshots/9.pdf", 404, "Its snapshots are: 1."),
        ("reviews/atlantis/readiness.pdf", 404, "The regions are: africa"),
        ("briefing.pdf?quarter=2031-Q1", 422, "Ask for one from 2022-Q1 to"),
        ("briefing?quarter=soon", 422, "quarter"),
        ("briefing.pdf?language=de", 422, "en, es, fr"),
        ("biennial-report.pdf?from=2024&to=2023", 422, "Swap them"),
        ("biennial-report?from=20-24", 422, "from"),
        ("reviews/africa/readiness.odt", 404, "there is nothing at"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_way_out(
    frozen: Installation, path: str, status: int, says: str
) -> None:
    answer = frozen.get(path)
    assert answer.status_code == status
    assert says in answer.get_data(as_text=True)


def test_the_schemas_are_published_and_answers_name_theirs(frozen: Installation) -> None:
    named: dict[str, Any] = {
        "briefing/1": frozen.read("briefing")["format"],
        "biennial-report/1": frozen.read("biennial-report")["format"],
        "readiness/1": frozen.read("reviews/africa/readiness")["format"],
    }
    for format_, said in named.items():
        assert said == format_
        answer = frozen.client().get(f"/api/v1/schemas/{format_.replace('/', '-')}.json")
        assert answer.content_type == "application/schema+json"
        assert answer.get_json(force=True)["$id"] == format_
