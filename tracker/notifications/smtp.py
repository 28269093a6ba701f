"""One conversation with a mail server, step by step, so that what is known of a letter can be written down in between.

The standard library's ``sendmail`` hides the moment before the final dot; it is the one that matters. Source: RFC 5321
sections 4.1.1.4 (a server that never saw the dot must not deliver) and 4.5.3.2.6 (wait 10 minutes for the last reply).
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tracker.errors import DeliveryError
from tracker.settings import MailServer


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a connection, a reply and the last reply; how often to try, and the longest pause between."""

    connect: float = 20
    reply: float = 120
    final: float = 660
    tries: int = 3
    pause: float = 8


class TransientError(DeliveryError):
    """Not now: no connection, or a 4xx before the final dot. ``is_of_server``: other letters would fare no better."""

    def __init__(self, template: str, /, *, is_of_server: bool = True, **operands: Any) -> None:
        super().__init__(template, **operands)
        self.is_of_server = is_of_server


class RefusedError(DeliveryError):
    """The server refused this letter for good, before the final dot."""


class Post:
    """A connection to the mail server of the settings, kept for a batch of letters. Certificates are checked."""

    def __init__(self, url: str, patience: Patience | None = None) -> None:
        self.server = MailServer.from_url(url)
        self.host, self.port = self.server.host, self.server.port
        self.patience = patience or Patience()
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> None:
        """Connect, unless connected already.

        Raises:
            TransientError: there is no server, or it does not want to talk now.
        """
        if self._smtp is not None:
            return
        smtp = self._client()
        try:
            with self._speaking("connecting"):
                code, said = smtp.connect(self.host, self.port)
                if code != 220:
                    raise smtplib.SMTPResponseException(code, said)
                self._socket(smtp).settimeout(self.patience.reply)
                smtp.ehlo_or_helo_if_needed()
            self._encrypt(smtp)
            self._sign_in(smtp)
        except DeliveryError:
            smtp.close()
            raise
        self._smtp = smtp

    def envelope(self, sender: str, recipient: str) -> None:
        """Say who writes to whom, and ask to send: MAIL, RCPT, DATA.

        Raises:
            TransientError: the connection broke, or 4xx.
            RefusedError: the recipient is refused.
        """
        smtp = self._open_one()
        options = self._options(smtp, recipient)
        with self._speaking("MAIL"):
            code, said = smtp.mail(sender, options)
        if code >= 400:
            # What is wrong with the sender is wrong for every letter: none is lost, whoever set this up corrects it.
            self.close()
            raise TransientError(
                "{host} refuses mail from {sender}: {code} {said}",
                **self._operands(code, said) | {"sender": sender},
            )
        with self._speaking("RCPT"):
            code, said = smtp.rcpt(recipient)
        if code < 400:
            with self._speaking("DATA"):
                code, said = smtp.docmd("DATA")
            if code == 354:
                return
        self._undo(smtp, code)
        raise self._refusal(code, said)

    def body(self, content: bytes) -> None:
        """Send the letter itself, without the final dot: until that comes, the server delivers nothing.

        Raises:
            TransientError: the connection broke.
        """
        with self._speaking("sending"):
            self._open_one().send(dotted(content))

    def finish(self) -> tuple[int, str] | None:
        """Send the final dot and return the reply; None where none came, and nobody can know."""
        smtp = self._open_one()
        try:
            self._socket(smtp).settimeout(self.patience.final)
            smtp.send(b".\r\n")
            code, said = smtp.getreply()
            self._socket(smtp).settimeout(self.patience.reply)
        except (OSError, smtplib.SMTPException):
            self.close()
            return None
        if code < 200 or code == 421:
            self.close()
        return None if code < 200 else (code, words(said))

    def close(self) -> None:
        """Hang up at once. A letter whose final dot was not sent is not delivered by this."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def quit(self) -> None:
        """Take leave politely, where there is somebody to take leave of."""
        if self._smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self.close()

    # ------------------------------------------------------------------------------------------------ in detail

    def _client(self) -> smtplib.SMTP:
        timeout = self.patience.connect
        if self.server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(timeout=timeout, context=ssl.create_default_context())
        else:
            smtp = smtplib.SMTP(timeout=timeout)
        # Given to the constructor, a name is connected to at once; without it no certificate would fit.
        smtp._host = self.host  # type: ignore[attr-defined]  # noqa: SLF001
        return smtp

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        wanted = self.server.security
        if wanted in {"tls", "never"} or (wanted == "offered" and not smtp.has_extn("starttls")):
            return
        if not smtp.has_extn("starttls"):
            raise TransientError(
                "{host}:{port} offers no encryption (STARTTLS), and nothing is sent without",
                **self._operands(0, b""),
            )
        with self._speaking("STARTTLS"):
            code, said = smtp.starttls(context=ssl.create_default_context())
            if code != 220:
                raise smtplib.SMTPResponseException(code, said)
            smtp.ehlo()

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        """Say who we are. What the server answers is not repeated: some repeat what they were given."""
        if self.server.user is None:
            return
        try:
            smtp.login(self.server.user, self.server.password or "")
        except smtplib.SMTPNotSupportedError as error:
            why = "takes no user name and password on this connection"
            raise TransientError("{host}:{port} {why}", why=why, **self._operands(0, b"")) from error
        except smtplib.SMTPResponseException as error:
            why = "does not accept the user name and password"
            code = error.smtp_code
            raise TransientError(
                "{host}:{port} {why} ({code})", why=why, **self._operands(code, b"")
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            why = "broke off while we signed in"
            raise TransientError(
                "{host}:{port} {why}: {kind}", why=why, kind=type(error).__name__, **self._operands(0, b"")
            ) from None

    def _open_one(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise TransientError("there is no connection to {host}:{port}", **self._operands(0, b""))
        return self._smtp

    @staticmethod
    def _socket(smtp: smtplib.SMTP) -> socket.socket:
        if smtp.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        return smtp.sock

    @contextlib.contextmanager
    def _speaking(self, doing: str) -> Iterator[None]:
        """Turn every way in which a connection breaks into one error."""
        try:
            yield
        except smtplib.SMTPResponseException as error:
            self.close()
            raise TransientError(
                "{host}:{port} does not take mail now ({doing}): {code} {said}",
                **self._operands(error.smtp_code, error.smtp_error) | {"doing": doing},
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise TransientError(
                "the mail server {host}:{port} cannot be reached or broke off ({doing}): {said}",
                **self._operands(0, str(error)) | {"doing": doing},
            ) from error

    def _operands(self, code: int, said: bytes | str) -> dict[str, Any]:
        return {"host": self.host, "port": self.port, "code": code, "said": words(said)}

    def _options(self, smtp: smtplib.SMTP, recipient: str) -> tuple[str, ...]:
        if recipient.isascii():
            return ()
        if not smtp.has_extn("smtputf8"):
            raise RefusedError("{host} takes only addresses without accents", **self._operands(0, b""))
        return ("SMTPUTF8", "BODY=8BITMIME")

    def _undo(self, smtp: smtplib.SMTP, code: int) -> None:
        """End the begun letter; the connection may serve the next one."""
        if code == 421:
            self.close()
            return
        with self._speaking("RSET"):
            smtp.rset()

    def _refusal(self, code: int, said: bytes) -> DeliveryError:
        if 500 <= code < 600:
            return RefusedError("{host} refuses the letter: {code} {said}", **self._operands(code, said))
        return TransientError(
            "{host} does not take the letter now: {code} {said}",
            is_of_server=code == 421,
            **self._operands(code, said),
        )


def words(said: bytes | str) -> str:
    """Return a reply as one line of readable text, however the server spelt it."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return re.sub(r"[^\x20-\x7e\xa0-\uffff]+", " ", text).strip()[:300]


def dotted(content: bytes) -> bytes:
    """Return a mail ready for DATA, up to and without the final dot (RFC 5321 section 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"
