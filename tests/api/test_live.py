"""The live feed: every entry once and in order, to those who may read it, for as long as they may."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from tests.installation import API, WORKPLAN, Installation, fact
from tracker.api import live
from tracker.directory.principals import system
from tracker.runtime import build_runtime

REPORT = fact("ProgressReported", "activity/3.4", {"no_change": True})


class Feed:
    """An open stream, read frame by frame."""

    def __init__(self, house: Installation, who: str | None = "secretariat", query: str = "", **headers: str):
        self.answer = house.get(f"live{query}", who, headers=headers, buffered=False)
        self._frames: Iterator[Any] = iter(self.answer.response)

    def frame(self) -> dict[str, str]:
        said = next(self._frames).decode()
        assert said.endswith("\n\n")
        return dict(line.split(": ", 1) for line in said.strip().splitlines())

    def entries(self, count: int) -> list[Any]:
        """Return the next entries; comments and the first frame are passed over."""
        found: list[Any] = []
        while len(found) < count:
            frame = self.frame()
            if frame.get("event") == "entry":
                found.append(orjson.loads(frame["data"]))
                assert frame["id"] == str(found[-1]["position"])
        return found


@contextlib.contextmanager
def following(house: Installation, *args: Any, **headers: str) -> Iterator[Feed]:
    feed = Feed(house, *args, **headers)
    assert feed.answer.status_code == 200, feed.answer.get_data(as_text=True)
    try:
        yield feed
    finally:
        feed.answer.close()


def test_a_stream_goes_on_after_the_last_entry_its_reader_had(library: Installation) -> None:
    listed = library.read("events?after=300&limit=20")["items"]
    with following(library, "secretariat", "?after=300") as feed:
        assert feed.entries(20) == listed
    with following(library, "secretariat", "?after=1", **{"Last-Event-ID": "300"}) as feed:
        assert feed.frame()["id"] == "300"  # told again before anything happens: no moment without a place
        assert feed.entries(3) == listed[:3]


def test_what_is_recorded_is_sent_at_once_and_what_came_before_is_not(house: Installation) -> None:
    with following(house) as feed:
        assert feed.frame()["id"] == str(house.read("tree-head")["size"])
        for _ in range(2):
            written = house.write(REPORT, "lead")["events"][0]["position"]
            assert [one["position"] for one in feed.entries(1)] == [written]


def test_what_another_process_records_is_sent_too(house: Installation) -> None:
    elsewhere = build_runtime(house.runtime.settings, house.clock)
    with following(house) as feed:
        feed.frame()
        done = elsewhere.submit(WORKPLAN, fact("RoundOpened", "round/2023-Q2"), system("system:cli"), "cli")
        assert feed.entries(1)[0]["position"] == done.first_position
    elsewhere.close()


def test_no_entry_is_missed_while_several_write(house: Installation) -> None:
    first = house.read("tree-head")["size"] + 1
    writers, each = "abc", 4
    wanted = list(range(first, first + len(writers) * each))
    seen: list[list[int]] = [[], []]

    def follow(found: list[int]) -> None:
        with following(house, "secretariat", f"?after={first - 1}") as feed:
            found.extend(one["position"] for one in feed.entries(len(wanted)))

    def write(writer: str) -> None:
        for number in range(each):
            house.runtime.submit(WORKPLAN, named(f"{writer}{number}"), system("system:cli"), "cli")

    threads = [threading.Thread(target=follow, args=(found,)) for found in seen]
    threads += [threading.Thread(target=write, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert seen == [wanted, wanted]


def named(slug: str) -> dict[str, Any]:
    return fact("MomentNamed", "workplan", {"slug": slug, "title": "M", "at": "2023-06-15"})


def test_readers_of_the_plan_alone_are_told_that_there_is_an_entry_and_not_what_it_says(
    house: Installation,
) -> None:
    with following(house, "viewer") as feed:
        house.write(REPORT | {"reason": "secret"}, "lead")
        house.write(fact("RoundOpened", "round/2023-Q2"))
        report, opened = feed.entries(2)
    assert set(report) == {"position", "recorded_at", "subject", "version", "withheld"}
    assert {"type", "data", "reason", "speaker"} <= set(report["withheld"])
    assert set(opened) == {"position", "recorded_at", "withheld"}
    with following(house, "lead", f"?after={report['position'] - 1}") as feed:
        assert feed.entries(1)[0]["reason"] == "secret"  # the control


def test_a_stream_ends_with_the_right_to_read_it(house: Installation) -> None:
    with following(house, "auditor") as feed:
        feed.frame()
        (row,) = [one for one in house.read("tokens")["items"] if one["role"] == "auditor"]
        house.client().delete(f"{API}/tokens/{row['id']}", headers=house.headers("secretariat"))
        house.write(REPORT, "lead")
        assert feed.frame()["event"] == "refused"
        with pytest.raises(StopIteration):
            feed.frame()


@pytest.mark.parametrize("said", ["x", "-1", "999999", "9" * 40, "²", "1.5"])
def test_a_place_the_log_does_not_have_is_refused_with_those_it_has(library: Installation, said: str) -> None:
    end = library.read("tree-head")["size"]
    for query, headers, field in (
        (f"?after={said}", {}, "after"),
        ("", {"Last-Event-ID": said}, "Last-Event-ID"),
    ):
        problem = library.get(f"live{query}", headers=headers).json
        assert problem is not None
        assert (problem["status"], problem["field"]) == (422, field)
        if field == "Last-Event-ID":
            assert f"from 1 to {end}" in problem["way_out"]


def test_too_many_streams_are_refused_for_the_time_being(library: Installation) -> None:
    with contextlib.ExitStack() as opened:
        mine = [opened.enter_context(following(library)) for _ in range(live.STREAMS_EACH)]
        refused = library.get("live")
        assert (refused.status_code, refused.json["type"]) == (429, "/problems/too-many")  # type: ignore[index]
        assert int(refused.headers["Retry-After"]) > 0
        opened.enter_context(following(library, "viewer"))  # somebody else still may
        mine[0].answer.close()
        opened.enter_context(following(library))
        others = ("lead", "auditor", "reviewer")
        for index in range(live.STREAMS - live.STREAMS_EACH - 1):
            opened.enter_context(following(library, others[index % 3]))
        assert library.get("live", "other lead").status_code == 429  # none is left in all
    with following(library, "other lead"):
        pass


def test_a_quiet_stream_shows_that_it_lives_and_ends_when_the_server_does(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    with following(house) as feed:
        feed.frame()
        assert feed.frame() == {"": "still here"}
        house.runtime.heads.end()
        with pytest.raises(StopIteration):
            feed.frame()
