"""A client of the HTTP API: ask about a plan at any moment, see what is owed, report it, follow what happens.

It needs ``requests`` and nothing else of this project: copy the folder where only the client is wanted.

    from tracker.client import Client

    plan = Client("https://tracker.example.org", token="wpt_…")
    for owed in plan.owed(entity="oms"):
        plan.report(owed, assessment="on_track", note="The first draft is out.")
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tracker.client.answers import Entry, Owed, Written
from tracker.client.connection import Connection, Problem, Unreachable, new_key

__all__ = ["Client", "Entry", "Owed", "Problem", "Unreachable", "Written", "follow", "new_key"]

Json = dict[str, Any]
DEFAULT_SERVER = "http://127.0.0.1:8000"
PAGE = 1000
FILES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Client:
    """One plan on one server, with the rights of a token.

    ``server`` and ``token`` default to the environment variables TRACKER_SERVER and TRACKER_TOKEN. ``workplan``
    defaults to the only one that is not simulated. All reads take ``as_of`` and ``effective_on`` (docs/time.md). What
    the server refuses is raised as :class:`Problem`; what it never answered, after several tries, as
    :class:`Unreachable`.
    """

    def __init__(
        self,
        server: str | None = None,
        token: str | None = None,
        workplan: str | None = None,
        *,
        language: str = "en",
        timeout: float = 30.0,
        tries: int = 5,
    ) -> None:
        where = server or os.environ.get("TRACKER_SERVER") or DEFAULT_SERVER
        known = token or os.environ.get("TRACKER_TOKEN") or None
        self.connection = Connection(where, known, language, timeout, tries)
        self._workplan = workplan

    # ------------------------------------------------------------------------------------------------------ reading

    @property
    def workplan(self) -> str:
        """The id of the plan.

        Raises:
            ValueError: there is none, or more than one to choose from.
        """
        if self._workplan is None:
            real = [str(one["id"]) for one in self.workplans() if not one.get("simulated")]
            if len(real) != 1:
                raise ValueError(
                    f"Say which workplan; there are: {', '.join(real) or 'none that you may read'}."
                )
            self._workplan = real[0]
        return self._workplan

    def workplans(self) -> list[Json]:
        return list(self.connection.get("/workplans")["items"])

    def read(self, path: str, **query: Any) -> Json:
        """Return what an address below the plan's answers, such as ``state``, ``activities/3.2/timeline``."""
        return self.connection.get(self._at(path), query)

    def activities(self, **query: Any) -> list[Json]:
        return self._items("activities", query)

    def activity(self, activity: str, **query: Any) -> Json:
        return self.read(f"activities/{quote(activity)}", **query)

    def rounds(self, **query: Any) -> list[Json]:
        return self._items("rounds", query)

    def changes(self, since: str, until: str = "now") -> Json:
        """Return what changed between two points, each ``<as_of>[@<effective_on>]``."""
        return self.read("changes", **{"from": since, "to": until})

    def history(self, after: int = 0, **query: Any) -> Iterator[Entry]:
        """Yield the entries after a position, oldest first; further pages are asked for as they are reached."""
        upto: int | None = after
        while upto is not None:
            page = self.read("events", after=upto, limit=PAGE, **query)
            yield from (Entry(one) for one in page["items"])
            upto = page["next"]

    def export(self, path: str, form: str = "csv", **query: Any) -> bytes:
        """Return ``events``, ``changes``, ``state``, ``activities`` or ``rounds`` as a file: csv or xlsx."""
        return self.connection.get_file(self._at(path), query, FILES[form])

    def _items(self, path: str, query: Mapping[str, Any]) -> list[Json]:
        return list(self.read(path, **query)["items"])

    def _at(self, path: str) -> str:
        return f"/workplans/{quote(self.workplan)}/{path}"

    # ---------------------------------------------------------------------------------------------------- reporting

    def owed(self, **query: Any) -> list[Owed]:
        """Return what is owed: by you, or of ``entity``; about ``quarter``, or the open rounds."""
        return [Owed(one) for one in self._items("obligations", query)]

    def report(
        self,
        about: Owed | str,
        *,
        occurred_on: str | None = None,
        reason: str | None = None,
        entity: str | None = None,
        on_behalf_of: Mapping[str, str] | None = None,
        key: str | None = None,
        **data: Any,
    ) -> Written:
        """Report about what is owed, or about an activity; ``data`` are the fields of ``ProgressReported``.

        Of something owed the quarter, the voice and the version expected are known. Nothing in ``data`` means that
        nothing changed.
        """
        if isinstance(about, Owed):
            body = dict(about.body)
            quarter: Json = {"quarter": about.quarter}
        else:
            body, quarter = {"type": "ProgressReported", "subject": f"activity/{about}"}, {}
        beside = {
            "occurred_on": occurred_on,
            "reason": reason,
            "entity": entity,
            "on_behalf_of": dict(on_behalf_of) if on_behalf_of else None,
        }
        body |= {name: said for name, said in beside.items() if said is not None}
        says = {name: said for name, said in data.items() if said is not None}
        is_silent = not says.keys() - {"quarter"}
        body["data"] = quarter | says | ({"no_change": True} if is_silent else {})
        return self.write(body, key)

    def write(self, events: Json | Sequence[Json], key: str | None = None) -> Written:
        """Record one event or several, all or nothing.

        ``key`` makes a repetition known: what is sent again under it, by this call or after a restart of your program,
        happens once. Without one each call has its own, and only its own tries are known.
        """
        body = events if isinstance(events, Mapping) else list(events)
        return Written(self.connection.post(self._at("events"), body, key or new_key()))

    def undo(self, correlation_id: str, reason: str | None = None) -> Written | None:
        """Take back every entry of a request, such as an import, all or none; None where none counts any more."""
        said = {"reason": reason} if reason else {}
        found = [
            {"type": "EntryRetracted", "subject": one.subject, "data": {"position": one.position}} | said
            for one in self.history(correlation_id=correlation_id)
            if not one.is_retracted
        ]
        return self.write(found[::-1]) if found else None

    # -------------------------------------------------------------------------------------------------- being told

    def subscribe(self, url: str, **wanted: Any) -> Json:
        """Let entries be posted to an address; ``wanted`` are ``types``, ``subjects``, ``entities`` and ``after``.

        The answer holds the ``secret`` that deliveries are signed with, this once. It is not tried again by itself.
        """
        return self.connection.post(self._at("webhooks"), {"url": url, **wanted})

    def webhooks(self) -> list[Json]:
        """Return your subscriptions, how far each has come, and why one does not go on."""
        return self._items("webhooks", {})


def follow(
    plans: Sequence[Client], positions: dict[str, int], **query: Any
) -> Iterator[tuple[Client, Entry]]:
    """Yield what several plans have after the position that is kept of each: ``{workplan: position}``.

    Plans do not wait for each other, so there is no order between their entries, and no one number says how far a
    program is. A position moves on when its entry was taken, that is when the next one is asked for: keep the positions
    where you keep what you made of the entries, and each entry comes at least once.
    """
    for plan in plans:
        for entry in plan.history(positions.get(plan.workplan, 0), **query):
            yield plan, entry
            positions[plan.workplan] = entry.position
