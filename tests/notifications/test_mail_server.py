"""How we talk to the mail server: encryption, signing in, and how many letters a minute; its password stays ours."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.mailing import PLAN, QUARTER, Clock, MailServer, nobody_listens, sqlite_only, states, with_settings
from tracker.errors import SettingsError
from tracker.notifications.running import run_round
from tracker.notifications.smtp import Patience, Post, TransientError
from tracker.runtime import Runtime
from tracker.settings import MailServer as Server
from tracker.settings import Settings

PASSWORD = "s3cr/t:@ %"
WRITTEN = "s3cr%2Ft%3A%40%20%25"
FAST = Patience(connect=3, reply=3, final=3, tries=1, pause=0.01)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the files of a certificate for localhost that is its own authority, and of its key."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem", folder / "key.pem"


@dataclass
class Guarded:
    """A mail server that wants encryption and a password, and the connections that were made to it."""

    port: int
    received: MailServer
    asked: list[str]


class TrustingController(Controller):
    """A controller whose first look at its own server does not check the certificate."""

    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.port), 1) as plain:
            if self.ssl_context:
                with ssl._create_unverified_context().wrap_socket(plain) as encrypted:  # noqa: S323
                    encrypted.recv(1024)
            else:
                plain.recv(1024)


def _authenticator(asked: list[str]) -> Any:
    def check(_server: Any, session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        asked.append("encrypted" if session.ssl else "plain")
        is_good = isinstance(data, LoginPassword) and data.password.decode() == PASSWORD
        return AuthResult(success=is_good and data.login == b"tracker", handled=False)

    return check


# aiosmtpd does not count what is encrypted from the first byte as encrypted
insecure = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture(params=["starttls", "smtps"])
def guarded(request: pytest.FixtureRequest, certificate: tuple[Path, Path]) -> Iterator[Guarded]:
    port = nobody_listens()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    made = MailServer(port)
    asked: list[str] = []
    is_tls = request.param == "smtps"
    more: dict[str, Any] = {"ssl_context": context} if is_tls else {"tls_context": context}
    controller = TrustingController(
        made,
        hostname="localhost",
        port=port,
        authenticator=_authenticator(asked),
        auth_required=True,
        auth_require_tls=not is_tls,
        require_starttls=not is_tls,
        **more,
    )
    controller.start()
    yield Guarded(port, made, asked)
    controller.stop()


def address(guarded: Guarded, scheme: str, password: str = WRITTEN) -> str:
    more = "?starttls=always" if scheme == "starttls" else ""
    name = "smtp" if scheme == "starttls" else "smtps"
    return f"{name}://tracker:{password}@localhost:{guarded.port}{more}"


@insecure
@sqlite_only
def test_letters_go_encrypted_and_signed_in_over_one_connection(
    runtime: Runtime,
    leads: dict[str, str],
    guarded: Guarded,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    scheme = request.node.callspec.params["guarded"]
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with_settings(runtime, smtp_url=address(guarded, scheme))
    done = run_round(runtime, PLAN, QUARTER)
    assert (done.as_json()["sent"], len(guarded.received.received)) == (21, 21)
    assert len(guarded.asked) == 1, "one connection for the whole batch"


@insecure
@sqlite_only
@pytest.mark.parametrize("wrong", ["password", "certificate"])
def test_what_does_not_fit_leaves_the_letters_due_and_the_password_unsaid(
    runtime: Runtime,
    oms: str,
    guarded: Guarded,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
    wrong: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    scheme = request.node.callspec.params["guarded"]
    if wrong == "password":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    url = address(guarded, scheme, "hunter2" if wrong == "password" else WRITTEN)
    done = run_round(runtime, PLAN, QUARTER, post=Post(url, FAST))
    assert states(runtime) == ["due"]
    assert {"password": "does not accept", "certificate": "CERTIFICATE_VERIFY_FAILED"}[wrong] in (
        done.problem or ""
    )
    said = f"{done.problem} {caplog.text} {with_secret(url)!r}"
    assert "hunter2" not in said
    assert "s3cr" not in said


def with_secret(url: str) -> Settings:
    return Settings.from_env({"TRACKER_SMTP_URL": url, "TRACKER_SECRET_KEY": "s3cr" * 8})


def test_a_password_is_never_sent_where_encryption_was_expected(mail: MailServer) -> None:
    post = Post(f"smtp://tracker:{WRITTEN}@127.0.0.1:{mail.port}?starttls=always", FAST)
    with pytest.raises(TransientError, match="offers no encryption"):
        post.open()


@pytest.mark.parametrize(
    "url, expected",
    [
        ("smtp://mail.example.org", Server("mail.example.org", 25, "offered")),
        ("smtp://mail.example.org:2525?starttls=never", Server("mail.example.org", 2525, "never")),
        ("smtp://127.0.0.1:1025", Server("127.0.0.1", 1025, "never")),
        ("smtp://u:p%40@mail.example.org:587", Server("mail.example.org", 587, "always", "u", "p@")),
        ("smtps://u:p@mail.example.org?rate=30", Server("mail.example.org", 465, "tls", "u", "p", 30)),
        ("smtp://[::1]:25", Server("::1", 25, "never")),
    ],
)
def test_the_address_of_the_mail_server_says_how_to_talk_to_it(url: str, expected: Server) -> None:
    assert Server.from_url(url) == expected
    assert "p@" not in repr(expected)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://mail.example.org:99999",
        "smtp://u:s3cr/t@mail.example.org",
        "smtp://u@mail.example.org",
        "smtp://u:s3cr%C3%BC@mail.example.org",
        "smtp://mail.example.org?starttls=perhaps",
        "smtp://mail.example.org?tls=1",
        "smtps://mail.example.org?starttls=always",
        "smtp://mail.example.org?rate=0",
        "smtp://",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_at_the_start_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError, match="TRACKER_SMTP_URL") as refused:
        Settings.from_env({"TRACKER_SMTP_URL": url})
    assert "s3cr" not in str(refused.value)


@sqlite_only
def test_a_server_gets_no_more_letters_a_minute_than_it_should_and_the_rest_follows(
    runtime: Runtime, clock: Clock, mail: MailServer, leads: dict[str, str]
) -> None:
    with_settings(runtime, smtp_url=f"{mail.url}?rate=12")
    first = run_round(runtime, PLAN, QUARTER)
    assert first.problem == "the mail server is given 12 letters a minute; letters waiting: 9"
    assert "next runs" in (first.way_out or "")
    again = run_round(runtime, PLAN, QUARTER)  # within the same minute
    clock.pass_(seconds=61)
    last = run_round(runtime, PLAN, QUARTER)
    assert [one.as_json()["sent"] for one in (first, again, last)] == [12, 0, 9]
    assert len(mail.received) == len(set(mail.recipients)) == 21
