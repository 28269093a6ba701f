"""Going back by HTTP's own means: a public client finds what there was; TimeMaps list it; nonsense is refused."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from memento_client import MementoClient
from werkzeug.serving import make_server

from tests.copies import copied
from tests.installation import API, WORKPLAN, Installation, fact, furnish, open_installation
from tracker.database import Transaction
from tracker.projections.mementos import Mementos

LINK = re.compile(r'<([^>]+)>; rel="([^"]+)"((?:; \w+="[^"]*")*)')


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path, free_port: int) -> Iterator[Installation]:
    """A server on loopback in whose plan 3.4 was touched at adoption, on 5 July, and two days later."""
    base = f"http://127.0.0.1:{free_port}"
    with copied(request, "sqlite", furnish, tmp_path) as copy:
        house = open_installation(copy.url, tmp_path, copy.told, TRACKER_BASE_URL=base)
        history(house)
        server = make_server("127.0.0.1", free_port, house.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield house
        server.shutdown()
        thread.join()
        server.server_close()
        house.runtime.close()


def history(house: Installation) -> None:
    house.write(fact("ProgressReported", "activity/3.4", {"assessment": "on_track"}), "lead")
    house.clock.move(days=2)
    house.write(fact("ProgressReported", "activity/3.5", {"no_change": True}), "lead")
    house.write(fact("ProgressReported", "activity/3.4", {"assessment": "delayed"}) | {"reason": "x"}, "lead")
    house.clock.move(days=2)


def found_by_client(house: Installation, path: str, when: datetime) -> dict[str, Any]:
    with requests.Session() as session:
        session.headers.update(house.headers("secretariat"))
        client = MementoClient(session=session, timegate_uri="http://127.0.0.1:1/")
        found: dict[str, Any] = client.get_memento_info(
            f"{house.runtime.settings.base_url}{API}/{path}", when
        )
        found["closest"] = session.get(found["mementos"]["closest"]["uri"][0]).json()
    return found


def test_a_public_client_finds_first_closest_and_last(served: Installation) -> None:
    now = datetime(2023, 7, 9)
    found = found_by_client(served, "activities/3.4", datetime(2023, 7, 6))
    mementos = found["mementos"]
    assert found["closest"]["assessment"] == "on_track"
    assert mementos["closest"]["datetime"] == datetime(2023, 7, 5, 10)
    assert mementos["first"]["datetime"] == mementos["prev"]["datetime"] == datetime(2023, 1, 9, 9)
    assert mementos["last"]["datetime"] == mementos["next"]["datetime"] == datetime(2023, 7, 7, 10)
    assert {mementos[name]["uri"][0].partition("?")[0] for name in mementos} == {found["original_uri"]}
    from_a_memento = found_by_client(
        served, f"activities/3.4?as_of=position:{found['closest']['position']}", now
    )
    assert from_a_memento["mementos"] == found_by_client(served, "activities/3.4", now)["mementos"]


@pytest.mark.parametrize(
    "when, status", [(datetime(1999, 1, 1), "not_started"), (datetime(2040, 1, 1), "in_progress")]
)
def test_before_the_first_there_is_the_first_and_after_the_last_the_last(
    served: Installation, when: datetime, status: str
) -> None:
    found = found_by_client(served, "activities/3.4", when)
    end = "first" if status == "not_started" else "last"
    assert found["mementos"]["closest"]["uri"] == found["mementos"][end]["uri"]
    assert found["closest"]["status"] == status


def inside(address: str) -> str:
    """Return an address without the server."""
    return address[address.index("/api/") :]


def links(said: str) -> list[tuple[str, set[str], dict[str, str]]]:
    return [
        (address, set(rels.split()), dict(re.findall(r'; (\w+)="([^"]*)"', rest)))
        for address, rels, rest in LINK.findall(said)
    ]


def test_a_memento_says_of_what_and_when_and_the_present_says_where_its_past_is(
    library: Installation,
) -> None:
    base = library.runtime.settings.base_url + API
    for path in ("state", "activities/3.4", "entities/oim"):
        now = library.get(path)
        assert {rel for _, rels, _ in links(now.headers["Link"]) for rel in rels} == {
            "original",
            "timegate",
            "timemap",
        }
        assert "Memento-Datetime" not in now.headers
        assert "accept-datetime" not in now.headers["Vary"].lower()
        memento = library.get(f"{path}?as_of=position:300")
        assert memento.headers["Memento-Datetime"] == "Mon, 09 Jan 2023 09:00:00 GMT"
        assert links(memento.headers["Link"])[0][:2] == (f"{base}/{path}", {"original"})
        for moving in ("as_of=-P1D", "effective_on=2023-06-15&as_of=position:300", "as_of=now"):
            assert "Memento-Datetime" not in library.get(f"{path}?{moving}").headers
        assert library.get(f"{path}?as_of=position:300").headers["Memento-Datetime"]  # from the cache, too


def test_without_a_date_a_timegate_leads_to_the_last(library: Installation) -> None:
    answer = library.get("timegate/state")
    assert answer.status_code == 302
    assert "accept-datetime" in answer.headers["Vary"].lower()
    end = library.read("tree-head")["size"]
    assert answer.headers["Location"].endswith(f"{API}/state?as_of=position:{end}")
    assert library.get(inside(answer.headers["Location"])).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        "2023-06-15",
        "Wed, 15 Jun 2023 16:00:00 GMT",
        "Thu, 15 Jun 2023 16:00:00 +0200",
        "Thursday, 15-Jun-23 16:00:00 GMT",
        "Thu, 31 Jun 2023 16:00:00 GMT",
        "yesterday",
        "Thu, 15 Jun 99999 16:00:00 GMT",
        "\x00",
    ],
)
def test_a_date_that_is_none_is_refused_with_one_that_is(library: Installation, said: str) -> None:
    answer = library.get("timegate/activities/3.4", headers={"Accept-Datetime": said})
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json is not None
    assert answer.json["field"] == "Accept-Datetime"
    assert "GMT" in answer.json["way_out"]


@pytest.mark.parametrize(
    "path", ["activities/99.9", "planets/mars", "moments/june", "events/1", "activities"]
)
def test_what_has_no_past_has_no_timegate(library: Installation, path: str) -> None:
    assert library.get(f"timegate/{path}").status_code == 404
    assert library.get(f"timemap/{path}").status_code == 404


def test_a_timemap_lists_the_entries_at_which_a_subject_changed_and_no_others(house: Installation) -> None:
    history(house)
    listed = links(house.get("timemap/activities/3.4").get_data(as_text=True))
    (own,) = [one for one in listed if "self" in one[1]]
    mementos = [one for one in listed if "memento" in one[1]]
    entries = house.read("events?subject=activity/3.4")["items"]
    assert [int(address.rpartition(":")[2]) for address, *_ in mementos] == [
        one["position"] for one in entries
    ]
    assert (mementos[0][1], mementos[-1][1]) == ({"first", "memento"}, {"last", "memento"})
    assert own[2]["from"] == mementos[0][2]["datetime"]
    assert own[2]["until"] == mementos[-1][2]["datetime"]
    for address, _, attributes in mementos:
        assert house.get(inside(address)).headers["Memento-Datetime"] == attributes["datetime"]


def test_a_timemap_comes_in_pages_that_lead_on(library: Installation) -> None:
    address, seen = f"{API}/timemap/state?limit=150", list[int]()
    while address:
        answer = library.get(inside(address))
        assert answer.content_type == "application/link-format"
        listed = links(answer.get_data(as_text=True))
        seen += [int(one.rpartition(":")[2]) for one, rels, _ in listed if "memento" in rels]
        address = next((one for one, rels, _ in listed if rels == {"timemap", "next"}), "")
    assert seen == list(range(1, library.read("tree-head")["size"] + 1))


def test_each_question_about_mementos_is_answered_by_an_index(shelf: Installation) -> None:
    asked: list[tuple[str, tuple[Any, ...]]] = []

    class Noting(Transaction):
        """A transaction that notes what it is asked."""

        def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
            asked.append((sql, values))
            return super().all(sql, *values)

    with shelf.runtime.database.read() as tx:
        for subject in (None, "activity/3.4"):
            found = Mementos(
                Noting(tx.core.connection, lambda: tx.core, is_sqlite=tx.is_sqlite), WORKPLAN, subject
            )
            assert all((found.first(), found.last(), found.until(datetime(2023, 7, 1, tzinfo=UTC))))
            assert all((found.after(1), found.before(2**53), found.listed(0, 5)))
        plans = [
            " ".join(str(row[3]) for row in tx.all(f"EXPLAIN QUERY PLAN {sql}", *values))
            for sql, values in asked
        ]
    assert len(plans) == 12
    assert [plan for plan in plans if "SCAN" in plan or "B-TREE" in plan] == []
