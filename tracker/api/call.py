"""What every route is declared with, what its handler is given, and what it gives back."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, Literal

import marshmallow as ma

from tracker.database import Transaction
from tracker.directory.principals import PUBLIC, Principal
from tracker.errors import ConflictError
from tracker.projections.reading_rights import Reading, may
from tracker.projections.sheets import MEDIA_TYPES, Format, Table, file_of, instant_cell
from tracker.runtime import Runtime, View

PREFIX = "/api/v1"
W = "/workplans/{workplan}"

Method = Literal["GET", "POST", "DELETE"]
Needs = Reading | Literal["nothing", "write", "own data"]
"""The right a route asks for. ``nothing``: anybody, the handler shows what may be seen; ``write``: whoever may read the
plan, and then the table of rights for each event; ``own data``: the person whom the address names, and who may read
``people``.
"""
Validator = Literal["question", "body", "none"]
"""What an answer's ETag is made of: the resolved question (where nothing else matters), the body, or no ETag."""


class NotReachedError(ConflictError):
    """The log has not yet reached the position that the reader insists on."""

    slug: ClassVar[str] = "not-reached"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks. ``workplan`` is the only one that a token is for; somebody without credentials is the public."""

    principal: Principal = PUBLIC
    has_credentials: bool = False
    person: str | None = None
    workplan: str | None = None

    @property
    def token(self) -> str | None:
        """The actor of a token, such as ``token:<id>``."""
        return self.principal.actor if self.principal.actor.startswith("token:") else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a workplan that may be read: the answered question, and who asks with which rights today."""

    view: View
    reader: Reader

    def may(self, what: Reading) -> bool:
        return may(self.reader.principal, self.view.present, what)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as its handler sees it: validated parameters, and the body where the route takes one."""

    runtime: Runtime
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any = None
    key: str | None = None
    """The header Idempotency-Key, as it was sent."""
    format: Format | None = None
    """The kind of file wanted instead of JSON."""
    language: str = "en"
    """The language that its reader likes best, of those there are."""
    reader_of: Callable[[Transaction, str | None], Reader] | None = None
    """Returns who asks, in a workplan; for the routes that are about none, or about several."""

    @property
    def workplan(self) -> str:
        return self.path["workplan"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers: JSON-ready, text of another media type, or a stream of bytes.

    ``on_close`` is called when the last byte went out, or its reader went away.
    """

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    on_close: Callable[[], None] | None = None


def table_of(asked: Asked, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    """Return rows as a table that says of which plan they are and which question they answer."""
    question = asked.view.question
    made = instant_cell(question.recorded_at)
    return Table(f"{asked.view.end.workplan}: {title}", question.words, question.zone, made, columns, rows)


def file_answer(table: Table, wanted: Format, name: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return a table as a file to save."""
    said = {"Content-Disposition": f'attachment; filename="{name}.{wanted}"'}
    return Answer(file_of(table, wanted), headers={**(headers or {}), **said}, media_type=MEDIA_TYPES[wanted])


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the route table. Paths begin below ``/api/v1`` unless ``is_root``; places are spelt ``{name}``."""

    method: Method
    path: str
    needs: Needs
    handler: Callable[..., Answer]
    """Its docstring is the operation's description."""
    answer: type[ma.Schema] | str
    """The schema of the answer, or its media type where it is no JSON."""
    query: type[ma.Schema] | None = None
    body: type[ma.Schema] | Literal["events"] | None = None
    status: int = 200
    validator: Validator = "question"
    is_root: bool = False
    has_files: bool = False
    """Whether it also answers as CSV and as a workbook."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What a request may say in headers, and what it means."""
    tag: str = "plan"

    @property
    def address(self) -> str:
        return self.path if self.is_root else PREFIX + self.path

    @property
    def name(self) -> str:
        """The operation's name in the OpenAPI document."""
        return self.handler.__name__

    @property
    def words(self) -> str:
        """What the operation does, as its handler says, without what it raises."""
        return (inspect.getdoc(self.handler) or "").partition("\n\nRaises:")[0]

    @property
    def summary(self) -> str:
        return self.words.partition("\n")[0].removesuffix(".")

    @property
    def is_about_workplan(self) -> bool:
        return self.path.startswith("/workplans/{workplan}")


get = partial(Route, "GET")
post = partial(Route, "POST")
delete = partial(Route, "DELETE")
