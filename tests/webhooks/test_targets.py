"""No delivery goes to a private place, by whatever name; none follows a redirect, and none lasts."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from typing import Any

import pytest

from tests.webhooks.receiving import Receiver
from tracker.errors import RuleError
from tracker.webhooks import targets
from tracker.webhooks.targets import check_target, is_open, post

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
PRIVATE = """
    127.0.0.1 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 224.0.0.1 255.255.255.255 192.0.2.1
    ::1 :: fe80::1 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1::
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_private_addresses_are_closed_in_every_spelling(address: str):
    assert not is_open(ipaddress.ip_address(address), ())


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_public_ones_are_open(address: str):
    assert is_open(ipaddress.ip_address(address), ())


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest",
        "http://example.org/x",
        "ftp://example.org/x",
        "https://user:secret@example.org/x",
        "https://example.org/x#y",
        "https://example.org:99999/x",
        "https://[::1/x",
        "https:///x",
        "https://example.org/\r\nX: y",
    ],
)
def test_an_address_that_can_never_be_posted_to_is_refused(url: str):
    with pytest.raises(RuleError) as refused:
        check_target(url, ())
    assert (refused.value.field, refused.value.value) == ("/url", url)
    check_target("https://example.org:8443/x?y=z", ())  # the control


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    """The address that is looked at is the one that is connected to: resolving again otherwise gains nothing."""
    answers = iter(["127.0.0.1", "127.0.0.1"])

    def resolve(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = f"http://rebound.example:{receiver.port}/hook"
    reply = post(url, b"{}", {}, ())
    assert reply.status is None
    assert "private address" in (reply.said or "")
    assert receiver.asked == []
    assert (
        post(url, b"{}", {}, LOOPBACK).status == 204
    )  # the control: allowed by the setting, by the same name


def test_a_redirect_is_not_followed(receiver: Receiver):
    receiver.answers = [307]
    assert post(receiver.url, b"{}", {}, LOOPBACK).status == 307
    assert len(receiver.asked) == 1


@pytest.mark.parametrize(
    "drip", [b"H", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
)
def test_an_answer_that_only_drips_is_given_up(drip: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(targets, "TOTAL_SECONDS", 0.3)
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, listener:
            connection.sendall(drip)
            while not ended.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=serve)
    thread.start()
    started = time.monotonic()
    reply = post(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", {}, LOOPBACK)
    took = time.monotonic() - started
    ended.set()
    thread.join()
    assert took < 2
    assert not reply.is_taken
    assert "within 0.3 seconds" in (reply.said or "")
