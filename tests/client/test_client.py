"""The Python client against the real application behind a faulty wire: nothing is lost, nothing happens twice."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import BaseWSGIServer, make_server

from tests.copies import copied
from tests.installation import WORKPLAN, Installation, fact, furnish, open_installation
from tests.stories import adoption, small_content
from tracker.cli import main
from tracker.client import Client, Problem, Unreachable, connection, follow
from tracker.directory import tokens
from tracker.directory.principals import system

Faults = list[str]


class Wire:
    """The application behind a wire that fails as it is told to: before the request arrives, or after it is done."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app, self.faults, self.seen = app, Faults(), list[str]()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        self.seen.append(f"{environ['REQUEST_METHOD']} {environ.get('HTTP_IDEMPOTENCY_KEY', '')}".strip())
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "lost answer":
            list(self.app(environ, lambda *_: None))
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionError
        if fault:
            start_response(fault, [("Retry-After", "0"), ("Content-Type", "text/plain")])
            return [b"no"]
        return self.app(environ, start_response)


@pytest.fixture(scope="module")
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, Wire, BaseWSGIServer]]:
    folder = tmp_path_factory.mktemp("client")
    with copied(request, "sqlite", furnish, folder) as copy:
        house = open_installation(copy.url, folder, copy.told)
        wire = Wire(house.app)
        server = make_server("127.0.0.1", 0, wire, threaded=True)
        server.log = lambda *_, **__: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield house, wire, server
        server.shutdown()
        thread.join()
        server.server_close()
        house.runtime.close()


@pytest.fixture
def wire(served: tuple[Installation, Wire, BaseWSGIServer], monkeypatch: pytest.MonkeyPatch) -> Wire:
    monkeypatch.setattr(connection, "FIRST_PAUSE", 0.001)
    served[1].faults.clear()
    served[1].seen.clear()
    return served[1]


@pytest.fixture
def plan(served: tuple[Installation, Wire, BaseWSGIServer], wire: Wire) -> Callable[..., Client]:
    house, _, server = served

    def client(who: str = "lead", **more: Any) -> Client:
        return Client(f"http://127.0.0.1:{server.server_port}", house.secrets[who], WORKPLAN, **more)

    return client


def test_what_is_owed_is_reported_and_stands_in_the_history(plan: Callable[..., Client]) -> None:
    client = plan()
    owed = next(one for one in client.owed(quarter="2023-Q1") if not one.is_settled)
    assert (owed.entity, owed.status) == ("oms", "not_started")
    done = client.report(owed, assessment="on_track", note="The first draft is out.")
    assert done.state[f"activity/{owed.activity}"]["assessment"] == "on_track"
    last = list(client.history(after=(done.position or 0) - 1))[-1]
    assert (last.position, last.type, last.data["note"]) == (
        done.position,
        "ProgressReported",
        "The first draft is out.",
    )
    assert client.export("events", "xlsx", after=last.position - 1)[:2] == b"PK"
    assert client.activity(owed.activity, as_of=f"position:{last.position - 1}")["status"] == "not_started"


@pytest.mark.parametrize(
    "faults", [["lost answer"], ["503 Busy", "lost answer", "429 Slower"], ["502 Bad"] * 4]
)
def test_a_write_that_is_tried_again_happens_once(
    plan: Callable[..., Client], wire: Wire, faults: Faults
) -> None:
    client = plan("secretariat")
    before = len(list(client.history()))
    wire.seen.clear()
    wire.faults += faults
    done = client.write(
        fact("ActivityTagged", "activity/9.1", {"tags": {"paragraphs": [str(len(faults) + 1)]}})
    )
    assert len(done.positions) == 1
    assert len(set(wire.seen)) == 1  # one key
    assert len(wire.seen) == len(faults) + 1
    assert len(list(client.history())) == before + 1


def test_a_refusal_says_what_is_wrong_and_is_not_tried_again(plan: Callable[..., Client], wire: Wire) -> None:
    with pytest.raises(Problem, match="reason") as refused:
        plan().report("3.4", quarter="2023-Q2", assessment="at_risk")
    assert (refused.value.status, refused.value.kind, refused.value.field) == (422, "rule", "/reason")
    assert refused.value.way_out
    assert len(wire.seen) == 1


def test_what_never_answers_names_the_key(plan: Callable[..., Client], free_port: int) -> None:
    nobody = Client(f"http://127.0.0.1:{free_port}", "wpt_x", WORKPLAN, tries=2)
    with pytest.raises(Unreachable, match="mine"):
        nobody.write(fact("ActivityTagged", "activity/9.1", {"nature": "yearly"}), key="mine")


def test_an_import_is_undone_by_the_client(
    served: tuple[Installation, Wire, BaseWSGIServer], plan: Callable[..., Client]
) -> None:
    client = plan("secretariat")
    written = client.write([fact("ActivityTagged", f"activity/5.{n}", {"nature": "yearly"}) for n in (1, 2)])
    correlation = next(client.history(after=(written.position or 0) - 1)).raw["correlation_id"]
    undone = client.undo(correlation)
    assert undone
    assert len(undone.positions) == 2
    assert client.undo(correlation) is None
    assert client.activity("5.1")["nature"] is None


def test_a_system_subscribes_by_the_client(plan: Callable[..., Client]) -> None:
    client = plan()
    made = client.subscribe("https://example.org/hook", types=["ProgressReported"])
    assert made["secret"].startswith("whsec_")
    assert [(one["url"], one["state"], "secret" in one) for one in client.webhooks()] == [
        (made["url"], "active", False)
    ]


def test_the_commands_ask_a_server(
    plan: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    client = plan()
    monkeypatch.setenv("TRACKER_SERVER", client.connection.server)
    monkeypatch.setenv("TRACKER_TOKEN", str(client.connection._token))
    assert main(["owed", "--quarter", "2023-Q2"]) == 0
    assert "3.4" in capsys.readouterr().out
    assert main(["report", "3.4", "--quarter", "2023-Q2", "--assessment", "on_track", "--key", "once"]) == 0
    first = capsys.readouterr().out
    assert main(["report", "3.4", "--quarter", "2023-Q2", "--assessment", "on_track", "--key", "once"]) == 0
    assert capsys.readouterr().out == first
    assert main(["report", "1.1", "--assessment", "on_track"]) == 1
    assert "403" in capsys.readouterr().err
    assert main(["history", "--out", str(tmp_path / "all.jsonl")]) == 0
    assert (tmp_path / "all.jsonl").read_bytes().count(b"\n") > 300


def test_who_follows_several_plans_keeps_a_position_of_each_and_takes_every_entry(
    served: tuple[Installation, Wire, BaseWSGIServer], plan: Callable[..., Client]
) -> None:
    runtime, positions = served[0].runtime, dict[str, int]()
    runtime.adopt("other", [adoption(), *small_content()], simulated=True)
    with runtime.directory("other") as tx:
        _, secret = tokens.create_token(tx, runtime.now(), tokens.Grant("other", "auditor"))
    one = plan("auditor")
    plans = (one, Client(one.connection.server, secret, "other"))

    def take(count: int) -> list[tuple[str, int]]:
        taken = ((whose.workplan, entry.position) for whose, entry in follow(plans, positions))
        return list(itertools.islice(taken, count))

    ends = {whose.workplan: len(list(whose.history())) for whose in plans}
    begun = take(3)  # and is stopped before the third is done with: that one comes again
    assert (begun[-1], positions) == ((WORKPLAN, 3), {WORKPLAN: 2})
    runtime.submit("other", small_content()[-1] | {"subject": "activity/9.9"}, system("system:cli"), "cli")
    rest = take(10_000)
    assert rest == [(WORKPLAN, n) for n in range(3, ends[WORKPLAN] + 1)] + [
        ("other", n) for n in range(1, ends["other"] + 2)
    ]
    assert take(1) == []
