"""A form read and sent as a browser without scripts does it, and what that left behind."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.mailing import MailServer, entries
from tracker.runtime import Runtime

LINK = re.compile(r"https://plan\.example\.org(/r/[\w-]{43})\s")


class Form(HTMLParser):
    """A page as a browser without scripts has it: the fields of its form with their values, its buttons, its text.

    What stands around the content (languages, signing out) is no part of its form.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: list[str] = []
        self.names: set[str] = set()
        self.words: list[str] = []
        self._select: str | None = None
        self._area: str | None = None
        self.language = ""
        self.actions: list[str] = []
        self._is_content = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "html":
            self.language = said.get("lang", "")
        self._is_content = self._is_content or tag == "main"
        if not self._is_content:
            return
        if tag == "form":
            self.actions.append(said.get("action", ""))
        if tag in {"input", "select", "textarea"} and name:
            self.names.add(name)
        if tag == "input" and (said.get("type") not in {"checkbox", "radio"} or "checked" in said):
            self.fields[name] = said.get("value", "")
        elif tag == "select":
            self._select, self.fields[name] = name, ""
        elif tag == "option" and self._select and "selected" in said:
            self.fields[self._select] = said.get("value", "")
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "button":
            self.buttons.append(said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._is_content = False
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            said = data if self.fields[self._area] else data.removeprefix("\n")  # as browsers do
            self.fields[self._area] += said
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def form_of(response: TestResponse) -> Form:
    return Form(response.get_data(as_text=True))


def path_in(mail: MailServer, number: int = -1) -> str:
    part = mail.received[number].get_body(("plain",))
    assert part is not None
    found = LINK.search(part.get_content())
    assert found
    return found[1]


def counted(runtime: Runtime) -> dict[str, int]:
    """Return how many rows every table has, but for what a process keeps of itself."""
    with runtime.database.read() as tx:
        if tx.is_sqlite:
            names = [row[0] for row in tx.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
        else:
            names = [row[0] for row in tx.all("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {name: (tx.one(f"SELECT count(*) FROM {name}") or (0,))[0] for name in names}


def fill(browser: FlaskClient, path: str, action: str = "review", **fields: str) -> TestResponse:
    """Load the page of cards, fill it in and press a button of it."""
    page = form_of(browser.get(path))
    return browser.post(page.actions[0], data=page.fields | fields | {"action": action})


def send(browser: FlaskClient, path: str, action: str = "review", **fields: str) -> TestResponse:
    """Fill in the cards, look at the review and send it, as a person would; return where that ends."""
    kept = fill(browser, path, action, **fields)
    return send_review(browser, path) if kept.status_code == 303 else kept


def send_review(browser: FlaskClient, path: str, **fields: str) -> TestResponse:
    review = form_of(browser.get(f"{path}/review"))
    return browser.post(review.actions[0], data=review.fields | fields, follow_redirects=True)


def reports(runtime: Runtime) -> list[Any]:
    return entries(runtime, "ProgressReported")
