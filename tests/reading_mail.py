"""Letters read as a mail program reads them: their text, their page, what they would fetch."""

from __future__ import annotations

import re
from email.message import EmailMessage
from html.parser import HTMLParser

from tests.mailing import MailServer
from tracker.directory import people
from tracker.runtime import Runtime


class Page(HTMLParser):
    """What a mail program would see: texts, addresses, and what it would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.languages: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.add(tag)
        if tag == "a":
            self.links.append(values["href"] or "")
        if (
            "src" in values
            or tag in {"link", "script", "iframe", "object"}
            or "url(" in (values.get("style") or "")
        ):
            self.fetched.append(tag)
        if "lang" in values:
            self.languages.append(values["lang"] or "")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def page_of(letter: EmailMessage) -> Page:
    part = letter.get_body(("html",))
    assert part is not None
    return Page(part.get_content())


def mail_of(mail: MailServer, person: str, runtime: Runtime) -> list[str]:
    """Return the texts of the letters that a person got."""
    with runtime.database.read() as tx:
        address = people.person_of(tx, person).email
    found = [one for one in mail.received if one["To"].addresses[0].addr_spec == address]
    return [one.get_body(("plain",)).get_content().replace("\r\n", "\n") for one in found]  # type: ignore[union-attr]
