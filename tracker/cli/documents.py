"""``tracker briefing`` and ``tracker biennial-report``: what is handed out, written to files or as JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from tracker.cli.context import as_json, running, show, workplan_meant, workplan_option
from tracker.cli.readiness import file_options, wanted_files, write_files


@click.command("briefing")
@click.option("--quarter", help="The quarter, such as 2023-Q2; default the last one that is over.")
@click.option("--as-of", help="As it was known at a past moment, in any spelling.")
@file_options
@workplan_option
@as_json
def briefing(
    *, quarter: str | None, as_of: str | None, language: str, workplan: str | None, as_json: bool, **said: Any
) -> int:
    """Write the quarterly briefing for principals, two pages: `tracker briefing --quarter 2023-Q2 --pdf FILE`."""
    from tracker.documents.briefing import Quarter
    from tracker.documents.briefing import briefing as found
    from tracker.documents.briefing_document import briefing_document, briefing_words

    files = wanted_files(said)
    with running() as runtime, runtime.ask(workplan_meant(runtime, workplan), as_of) as view:
        made = Quarter(runtime, view, quarter, language, has_details=True)
        if files:
            done = write_files(briefing_document(made), files)
            show(done, done["title"], is_json=as_json)
        else:
            show(made.basis.revealed(found(made)), briefing_words(made), is_json=as_json)
    return 0


@click.command("biennial-report")
@click.option("--from", "first", metavar="DAY", help="Its first day, month, quarter or year.")
@click.option("--to", "last", metavar="DAY", help="Its last day, month, quarter or year.")
@click.option("--as-of", help="As it was known at a past moment, in any spelling.")
@file_options
@workplan_option
@as_json
def biennial_report(
    *,
    first: str | None,
    last: str | None,
    as_of: str | None,
    language: str,
    workplan: str | None,
    as_json: bool,
    **said: Any,
) -> int:
    """Write the input for the biennial report: what was done on each objective, the last two years unless said."""
    from tracker.documents.basis import basis_of
    from tracker.documents.biennial import biennial, period_meant
    from tracker.documents.biennial_document import biennial_document

    files = wanted_files(said)
    begins, ends = _day(first, "--from", 0), _day(last, "--to", 1)
    with running() as runtime, runtime.ask(workplan_meant(runtime, workplan), as_of) as view:
        basis, period = basis_of(view, language, has_details=True), period_meant(view, begins, ends)
        if files:
            done = write_files(biennial_document(basis, period), files)
            show(done, done["title"], is_json=as_json)
            return 0
        found = basis.revealed(biennial(basis, period))
    counts = [(one["objective"], sum(one["counts"].values())) for one in found["objectives"]]
    words = "\n".join(f"objective {number:2}: {count}" for number, count in counts)
    show(found, f"From {period.first} to {period.last}, things done and links:\n{words}", is_json=as_json)
    return 0


def _day(said: str | None, option: str, end: int) -> date | None:
    from tracker.events.dates import span

    if said is None:
        return None
    try:
        return span(said)[end]
    except ValueError as error:
        words = f"{said} is no day, month, quarter or year; give one such as 2023-06-15, 2023-Q2 or 2023"
        raise click.BadParameter(words, param_hint=option) from error


COMMANDS = {"briefing": briefing, "biennial-report": biennial_report}
