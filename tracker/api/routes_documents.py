"""The routes of what is handed out as files."""

from __future__ import annotations

from typing import Any

from tracker.api import documents, queries
from tracker.api.call import Route, W, get
from tracker.documents.files import MEDIA_TYPES


def _files(
    path: str, needs: Any, name: str, words: str, make: Any, query: Any = queries.Worded
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
)
