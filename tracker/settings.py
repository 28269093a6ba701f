"""What an installation can set: environment variables, checked together at start."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from tracker.errors import Fault, SettingsError

LOOPBACK = ("127.0.0.1", "localhost", "::1")

KNOWN = {
    "TRACKER_DATABASE_URL": "where the log lives; SQLite under TRACKER_DATA_DIR by default",
    "TRACKER_DATA_DIR": "folder for the SQLite file and generated secrets; ./var by default",
    "TRACKER_HOST": "address to listen on; 127.0.0.1 by default",
    "TRACKER_PORT": "port to listen on; 8000 by default",
    "TRACKER_BASE_URL": "the public address, as it stands in letters",
    "TRACKER_SMTP_URL": "smtp://user:password@host:port of the mail server, or smtps://; without it letters wait",
    "TRACKER_MAIL_FROM": "sender of letters",
    "TRACKER_SECRET_KEY": "at least 32 characters; signs cookies and forms",
    "TRACKER_SIGNING_KEY_FILE": "file of the key that signs tree heads; in TRACKER_DATA_DIR by default",
    "TRACKER_WEBHOOK_NETWORKS": "private networks that webhooks may reach, as 10.1.0.0/16,fd00::/8; none by default",
    "TRACKER_SERVER": "of the commands that ask a server: its address",
    "TRACKER_TOKEN": "of the commands that ask a server: a token",
    "TRACKER_OIDC_ISSUER": "OpenID Connect provider: its issuer address",
    "TRACKER_OIDC_CLIENT_ID": "client id at the provider",
    "TRACKER_OIDC_CLIENT_SECRET": "client secret at the provider",
    "TRACKER_OIDC_NAME": "what the sign-in button calls the provider; its host by default",
    "TRACKER_TRUSTED_HOSTS": "names under which it is served, with commas; the host of TRACKER_BASE_URL by default",
    "TRACKER_PROXY_HOPS": "how many proxies of your own stand in front; 0 by default",
    "TRACKER_ACCESS_LOG": "folder of the access log, or `off`; in TRACKER_DATA_DIR by default",
    "TRACKER_LIMIT_REQUESTS": "requests of one token or signin; 6000/minute by default, or `off`",
    "TRACKER_LIMIT_ADDRESS": "requests of one address without good credentials; 12000/minute by default, or `off`",
    "TRACKER_LIMIT_GUESSES": "wrong credentials from one address; 60/minute by default, or `off`",
    "TRACKER_LIMIT_SIGNINS": "sign-in letters asked for from one address; 300/hour by default, or `off`",
}
LIMITS = {"requests": "6000/minute", "address": "12000/minute", "guesses": "60/minute", "signins": "300/hour"}
"""An office shares an address, so what counts by address is generous; by person it bounds a program gone wild."""


Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Security = Literal["tls", "always", "offered", "never"]
"""``tls`` from the first byte; else STARTTLS always, where the server offers it, or never."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server of an installation. ``rate``: letters a minute at most, over all processes; None is no limit."""

    host: str
    port: int
    security: Security = "never"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    rate: int | None = None

    def __str__(self) -> str:
        """Return where it is, without its secret."""
        scheme = "smtps" if self.security == "tls" else "smtp"
        return f"{scheme}://{self.host}:{self.port}"

    @classmethod
    def from_url(cls, url: str) -> MailServer:
        """Read ``smtp://user:password@host:port?starttls=always&rate=30``, or ``smtps://…``.

        Raises:
            ValueError: says what is wrong, never the address itself, which holds a password.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"}:
            raise ValueError("must begin with smtp:// or smtps://")
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if not host or parts.path.strip("/") or parts.fragment:
            raise ValueError("must be smtp://host:port; what is special in a password is written as %XX")
        said = dict(parse_qsl(parts.query, keep_blank_values=True))
        if unknown := sorted(said.keys() - {"starttls", "rate"}):
            raise ValueError(f"knows starttls and rate, not {', '.join(unknown)}")
        if (parts.username is None) != (parts.password is None):
            raise ValueError("needs a user name and a password, or neither")
        user, password = (unquote(one) if one else None for one in (parts.username, parts.password))
        if not f"{user}{password}".isascii():
            raise ValueError("takes a user name and a password of ASCII characters only")
        if parts.scheme == "smtps" and "starttls" in said:
            raise ValueError("smtps:// is encrypted from the first byte: leave out starttls")
        starttls = said.get("starttls", _starttls(host, has_user=parts.username is not None))
        if starttls not in {"always", "offered", "never"}:
            raise ValueError("takes starttls=always, offered or never")
        rate = said.get("rate")
        if rate is not None and not (rate.isdecimal() and 0 < int(rate) <= 100_000):
            raise ValueError("takes rate=N, letters a minute, from 1")
        return cls(
            host=host,
            port=port or (465 if parts.scheme == "smtps" else 25),
            security="tls" if parts.scheme == "smtps" else cast("Security", starttls),
            user=user,
            password=password,
            rate=int(rate) if rate else None,
        )


def _starttls(host: str, *, has_user: bool) -> Security:
    """Return what is wise where nothing is said: a password never goes over a network unencrypted."""
    if host in LOOPBACK:
        return "never"
    return "always" if has_user else "offered"


@dataclass(frozen=True, slots=True)
class Provider:
    """The OpenID Connect provider of an installation."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one installation."""

    database_url: str = field(repr=False)
    data_dir: Path
    host: str
    port: int
    base_url: str
    smtp_url: str | None = field(repr=False)
    mail_from: str
    secret_key: str = field(repr=False)
    signing_key_file: Path
    provider: Provider | None = None
    trusted_hosts: tuple[str, ...] = ()
    """Names under which requests are taken; empty means any, for nothing is known."""
    proxy_hops: int = 0
    access_log: Path | None = None
    limits: Mapping[str, str | None] = field(default_factory=dict)
    webhook_networks: tuple[Network, ...] = ()

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings, or refuse with every fault at once.

        Raises:
            SettingsError: an unknown ``TRACKER_*`` name, a value out of range, or a secret missing off loopback.
        """
        faults = [
            Fault(name, f"{name} is no setting of this system; remove it or see docs/operations.md")
            for name in sorted(environ)
            if name.startswith("TRACKER_") and name not in KNOWN
        ]
        data_dir = Path(environ.get("TRACKER_DATA_DIR") or "var").absolute()
        host = environ.get("TRACKER_HOST") or "127.0.0.1"
        port = _port(environ.get("TRACKER_PORT") or "8000", faults)
        url = environ.get("TRACKER_DATABASE_URL") or f"sqlite:///{data_dir / 'tracker.db'}"
        if not re.match(r"(sqlite|postgresql(\+psycopg)?)://", url):
            scheme = url.split(":", 1)[0]
            faults.append(Fault("TRACKER_DATABASE_URL", "only sqlite:// and postgresql:// are known", scheme))
        base_url = (environ.get("TRACKER_BASE_URL") or f"http://{host}:{port}").rstrip("/")
        if urlsplit(base_url).scheme not in {"http", "https"} or not urlsplit(base_url).hostname:
            faults.append(Fault("TRACKER_BASE_URL", "must be an http(s) address", base_url))
        smtp = environ.get("TRACKER_SMTP_URL") or None
        try:
            MailServer.from_url(smtp or "smtp://none")
        except ValueError as error:
            faults.append(Fault("TRACKER_SMTP_URL", str(error)))
        networks = _networks(environ.get("TRACKER_WEBHOOK_NETWORKS") or "", faults)
        secret = environ.get("TRACKER_SECRET_KEY") or ""
        if secret and len(secret) < 32:
            faults.append(Fault("TRACKER_SECRET_KEY", "must have at least 32 characters"))
        if not secret and host not in LOOPBACK:
            faults.append(
                Fault(
                    "TRACKER_SECRET_KEY",
                    f"is needed when listening on {host}: set 32 or more random characters",
                )
            )
        provider = _provider(environ, faults)
        hops = environ.get("TRACKER_PROXY_HOPS") or "0"
        if not (hops.isdecimal() and int(hops) <= 10):
            faults.append(Fault("TRACKER_PROXY_HOPS", "must be a number from 0 to 10", hops))
        limits = {name: _limit(environ, f"TRACKER_LIMIT_{name.upper()}", faults) for name in LIMITS}
        access_log = environ.get("TRACKER_ACCESS_LOG") or str(data_dir / "access-log")
        if faults:
            raise SettingsError(
                "The settings are wrong: {said}",
                said="; ".join(f"{f.pointer}: {f.message}" for f in faults),
                faults=tuple(faults),
                way_out="Correct the environment variables named and start again.",
            )
        return cls(
            database_url=url,
            data_dir=data_dir,
            host=host,
            port=port,
            base_url=base_url,
            smtp_url=smtp,
            mail_from=environ.get("TRACKER_MAIL_FROM") or f"tracker@{urlsplit(base_url).hostname}",
            secret_key=secret,
            signing_key_file=Path(
                environ.get("TRACKER_SIGNING_KEY_FILE") or data_dir / "signing-key"
            ).absolute(),
            webhook_networks=networks,
            provider=provider,
            trusted_hosts=_trusted_hosts(environ, host, base_url),
            proxy_hops=int(hops),
            access_log=None if access_log == "off" else Path(access_log).absolute(),
            limits=limits,
        )


def _networks(said: str, faults: list[Fault]) -> tuple[Network, ...]:
    found = []
    for part in said.replace(",", " ").split():
        try:
            found.append(ipaddress.ip_network(part))
        except ValueError as error:
            faults.append(Fault("TRACKER_WEBHOOK_NETWORKS", f"holds no network: {error}", part))
    return tuple(found)


def _port(said: str, faults: list[Fault]) -> int:
    if said.isdecimal() and 0 <= int(said) < 65536:
        return int(said)
    faults.append(Fault("TRACKER_PORT", "must be a number from 0 to 65535", said))
    return 0


def _provider(environ: Mapping[str, str], faults: list[Fault]) -> Provider | None:
    """Return the provider, None where none is set; half of one is a fault."""
    names = ("TRACKER_OIDC_ISSUER", "TRACKER_OIDC_CLIENT_ID", "TRACKER_OIDC_CLIENT_SECRET")
    said = [environ.get(name) or "" for name in names]
    if not any(said):
        return None
    faults.extend(
        Fault(name, "is needed beside the other TRACKER_OIDC_* settings")
        for name, value in zip(names, said, strict=True)
        if not value
    )
    issuer, client_id, client_secret = said
    parts = urlsplit(issuer)
    if issuer and not (parts.hostname and (parts.scheme == "https" or parts.hostname in LOOPBACK)):
        faults.append(Fault(names[0], "must be an https address, as the provider gives it", issuer))
    name = environ.get("TRACKER_OIDC_NAME") or parts.hostname or ""
    return Provider(issuer, client_id, client_secret, name)


def _limit(environ: Mapping[str, str], name: str, faults: list[Fault]) -> str | None:
    said = environ.get(name) or LIMITS[name.removeprefix("TRACKER_LIMIT_").lower()]
    if said == "off":
        return None
    if not re.fullmatch(r"[1-9]\d{0,6}/(second|minute|hour|day)", said):
        faults.append(Fault(name, "must be such as 600/minute (second, minute, hour, day), or off", said))
    return said


def _trusted_hosts(environ: Mapping[str, str], host: str, base_url: str) -> tuple[str, ...]:
    """Return the names under which requests are taken: those set, else that of the public address.

    One's own machine is always among them, for its health checks. Where neither is said, none is known.
    """
    said = [one.strip() for one in (environ.get("TRACKER_TRUSTED_HOSTS") or "").split(",") if one.strip()]
    if not said and not environ.get("TRACKER_BASE_URL") and host not in LOOPBACK:
        return ()
    return tuple(
        dict.fromkeys([*(said or [urlsplit(base_url).hostname or host]), "127.0.0.1", "localhost", "[::1]"])
    )


def kept_secret(settings: Settings) -> str:
    """Return the secret that signs cookies: the one set, else one made once and kept in the data folder."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret-key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
