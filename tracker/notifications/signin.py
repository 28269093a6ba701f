"""The mail with a link to sign in: sent at once, never stored, because the secret in it is stored nowhere."""

from __future__ import annotations

from email.utils import parseaddr
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tracker.clock import new_id
from tracker.directory.people import Person
from tracker.errors import DeliveryError
from tracker.notifications.asking import domain_of
from tracker.notifications.headers import blank
from tracker.notifications.letters import fill
from tracker.notifications.phrases import phrases
from tracker.notifications.smtp import Patience, Post

if TYPE_CHECKING:
    from tracker.runtime import Runtime

HASTE = Patience(connect=5, reply=10, final=20, tries=1)
"""A visitor waits for this one: better to be told to ask again than to look at a blank page."""


def send_signin_link(
    runtime: Runtime, person: Person, secret: str, *, to: str | None = None, post: Post | None = None
) -> None:
    """Send a person the link that signs them in, and leads on to the page ``to``.

    Raises:
        DeliveryError: there is no mail server, it cannot be reached, or it refuses the letter.
    """
    settings = runtime.settings
    if post is None and settings.smtp_url is None:
        raise DeliveryError(
            "no mail server is set: the link cannot be sent",
            way_out="Set TRACKER_SMTP_URL, or sign in by the link that the first start prints.",
        )
    if not person.email:
        raise DeliveryError("the directory has no address of {person}", person=person.id)
    say = phrases(person.language)
    message = blank(settings.mail_from, say("signin_sender"), person, runtime.now())
    message["Subject"] = say("signin_subject")
    message["Message-ID"] = f"<{new_id()}@{domain_of(runtime)}>"
    link = f"{settings.base_url}/signin/{secret}" + (f"?{urlencode({'to': to})}" if to else "")
    values = {
        "say": say,
        "language": say.language,
        "subject": say("signin_subject"),
        "name": person.name,
        "link": link,
    }
    fill(message, "signin", values)
    message["Content-Language"] = say.language
    post = post or Post(settings.smtp_url or "", HASTE)
    try:
        post.open()
        post.envelope(parseaddr(settings.mail_from)[1], person.email)
        post.body(message.as_bytes())
        reply = post.finish()
        post.quit()
    finally:
        post.close()
    if reply is None or not 200 <= reply[0] < 300:
        raise DeliveryError(
            "the mail server did not take the link: {said}",
            said=reply[1] if reply else "no answer",
            way_out="Ask for another one in a few minutes.",
        )
