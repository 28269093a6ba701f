"""Where deliveries may go, and one delivery on the wire: to no private place, no further, and never for long.

The address that is connected to is the one that was checked, so that a name that resolves otherwise a moment later
gains nothing. Source: OWASP, "Server-side request forgery prevention".
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import SplitResult, urlsplit

from tracker.errors import RuleError
from tracker.settings import Network

CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 15.0
LARGEST_ANSWER = 64 * 1024
MOST_ADDRESSES = 3
ADDRESS = re.compile(r"https?://[\x21-\x7e]{1,1900}", re.IGNORECASE)
EMBEDDED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""Networks whose last 32 bits are an IPv4 address that a gateway goes on to (RFC 6052, RFC 8215)."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a delivery. ``status`` None: there was no answer, and ``said`` is why."""

    status: int | None
    said: str | None
    milliseconds: int
    retry_after: int | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class _RefusedTargetError(OSError):
    """The address is none that deliveries may go to."""


def check_target(url: str, networks: Sequence[Network]) -> None:
    """Refuse an address that can never be delivered to; what a name resolves to is looked at each time.

    Raises:
        RuleError: as said.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        parts, host = SplitResult("", "", "", "", ""), None
    if not (ADDRESS.fullmatch(url) and host and parts.username is None and not parts.fragment):
        raise _refuse(url, "is no address to post to", "Give one such as https://example.org/hook.")
    if parts.scheme != "https" and not networks:
        raise _refuse(url, "is not encrypted", "Give an address that begins with https://.")
    with contextlib.suppress(ValueError):
        if not is_open(ipaddress.ip_address(host), networks):
            raise _refuse(url, "is a private address", "Give one that can be reached from everywhere.")


def _refuse(url: str, what: str, way_out: str) -> RuleError:
    return RuleError("{url} {what}", url=url, what=what, field="/url", value=url, way_out=way_out)


def is_open(address: Address, networks: Sequence[Network]) -> bool:
    """Return whether deliveries may go to an address: a public one, or one of the networks allowed by a setting."""
    if any(address in one for one in networks if one.version == address.version):
        return True
    inner = _inner(address)
    if inner is not None:
        return is_open(inner, networks)
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    )


def _inner(address: Address) -> Address | None:
    """Return the IPv4 address that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in one for one in EMBEDDED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def post(url: str, body: bytes, headers: Mapping[str, str], networks: Sequence[Network]) -> Reply:
    """Post a body; redirects are not followed, and of the answer only its status is kept."""
    started = time.monotonic()
    parts = urlsplit(url)
    connection = _Connection(parts, networks)
    watch = threading.Timer(TOTAL_SECONDS, connection.abort)
    watch.daemon = True
    watch.start()
    status, said, retry_after = None, None, None
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, dict(headers))
        response = connection.getresponse()
        response.read(LARGEST_ANSWER)
        status, retry_after = response.status, _seconds(response.headers.get("Retry-After"))
        if 300 <= status < 400:
            said = "a redirect is not followed: give the address that it leads to"
    except (OSError, http.client.HTTPException, ValueError) as error:
        said = f"{type(error).__name__.removeprefix('_')}: {error}"[:300]
    finally:
        watch.cancel()
        connection.close()
    if (
        connection.is_aborted
    ):  # also where there was a status: a head that was cut short reads like a whole one
        status, said = None, f"there was no whole answer within {TOTAL_SECONDS:g} seconds"
    return Reply(status, said, int((time.monotonic() - started) * 1000), retry_after)


def _seconds(said: str | None) -> int | None:
    return int(said) if said and re.fullmatch(r"[0-9]{1,6}", said.strip()) else None


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was looked at; of proxies and redirects it knows nothing."""

    def __init__(self, parts: SplitResult, networks: Sequence[Network]) -> None:
        self._is_secure = parts.scheme.lower() == "https"
        self._networks = networks
        self.is_aborted = False
        port = parts.port or (443 if self._is_secure else 80)
        super().__init__(cast("str", parts.hostname), port, timeout=CONNECT_SECONDS)

    def connect(self) -> None:
        raw = self._reach()
        raw.settimeout(TOTAL_SECONDS)
        self.sock = raw
        if self._is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(raw, server_hostname=self.host)

    def _reach(self) -> socket.socket:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        open_ = [one for one in found if self._is_open(ipaddress.ip_address(one[4][0]))]
        if not open_:
            raise _RefusedTargetError(f"{self.host} is at a private address, or unencrypted at a public one")
        for attempt, (family, kind, protocol, _name, place) in enumerate(open_[:MOST_ADDRESSES], start=1):
            raw = socket.socket(family, kind, protocol)
            raw.settimeout(CONNECT_SECONDS)
            try:
                raw.connect(place)
            except OSError:
                raw.close()
                if attempt == len(open_[:MOST_ADDRESSES]):
                    raise
            else:
                return raw
        raise _RefusedTargetError(f"{self.host} has no address")

    def _is_open(self, address: Address) -> bool:
        is_allowed = any(address in one for one in self._networks if one.version == address.version)
        return is_allowed or (self._is_secure and is_open(address, self._networks))

    def abort(self) -> None:
        """End the delivery from another thread: whoever reads or writes is woken."""
        self.is_aborted = True
        sock = self.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
