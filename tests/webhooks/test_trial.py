"""Random receivers lose nothing; a deliverer that goes on after a refusal is found to lose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.installation import Installation
from tests.webhooks.receiving import Receiver
from tests.webhooks.trial import run
from tracker.runtime import Runtime
from tracker.webhooks import delivery
from tracker.webhooks.messages import Message
from tracker.webhooks.subscriptions import Webhook
from tracker.webhooks.targets import Reply


def test_whatever_receivers_answer_nothing_is_lost_and_nothing_out_of_order(
    desk: Installation, receiver: Receiver
) -> None:
    found = run(desk, receiver, 40, seed=7)
    assert (found.lost, found.misplaced) == ([], [])
    assert found.asked > found.entries
    assert found.died > 0


def test_who_goes_on_after_a_refusal_is_found(
    desk: Installation, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what is not waited for is missing, or comes too late."""
    honest = delivery._note

    def note(runtime: Runtime, one: Webhook, owner: str, message: Message, reply: Reply) -> bool:
        return honest(runtime, one, owner, message, replace(reply, status=204))

    monkeypatch.setattr(delivery, "_note", note)
    found = run(desk, receiver, 40, seed=7)
    assert found.lost or found.misplaced
