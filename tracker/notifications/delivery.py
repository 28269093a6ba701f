"""Delivery: handing letters over to the mail server, each at most once without a person's decision.

What is known of a letter is committed before the step that makes it true. The dangerous moment is the final dot: once
it is sent, only the server's reply tells what became of the letter. So ``data_sent`` is committed first, by the owner
of the claim only; who finds a letter there without a reply says ``unknown`` and leaves it to the Secretariat
(docs/rounds.md).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

import tenacity

from tracker.clock import instant_text, new_id
from tracker.database import Transaction
from tracker.directory.people import Person
from tracker.directory.principals import Principal
from tracker.errors import DeliveryError, UnavailableError
from tracker.notifications import outbox
from tracker.notifications.letters import Occasion, write_letter
from tracker.notifications.links import end_of_day, make_link
from tracker.notifications.notices import write_notice
from tracker.notifications.occasions import Unsent, occasion_of
from tracker.notifications.outbox import Letter, State
from tracker.notifications.reporting_mail import Prepared, prepare
from tracker.notifications.settling import record
from tracker.notifications.smtp import Post, RefusedError, TransientError
from tracker.notifications.stewards import write_question

if TYPE_CHECKING:
    from tracker.runtime import Runtime

log = logging.getLogger(__name__)

Hook = Callable[[str, Letter], None]
"""Called after each step of a letter with the step's name; trials stop a sender there."""
MARGIN = timedelta(minutes=5)


@dataclass(slots=True)
class Delivered:
    """What became of the letters of a run, and what kept the rest from being sent."""

    states: dict[str, State] = field(default_factory=dict)
    problem: DeliveryError | None = None


class _LostClaimError(Exception):
    """Somebody else has the letter now; nothing of it was delivered by us."""


def nothing(_step: str, _letter: Letter) -> None:
    return


def deliver(
    runtime: Runtime,
    letters: Iterable[Letter],
    principal: Principal,
    *,
    post: Post | None = None,
    hook: Hook = nothing,
) -> Delivered:
    """Send the letters that nobody else has claimed. Without a server, or with one that is away, they stay due."""
    waiting, done = list(letters), Delivered()
    url = runtime.settings.smtp_url
    if not waiting:
        return done
    if post is None and url is None:
        done.problem = DeliveryError(
            "no mail server is set; letters waiting: {count}",
            count=len(waiting),
            way_out="Set TRACKER_SMTP_URL to smtp://host:port; the letters are sent by the next run.",
        )
        return done
    post = post or Post(url or "")
    if post.server.rate is not None:
        waiting, done.problem = _within(runtime, waiting, post.server.rate)
    if not waiting:
        return done
    sender = _Sender(runtime, principal, post, new_id(), hook)
    try:
        sender.patiently(post.open)
        for letter in waiting:
            state = sender.send(letter)
            if state is not None:
                done.states[letter.letter] = state
        post.quit()
    except TransientError as error:
        done.problem = DeliveryError(
            "{why}; what was not sent waits",
            why=str(error),
            way_out="Nothing is lost and nothing is sent twice: run it again when the server is back.",
        )
    finally:
        post.close()
    return done


def _within(runtime: Runtime, waiting: list[Letter], rate: int) -> tuple[list[Letter], DeliveryError | None]:
    """Return the letters that the server may be given now, and why the others wait.

    Nobody sleeps: what is beyond the rate goes with the next run. Counted in the database, for all processes.
    """
    with runtime.database.read() as tx:
        room = max(0, rate - outbox.handed_over_since(tx, runtime.now() - timedelta(minutes=1)))
    if len(waiting) <= room:
        return waiting, None
    return waiting[:room], DeliveryError(
        "the mail server is given {rate} letters a minute; letters waiting: {count}",
        rate=rate,
        count=len(waiting) - room,
        way_out="The next runs send them, one minute after another.",
    )


@dataclass(frozen=True, slots=True)
class _Sender:
    """One run over some letters: ``owner`` is what its claims are known by."""

    runtime: Runtime
    principal: Principal
    post: Post
    owner: str
    hook: Hook

    def patiently(self, act: Callable[[], None]) -> None:
        """Try again what failed for the moment; only for what comes before ``data_sent``."""
        patience = self.post.patience
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            stop=tenacity.stop_after_attempt(patience.tries),
            wait=tenacity.wait_random_exponential(multiplier=patience.pause / 8, max=patience.pause),
            reraise=True,
        ):
            with attempt:
                act()

    def send(self, letter: Letter) -> State | None:
        """Send one letter and return its state after; None where somebody else has it.

        Raises:
            TransientError: the server is away; the letter is due again.
        """
        with self.runtime.database.write() as tx:
            if not outbox.claim(tx, self.runtime.now(), letter.letter, self.owner):
                return None
            letter = outbox.find(tx, letter.letter)
            thread = outbox.first_of_round(tx, letter)
        self.hook("claimed", letter)
        try:
            return self._send_claimed(letter, thread)
        except _LostClaimError:
            return None
        except RefusedError as error:
            return self._record(letter, "rejected", ("connected",), str(error))
        except TransientError as error:
            self._release(letter, str(error), is_pausing=not error.is_of_server)
            if error.is_of_server:
                raise
            return "due"

    def _send_claimed(self, letter: Letter, thread: str | None) -> State | None:
        try:
            written = self._written(letter, thread)
        except (UnavailableError, _LostClaimError):
            raise
        except (
            Exception
        ) as error:  # one letter that cannot be written must not keep the others from going out
            log.exception("letter %s cannot be written", letter.letter)
            return self._unsent(letter, Unsent("held", f"it cannot be written: {type(error).__name__}"))
        if isinstance(written, Unsent):
            return self._unsent(letter, written)
        message, recipient, contents = written
        content = message.as_bytes(policy=SMTP if recipient.isascii() else SMTPUTF8)
        letter = replace(letter, contents=contents)
        self.hook("connected", letter)
        self.patiently(lambda: self._hand_over(letter, content, recipient))
        self._commit_data_sent(letter)
        self.hook("data_sent", letter)
        reply = self.post.finish()
        self.hook("replied", letter)
        if reply is None:
            return self._record(letter, "unknown", ("data_sent",), "the server never said whether it took it")
        code, said = reply
        if 200 <= code < 300:
            return self._record(letter, "accepted", ("data_sent", "unknown"), None)
        after: State = "rejected" if 400 <= code < 600 else "unknown"
        return self._record(letter, after, ("data_sent",), f"{code} {said}")

    def _written(
        self, letter: Letter, thread: str | None
    ) -> tuple[EmailMessage, str, dict[str, Any]] | Unsent:
        """Return the mail, the address it goes to and what it holds; or why it is not to be sent."""
        made: Unsent | Prepared | Occasion | tuple[EmailMessage, Person]
        with self.runtime.ask(letter.workplan) as view:
            match letter.kind:
                case "notice":
                    made = write_notice(self.runtime, view, letter)
                case "steward":
                    made = write_question(self.runtime, view, letter)
                case "receipt" | "invitation":
                    made = prepare(self.runtime, view, letter, thread)
                case _:
                    made = occasion_of(self.runtime, view, letter, thread)
        if isinstance(made, Unsent):
            return made
        if isinstance(made, Prepared):
            handle = self._connect(letter, {}, made.closes)
            return made.write(handle or ""), made.person.email or "", {}
        if isinstance(made, tuple):
            self._connect(letter, {})
            return made[0], made[1].email or "", {}
        occasion = made
        closes = end_of_day(occasion.opened.closes, occasion.workplan.zone)
        handle = self._connect(letter, _contents(occasion), closes)
        message = write_letter(replace(occasion, handle=handle))
        return message, occasion.person.email or "", _contents(occasion)

    def _hand_over(self, letter: Letter, content: bytes, recipient: str) -> None:
        self.post.open()
        self.post.envelope(parseaddr(self.runtime.settings.mail_from)[1], recipient)
        self.hook("envelope", letter)
        self.post.body(content)
        self.hook("body", letter)

    def _connect(
        self, letter: Letter, contents: dict[str, Any], closes: datetime | None = None
    ) -> str | None:
        """Note that the letter is on its way, and make the handle of this try, where it is to have one."""
        held = outbox.dump(contents)
        with self.runtime.database.write() as tx:
            if not outbox.move(tx, letter.letter, self.owner, ("claimed",), "connected", contents=held):
                raise _LostClaimError
            return make_link(tx, self.runtime.now(), letter, closes) if closes else None

    def _commit_data_sent(self, letter: Letter) -> None:
        """Write down that the last dot is about to be sent; from here on nobody tries this letter again by itself."""
        now = self.runtime.now()
        until = now + timedelta(seconds=self.post.patience.final) + MARGIN
        try:
            with self.runtime.database.write() as tx:
                is_ours = outbox.move(
                    *(tx, letter.letter, self.owner, ("connected",), "data_sent"),
                    data_sent_at=instant_text(now),
                    claimed_until=instant_text(until),
                )
        except UnavailableError as error:
            self.post.close()  # without the dot nothing is delivered, whatever became of the commit
            raise TransientError("the database did not take it: {why}", why=str(error)) from error
        if not is_ours:
            self.post.close()
            raise _LostClaimError

    def _unsent(self, letter: Letter, unsent: Unsent) -> State | None:
        if unsent.state == "lapsed":
            return self._record(letter, "lapsed", outbox.CLAIMS, unsent.why)
        with self.runtime.database.write() as tx:
            is_ours = outbox.move(
                *(tx, letter.letter, self.owner, outbox.CLAIMS, unsent.state),
                error=unsent.why,
                settled_at=instant_text(self.runtime.now()),
            )
        return unsent.state if is_ours else None

    def _release(self, letter: Letter, why: str, *, is_pausing: bool) -> None:
        with self.runtime.database.write() as tx:
            outbox.release(tx, self.runtime.now(), letter, self.owner, why, is_pausing=is_pausing)

    def _record(
        self, letter: Letter, after: State, before: tuple[State, ...], why: str | None
    ) -> State | None:
        now = self.runtime.now()

        def settle(tx: Transaction) -> bool:
            values = {"error": why, "settled_at": instant_text(now)}
            return outbox.move(tx, letter.letter, self.owner, before, after, **values)

        try:
            is_ours = record(self.runtime, letter, after, settle, self.principal)
        except UnavailableError:
            log.exception("what became of letter %s could not be written down", letter.letter)
            return self._state(letter)
        self.hook("recorded", letter)
        return after if is_ours else None

    def _state(self, letter: Letter) -> State:
        with self.runtime.database.read() as tx:
            return outbox.find(tx, letter.letter).state


def _contents(occasion: Occasion) -> dict[str, Any]:
    return {
        "entities": occasion.digest.entities,
        "activities": occasion.digest.activities,
        "size": occasion.size,
        "root": occasion.root.hex(),
    }
