"""Delivery against real servers that refuse, stall, hang up and lie: no second copy by itself, nothing lost unseen."""

from __future__ import annotations

import asyncio
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP as Server  # noqa: N811 - it is a class, named for what it speaks
from aiosmtpd.smtp import Envelope, Session

from tests.mailing import (
    PLAN,
    QUARTER,
    Clock,
    MailServer,
    entries,
    nobody_listens,
    post_to,
    sqlite_only,
    states,
    with_settings,
)
from tracker.directory.principals import system
from tracker.notifications import outbox
from tracker.notifications.running import Run, remind, run_round
from tracker.notifications.settling import settle_abandoned
from tracker.notifications.smtp import Patience, Post, TransientError, dotted, words
from tracker.runtime import Runtime


def run(runtime: Runtime, mail: MailServer, **patience: Any) -> Run:
    return run_round(runtime, PLAN, QUARTER, post=post_to(mail, **patience))


def answer(command: str, *replies: str | None) -> Callable[..., str | None]:
    """Return a behaviour: the n-th time a command comes, the n-th reply (the last one for ever)."""
    left = list(replies)

    def behave(said: str, *_: Any) -> str | None:
        if said != command:
            return None
        return left.pop(0) if len(left) > 1 else left[0]

    return behave


def outcomes(runtime: Runtime) -> list[str]:
    return [event.data.outcome for event in entries(runtime, "ReminderFailed")]


def test_an_unreachable_server_leaves_the_letters_due_and_a_later_run_sends_them(
    runtime: Runtime, mail: MailServer, leads: dict[str, str]
) -> None:
    with_settings(runtime, smtp_url=f"smtp://127.0.0.1:{nobody_listens()}")
    said: list[str] = []
    first = run_round(runtime, PLAN, QUARTER, post=Post(runtime.settings.smtp_url or "", FAST))
    assert [state for _, state in first.letters] == ["due"] * 21
    assert "cannot be reached" in (first.problem or "")
    assert "run it again" in (first.way_out or "")
    assert entries(runtime, "ReminderSent", "ReminderFailed") == []
    with_settings(runtime, smtp_url=mail.url)
    second = remind(runtime, PLAN, QUARTER, say=said.append)
    assert (second["sent"], len(mail.received), said) == (21, 21, [])
    assert remind(runtime, PLAN, QUARTER)["sent"] == 0


FAST = Patience(connect=1, reply=1, final=1, tries=2, pause=0.01)


def test_a_refused_recipient_is_rejected_and_the_others_get_theirs(
    runtime: Runtime, mail: MailServer, leads: dict[str, str]
) -> None:
    def behave(command: str, server: Server, session: Session, envelope: Envelope) -> str | None:
        return "550 no such user" if command == "RCPT" and "oms@" in envelope.rcpt_tos[-1] else None

    mail.behave = behave
    done = run(runtime, mail).as_json()
    assert (done["sent"], done["failed"], len(mail.received)) == (20, 1, 20)
    (failed,) = entries(runtime, "ReminderFailed")
    assert (failed.data.recipient, failed.data.outcome) == (leads["oms"], "rejected")
    mail.behave = None
    assert run(runtime, mail).letters == ()


@sqlite_only
@pytest.mark.parametrize(
    "command, reply, state, received",
    [
        ("RCPT", "550 no", "rejected", 0),
        ("DATA", "550 spam", "rejected", 0),
        ("DATA", "451 later", "rejected", 0),
        ("MAIL", "550 who are you", "due", 0),
        ("RCPT", "450 busy", "due", 0),
        ("MAIL", "421 closing", "due", 0),
        ("DATA", "keep 451 took it and says no", "rejected", 1),
    ],
)
def test_what_a_server_says_decides_the_state(
    runtime: Runtime, mail: MailServer, oms: str, command: str, reply: str, state: str, received: int
) -> None:
    mail.behave = answer(command, reply)
    done = run(runtime, mail)
    assert done.letters == ((oms, state),)
    assert len(mail.received) == received
    assert outcomes(runtime) == (["rejected"] if state == "rejected" else [])
    mail.behave = None
    run(runtime, mail)
    assert states(runtime) == ["accepted" if state == "due" else "rejected"]
    assert len(mail.received) == (1 if state == "due" else received)


@sqlite_only
@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_a_temporary_refusal_is_tried_again_at_once_under_the_same_message_id(
    runtime: Runtime, mail: MailServer, oms: str, command: str
) -> None:
    mail.behave = answer(command, "451 try again", None)
    assert run(runtime, mail).as_json()["sent"] == 1
    assert len(mail.received) == 1


@sqlite_only
def test_every_try_has_the_same_message_id_and_a_link_of_its_own(
    runtime: Runtime, mail: MailServer, clock: Clock, oms: str
) -> None:
    mail.behave = answer("DATA", "keep 550 took it and says no")
    run(runtime, mail)
    with runtime.database.write() as tx:
        (letter,) = outbox.letters_of(tx, PLAN)
        assert outbox.put_back(tx, letter.letter)
    mail.behave = None
    run(runtime, mail)
    first, second = mail.received
    assert first["Message-ID"] == second["Message-ID"]
    assert first["List-Unsubscribe"] != second["List-Unsubscribe"]
    with runtime.database.read() as tx:
        # The first copy may have arrived: its link must not be dead because somebody sent a second one.
        assert tx.one("SELECT count(*) FROM links") == (2,)


def test_no_reply_after_the_dot_is_unknown_and_never_sent_again_by_itself(
    runtime: Runtime, mail: MailServer, clock: Clock, oms: str
) -> None:
    async def hang_up(server: Server) -> str:
        server.transport.abort()  # type: ignore[union-attr]
        return "keep 250 OK"

    def behave(command: str, server: Server, *_: Any) -> Any:
        return hang_up(server) if command == "DATA" else None

    mail.behave = behave
    done = run(runtime, mail).as_json()
    assert (done["sent"], done["unknown"]) == (0, 1)
    assert outcomes(runtime) == ["unknown"]
    mail.behave = None
    for _ in range(3):
        clock.pass_(minutes=30)
        settle_abandoned(runtime, PLAN, system("system:ticker"))
        assert run(runtime, mail).letters == ()
    assert (len(mail.received), states(runtime)) == (1, ["unknown"])


@sqlite_only
def test_control_a_sender_that_tries_again_after_the_dot_would_send_two(
    runtime: Runtime, mail: MailServer, oms: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = Post.finish

    def naive(self: Post) -> tuple[int, str]:
        reply = finish(self)
        if reply is None:
            raise TransientError("broke off")
        return reply

    monkeypatch.setattr(Post, "finish", naive)
    count = iter(range(10))

    async def hang_up(server: Server) -> str:
        server.transport.abort()  # type: ignore[union-attr]
        return "keep 250 OK"

    mail.behave = lambda command, server, *_: (
        hang_up(server) if command == "DATA" and next(count) == 0 else None
    )
    run(runtime, mail)
    run(runtime, mail)
    assert len(mail.received) == 2


@sqlite_only
def test_a_server_that_stalls_after_the_dot_is_unknown_even_if_it_took_the_letter(
    runtime: Runtime, mail: MailServer, oms: str
) -> None:
    async def stall() -> str:
        await asyncio.sleep(1.5)
        return "keep 250 OK"

    mail.behave = lambda command, *_: stall() if command == "DATA" else None
    assert run(runtime, mail, final=0.4).as_json()["unknown"] == 1
    mail.behave = None
    assert run(runtime, mail).letters == ()


@sqlite_only
def test_a_server_that_stalls_before_the_dot_costs_a_try_and_nothing_else(
    runtime: Runtime, mail: MailServer, oms: str
) -> None:
    async def stall() -> str:
        await asyncio.sleep(1.2)
        return "250 OK"

    mail.behave = lambda command, *_: stall() if command == "RCPT" else None
    done = run(runtime, mail, reply=0.3)
    assert (done.letters, "cannot be reached or broke off" in (done.problem or "")) == (((oms, "due"),), True)
    mail.behave = None
    assert run(runtime, mail).as_json()["sent"] == 1


class Scripted(socketserver.ThreadingTCPServer):
    """A server that says what it is told to, whatever it hears."""

    allow_reuse_address = True
    daemon_threads = True


@pytest.fixture
def scripted() -> Iterator[Callable[[list[bytes]], Post]]:
    servers: list[Scripted] = []

    def start(replies: list[bytes]) -> Post:
        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for reply in replies:
                    self.wfile.write(reply)
                    if not self.rfile.readline():
                        return

        made = Scripted(("127.0.0.1", 0), Handler)
        servers.append(made)
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return Post(f"smtp://127.0.0.1:{made.server_address[1]}", FAST)

    yield start
    for made in servers:
        made.shutdown()
        made.server_close()


@sqlite_only
@pytest.mark.parametrize(
    "replies",
    [
        [b"554 no service here\r\n"],
        [b"421 too busy\r\n"],
        [b"HTTP/1.1 400 Bad Request\r\n"],
        [b"\x00\xff\xfe garbage \x1b[31m\r\n"],
        [b""],
        [b"220 hi\r\n", b"500 what\r\n", b"500 what\r\n"],
        [b"220 hi\r\n", b"250 ok\r\n", b"503 bad sequence\r\n"],
    ],
)
def test_whatever_is_no_mail_server_leaves_the_letter_due_and_is_said_in_one_plain_line(
    runtime: Runtime, oms: str, scripted: Callable[[list[bytes]], Post], replies: list[bytes]
) -> None:
    done = run_round(runtime, PLAN, QUARTER, post=scripted(replies))
    assert done.letters == ((oms, "due"),)
    assert done.problem
    assert done.problem.isprintable()
    assert states(runtime) == ["due"]


@sqlite_only
def test_a_recipient_that_is_always_busy_is_left_alone_for_longer_each_time(
    runtime: Runtime, mail: MailServer, clock: Clock, oms: str
) -> None:
    mail.behave = answer("RCPT", "450 busy")
    pauses = []
    for _ in range(3):
        run(runtime, mail)
        with runtime.database.read() as tx:
            (letter,) = outbox.letters_of(tx, PLAN)
        pauses.append(letter.not_before)
        assert (letter.error or "").endswith("450 busy")
    assert [pause and pause[11:16] for pause in pauses] == ["09:10", "09:20", "09:40"]


@pytest.mark.parametrize(
    "content, sent",
    [
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\nb", b"a\r\nb\r\n"),
        (b".\r\nQUIT\r\n", b"..\r\nQUIT\r\n"),
        (b"a\n.\nMAIL FROM:<x>\n", b"a\r\n..\r\nMAIL FROM:<x>\r\n"),
        (b"a\r.\rb", b"a\r\n..\r\nb\r\n"),
        (b"..a\n", b"...a\r\n"),
    ],
)
def test_nothing_in_a_letter_can_end_it_early(content: bytes, sent: bytes) -> None:
    assert dotted(content) == sent


def test_a_reply_is_kept_as_one_readable_line() -> None:
    assert words(b"550 no\r\n550 really\x1b[0m\xff") == "550 no 550 really [0m\ufffd"
    assert len(words("x" * 1000)) == 300
