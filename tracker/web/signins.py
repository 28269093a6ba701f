"""Where one is signed in: every browser, ending one of them or all."""

from __future__ import annotations

from flask import redirect, render_template
from werkzeug.wrappers import Response

from tracker.directory.cookies import cookie_attributes, cookie_name
from tracker.directory.signins import end_signin, sign_out_everywhere, signins_of
from tracker.directory.tokens import void_links
from tracker.errors import NotFoundError, UnknownReaderError
from tracker.web.guarding import check_form
from tracker.web.language import _
from tracker.web.readers import reader, runtime
from tracker.web.rendering import shell


@shell.get("/signins")
def signins() -> str:
    run = runtime()
    with run.database.read() as tx:
        found = signins_of(tx, run.now(), _whoever(), reader().secret)
    return render_template("signins.html", signins=found)


@shell.post("/signins/<id>")
def end_one(id: str) -> Response:  # noqa: A002 - the place in the address
    check_form()
    run = runtime()
    with run.database.write() as tx:
        if not end_signin(tx, run.now(), _whoever(), id):
            raise NotFoundError(_("There is no such sign-in any more; it may have ended by itself."))
    return redirect("/signins", 303)


@shell.post("/signins")
def end_all() -> Response:
    """End every signin of whoever asks, and the links to sign in that were not used yet."""
    check_form()
    run, person = runtime(), _whoever()
    with run.database.write() as tx:
        sign_out_everywhere(tx, run.now(), person)
        void_links(tx, run.now(), person)
    answer = redirect("/signin", 303)
    answer.delete_cookie(cookie_name(run.settings.base_url), **cookie_attributes(run.settings.base_url))
    return answer


def _whoever() -> str:
    who = reader().person
    if who is None:
        raise UnknownReaderError(_("Sign in to see where you are signed in."))
    return who.id
