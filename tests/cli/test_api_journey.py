"""An agency's own system reports over the API of a real server: what it owes, one report, what is refused, the feed."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.serving import Served, serving
from tests.installation import API

SMUGGLING = {
    "type": "ProgressReported",
    "subject": "activity/4.2",
    "occurred_on": "2023-06-22",
    "data": {"assessment": "on_track", "note": "The session on smuggling took place."},
}


def command(served: Served, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *arguments, "--json"],
        env=served.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@dataclass(frozen=True)
class System:
    """The agency's system: a base address, a token, and the language it asks for."""

    base: str
    token: str

    def ask(self, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        """Return the status and the body of an answer, a refusal's too."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "es"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}{API}/{path}", data, headers)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def send(self, key: str, **changed: Any) -> tuple[int, Any]:
        return self.ask("events", SMUGGLING | changed, key)


def test_a_lead_reports_from_its_own_system(tmp_path: Path, free_port: int) -> None:
    with serving(tmp_path, free_port, "--without-ticker") as served:
        command(served, "remind", "--quarter", "2023-Q2")
        scope = ("--entity", "unodc", "--workstream", "4", "--days", "90")
        unodc = System(served.base, command(served, "token", "create", "--role", "lead", *scope)["token"])
        answers_what_it_owes_and_takes_one_report_once(unodc)
        refuses_in_the_asked_language_and_records_nothing(unodc)


def answers_what_it_owes_and_takes_one_report_once(unodc: System) -> None:
    _status, owed = unodc.ask("obligations?entity=unodc")
    mine = {one["activity"]: one for one in owed["items"] if one["workstream"] == "4"}
    assert list(mine) == ["4.1", "4.2", "4.3"]
    assert {one["status"] for one in mine["4.2"]["allowed"]} >= {"in_progress", "completed"}
    version = mine["4.2"]["version"]
    first = unodc.send("k1", expected_version=version)
    assert first[0] == 201
    (entry,) = first[1]["events"]
    assert (entry["version"], len(entry["leaf_hash"])) == (version + 1, 64)
    state = first[1]["state"]["activity/4.2"]
    assert (state["status"], state["assessment"]) == ("in_progress", "on_track")
    assert state["last_report"]["occurred_on"] == "2023-06-22"
    assert unodc.send("k1", expected_version=version) == first, "sent again after a time-out"
    news = unodc.ask(f"events?after={entry['position'] - 1}")[1]
    assert [one["position"] for one in news["items"]] == [entry["position"]] == [news["position"]]
    status, conflict = unodc.send("k2", expected_version=version)
    assert (status, conflict["current_version"]) == (409, version + 1)
    assert [one["position"] for one in conflict["since"]] == [entry["position"]]
    still = {one["activity"] for one in unodc.ask("obligations?entity=unodc")[1]["items"]}
    assert {"4.1", "4.3"} <= still
    assert "4.2" not in still


def refuses_in_the_asked_language_and_records_nothing(unodc: System) -> None:
    before = unodc.ask("events?order=desc&limit=1")[1]["position"]
    refusals: list[tuple[dict[str, Any], int, str, str]] = [
        ({"data": {"assessment": "great"}}, 422, "/data/assessment", "Debe ser uno de: on_track"),
        ({"data": {"assessment": "at_risk"}}, 422, "/reason", "necesita un motivo"),
        ({"subject": "activity/3.4"}, 403, "/type", "no le toca escribir"),
        (
            {"type": "ActivityWithdrawn", "data": {}, "reason": "No."},
            403,
            "/type",
            "su función no lo incluye",
        ),
        ({"occurred_on": "2099-06-22"}, 422, "/occurred_on", "está en el futuro"),
    ]
    for number, (changed, status, field, words) in enumerate(refusals):
        answered, problem = unodc.send(f"refused-{number}", **changed)
        assert (answered, problem["field"]) == (status, field), problem
        assert words in problem["detail"]
        assert problem["way_out"]
    assert unodc.ask("events?order=desc&limit=1")[1]["position"] == before
