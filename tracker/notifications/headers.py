"""The headers of a letter: addresses from the directory only, folded so that every reader can follow them."""

from __future__ import annotations

import textwrap
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr

from tracker.directory.people import Person


class Plain(UnstructuredHeader):
    """A header folded at spaces only.

    The standard library turns an address longer than a line into encoded words, which nobody can follow, and begins a
    long subject on the second line, which some readers show with a blank before it.
    """

    def fold(self, *, policy: Policy) -> str:
        header = f"{self.name}: {self!s}"  # type: ignore[attr-defined]
        if not header.isascii():
            return super().fold(policy=policy)  # type: ignore[misc,no-any-return]
        lines = [header]
        if " " in str(self):
            lines = textwrap.wrap(header, 76, break_long_words=False, break_on_hyphens=False)
        return f"{policy.linesep} ".join(lines) + policy.linesep


HEADERS = HeaderRegistry()
for _header in ("subject", "list-unsubscribe", "in-reply-to", "references"):
    HEADERS.map_to_type(_header, Plain)  # type: ignore[arg-type]


def blank(sender: str, title: str, person: Person, now: datetime) -> EmailMessage:
    """Return a mail with its addresses and no content; names come from the directory only."""
    message = EmailMessage(policy=SMTP.clone(header_factory=HEADERS))
    named, address = parseaddr(sender)
    message["From"] = Address(named or title, addr_spec=address or sender)
    message["To"] = Address(person.name or "", addr_spec=person.email or "")
    message["Date"] = format_datetime(now)
    message["Auto-Submitted"] = "auto-generated"
    return message
