"""Signing in by a link that works once. Looking at the link changes nothing: mail scanners open every link first."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from flask import current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from tracker.directory.cookies import cookie_attributes, cookie_name
from tracker.directory.people import person_at, person_of
from tracker.directory.signins import ABSOLUTE, FRESH, is_fresh, sign_out
from tracker.directory.tokens import is_good_link, living_links, make_signin_link, sign_in
from tracker.errors import TrackerError, UnknownReaderError
from tracker.notifications.signin import send_signin_link
from tracker.runtime import Runtime
from tracker.traffic.counting import address as asking_address
from tracker.traffic.counting import quotas
from tracker.web.guarding import check_form, check_same_site
from tracker.web.language import _
from tracker.web.provider import inside, provider_link
from tracker.web.readers import reader, runtime
from tracker.web.rendering import shell

LONGEST_ADDRESS = 254
MOST_LINKS = 3
"""Unused links that one person can have at a time: nobody can fill a stranger's mailbox from the sign-in page."""


@shell.get("/signin")
def signin() -> str:
    can_send = runtime().settings.smtp_url is not None
    to = inside(request.args.get("to", ""))
    return render_template("signin.html", can_send=can_send, provider=provider_link(to), to=to)


@shell.post("/signin")
def ask_for_link() -> str | tuple[str, int]:
    """Answer the same whether somebody has the address or not."""
    check_same_site()
    if standing := quotas(current_app).take("signins", asking_address()):
        standing.check()
    address = request.form.get("email", "").strip()
    can_send = runtime().settings.smtp_url is not None
    to = inside(request.form.get("to", ""))
    if "@" not in address or len(address) > LONGEST_ADDRESS:
        faults = {
            "email": _(
                "“{address}” is not a mail address. Give one such as name@example.org.", address=address
            )
        }
        if not address:
            faults = {"email": _("Give the mail address that the Secretariat knows you by.")}
        return (
            render_template(
                "signin.html",
                can_send=can_send,
                faults=faults,
                email=address,
                provider=provider_link(to),
                to=to,
            ),
            422,
        )
    if can_send:
        send_beside(address, to)
    return render_template("signin_asked.html", email=address, can_send=can_send)


def fresh_signin_needed(to: str | None = None) -> tuple[str, int] | None:
    """Return the page that asks to sign in again, None where this signin was made just now.

    ``to`` is where it leads back to; the address asked for, if not given.

    A browser left open must not be enough for what nobody can undo.
    """
    run, secret = runtime(), reader().secret
    with run.database.read() as tx:
        if secret and is_fresh(tx, run.now(), secret):
            return None
    can_send = run.settings.smtp_url is not None
    minutes = FRESH // timedelta(minutes=1)
    to = to or request.path
    provider = provider_link(to, is_again=True)
    return (
        render_template("signin_again.html", to=to, can_send=can_send, minutes=minutes, provider=provider),
        403,
    )


@shell.post("/signin/again")
def sign_in_again() -> str:
    """Send a new link to the address of whoever is signed in; it leads back to where they were."""
    check_form()
    person = reader().person
    address = (person and person.email) or ""
    can_send = runtime().settings.smtp_url is not None
    if can_send:
        send_beside(address, inside(request.form.get("to", "")))
    return render_template("signin_asked.html", email=address, can_send=can_send)


def send_beside(address: str, to: str | None = None) -> None:
    """Send a link that signs in whoever has the address, leading to ``to``, without waiting for the mail server."""
    threading.Thread(target=_send, args=(runtime(), address, to), name="signin-letter").start()


def _send(run: Runtime, address: str, to: str | None) -> None:
    """Send a link to whoever has the address.

    It runs beside the answer: how long that takes must not tell whether anybody has the address.
    """
    try:
        with run.database.write() as tx:
            found = person_at(tx, address)
            person = person_of(tx, found) if found else None
            if person is None or person.is_erased or person.suspended:
                return
            if living_links(tx, run.now(), person.id) >= MOST_LINKS:
                return
            secret = make_signin_link(tx, run.now(), person.id)
        send_signin_link(run, person, secret, to=to)
    except TrackerError as error:
        logging.getLogger(__name__).warning("a sign-in letter was not sent: %s", error)


@shell.get("/signin/<secret>")
def signin_link(secret: str) -> tuple[str, int]:
    run = runtime()
    with run.database.read() as tx:
        is_good = is_good_link(tx, run.now(), secret)
    return render_template("signin_link.html", is_good=is_good), 200 if is_good else 410


@shell.post("/signin/<secret>")
def use_link(secret: str) -> Response | tuple[str, int]:
    check_same_site()
    run = runtime()
    try:
        with run.database.write() as tx:
            made = sign_in(tx, run.now(), secret, instead_of=reader().secret)
    except UnknownReaderError:
        return render_template("signin_link.html", is_good=False), 410
    answer = redirect(inside(request.args.get("to", "")) or "/", 303)
    base = run.settings.base_url
    answer.set_cookie(cookie_name(base), made, max_age=ABSOLUTE, **cookie_attributes(base))
    return answer


@shell.post("/signout")
def signout() -> Response:
    check_form()
    run = runtime()
    if secret := reader().secret:
        with run.database.write() as tx:
            sign_out(tx, run.now(), secret)
    answer = redirect("/", 303)
    answer.delete_cookie(cookie_name(run.settings.base_url), **cookie_attributes(run.settings.base_url))
    return answer
