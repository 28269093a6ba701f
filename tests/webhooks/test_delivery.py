"""Whatever its receiver does, every entry comes, in order, and is known by its id; what is sent is what may be read."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from schedules.jobs import deliver_webhooks
from tests.installation import WORKPLAN, Installation, fact
from tests.webhooks.receiving import Receiver
from tracker.directory import people
from tracker.webhooks import delivery, targets

WINDOW = {"from": "2023-Q1", "to": "2023-Q2", "source": "Minutes of 15 June 2023"}


def subscribe(house: Installation, url: str, who: str = "secretariat", **more: Any) -> dict[str, Any]:
    answer = house.post({"url": url, **more}, who, path="webhooks")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    assert answer.json
    return dict(answer.json)


def change(house: Installation, webhook: str, **body: Any) -> dict[str, Any]:
    answer = house.post(body, path=f"webhooks/{webhook}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.json
    return dict(answer.json)


def record(house: Installation, count: int, first: int = 1) -> None:
    house.enter(
        *(fact("ActivityScheduled", f"activity/3.{number}", WINDOW) for number in range(first, first + count))
    )


def positions(events: list[dict[str, Any]]) -> list[int]:
    return [one["data"]["position"] for one in events]


def test_a_receiver_that_fails_stalls_ends_it_and_comes_back_gets_every_entry_in_order(
    house: Installation, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(targets, "TOTAL_SECONDS", 0.3)
    made = subscribe(house, receiver.url)
    start = made["position"]
    record(house, 5)
    receiver.answers = [500, 204, 0, 204, 302, 204, 410]
    states = []
    for _ in range(4):
        deliver_webhooks(house.runtime)
        told = house.read(f"webhooks/{made['webhook']}")
        states.append((told["state"], told["last_attempts"][0]["status"]))
        house.clock.move(minutes=5)
    assert states == [("active", 500), ("active", None), ("active", 302), ("gone", 410)]
    deliver_webhooks(house.runtime)
    assert len(receiver.asked) == 7  # 410 ends it
    change(house, made["webhook"], action="resume")
    deliver_webhooks(house.runtime)
    change(house, made["webhook"], action="replay", after=start + 2)
    deliver_webhooks(house.runtime)
    assert positions(receiver.taken) == [start + n for n in (1, 2, 3, 4, 5, 3, 4, 5)]
    assert positions(receiver.once) == list(range(start + 1, start + 6))
    assert [headers["webhook-id"] for headers, _ in receiver.asked[-3:]] == [
        one["id"] for one in receiver.once[-3:]
    ]


def test_a_delivery_is_signed_as_the_standard_says_by_both_secrets_while_they_overlap(
    desk: Installation, receiver: Receiver
):
    made = subscribe(desk, receiver.url)
    record(desk, 1)
    deliver_webhooks(desk.runtime)
    rotated = change(desk, made["webhook"], action="rotate", overlap_hours=2)
    assert rotated["old_secret_until"]
    record(desk, 1, first=2)
    deliver_webhooks(desk.runtime)
    old, new = Webhook(made["secret"]), Webhook(rotated["secret"])
    (first_headers, first), (headers, second) = receiver.asked
    with time_machine.travel(desk.clock.now, tick=False):
        assert old.verify(first, first_headers) == json.loads(first)
        assert old.verify(second, headers) == new.verify(second, headers)
        with pytest.raises(WebhookVerificationError):
            new.verify(first, first_headers)
        with pytest.raises(WebhookVerificationError):
            old.verify(second.replace(b"3.2", b"3.3"), headers)
    desk.clock.move(hours=3)
    record(desk, 1, first=3)
    deliver_webhooks(desk.runtime)
    headers, third = receiver.asked[-1]
    with time_machine.travel(desk.clock.now, tick=False):
        assert new.verify(third, headers)
        with pytest.raises(WebhookVerificationError):
            old.verify(third, headers)
    event = json.loads(third)
    assert (event["specversion"], event["type"]) == ("1.0", "workplan-tracker.ActivityScheduled")
    assert (event["id"], event["subject"]) == (headers["webhook-id"], "activity/3.3")
    assert event["data"]["leaf_hash"].startswith(event["id"].rpartition(":")[2])


def test_only_what_is_wanted_comes_from_where_it_is_asked_on(desk: Installation, receiver: Receiver):
    end = subscribe(desk, receiver.url)["position"]
    deliver_webhooks(desk.runtime)
    some: dict[str, Any] = {
        "types": ["ActivityAdded"],
        "subjects": ["activity/14.*", "workstream"],
        "after": 0,
    }
    subscribe(desk, receiver.url, **some)
    none = subscribe(desk, receiver.url, entities=["oms"], subjects=["activity/9.1"], after=0)
    deliver_webhooks(desk.runtime)
    subjects = {one["subject"] for one in receiver.taken}
    assert subjects
    assert all(subject.startswith("activity/14.") for subject in subjects)
    assert (
        desk.read(f"webhooks/{none['webhook']}")["position"] == end
    )  # nothing of it, and not looked at again
    refused = desk.post({"url": receiver.url, "after": end + 1}, path="webhooks")
    assert (refused.status_code, (refused.json or {})["field"]) == (422, "/after")


def test_one_that_fails_for_three_days_is_dead_and_says_so(desk: Installation, receiver: Receiver):
    made = subscribe(desk, receiver.url)
    record(desk, 1)
    receiver.answers = [503] * 200
    while (told := desk.read(f"webhooks/{made['webhook']}"))["state"] == "active":
        deliver_webhooks(desk.runtime)
        desk.clock.move(minutes=30)
    assert told["state"] == "dead"
    assert (told["attempts"], told["why"]) == (len(receiver.asked), "HTTP 503")
    assert 35 < len(receiver.asked) < 60
    receiver.answers = []
    change(desk, made["webhook"], action="resume")
    deliver_webhooks(desk.runtime)
    assert positions(receiver.taken) == [made["position"] + 1]


def test_what_is_sent_is_what_its_subscriber_may_read_now(desk: Installation, receiver: Receiver):
    made = subscribe(desk, receiver.url, "other lead")
    report = fact(
        "ProgressReported", "activity/3.4", {"quarter": "2023-Q2", "note": "Ms. Example was there."}
    )
    done = desk.write(report, "lead")["events"][0]
    redaction = {"position": done["position"], "field": "/data/note", "authority": "asked for"}
    desk.enter(fact("TextRedacted", "activity/3.4", redaction))
    deliver_webhooks(desk.runtime)
    assert b"Ms. Example" not in b"".join(body for _, body in receiver.asked)
    assert receiver.taken[0]["data"]["redacted"] == ["/data/note"]
    with desk.runtime.directory() as tx:
        person = people.person_at(tx, "other.lead@example.org")
        assert person
        people.withdraw(tx, desk.runtime.now(), person, WORKPLAN, "lead")
        tx.run("UPDATE tokens SET revoked_at = '2023-07-05' WHERE person = ?", person)
    record(desk, 1)
    deliver_webhooks(desk.runtime)
    told = desk.read(f"webhooks/{made['webhook']}")
    assert (told["state"], len(receiver.taken)) == ("stopped", 2)


def test_two_deliverers_never_send_the_same_entry_at_once(house: Installation, receiver: Receiver):
    made = subscribe(house, receiver.url)
    record(house, 6)
    turns = [
        threading.Thread(target=delivery.deliver, args=(house.runtime, WORKPLAN, made["webhook"]))
        for _ in range(4)
    ]
    for turn in turns:
        turn.start()
    for turn in turns:
        turn.join()
    assert positions(receiver.taken) == list(range(made["position"] + 1, made["position"] + 7))


def test_who_dies_after_the_answer_sends_the_same_id_again(desk: Installation, receiver: Receiver):
    class DiedError(Exception):
        """The process ended between the receiver's answer and the note of it."""

    def die(*sent: Any) -> Any:
        targets.post(*sent)
        raise DiedError

    made = subscribe(desk, receiver.url)
    record(desk, 2)
    with pytest.raises(DiedError):
        delivery.deliver(desk.runtime, WORKPLAN, made["webhook"], die)
    deliver_webhooks(desk.runtime)
    first = made["position"] + 1
    assert positions(receiver.taken) == [first, first, first + 1]
    assert positions(receiver.once) == [first, first + 1]


def test_a_webhook_is_its_owners_and_the_secretariats(desk: Installation, receiver: Receiver):
    made = subscribe(desk, receiver.url, "lead")
    path = f"webhooks/{made['webhook']}"
    assert [one["webhook"] for one in desk.read("webhooks", "lead")["items"]] == [made["webhook"]]
    assert desk.read("webhooks", "other lead")["items"] == []
    assert desk.get(path, "other lead").status_code == 404
    assert desk.post({"action": "pause"}, "other lead", path=path).status_code == 404
    assert change(desk, made["webhook"], action="pause")["state"] == "paused"
    assert "secret" not in desk.read(path)
    assert (
        desk.client().delete(f"/api/v1/workplans/{WORKPLAN}/{path}", headers=desk.headers("lead")).status_code
        == 204
    )
    with desk.runtime.database.read() as tx:
        assert tx.all("SELECT * FROM webhooks") == []
