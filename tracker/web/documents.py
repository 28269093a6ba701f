"""The page of what is handed out: briefings, the input for the biennial report, readiness, each as files to save."""

from __future__ import annotations

from tracker.events.dates import quarter_of, quarters_between
from tracker.plans.reference import region_labels
from tracker.projections.snapshots import snapshots
from tracker.web.language import _, spoken
from tracker.web.readiness import files_of
from tracker.web.readiness_told import region_words
from tracker.web.rendering import shell
from tracker.web.visits import page, visit


@shell.get("/w/<workplan>/documents")
def documents_page(workplan: str) -> tuple[str, int]:
    with visit(workplan) as here:
        root, day = here.workplan, here.answer.question.day
        quarters = [
            one for one in quarters_between(root.period.from_, root.period.to) if one <= quarter_of(day)
        ]
        regions = [
            {
                "id": region,
                "words": region_words(region),
                "live": files_of(here, f"reviews/{region}/readiness"),
                "frozen": [
                    (one["number"], files_of(here, f"reviews/{region}/snapshots/{one['number']}"))
                    for one in snapshots(here.answer.plan, region)
                ],
            }
            for region in region_labels()
        ]
        return page(
            "documents.html",
            here,
            api=f"/api/v1/workplans/{workplan}",
            quarters=quarters[::-1],
            regions=regions,
            kinds=(("pdf", _("PDF")), ("docx", _("Word")), ("xlsx", _("Workbook"))),
            language=spoken(),
        )
