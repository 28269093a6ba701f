"""Documents: readiness, the quarterly briefing and the biennial report, to save or as JSON, and its schemas."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tracker.api.call import Answer, Asked, Call
from tracker.api.queries import span_of
from tracker.api.rendering import about, told
from tracker.api.reviews import number_of
from tracker.documents.basis import Basis, basis_of
from tracker.documents.biennial import Period, biennial, period_meant
from tracker.documents.biennial_document import biennial_document
from tracker.documents.briefing import Quarter, briefing
from tracker.documents.briefing_document import briefing_document
from tracker.documents.files import MEDIA_TYPES, SCHEMAS, file_of
from tracker.documents.pieces import Document
from tracker.documents.readiness import readiness_document, snapshot_document
from tracker.projections.readiness import known_region, readiness
from tracker.projections.reading_rights import without_details

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


def show_briefing(call: Call, asked: Asked) -> Answer:
    """Show what the briefing about a quarter says: where the plan stood, what moved, what needs a decision.

    Of the last quarter that is over, unless another is named. It is seen on its last day, as known at the moment asked
    about; its reports also with what came after it.
    """
    return told(asked, briefing(_quarter(call, asked)) | about(asked))


def brief(call: Call, asked: Asked) -> Document:
    return briefing_document(_quarter(call, asked))


def _quarter(call: Call, asked: Asked) -> Quarter:
    said = call.query.get("quarter")
    return Quarter(call.runtime, asked.view, said, language_of(call), has_details=asked.may("details"))


def show_biennial(call: Call, asked: Asked) -> Answer:
    """Show what was done on each objective over two years: what the biennial report is written from.

    The two years that end on the day asked about, unless `from` and `to` say otherwise.
    """
    found = biennial(asked_basis(call, asked), _period(call, asked))
    if asked.may("details"):
        return told(asked, found | about(asked))
    return told(asked, without_details(found) | about(asked) | {"withheld": ["needs", "note"]})


def report_biennially(call: Call, asked: Asked) -> Document:
    return biennial_document(asked_basis(call, asked), _period(call, asked))


def _period(call: Call, asked: Asked) -> Period:
    first, last = (
        date.fromisoformat(span_of(call.query[name], name.strip("_"))[end]) if name in call.query else None
        for end, name in enumerate(("from_", "to"))
    )
    return period_meant(asked.view, first, last)


def schema(name: str) -> Callable[[Call], Answer]:
    """Return the handler that gives a published schema."""

    def give(_call: Call) -> Answer:
        return Answer(
            (SCHEMAS / f"{name}.json").read_text(encoding="utf-8"), media_type="application/schema+json"
        )

    give.__name__ = f"schema_of_{name.rpartition('-')[0].replace('-', '_')}"
    give.__doc__ = f"Give the JSON Schema that answers of the format `{name.replace('-1', '/1')}` follow."
    return give
