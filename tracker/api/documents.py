"""Documents to save: readiness, live and frozen, as PDF, for Word, as a workbook; and the schemas of the JSON."""

from __future__ import annotations

from collections.abc import Callable

from tracker.api.call import Answer, Asked, Call
from tracker.api.reviews import number_of
from tracker.documents.basis import Basis, basis_of
from tracker.documents.files import MEDIA_TYPES, file_of
from tracker.documents.pieces import Document
from tracker.documents.readiness import readiness_document, snapshot_document
from tracker.projections.readiness import known_region, readiness

Handler = Callable[[Call, Asked], Answer]
ALWAYS = "The same question, language and rights give the same bytes within a release."
AS = {"pdf": "a PDF", "docx": "a document for Word", "xlsx": "a workbook"}


def handler(name: str, words: str, kind: str, make: Callable[[Call, Asked], Document]) -> Handler:
    """Return the handler of a route that gives a document as one kind of file."""

    def give(call: Call, asked: Asked) -> Answer:
        document = make(call, asked)
        said = {"Content-Disposition": f'attachment; filename="{document.name}.{kind}"'}
        said["Content-Language"] = document.say.language
        return Answer(file_of(document, kind), headers=said, media_type=MEDIA_TYPES[kind])

    give.__name__ = f"{name}_as_{kind}"
    give.__doc__ = f"{words.format(kind=AS[kind])}\n\n{ALWAYS}"
    return give


def language_of(call: Call) -> str:
    return str(call.query.get("language") or call.language)


def asked_basis(call: Call, asked: Asked) -> Basis:
    return basis_of(asked.view, language_of(call), has_details=asked.may("details"))


def live_readiness(call: Call, asked: Asked) -> Document:
    basis = asked_basis(call, asked)
    return readiness_document(basis, readiness(basis.view, known_region(call.path["region"])))


def frozen_readiness(call: Call, asked: Asked) -> Document:
    number, region = number_of(call, asked), known_region(call.path["region"])
    return snapshot_document(
        call.runtime, asked.view, region, number, language_of(call), has_details=asked.may("details")
    )
