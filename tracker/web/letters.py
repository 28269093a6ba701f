"""The Secretariat's list of letters: what became of each, and the few things that can be done with it."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.directory.people import people_of
from tracker.notifications import desk, outbox
from tracker.notifications.desk import ACTIONS
from tracker.web import labels
from tracker.web.guarding import check_form
from tracker.web.language import _
from tracker.web.readers import runtime
from tracker.web.readiness_told import region_words
from tracker.web.rendering import shell
from tracker.web.rounds import no_such_button
from tracker.web.visits import Visit, page, visit

MOST = 200
DONE = {
    "hold": "The letter is held: it waits until you release it.",
    "release": "The letter is released; if it is still due, it goes within minutes.",
    "send": "The letter goes within minutes.",
    "resend": "Another copy goes within minutes; the first may have arrived, too.",
    "revoke": "The link in the letter no longer works.",
}
DEEDS = {
    "hold": "Hold",
    "release": "Release",
    "send": "Try now",
    "resend": "Send again",
    "revoke": "End its link",
}


@shell.get("/w/<workplan>/letters")
def letters(workplan: str) -> tuple[str, int]:
    with visit(workplan, "rounds") as here:
        asked = {name: request.args.get(name, "").strip() for name in ("quarter", "state")}
        every = outbox.letters_of(here.answer.tx, workplan)
        found = [
            one
            for one in reversed(every)
            if asked["quarter"] in {"", one.quarter} and asked["state"] in {"", one.state}
        ]
        told = desk.as_told(here.answer.tx, found[:MOST])
        people = people_of(here.answer.tx, list({one["person"] for one in told}))
        return page(
            "letters.html",
            here,
            items=told,
            more=max(0, len(found) - MOST),
            asked=asked,
            is_filtered=any(asked.values()),
            quarters=sorted({one.quarter for one in every if one.quarter != outbox.NO_ROUND}, reverse=True),
            states=labels.LETTER_STATE,
            present=sorted({one.state for one in every}),
            kinds=labels.LETTER_KIND,
            drafts={one.letter: about for one in found[:MOST] if (about := _draft(here, one))},
            labels=labels,
            deeds=DEEDS,
            names={one.id: one.name or one.id for one in people.values()} if here.may("people") else {},
            may_act=here.may("letters"),
            done=DONE.get(request.args.get("done", "")),
        )


def _draft(here: Visit, letter: outbox.Letter) -> tuple[str, str] | None:
    """Return what a draft of readiness is called and where it stands, None of any other letter."""
    about = letter.about or {}
    if about.get("topic") != "readiness":
        return None
    regions = about["regions"]
    words = _("Readiness: {region}", region=", ".join(region_words(one) for one in regions))
    if len(regions) == 1:
        return words, here.to("region_readiness", region=regions[0])
    return words, here.to("readiness_of_all")


@shell.post("/w/<workplan>/letters/<letter>")
def act_on_letter(workplan: str, letter: str) -> Response:
    """Do with a letter what its button says."""
    check_form()
    with visit(workplan, "letters"):
        action = request.form.get("action", "")
        if action not in ACTIONS:
            raise no_such_button()
    desk.act(runtime(), workplan, letter, action)
    quarter, state = (request.form.get(name) or None for name in ("quarter", "state"))
    address = url_for("web.letters", workplan=workplan, done=action, quarter=quarter, state=state)
    return redirect(f"{address}#done", 303)
