"""Letters that came back: reading a delivery report, and what follows from it.

A report counts only where it names a letter of ours by its Message-ID, which nobody can guess. Source: RFC 3464.
"""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import TYPE_CHECKING, Any

from tracker.clock import instant_text
from tracker.database import Transaction
from tracker.directory.people import people_of, set_bounced
from tracker.directory.principals import system
from tracker.errors import NotFoundError, RuleError
from tracker.events.dates import local_day
from tracker.notifications import outbox
from tracker.notifications.asking import domain_of
from tracker.notifications.occasions import secretariat_of, unreachable_of
from tracker.notifications.outbox import Letter
from tracker.notifications.reminders import digests, due_step, phase_of
from tracker.notifications.settling import record
from tracker.notifications.smtp import words
from tracker.workplan.round import Round

if TYPE_CHECKING:
    from tracker.runtime import Runtime

MAILER = system("system:ticker")
"""What a mail server says is nobody's word, whoever hands it in: it stands in the log as what the ticker learned."""
LARGEST = 10 * 1024 * 1024
STANDING = ("accepted", "unknown", "data_sent")
"""States of a letter that may still come back."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server reports about one recipient of one letter; addresses in lower case."""

    message_id: str
    addresses: frozenset[str]
    action: str
    status: str
    said: str

    @property
    def is_failure(self) -> bool:
        return self.action == "failed"

    @property
    def is_lasting(self) -> bool:
        """Whether the address itself takes no mail; a full or slow mailbox may take the next letter."""
        return self.is_failure and self.status.startswith("5")


def take_reports(runtime: Runtime, raw: bytes) -> list[dict[str, Any]]:
    """Take a mail that holds a delivery report, and return what became of each recipient it names.

    ``outcome`` is ``suspended`` (the address gets no more letters), ``bounced`` (this letter only), ``noted`` (no
    failure) or ``known`` (told before). Twice changes nothing.

    Raises:
        RuleError: it is no delivery report.
        NotFoundError: it is about no letter of ours.
    """
    return [_take(runtime, report) for report in read_reports(raw)]


def read_reports(raw: bytes) -> list[Report]:
    """Return what a delivery report says.

    Raises:
        RuleError: it is none, or too long.
    """
    message = message_from_bytes(raw[: LARGEST + 1])
    parts: list[Message] = message.get_payload() if message.is_multipart() else []  # type: ignore[assignment]
    blocks = [
        block
        for part in parts
        if part.get_content_type() == "message/delivery-status" and part.is_multipart()
        for block in part.get_payload()
        if isinstance(block, Message) and block["Final-Recipient"]
    ]
    about = next((found for part in parts if (found := _message_id(part))), None)
    if len(raw) > LARGEST or not blocks or about is None:
        raise RuleError(
            "this is no delivery report about a letter",
            field="/message",
            way_out="Hand in the whole mail as it came (RFC 3464), with the part that names the letter.",
        )
    return [_report(block, about) for block in blocks]


def _report(block: Message, message_id: str) -> Report:
    addresses = (block.get_all("Original-Recipient") or []) + (block.get_all("Final-Recipient") or [])
    return Report(
        message_id,
        frozenset(str(one).partition(";")[2].strip().lower() for one in addresses),
        str(block["Action"] or "").strip().lower(),
        str(block["Status"] or "").strip(),
        words(str(block["Diagnostic-Code"] or block["Status"] or "no reason given").partition("; ")[2])
        or words(str(block["Status"] or "no reason given")),
    )


def _message_id(part: Message) -> str | None:
    """Return the Message-ID of the letter that a part of a report holds, whole or its headers only."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        held: Any = part.get_payload(0)
    elif part.get_content_type() == "text/rfc822-headers":
        held = message_from_bytes(bytes(part.get_payload(decode=True) or b""))
    else:
        return None
    found = held["Message-ID"]
    return str(found).strip() if found else None


def _take(runtime: Runtime, report: Report) -> dict[str, Any]:
    with runtime.database.read() as tx:
        letter = outbox.find_sent(tx, report.message_id)
        person = people_of(tx, [letter.recipient]).get(letter.recipient) if letter else None
    if letter is None:
        raise NotFoundError(
            "no letter of ours has the Message-ID {id}",
            id=report.message_id[:200],
            value=report.message_id[:200],
            way_out="Mails with a link to sign in are not kept; correct the address in the directory.",
        )
    told = {"letter": letter.letter, "person": letter.recipient, "said": report.said}
    if not report.is_failure:
        return told | {"outcome": "noted", "asked_instead": []}
    if letter.state not in STANDING:
        return told | {"outcome": "known", "asked_instead": []}
    # The address may have been changed since, or have forwarded the letter to another that is full.
    is_suspended = (
        report.is_lasting and person is not None and (person.email or "").lower() in report.addresses
    )
    instead = _instead(runtime, letter) if is_suspended else {}

    def settle(tx: Transaction) -> bool:
        now = runtime.now()
        if is_suspended:
            set_bounced(tx, letter.recipient, instant_text(now))
        for recipient, about in instead.items():
            _ask(runtime, tx, letter, recipient, about)
        return outbox.set_aside(tx, now, letter, "bounced", f"{report.status} {report.said}".strip())

    if not record(runtime, letter, "bounced", settle, MAILER):
        return told | {"outcome": "known", "asked_instead": []}
    outcome = "suspended" if is_suspended else "bounced"
    return told | {"outcome": outcome, "asked_instead": sorted(instead)}


def _instead(runtime: Runtime, letter: Letter) -> dict[str, dict[str, Any]]:
    """Return ``{person: what their letter is about}`` of co-leads to be asked because nobody reads what came back.

    Who has had no letter of this step yet gets it as any other, by the next run.
    """
    with runtime.ask(letter.workplan) as view:
        opened = view.plan.get(f"round/{letter.quarter}", Round)
        today = local_day(runtime.now(), view.workplan.zone)
        step = due_step(opened, today) if opened else None
        if opened is None or step is None or opened.closed or today.isoformat() > opened.closes:
            return {}
        phase, away, bosses = phase_of(opened, step.step), unreachable_of(view), secretariat_of(view)
        before, after = (
            {one.person: one.activities for one in digests(view.plan, letter.quarter, phase, bosses, missing)}
            for missing in (away, away | {letter.recipient})
        )
    entities = (letter.contents or {}).get("entities", [])
    more = {one: [each for each in after[one] if each not in held] for one, held in before.items()}
    return {
        person: {"topic": "instead", "activities": activities, "entities": entities, "of": letter.letter}
        for person, activities in more.items()
        if activities
    }


def _ask(runtime: Runtime, tx: Transaction, letter: Letter, recipient: str, about: dict[str, Any]) -> None:
    outbox.create(
        tx,
        runtime.now(),
        workplan=letter.workplan,
        kind="asked",
        quarter=letter.quarter,
        step=f"instead-{letter.letter}",
        recipient=recipient,
        state="due",
        domain=domain_of(runtime),
        about=about,
    )
