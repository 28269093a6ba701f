"""In which language a page speaks: the one chosen, else the person's own, else what the browser asks for."""

from __future__ import annotations

from flask import Flask, current_app, redirect, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from tracker import languages
from tracker.directory.people import change_person
from tracker.errors import MalformedError
from tracker.languages import LANGUAGES, _
from tracker.web.guarding import check_form, check_same_site
from tracker.web.readers import reader, runtime
from tracker.web.rendering import shell

COOKIE = "language"
A_YEAR = 365 * 24 * 60 * 60
LONGEST_ADDRESS = 2000


def listen(app: Flask) -> None:
    """Speak, in every request for a page, the language of its reader."""
    languages.prepare()
    app.jinja_env.globals["page_address"] = page_address

    @app.before_request
    def _speak() -> None:
        languages.speak(chosen() or asked_for())
        if _is_of_pages() and (person := reader().person):
            languages.speak(person.language)


def _is_of_pages() -> bool:
    return request.endpoint != "web.static" and not request.path.startswith("/api/")


def chosen() -> str | None:
    """Return the language that was chosen in this browser, None where none was."""
    said = request.cookies.get(COOKIE)
    return said if said in LANGUAGES else None


def asked_for() -> str:
    """Return which of our languages the browser asks for first; English where it names none of them."""
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


@shell.post("/language")
def choose_language() -> Response:
    """Remember a language in this browser and, of who is signed in, for letters too; then show the same page again."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        raise MalformedError(
            "`{language}` is none of the languages of these pages",
            language=language[:40],
            way_out=_("Choose one of the languages that are offered."),
        )
    if person := reader().person:
        check_form()
        with runtime().directory() as tx:
            change_person(tx, person.id, language=language)
    else:
        check_same_site()
    answer = redirect(_inside(request.form.get("to", "")), 303)
    answer.set_cookie(
        COOKIE,
        language,
        max_age=A_YEAR,
        secure=runtime().settings.base_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
    return answer


def page_address() -> str:
    """Return the address that shows this very page again; a form that was sent is left for the page it is on."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.removesuffix("?")
    return request.path if _can_be_read(request.path) else "/"


def _inside(said: str) -> str:
    """Return an address of these pages, the first page for any other."""
    is_ours = said.startswith("/") and not said.startswith(("//", "/\\")) and said.isprintable()
    path = said.partition("?")[0]
    return said if is_ours and len(said) <= LONGEST_ADDRESS and _can_be_read(path) else "/"


def _can_be_read(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except RequestRedirect:
        return True
    except (NotFound, MethodNotAllowed, HTTPException):
        return False
    return True
