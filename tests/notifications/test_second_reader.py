"""Letters and their calendar events as others read them: git's mail reader, and parsers after the RFCs alone."""

from __future__ import annotations

import base64
import quopri
import re
import shutil
import subprocess
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.mailing import PLAN, QUARTER, MailServer, sqlite_only
from tests.reading_mail import text_of
from tracker.notifications.running import remind
from tracker.runtime import Runtime


@pytest.fixture
def three(runtime: Runtime, leads: dict[str, str], mail: MailServer) -> dict[str, EmailMessage]:
    remind(runtime, PLAN, QUARTER)
    return {one["Content-Language"]: one for one in mail.received}


def headers_by_git(raw: bytes, folder: Path) -> dict[str, str]:
    """Return the headers that git's own reader of mails finds."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("no git")
    command = [git, "mailinfo", "-k", "--encoding=UTF-8", str(folder / "text"), str(folder / "patch")]
    done = subprocess.run(command, input=raw, capture_output=True, check=True, cwd=folder)
    return dict(line.partition(": ")[::2] for line in done.stdout.decode().splitlines() if line)


def parts(raw: bytes) -> list[tuple[str, str]]:
    """Return ``(media type, text)`` of the leaves of a mail, by RFC 2045 and 2046 and no library of mails."""
    head, _, body = raw.partition(b"\n\n")
    head = re.sub(rb"\n[ \t]+", b" ", head)
    kind = re.search(rb"(?im)^Content-Type: *([a-z/]+)(.*)$", head)
    assert kind
    if boundary := re.search(rb'boundary="([^"]+)"', kind[2]):
        inner = body.split(b"--" + boundary[1])[1:-1]
        return [leaf for part in inner for leaf in parts(part.removeprefix(b"\n"))]
    decode = base64.b64decode if b"encoding: base64" in head.lower() else quopri.decodestring
    return [(kind[1].decode(), decode(body).decode("utf-8"))]


@sqlite_only
def test_other_readers_of_mails_find_the_same_words(three: dict[str, EmailMessage], tmp_path: Path) -> None:
    assert sorted(three) == ["en", "es", "fr"]
    for letter in three.values():
        raw = letter.as_bytes()
        headers = headers_by_git(raw, tmp_path)
        assert headers["Subject"] == letter["Subject"]
        assert headers["Email"] == "tracker@plan.example.org"
        assert headers["Author"] == letter["From"].addresses[0].display_name
        (plain, text), (html, page), (event, _) = parts(raw)
        assert (plain, html, event) == ("text/plain", "text/html", "text/calendar")
        assert text.split() == text_of(letter).split()
        assert page.lower().startswith("<!doctype html>")


class Calendar:
    """The lines of an iCalendar text, unfolded and unescaped as RFC 5545 says, and nothing believed beyond it."""

    def __init__(self, raw: bytes) -> None:
        assert b"\n" not in raw.replace(b"\r\n", b""), "3.1: lines end in CRLF"
        assert all(len(line) <= 75 for line in raw.split(b"\r\n")), "3.1: no line is longer than 75 octets"
        text = re.sub(r"\r\n[ \t]", "", raw.decode("utf-8"))
        self.nested: list[str] = []
        self.values: dict[str, dict[str, str]] = {}
        open_: list[str] = []
        for line in text.split("\r\n")[:-1]:
            matched = re.fullmatch(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^;:"]*))*):(.*)', line)
            assert matched, line
            name, _, value = matched.groups()
            if name == "BEGIN":
                open_.append(value)
                self.nested.append("/".join(open_))
            elif name == "END":
                assert open_.pop() == value
            else:
                held = self.values.setdefault("/".join(open_), {})
                assert name not in held, f"{name} twice"
                held[name] = re.sub(r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], value)
        assert open_ == []


@sqlite_only
def test_the_due_day_is_an_event_for_any_calendar(three: dict[str, EmailMessage]) -> None:
    for language, letter in three.items():
        (part,) = letter.iter_attachments()
        raw = part.get_payload(decode=True)
        assert isinstance(raw, bytes)
        read = Calendar(raw)
        assert read.nested == ["VCALENDAR", "VCALENDAR/VEVENT"]
        outer, event = read.values["VCALENDAR"], read.values["VCALENDAR/VEVENT"]
        assert (outer["VERSION"], outer["METHOD"], bool(outer["PRODID"])) == ("2.0", "PUBLISH", True)
        assert (event["DTSTART"], event["DTEND"], event["SEQUENCE"]) == ("20230710", "20230711", "0")
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
        assert event["UID"].startswith(f"{PLAN}-{QUARTER}-")
        assert {"es": "segundo trimestre", "en": "second quarter", "fr": "deuxième trimestre"}[
            language
        ] in event["SUMMARY"]
        assert date(2023, 7, 10).strftime("%Y%m%d") == event["DTSTART"]
