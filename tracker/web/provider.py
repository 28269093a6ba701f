"""Signing in through the organisation's own provider; whatever goes wrong there is a page with a way on."""

from __future__ import annotations

import logging
import re
from urllib.parse import urlencode

from flask import current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from tracker.directory.cookies import cookie_attributes, cookie_name, visit_cookie_name
from tracker.directory.signins import ABSOLUTE, new_signin
from tracker.errors import DeliveryError, DeniedError, NotFoundError, TrackerError, UnknownReaderError
from tracker.settings import Provider
from tracker.traffic.counting import address as asking_address
from tracker.traffic.counting import quotas
from tracker.web.language import _
from tracker.web.readers import reader, runtime
from tracker.web.rendering import shell

# tracker.directory.provider takes a third of a second to import, and most installations have no provider.

Answer = Response | tuple[str, int]
LONGEST = 4096


@shell.get("/signin/provider")
def go_to_provider() -> Answer:
    """Send a browser to the provider. Looking at the address (HEAD) sends nobody and remembers nothing."""
    provider = _provider()
    if request.method != "GET":
        return "", 200
    if standing := quotas(current_app).take("signins", asking_address()):
        standing.check()
    from tracker.directory import provider as protocol  # noqa: PLC0415 - as said above

    run = runtime()
    is_again = request.args.get("again") == "yes" and reader().is_signed_in
    send = protocol.send_again if is_again else protocol.send
    try:
        metadata = protocol.DOCUMENTS.metadata(provider)
        with run.database.write() as tx:
            sent = send(tx, run.now(), provider, metadata, _back(), inside(request.args.get("to", "")))
    except DeliveryError as error:
        return _failed(error)
    answer = redirect(sent.address, 303)
    base = run.settings.base_url
    answer.set_cookie(
        visit_cookie_name(base), sent.browser, max_age=protocol.VISIT_LIFE, **cookie_attributes(base)
    )
    return answer


@shell.get("/signin/provider/return")
def come_back() -> Answer:
    provider = _provider()
    if request.method != "GET":
        return "", 200
    try:
        made, leads_to = _signed_in(provider)
    except (DeliveryError, DeniedError) as error:
        return _failed(error)
    base = runtime().settings.base_url
    answer = redirect(leads_to or "/", 303)
    answer.set_cookie(cookie_name(base), made, max_age=ABSOLUTE, **cookie_attributes(base))
    answer.delete_cookie(visit_cookie_name(base), **cookie_attributes(base))
    return answer


def _signed_in(provider: Provider) -> tuple[str, str | None]:
    """Return the secret of the new signin and where it leads.

    Raises:
        UnknownReaderError, DeniedError, DeliveryError: nobody is signed in.
    """
    from tracker.directory import identities  # noqa: PLC0415 - as said above
    from tracker.directory import provider as protocol  # noqa: PLC0415

    run, said = runtime(), request.args
    state, code = said.get("state", "")[:LONGEST], said.get("code", "")[:LONGEST]
    browser = request.cookies.get(visit_cookie_name(run.settings.base_url), "")
    with run.database.write() as tx:
        visit = protocol.take_visit(tx, run.now(), state, browser)
    if "iss" in said and said["iss"] != provider.issuer:  # the answer of another provider (RFC 9207)
        raise UnknownReaderError("this answer is from another provider")
    if "error" in said or not code:
        raise UnknownReaderError("the provider signed nobody in")
    who = protocol.identify(provider, _back(), visit, code, run.now())
    with run.database.write() as tx:
        person = identities.recognise(tx, run.now(), who)
        made = new_signin(tx, run.now(), person, who.proved_at, instead_of=reader().secret)
    return made, visit.leads_to


def provider_link(to: str | None = None, *, is_again: bool = False) -> tuple[str, str] | None:
    """Return ``(address, name)`` of the button that leads to the provider; None where there is none."""
    provider = runtime().settings.provider
    if provider is None:
        return None
    said = {name: value for name, value in (("to", to), ("again", "yes" if is_again else None)) if value}
    return "/signin/provider" + (f"?{urlencode(said)}" if said else ""), provider.name


def inside(said: str) -> str | None:
    """Return an address of this system, None for any other."""
    return said if re.fullmatch(r"/w/[A-Za-z0-9/._~-]{1,300}", said) and "//" not in said else None


def _provider() -> Provider:
    provider = runtime().settings.provider
    if provider is None:
        raise NotFoundError(_("This installation has no sign-in provider."))
    return provider


def _back() -> str:
    return f"{runtime().settings.base_url}/signin/provider/return"


def _failed(error: TrackerError) -> tuple[str, int]:
    """Return the page of a way that led nowhere; what the provider said is for the log."""
    logging.getLogger(__name__).warning("a sign-in through the provider failed: %s", error)
    if isinstance(error, DeliveryError):
        why, status = "unreachable", 503
    elif isinstance(error, UnknownReaderError):
        why, status = "refused", 400
    else:
        why, status = "unknown", 403
    return render_template("signin_failed.html", why=why, provider=provider_link()), status
