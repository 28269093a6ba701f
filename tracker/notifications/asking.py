"""Asking for a new link: it goes to the address that the directory has, whoever asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING

from tracker.notifications import outbox
from tracker.notifications.links import Link, round_of
from tracker.notifications.reminders import digest_of

if TYPE_CHECKING:
    from tracker.runtime import Runtime

ONCE_IN = timedelta(hours=1)


def ask_for_link(runtime: Runtime, link: Link) -> bool:
    """Put a letter with a new link into the outbox, at most one an hour; False where there is nothing to report.

    It is delivered by the ticker, so that a slow mail server keeps nobody waiting here.
    """
    now = runtime.now()
    with runtime.ask(link.workplan) as view:
        is_over = view.workplan.closed or view.workplan.simulated
        owed = digest_of(view.plan, link.quarter, "overdue", link.person)
        if is_over or owed is None or round_of(view.plan, link) is None:
            return False
        letters = outbox.letters_of(view.tx, link.workplan, link.quarter)
    asked = [one for one in letters if one.kind == "link" and one.recipient == link.person]
    if any(one.state == "due" or now - datetime.fromisoformat(one.created_at) < ONCE_IN for one in asked):
        return True
    with runtime.database.write() as tx:
        outbox.create(
            tx,
            now,
            workplan=link.workplan,
            kind="link",
            quarter=link.quarter,
            step=f"new-{len(asked) + 1}",
            recipient=link.person,
            state="due",
            domain=domain_of(runtime),
        )
    return True


def domain_of(runtime: Runtime) -> str:
    """Return the domain in the Message-ID of letters: that of their sender."""
    return parseaddr(runtime.settings.mail_from)[1].rpartition("@")[2] or "localhost"
