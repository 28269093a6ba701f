"""The mail with a link to sign in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mailing import LANGUAGES, Clock, MailServer, add_focal_point, post_to, sqlite_only
from tests.reading_mail import page_of, text_of
from tracker.directory import people
from tracker.directory.tokens import make_signin_link
from tracker.errors import DeliveryError
from tracker.notifications.phrases import phrases
from tracker.notifications.signin import send_signin_link
from tracker.runtime import Runtime


@sqlite_only
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sign_in_mail_holds_the_link_and_says_what_to_do_if_it_was_not_you(
    runtime: Runtime, mail: MailServer, clock: Clock, language: str
) -> None:
    person = add_focal_point(runtime, "oms", language, ["3"])
    with runtime.database.write() as tx:
        secret = make_signin_link(tx, clock.now, person)
        known = people.person_of(tx, person)
    send_signin_link(runtime, known, secret, post=post_to(mail))
    (letter,) = mail.received
    assert f"\nhttps://plan.example.org/signin/{secret}\n" in text_of(letter)
    assert f"https://plan.example.org/signin/{secret}" in page_of(letter).links
    assert letter["Content-Language"] == language
    assert letter["Subject"] == phrases(language)("signin_subject")


@sqlite_only
@pytest.mark.parametrize("reply", ["550 no", None])
def test_a_sign_in_mail_that_cannot_be_sent_is_said_so(
    runtime: Runtime, mail: MailServer, oms: str, reply: str | None
) -> None:
    with runtime.database.read() as tx:
        known = people.person_of(tx, oms)
    mail.behave = lambda command, *_: reply if command == "DATA" else None
    if reply is None:
        runtime.settings = replace(runtime.settings, smtp_url=None)
    with pytest.raises(DeliveryError) as refused:
        send_signin_link(runtime, known, "secret", post=post_to(mail) if reply else None)
    assert refused.value.way_out
