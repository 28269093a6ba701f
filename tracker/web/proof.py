"""Is all of it genuine? The whole log checked while one waits, with its progress, and the result in words."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, redirect, render_template, request, stream_with_context
from werkzeug.wrappers import Response as WerkzeugResponse

from tracker.events import tree
from tracker.proof.checking import Checked, check
from tracker.runtime import Runtime
from tracker.web.guarding import check_form
from tracker.web.language import _
from tracker.web.readers import runtime
from tracker.web.rendering import shell
from tracker.web.visits import page, visit

MARK = "<!-- progress -->"
"""Where in the page the progress stands; what comes before it is sent at once, what comes after it at the end."""
STEPS = 50
"""Lines of progress at most."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the entries were read."""

    done: int
    total: int


@shell.get("/w/<workplan>/proof")
def proof(workplan: str) -> tuple[str, int] | WerkzeugResponse:
    with visit(workplan, "proofs") as here:
        said = request.args.get("entry", "").strip()
        if position := here.entry_numbered(said):
            return redirect(here.to("genuine", position=position), 303)
        end = here.answer.question.position
        fault = _("Give the number of an entry: 1 to {end}.", end=end) if said else None
        values = {"may_check": here.may("history"), "said": said[:20], "fault": fault}
        return page("proof.html", here, 422 if fault else 200, state="asked", **values)


@shell.post("/w/<workplan>/proof")
def prove(workplan: str) -> Response:
    """Check the log in a thread of its own, and send a line whenever a part of it is done."""
    check_form()
    with visit(workplan, "history") as here:
        html, _status = page("proof.html", here, state="checking", may_check=True)
        title = here.title
    before, _mark, after = html.partition(MARK)

    def told() -> Iterator[str]:
        yield before
        for said in _checking(runtime(), workplan):
            yield render_template(
                "proof_line.html",
                said=said,
                is_progress=isinstance(said, Progress),
                workplan=workplan,
                title=title,
                seal=_seal(said),
            )
        yield after

    return Response(stream_with_context(told()), mimetype="text/html")


def _seal(said: Progress | Checked | None) -> str | None:
    return tree.seal_of(said.root) if isinstance(said, Checked) else None


def _checking(run: Runtime, workplan: str) -> Iterator[Progress | Checked | None]:
    """Yield the progress, and last what was found; None where the check itself broke off."""
    said: queue.Queue[Progress | Checked | None] = queue.Queue()
    sent = 0

    def tell(done: int, total: int) -> None:
        nonlocal sent
        step = max(1, total // STEPS)
        if done // step > sent:
            sent = done // step
            said.put(Progress(done, total))

    def work() -> None:
        try:
            said.put(check(run, workplan, tell))
        except Exception:  # whoever waits must be told, whatever broke
            logging.getLogger(__name__).exception("a check of %s broke off", workplan)
            said.put(None)

    threading.Thread(target=work, name="check").start()
    while isinstance(one := said.get(), Progress):
        yield one
    yield one
