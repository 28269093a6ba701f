"""What protects pages: the headers every page carries, and the checks before a form is taken."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Flask, Response, request

from tracker.errors import DeniedError, MalformedError
from tracker.web.language import _
from tracker.web.readers import reader, runtime

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
"""Pages of a private plan must not lie in a shared cache, nor on a shared machine after signing out."""


def protect(app: Flask) -> None:
    """Put the headers on every page that has not said its own."""

    @app.after_request
    def _headers(response: Response) -> Response:
        if response.mimetype == "text/html":
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        elif request.endpoint == "web.static" and "v" in request.args:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def check_readable() -> None:
    """Refuse what no page can mean and no database can hold.

    Raises:
        MalformedError: a null character stands in the address or the form.
    """
    said = (*(request.view_args or {}).values(), *request.args.values(), *request.form.values())
    if any("\0" in value for value in said if isinstance(value, str)):
        raise MalformedError(_("There is an invisible control character in it; take it out and try again."))


def check_same_site() -> None:
    """Refuse a form that another site sent in the reader's name.

    Raises:
        DeniedError: the browser says so, by ``Sec-Fetch-Site`` or by ``Origin``.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    ours = {request.host, urlsplit(runtime().settings.base_url).netloc}
    is_foreign = site not in {None, "same-origin", "none"} or (
        origin is not None and urlsplit(origin).netloc not in ours
    )
    if is_foreign:
        raise _forged()


def check_form() -> None:
    """Refuse a form that did not come from a page of this signin.

    Raises:
        DeniedError: it came from another site, or without the token of this signin.
    """
    check_same_site()
    said = request.form.get("form_token", "")
    expected = reader().csrf
    if not expected or not hmac.compare_digest(said.encode(), expected.encode()):
        raise _forged()


def _forged() -> DeniedError:
    return DeniedError(
        _(
            "This form did not come from a page of this system, or comes from an earlier sign-in. Nothing was recorded."
        ),
        way_out=_("Go back, load the page again and send the form once more."),
    )
