"""Who gets a letter, when, and about what: on the shipped plan, with its 21 leads in 37 roles."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mailing import (
    PLAN,
    QUARTER,
    Clock,
    MailServer,
    add_focal_point,
    entries,
    sqlite_only,
    states,
    with_settings,
)
from tests.reading_mail import mail_of
from tracker.directory import people
from tracker.directory.principals import Principal, system
from tracker.errors import RuleError
from tracker.notifications import outbox
from tracker.notifications.running import remind
from tracker.runtime import Runtime
from tracker.workplan.round import Round

KEYS = ["quarter", "step", "owed", "letters", "sent", "held", "failed", "unknown"]


def report(runtime: Runtime, person: str, entity: str, activity: str, **data: Any) -> None:
    report_as(runtime, person, entity, activity, QUARTER, **data)


def report_as(runtime: Runtime, person: str, entity: str, activity: str, quarter: str, **data: Any) -> None:
    """Report by the link of a letter about a quarter."""
    link = Principal(person, frozenset({"link"}), person, quarter=quarter)
    wish = {
        "type": "ProgressReported",
        "subject": f"activity/{activity}",
        "entity": entity,
        "data": {"quarter": quarter} | (data or {"no_change": True}),
    }
    runtime.submit(PLAN, wish, link, "link")


def test_twenty_one_leads_get_twenty_one_letters_and_a_second_run_sends_none(
    runtime: Runtime, leads: dict[str, str], mail: MailServer
) -> None:
    first = remind(runtime, PLAN, QUARTER)
    assert list(first) == KEYS
    assert (first["step"], first["owed"], first["sent"]) == ("opening", 174, 21)
    assert sorted(one["person"] for one in first["letters"]) == sorted(leads.values())
    assert {one["state"] for one in first["letters"]} == {"accepted"}
    assert len(mail.received) == len(set(mail.recipients)) == 21
    second = remind(runtime, PLAN, QUARTER)
    assert (second["sent"], second["letters"], len(mail.received)) == (0, [], 21)


def test_every_letter_sent_is_an_entry_with_its_message_size_and_root(
    runtime: Runtime, leads: dict[str, str], mail: MailServer
) -> None:
    remind(runtime, PLAN, QUARTER)
    sent = entries(runtime, "ReminderSent")
    assert sorted(event.data.message_id for event in sent) == sorted(
        one["Message-ID"] for one in mail.received
    )
    assert sorted(event.data.recipient for event in sent) == sorted(leads.values())
    assert {(event.actor, event.channel, event.subject) for event in sent} == {
        ("system:cli", "system", f"round/{QUARTER}")
    }
    for event in sent:
        with runtime.ask(PLAN, f"position:{event.data.size}") as view:
            from tracker.events import tree  # noqa: PLC0415
            from tracker.events.reading import node_reader  # noqa: PLC0415

            root = tree.root_at(event.data.size, node_reader(view.tx, PLAN))
        assert event.data.root == root.hex()
        letter = next(one for one in mail.received if one["Message-ID"] == event.data.message_id)
        text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert tree.seal_of(root) in text
        assert f"/seal/{PLAN}/{event.data.size}?root={root.hex()}" in text
    with runtime.ask(PLAN) as view:
        opened = view.plan.get(f"round/{QUARTER}", Round)
    assert opened is not None
    assert [one.outcome for one in opened.reminders] == ["accepted"] * 21


def test_the_log_of_letters_holds_no_names_and_no_addresses(
    runtime: Runtime, leads: dict[str, str], mail: MailServer
) -> None:
    remind(runtime, PLAN, QUARTER)
    with runtime.database.read() as tx:
        stored = b"".join(bytes(row[0]) for row in tx.all("SELECT stored FROM events"))
    assert b"example.org" in b" ".join(one.as_bytes() for one in mail.received)
    assert b"@example.org" not in stored
    assert b"Focal " not in stored


@sqlite_only
def test_a_trial_run_says_who_would_get_a_letter_and_writes_nothing(
    runtime: Runtime, leads: dict[str, str], mail: MailServer
) -> None:
    before = len(entries(runtime))
    foreseen = remind(runtime, PLAN, QUARTER, dry_run=True)
    assert (foreseen["step"], foreseen["owed"], len(foreseen["letters"]), foreseen["sent"]) == (
        "opening",
        174,
        21,
        0,
    )
    assert entries(runtime, "RoundOpened", "ReminderSent") == []
    assert (len(entries(runtime)), states(runtime), mail.received) == (before, [], [])
    real = remind(runtime, PLAN, QUARTER)
    assert {one["person"] for one in real["letters"]} == {one["person"] for one in foreseen["letters"]}
    assert remind(runtime, PLAN, QUARTER, dry_run=True)["letters"] == []


@sqlite_only
def test_what_a_colead_reported_is_greyed_with_who_and_when_and_owed_no_more(
    runtime: Runtime, leads: dict[str, str], mail: MailServer
) -> None:
    report(runtime, leads["cglu"], "cglu", "3.2")
    remind(runtime, PLAN, QUARTER)
    (letter,) = mail_of(mail, leads["oms"], runtime)
    owed, _, settled = letter.partition("3.6")
    assert "  3.2  " not in owed
    assert "  3.2  " in settled
    assert "CGLU, " in settled
    assert len(mail.received) == 21


@sqlite_only
def test_who_owes_nothing_gets_nothing(runtime: Runtime, leads: dict[str, str], mail: MailServer) -> None:
    for activity in ("3.1", "3.2", "3.3", "3.4", "3.5", "3.6"):
        report(runtime, leads["oms"], "oms", activity)
    done = remind(runtime, PLAN, QUARTER)
    assert done["sent"] == 18  # the three leads of workstream 3 lead nothing else
    assert done["owed"] == 174 - 18
    assert not {leads["oms"], leads["cglu"], leads["plataforma-de-jovenes-y-ninos-migrantes"]} & {
        one["person"] for one in done["letters"]
    }


@sqlite_only
def test_a_person_who_acts_for_two_leads_gets_one_letter_about_both(
    runtime: Runtime, mail: MailServer, oms: str
) -> None:
    wishes = [
        {"type": "FocalPointNamed", "subject": "workstream/4", "data": {"entity": "unodc", "person": oms}},
        {"type": "FocalPointNamed", "subject": "workstream/3", "data": {"entity": "cglu", "person": oms}},
    ]
    runtime.submit(PLAN, wishes, system("system:cli"), "cli")
    done = remind(runtime, PLAN, QUARTER)
    assert done["sent"] == 1
    (letter,) = mail_of(mail, oms, runtime)
    assert "Lineamiento 3." in letter
    assert "Lineamiento 4." in letter
    assert "por OMS y CGLU" in letter
    assert entries(runtime, "ReminderSent")[0].data.entities == ("oms", "cglu", "unodc")


@sqlite_only
def test_an_activity_with_a_lead_of_its_own_is_asked_of_it_first_and_of_coleads_when_overdue(
    runtime: Runtime, clock: Clock, mail: MailServer
) -> None:
    oms, cglu = add_focal_point(runtime, "oms", "es", ["3"]), add_focal_point(runtime, "cglu", "es", ["3"])
    own = {"type": "LeadAssigned", "subject": "workstream/3", "data": {"entity": "cglu", "activity": "3.2"}}
    runtime.submit(PLAN, own, system("system:cli"), "cli")
    remind(runtime, PLAN, QUARTER)
    assert "  3.2  " not in mail_of(mail, oms, runtime)[0]
    assert "  3.2  " in mail_of(mail, cglu, runtime)[0]
    clock.set("2023-07-12")
    assert remind(runtime, PLAN, QUARTER)["step"] == "overdue"
    assert "  3.2  " in mail_of(mail, oms, runtime)[1]


@sqlite_only
def test_muted_suspended_and_erased_people_get_no_letter_and_are_listed(
    runtime: Runtime, leads: dict[str, str], mail: MailServer
) -> None:
    with runtime.directory(PLAN) as tx:
        people.set_muted(tx, leads["oms"], "2023-07-01T00:00:00.000000Z")
        tx.run("UPDATE people SET suspended_at = '2023-07-01' WHERE person = ?", leads["cglu"])
        tx.run("UPDATE people SET name = NULL, email = NULL WHERE person = ?", leads["oit"])
    done = remind(runtime, PLAN, QUARTER)
    by_person = {one["person"]: one["state"] for one in done["letters"]}
    assert [by_person[leads[one]] for one in ("oms", "cglu", "oit")] == ["muted", "held", "held"]
    assert (done["sent"], done["held"]) == (18, 3)


@sqlite_only
@pytest.mark.parametrize(
    "prepare, said",
    [
        ({"type": "WorkplanClosed", "subject": "workplan", "data": {}}, "is closed"),
        (None, "is not over"),
    ],
)
def test_a_closed_plan_and_a_quarter_that_is_not_over_are_refused(
    runtime: Runtime, oms: str, mail: MailServer, prepare: Any, said: str
) -> None:
    if prepare:
        runtime.submit(PLAN, prepare, system("system:cli"), "cli")
    with pytest.raises(RuleError, match=said) as refused:
        remind(runtime, PLAN, QUARTER if prepare else "2023-Q3")
    assert refused.value.way_out
    assert mail.received == []


@sqlite_only
def test_a_report_between_writing_and_sending_stops_the_letter(
    runtime: Runtime, mail: MailServer, oms: str
) -> None:
    with_settings(runtime, smtp_url=None)
    remind(runtime, PLAN, QUARTER)
    for activity in ("3.1", "3.2", "3.3", "3.4", "3.5", "3.6"):
        report(runtime, oms, "oms", activity)
    with_settings(runtime, smtp_url=mail.url)
    done = remind(runtime, PLAN, QUARTER)
    assert (done["sent"], mail.received, states(runtime)) == (0, [], ["superseded"])


@sqlite_only
def test_without_a_mail_server_letters_wait_and_the_command_is_told_so(runtime: Runtime, oms: str) -> None:
    with_settings(runtime, smtp_url=None)
    said: list[str] = []
    done = remind(runtime, PLAN, QUARTER, say=said.append)
    assert done["letters"] == [{"person": oms, "state": "due"}]
    assert "letters waiting: 1" in said[0]
    assert "TRACKER_SMTP_URL" in said[0]


def test_a_letter_exists_once_for_its_kind_quarter_step_and_recipient(runtime: Runtime) -> None:
    for count in (1, 0):
        with runtime.database.write() as tx:
            made = outbox.create(
                tx,
                runtime.now(),
                workplan=PLAN,
                kind="reminder",
                quarter=QUARTER,
                step="opening",
                recipient="p1",
                state="due",
                domain="example.org",
            )
        assert (made is not None) == bool(count)
    assert states(runtime) == ["due"]
