"""From a request to a handler and back: who asks, may they, about which moment; then the answer or a 304."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import marshmallow as ma
from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from tracker.api import credentials, queries, rendering, strict_json
from tracker.api.call import Asked, Call, NotReachedError, Reader, Route
from tracker.api.wording import asked_language
from tracker.database import Transaction
from tracker.errors import DeniedError, NotFoundError, RuleError, UnknownReaderError
from tracker.events.reading import end_of
from tracker.projections.reading_rights import may
from tracker.projections.sheets import MEDIA_TYPES, Format
from tracker.runtime import Runtime
from tracker.workplan.root import Workplan

LARGEST_BODY = 1024 * 1024
WAIT_SECONDS = 2.0
POLL_SECONDS = 0.05
VARY = "Accept, Accept-Language, Authorization, Cookie"
PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
"""What may stand in a place of a path; what cannot be an id is not looked for."""


class Dispatcher:
    """Turns the routes of a table into views of an application."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.redactions = rendering.Redactions()
        self.rendered = rendering.Rendered()
        self.last_use = credentials.LastUse(runtime)

    def add(self, app: Flask, route: Route) -> None:
        def view(**path: str) -> Response:
            return self.answer(route, path)

        app.add_url_rule(
            re.sub(r"\{(\w+)\}", r"<\1>", route.address),
            endpoint=f"api.{route.method} {route.address}",
            view_func=view,
            methods=[route.method],
            provide_automatic_options=False,
        )

    def answer(self, route: Route, path: Mapping[str, str]) -> Response:
        if not route.is_about_workplan:
            call = Call(self.runtime, path, queries.read(route.query, request.args), reader_of=self._reader)
            return _tagged(route, rendering.respond(route.handler(call)))
        if route.method == "GET":
            return self._when_reached(route, path)
        query, fault = _query(route)
        with self._asked(route, path, query, fault) as asked:
            pass
        call = Call(self.runtime, path, query, _body(route), request.headers.get("Idempotency-Key"))
        return self._sent(rendering.respond(route.handler(call, asked)), asked)

    def _when_reached(self, route: Route, path: Mapping[str, str]) -> Response:
        """Answer a read, waiting a little for the entry that its reader insists on."""
        query, fault = _query(route)
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                return self._read(route, path, query, fault)
            except NotReachedError:
                if time.monotonic() >= deadline:
                    raise
            time.sleep(POLL_SECONDS)

    def _read(
        self, route: Route, path: Mapping[str, str], query: dict[str, Any], fault: RuleError | None
    ) -> Response:
        with self._asked(route, path, query, fault) as asked:
            call = Call(
                self.runtime, path, query, format=_format(route), language=asked.view.question.language
            )
            if (
                route.validator != "question" or "changed_since" in query
            ):  # relative to an instant, not to an entry
                return self._sent(_tagged(route, rendering.respond(route.handler(call, asked))), asked)
            end = asked.view.end
            count = self.redactions.count(asked.view.tx, end.workplan, end.position)
            tag = rendering.question_tag(asked, request, count, call.format or "json")
            if request.if_none_match.contains_weak(tag):
                response = Response(status=304)
            else:
                answer = self.rendered.get(tag) or self.rendered.keep(tag, route.handler(call, asked))
                response = rendering.respond(answer)
            response.set_etag(tag)
            return self._sent(response, asked)

    @contextlib.contextmanager
    def _asked(
        self, route: Route, path: Mapping[str, str], query: dict[str, Any], fault: RuleError | None
    ) -> Iterator[Asked]:
        """Open the question of a request whose sender may ask it; what is wrong with it is said only then."""
        found: list[Reader] = []

        def allow(tx: Transaction, root: Workplan) -> None:
            found.append(credentials.identify(tx, self.runtime, request, path["workplan"]))
            check(route, found[0], root, path.get("person"))
            if fault is not None:
                raise fault
            if wanted:
                _wait_for(wanted, end_of(tx, workplan).position)
            if not all(PLACE.fullmatch(place) for place in path.values()):
                raise nothing_here()

        workplan = path["workplan"] if PLACE.fullmatch(path["workplan"]) else "-"
        wanted = query.get("min_position")
        try:
            with self.runtime.ask(
                workplan, query.get("as_of"), query.get("effective_on"), allow=allow
            ) as view:
                yield Asked(
                    replace(view, question=replace(view.question, language=asked_language())), found[0]
                )
        except NotFoundError as error:
            if found:
                raise
            raise self._unknown_workplan(workplan) from error

    def _unknown_workplan(self, workplan: str) -> Exception:
        """Whoever is not signed in is not even told which workplans there are."""
        with self.runtime.database.read() as tx:
            reader = credentials.identify(tx, self.runtime, request, workplan)
        return nothing_here() if reader.has_credentials else unknown_reader()

    def _reader(self, tx: Transaction, workplan: str | None) -> Reader:
        return credentials.identify(tx, self.runtime, request, workplan)

    def _sent(self, response: Response, asked: Asked) -> Response:
        if (token := asked.reader.token) is not None:
            response.call_on_close(lambda: self.last_use.note(token))
        response.headers.setdefault(
            "Cache-Control", "no-store" if asked.reader.has_credentials else "no-cache"
        )
        said = response.headers.get("Vary")
        response.headers["Vary"] = f"{said}, {VARY}" if said else VARY
        return response


def _wait_for(wanted: int, end: int) -> None:
    """Refuse for now what asks for an entry that is still to come, before its question is found to be about none."""
    if wanted > end:
        raise NotReachedError(
            "the log ends at entry {end}, and entry {wanted} was not reached in time",
            end=end,
            wanted=wanted,
            field="min_position",
            value=wanted,
            way_out="Ask again a little later, or without `min_position`.",
        )


def check(route: Route, reader: Reader, root: Workplan, person: str | None = None) -> None:
    """Refuse a reader who may not use a route: 401 without credentials, 404 unreadable, 403 readable but not writable.

    ``person`` is whom the address is about.

    Raises:
        UnknownReaderError, NotFoundError, DeniedError: as said.
    """
    needs = "state" if route.needs in {"write", "nothing"} else route.needs
    if needs == "own data":
        needs = "state" if reader.person and reader.person == person else "people"
    if not may(reader.principal, root, cast("Any", needs)):
        raise nothing_here() if reader.has_credentials else unknown_reader()
    if route.method == "GET":
        return
    if not reader.has_credentials:
        raise unknown_reader()
    if route.needs == "people" and reader.token and "erase" not in reader.principal.scopes:
        raise DeniedError(
            "people and tokens are changed by a token only if it has the scope `erase`",
            way_out="Use such a token (`tracker token create --role secretariat --scope erase`), or the pages.",
        )


def nothing_here() -> NotFoundError:
    return NotFoundError(
        "there is nothing at {path}, or not for you",
        path=request.path,
        value=request.path,
        way_out="Check the address; the workplans that you may read are listed at /api/v1/workplans.",
    )


def unknown_reader() -> UnknownReaderError:
    return UnknownReaderError(
        "{path} is not for everybody", path=request.path, field="Authorization", way_out=credentials.HOW
    )


def _query(route: Route) -> tuple[dict[str, Any], RuleError | None]:
    try:
        return queries.read(route.query, request.args), None
    except RuleError as error:
        return {}, error


def _body(route: Route) -> Any:
    """Return the body of a request, read strictly; that of the write door is validated by the catalogue.

    Raises:
        UnsupportedMediaType, RequestEntityTooLarge: it is no JSON, or too much.
        MalformedError, RuleError: it cannot be read, or is not what the route takes.
    """
    if route.body is None:
        return None
    if request.mimetype != "application/json" or request.headers.get("Content-Encoding"):
        raise UnsupportedMediaType
    value = strict_json.read(_bytes())
    if route.body == "events":
        return value
    if not isinstance(value, dict):
        raise RuleError("the body is no object", field="", way_out="Send one JSON object; see /api/docs.")
    reader = route.body(unknown=ma.RAISE)
    try:
        return reader.load(value)
    except ma.ValidationError as error:
        known = tuple(reader.fields)
        faults = list(queries.faults_in(error.messages, value, known, "/"))
        raise queries.refusal(faults, known) from error


def _bytes() -> bytes:
    """Return the body; one in chunks says its length only at its end, and is read no further than it may be."""
    if (request.content_length or 0) > LARGEST_BODY:
        raise RequestEntityTooLarge
    request.max_content_length = LARGEST_BODY + 1
    data = bytearray()
    while len(data) <= LARGEST_BODY and (chunk := request.stream.read(LARGEST_BODY + 1 - len(data))):
        data += chunk
    if len(data) > LARGEST_BODY:
        raise RequestEntityTooLarge
    return bytes(data)


def _format(route: Route) -> Format | None:
    """Return the kind of file that is liked better than JSON; JSON where the route has no files."""
    if not route.has_files:
        return None
    offered = {"application/json": None} | {
        said.partition(";")[0]: name for name, said in MEDIA_TYPES.items()
    }
    best = request.accept_mimetypes.best_match(list(offered), "application/json")
    return offered[best]


def _tagged(route: Route, response: Response) -> Response:
    if route.validator != "none" and response.status_code == 200:
        response.set_etag(rendering.body_tag(response.get_data()))
        response.make_conditional(request)
    return response
