"""The routes of what is handed out as files."""

from __future__ import annotations

from typing import Any

from tracker.api import answers_documents, documents
from tracker.api.call import Route, W, get
from tracker.documents.files import MEDIA_TYPES


def _files(
    path: str, needs: Any, name: str, words: str, make: Any, query: Any = answers_documents.Worded
) -> list[Route]:
    return [
        get(
            f"{path}.{kind}",
            needs,
            documents.handler(name, words, kind, make),
            MEDIA_TYPES[kind],
            query,
            tag="documents",
        )
        for kind in MEDIA_TYPES
    ]


DOCUMENTS: tuple[Route, ...] = (
    *_files(
        f"{W}/reviews/{{region}}/readiness",
        "details",
        "readiness",
        "Give the readiness of a region, live or at a past moment, as {kind}.",
        documents.live_readiness,
    ),
    *_files(
        f"{W}/reviews/{{region}}/snapshots/{{number}}",
        "state",
        "snapshot",
        "Give a frozen snapshot as {kind}; findings, reasons and needs only for those who may read them.",
        documents.frozen_readiness,
    ),
    get(
        f"{W}/briefing",
        "details",
        documents.show_briefing,
        answers_documents.Briefing,
        answers_documents.OfQuarter,
        tag="documents",
    ),
    *_files(
        f"{W}/briefing",
        "details",
        "briefing",
        "Give the quarterly briefing for principals, two pages, as {kind}.",
        documents.brief,
        answers_documents.OfQuarter,
    ),
    get(
        f"{W}/biennial-report",
        "state",
        documents.show_biennial,
        answers_documents.BiennialReport,
        answers_documents.OfYears,
        tag="documents",
    ),
    *_files(
        f"{W}/biennial-report",
        "state",
        "biennial_report",
        "Give the input for the biennial report as {kind}; notes and needs only for those who may read them.",
        documents.report_biennially,
        answers_documents.OfYears,
    ),
    *(
        get(
            f"/schemas/{name}.json",
            "nothing",
            documents.schema(name),
            "application/schema+json",
            validator="body",
            tag="documents",
        )
        for name in ("readiness-1", "briefing-1", "biennial-report-1")
    ),
)
