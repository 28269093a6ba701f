"""The pages as a test walks them: signing in by a link, getting, following, filling in forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.installation import WORKPLAN, Installation
from tracker.directory import people, tokens

HARBOUR = "harbour-2025"
HOME = f"/w/{WORKPLAN}/"
INLINE = {"a", "span", "strong", "small", "svg", "path", "circle", "rect"}
VOID = {"input", "br", "meta", "link", "hr", "img"}


@dataclass
class Parsed(HTMLParser):
    """A page taken apart: its words, links, forms' fields, and what must be there once."""

    title: str = ""
    language: str | None = None
    headings: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    text: str = ""
    inline: list[str] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _select: str = ""
    _area: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._path.append(tag)
        if tag not in INLINE:
            self.text += " "
        if tag == "html":
            self.language = said.get("lang")
        if "id" in said:
            self.ids.append(said["id"])
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        self.inline += [name for name in said if name.startswith("on") or name == "style"]
        if tag in {"style", "script"} and "src" not in said:
            self.inline.append(tag)
        self._field(tag, said)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", "")
        if tag == "input" and name:
            if said.get("type") in {"radio", "checkbox"}:
                if "checked" in said:
                    self.fields[name] = said.get("value", "on")
            else:
                self.fields[name] = said.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in said or self._select not in self.fields:
                self.fields[self._select] = said.get("value", "")
        elif tag == "textarea":
            self._area = name
            self.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        while self._path and self._path.pop() != tag:
            pass
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data
        here = self._path[-1] if self._path else ""
        if here == "title":
            self.title += data
        elif "h1" in self._path:
            self.headings.append(data.strip())
        self.text += data if here not in {"script", "style"} else ""


def parsed(answer: TestResponse) -> Parsed:
    page = Parsed()
    page.feed(answer.get_data(as_text=True))
    page.text = re.sub(r"\s+", " ", page.text)
    return page


@dataclass
class Site:
    """An installation, walked by people."""

    house: Installation

    def close(self) -> None:
        self.house.runtime.close()

    def link_for(self, who: str, email: str | None = None) -> str:
        """Return the path of a fresh sign-in link for one of the furnished people."""
        runtime = self.house.runtime
        with runtime.directory() as tx:
            person = people.person_at(tx, email or f"{who.replace(' ', '.')}@example.org")
            assert person, who
            return f"/signin/{tokens.make_signin_link(tx, runtime.now(), person)}"

    def reader(self, who: str | None = None) -> FlaskClient:
        """Return the browser of somebody, signed in unless nobody is named."""
        client = self.house.client()
        if who:
            answer = client.post(self.link_for(who))
            assert answer.status_code == 303, answer.get_data(as_text=True)
        return client

    def entries(self, workplan: str = WORKPLAN) -> int:
        with self.house.runtime.ask(workplan) as view:
            return view.end.position
