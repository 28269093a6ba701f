"""The letter itself, read back by the parser of the standard library: complete, in three languages, and harmless."""

from __future__ import annotations

import re
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import icalendar
import pytest

from tests.mailing import (
    LANGUAGES,
    PLAN,
    QUARTER,
    Clock,
    MailServer,
    add_focal_point,
    entries,
    sqlite_only,
)
from tests.reading_mail import page_of, text_of
from tracker.directory import people
from tracker.errors import RuleError
from tracker.notifications.headers import blank
from tracker.notifications.letters import write_letter
from tracker.notifications.occasions import preview
from tracker.notifications.phrases import phrases
from tracker.notifications.running import remind
from tracker.runtime import Runtime
from tracker.workplan.round import Round

DUE = {
    "es": "Vence: lunes, 10 de julio de 2023, 23:59 (hora de Ginebra).",
    "en": "Due: Monday, 10 July 2023, 23:59 (Geneva time).",
    "fr": "Échéance\xa0: lundi 10 juillet 2023, 23\xa0h\xa059 (heure de Genève).",
}


SUBJECT = {
    "es": "Segundo trimestre de 2023: 6 actividades por informar, hasta el lunes 10 de julio",
    "en": "Second quarter of 2023: 6 activities to report by Monday 10 July",
    "fr": "Deuxième trimestre 2023\xa0: rapports attendus sur 6 activités d\u2019ici au lundi 10 juillet",
}


SEAL = {
    "es": r"asiento (\d+) · sello ([0-9A-F]{4}-[0-9A-F]{4}) · ¿qué es esto\?",
    "en": r"entry (\d+) · seal ([0-9A-F]{4}-[0-9A-F]{4}) · what is this\?",
    "fr": r"inscription (\d+) · sceau ([0-9A-F]{4}-[0-9A-F]{4}) · qu\u2019est-ce que c\u2019est\s\?",
}


@pytest.fixture
def three(runtime: Runtime, mail: MailServer) -> dict[str, EmailMessage]:
    """Return the letters of the three leads of workstream 3, by language."""
    for entity, language in zip(
        ("oms", "cglu", "plataforma-de-jovenes-y-ninos-migrantes"), LANGUAGES, strict=True
    ):
        add_focal_point(runtime, entity, language, ["3"])
    remind(runtime, PLAN, QUARTER)
    return {one["Content-Language"]: one for one in mail.received}


@sqlite_only
def test_letters_in_three_languages_say_what_is_owed_until_when_and_carry_the_seal(
    runtime: Runtime, three: dict[str, EmailMessage]
) -> None:
    assert sorted(three) == sorted(LANGUAGES)
    for language, letter in three.items():
        text, page = text_of(letter), page_of(letter)
        assert letter["Subject"] == SUBJECT[language]
        assert DUE[language] in text
        for number in ("3.1", "3.2", "3.3", "3.4", "3.5", "3.6"):
            assert f"\n  {number}  " in text
        found = re.search(SEAL[language], text)
        assert found
        sent = next(e for e in entries(runtime, "ReminderSent") if e.data.message_id == letter["Message-ID"])
        assert int(found[1]) == sent.data.size
        assert found[2].replace("-", "").lower() == sent.data.root[:8]
        assert set(page.languages) == {language, "es"}
        link = re.search(r"https://plan\.example\.org/r/[\w-]{43}\n", text)
        assert link
        assert link[0].strip() in page.links


@sqlite_only
def test_text_and_html_say_the_same(three: dict[str, EmailMessage]) -> None:
    for letter in three.values():
        text, page = text_of(letter), page_of(letter)
        for line in text.splitlines():
            said = re.sub(r"\s+", " ", line).strip(" :\xa0")
            said = re.sub(
                r"^((?:Lineamiento|Workstream|Axe de travail) \d+)\.", r"\1", said
            )  # a line of its own there
            if said and said != "--" and "https://" not in said and "·" not in said:
                assert said in page.text


@sqlite_only
def test_headers_thread_mute_and_say_that_a_machine_wrote(
    three: dict[str, EmailMessage], mail: MailServer
) -> None:
    assert set(mail.mail_from) == {"tracker@plan.example.org"}
    for letter in three.values():
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert re.fullmatch(
            r"<https://plan\.example\.org/r/[\w-]{43}/unsubscribe>", letter["List-Unsubscribe"]
        )
        assert re.fullmatch(r"<[0-9a-f-]{36}@plan\.example\.org>", letter["Message-ID"])
        assert letter["Date"].datetime.isoformat() == "2023-07-03T09:00:00+00:00"
        assert letter["From"].addresses[0].addr_spec == "tracker@plan.example.org"
        assert len(letter["To"].addresses) == 1
        assert letter["Cc"] is letter["Bcc"] is None


@sqlite_only
def test_nothing_is_fetched_and_nothing_can_run(three: dict[str, EmailMessage]) -> None:
    for letter in three.values():
        page = page_of(letter)
        assert page.fetched == []
        assert page.tags <= {"html", "head", "meta", "title", "body", "div", "p", "a", "h2", "span", "b"}
        assert all(link.startswith("https://plan.example.org/") for link in page.links)


@sqlite_only
def test_no_line_of_a_letter_is_longer_than_mail_allows_and_headers_fold_readably(
    runtime: Runtime, three: dict[str, EmailMessage], mail: MailServer
) -> None:
    with runtime.ask(PLAN) as view:
        opened = view.plan.get(f"round/{QUARTER}", Round)
        person = next(iter(people.people_of(view.tx).values()))
        assert opened is not None
        occasion = preview(runtime, view, person, opened, "opening")
    assert occasion is not None
    content = write_letter(replace(occasion, handle="h" * 43)).as_bytes()
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) < 998
    head = content.partition(b"\r\n\r\n")[0].decode("ascii")
    assert f"List-Unsubscribe: <https://plan.example.org/r/{'h' * 43}/unsubscribe>\r\n" in head
    assert "Subject:\r\n" not in head
    assert all(len(line) <= 78 or "http" in line or "@" in line for line in head.split("\r\n"))


@sqlite_only
def test_the_due_day_comes_as_a_calendar_event(three: dict[str, EmailMessage]) -> None:
    seen = set()
    for language, letter in three.items():
        (attached,) = letter.iter_attachments()
        assert attached.get_content_type() == "text/calendar"
        assert attached.get_filename() == "2023-Q2.ics"
        calendar = icalendar.Calendar.from_ical(attached.get_content())
        (event,) = calendar.walk("VEVENT")
        assert str(event.decoded("dtstart")) == "2023-07-10"
        assert str(event.decoded("dtend")) == "2023-07-11"
        assert event["sequence"] == 0
        assert (
            phrases(language)("event_title", quarter=phrases(language).quarter(QUARTER)) == event["summary"]
        )
        seen.add(str(event["uid"]))
    assert len(seen) == 3


@sqlite_only
@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", 'Ana "Annie" O\'Neill, Dr.', "Ñandú (OMS) <x@evil.example>", "مريم"]
)
def test_a_name_is_only_ever_a_name(runtime: Runtime, mail: MailServer, name: str) -> None:
    person = add_focal_point(runtime, "oms", "en", ["3"])
    with runtime.directory(PLAN) as tx:
        tx.run("UPDATE people SET name = ? WHERE person = ?", name, person)
    remind(runtime, PLAN, QUARTER)
    (letter,) = mail.received
    assert [(one.display_name, one.addr_spec) for one in letter["To"].addresses] == [
        (name, "oms@example.org")
    ]
    assert mail.recipients == ["oms@example.org"]
    assert "script" not in page_of(letter).tags
    assert name in text_of(letter)


@sqlite_only
@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\nX: y",
        "a@b.example, c@d.example",
        "<a@b.example>",
        "a b@c.example",
    ],
)
def test_an_address_that_would_smuggle_a_header_is_refused(runtime: Runtime, address: str) -> None:
    with runtime.database.write() as tx, pytest.raises(RuleError, match="is no mail address") as refused:
        people.add_person(tx, runtime.now(), "Eve", address, "en")
    assert refused.value.way_out


@sqlite_only
@pytest.mark.parametrize(
    "field, value", [("name", "Eve\r\nBcc: c@d.example"), ("email", "a@b.example\r\nBcc: c@d.example")]
)
def test_what_reached_the_directory_all_the_same_is_held_and_the_others_get_their_letters(
    runtime: Runtime, mail: MailServer, field: str, value: str
) -> None:
    eve = add_focal_point(runtime, "oms", "en", ["3"])
    add_focal_point(runtime, "cglu", "es", ["3"])
    with runtime.directory(PLAN) as tx:
        tx.run(f"UPDATE people SET {field} = ? WHERE person = ?", value, eve)
    done = remind(runtime, PLAN, QUARTER)
    assert {one["person"]: one["state"] for one in done["letters"]}[eve] == "held"
    assert (done["sent"], done["held"], mail.recipients) == (1, 1, ["cglu@example.org"])


@sqlite_only
def test_a_preview_is_the_letter_without_a_link_that_works(
    runtime: Runtime, mail: MailServer, oms: str
) -> None:
    remind(runtime, PLAN, QUARTER)
    with runtime.ask(PLAN) as view:
        opened = view.plan.get(f"round/{QUARTER}", Round)
        assert opened is not None
        occasion = preview(runtime, view, people.person_of(view.tx, oms), opened, "overdue")
    assert occasion is not None
    letter = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(
        write_letter(occasion).as_bytes()
    )
    assert "/r/" not in text_of(letter) + "".join(page_of(letter).links)
    assert "(aquí va el enlace personal)" in text_of(letter)
    assert letter["List-Unsubscribe"] is None
    assert "siguen sin informe" in letter["Subject"]


def test_a_mail_refuses_a_header_of_two_lines(clock: Clock) -> None:
    person = people.Person("p1", "Eve\nBcc: x@y.example", "eve@example.org", "en")
    with pytest.raises(ValueError, match="CR or LF"):
        blank("tracker@example.org", "Plan", person, clock.now)
