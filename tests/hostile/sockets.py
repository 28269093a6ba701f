"""Bytes that no client library would send: two lengths, broken chunks, headers of a megabyte, a request in a request.

Whatever comes, an answer is no fault of ours and is a problem, what was hidden is not carried out, the server lives.
"""

from __future__ import annotations

import json
import random
import re
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

WORKPLAN = "unnm-2022-2024"
REPORT = {"type": "MomentNamed", "subject": "workplan", "data": {"title": "Smuggled", "at": "2023-06-15"}}
TIMEOUT = 2.0


@dataclass
class Struck:
    """What the strikes came to: answers by status, and those that were wrong."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.sent} connections, answers {dict(sorted(self.statuses.items()))}, {len(self.wrong)} wrong"
        )


def smuggled(token: str, number: int) -> bytes:
    """Return a whole request that would name a moment, to be hidden in the body of another."""
    body = json.dumps(REPORT | {"data": {**REPORT["data"], "slug": f"smuggled-{number}"}}).encode()  # type: ignore[dict-item]
    return (
        f"POST /api/v1/workplans/{WORKPLAN}/events HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {token}\r\nIdempotency-Key: smuggled-{number}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def head(*lines: str, path: str = "/livez", method: str = "POST") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode("latin-1")


def pairs(hidden: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield requests of two lengths: one that ends where ``hidden`` begins, one that holds it."""
    chunked = b"0\r\n\r\n" + hidden
    whole = f"Content-Length: {len(chunked)}"
    for name, coding in (
        ("CL.TE", "Transfer-Encoding: chunked"),
        ("a space before the colon", "Transfer-Encoding : chunked"),
        ("a tab", "Transfer-Encoding:\tchunked"),
        ("folded", "Transfer-Encoding:\r\n chunked"),
        ("twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
        ("two codings", "Transfer-Encoding: chunked, identity"),
        ("an unknown coding", "Transfer-Encoding: xchunked"),
        ("in capitals", "TRANSFER-ENCODING: CHUNKED"),
        ("with a vertical tab", "Transfer-Encoding:\x0bchunked"),
        ("quoted", 'Transfer-Encoding: "chunked"'),
        ("underscored", "Transfer_Encoding: chunked"),
    ):
        yield f"CL.TE, {name}", head(whole, coding) + chunked
        yield f"TE.CL, {name}", head(coding, "Content-Length: 4") + chunked
    for name, lengths in (
        ("two lengths", ("Content-Length: 0", whole)),
        ("two lengths in one", (f"Content-Length: 0, {len(chunked)}",)),
        ("plus", (f"Content-Length: +{len(hidden)}",)),
        ("minus", ("Content-Length: -1",)),
        ("hexadecimal", ("Content-Length: 0x10",)),
        ("underscored number", ("Content-Length: 1_0",)),
        ("huge", ("Content-Length: 99999999999999999999",)),
        ("no digit", ("Content-Length: \xb2",)),
    ):
        yield f"length, {name}", head(*lengths) + hidden


def chunks(token: str, hidden: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield bodies in chunks that are none, sent to the write door itself."""
    door = head(
        "Transfer-Encoding: chunked",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        "Idempotency-Key: k",
        path=f"/api/v1/workplans/{WORKPLAN}/events",
    )
    for name, body in (
        ("no number", b"zz\r\n"),
        ("minus", b"-1\r\n"),
        ("prefix", b"0x5\r\nhello\r\n"),
        ("huge", b"ffffffffffffffffffff\r\n"),
        ("a bare line feed", b"5\nhello\n0\n\n"),
        ("too short", b"9\r\nhi\r\n0\r\n\r\n"),
        ("too long", b"1\r\nhello\r\n0\r\n\r\n"),
        ("endless extension", b"5;" + b"x" * 100_000 + b"\r\nhello\r\n0\r\n\r\n"),
        ("never ends", b"5\r\nhello\r\n"),
        ("trailers", b"0\r\nContent-Length: 5\r\n\r\n"),
        ("space", b"5 \r\nhello\r\n0\r\n\r\n"),
    ):
        yield f"chunks, {name}", door + body + hidden


def heads() -> Iterator[tuple[str, bytes]]:
    yield "a header of a megabyte", head("X: " + "a" * 1024 * 1024, method="GET")
    yield "a thousand headers", head(*(f"X-{number}: a" for number in range(1000)), method="GET")
    yield "an address of a megabyte", head(path="/" + "a" * 1024 * 1024, method="GET")
    yield "an address of no text", b"GET /\x00\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n"
    yield "no name of a host", b"GET /livez HTTP/1.1\r\n\r\n"
    yield "two names of a host", head("Host: evil.example", method="GET")
    yield "a null in a header", b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n"
    yield "a return in a header", b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\rSet-Cookie: b\r\n\r\n"
    yield "another version", b"GET /livez HTTP/9.9\r\nHost: localhost\r\n\r\n"
    yield "no version", b"GET /livez\r\n\r\n"
    yield "lower case", b"get /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    yield "no method", b" /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    yield "an address of another", head(path="http://evil.example/livez", method="GET")
    yield "a tunnel", b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    yield "HTTP/2 at once", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 40
    yield "an upgrade", head("Upgrade: h2c", "Connection: Upgrade", "HTTP2-Settings: AAA", method="GET")
    yield "expect", head("Expect: 200-ok", "Content-Length: 5") + b"hello"
    yield "TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100
    yield "nothing", b"\r\n\r\n"
    yield "half a request", b"GET /livez HT"


def corpus(token: str, number: int) -> list[tuple[str, bytes]]:
    hidden = smuggled(token, number)
    return [*pairs(hidden), *chunks(token, hidden), *heads()]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with a few of them changed, left out, doubled or moved."""
    made = bytearray(data[:20_000])
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(made) or 1)
        match chance.randrange(4):
            case 0:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del made[at : at + chance.randint(1, 8)]
            case 2:
                made[at:at] = made[at : at + chance.randint(1, 8)]
            case _:
                made[at:at] = chance.choice([b"\r\n", b"\n", b"\0", b": ", b" ", b"chunked", b"\xff"])
    return bytes(made)


def strike(port: int, token: str, count: int, seed: int) -> Struck:
    """Send the whole corpus, then its mutations until there were ``count`` connections."""
    chance, struck = random.Random(seed), Struck()
    known = corpus(token, seed)
    cases = iter(known)
    harmless = corpus(
        "wpt_none", seed
    )  # a mutation may make two good requests of one bad: those must do nothing
    while struck.sent < count:
        name, data = next(cases, None) or ("mutated", mutated(chance.choice(harmless)[1], chance))
        struck.sent += 1
        for status, words in answers(port, data):
            struck.statuses[status] += 1
            is_said_well = (
                b"application/problem+json" in words or b"Content-Security-Policy" in words
            )  # or as a page
            if status >= 500 or (status >= 400 and not is_said_well):
                struck.wrong.append(f"{name}: {status} {data[:300]!r} {words[:300]!r}")
    return struck


def answers(port: int, data: bytes) -> list[tuple[int, bytes]]:
    """Return the statuses and heads of all that is answered on one connection."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as line:
        try:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            while part := line.recv(65536):
                got += part
        except OSError:
            pass  # it was hung up on, or waited for what never came: both are answers
    starts = [match.start() for match in re.finditer(rb"HTTP/1\.[01] \d{3} ", got)]
    return [(int(got[start + 9 : start + 12]), got[start : start + 1200]) for start in starts]
