"""The form behind the link: showing it records nothing, sending it records once, a refusal keeps what was typed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.mailing import (
    LANGUAGES,
    PLAN,
    QUARTER,
    Clock,
    MailServer,
    add_focal_point,
    entries,
    post_to,
    sqlite_only,
    states,
)
from tracker.app import create_app
from tracker.directory import people
from tracker.directory.principals import Principal, system
from tracker.notifications import outbox
from tracker.notifications.links import find_link, revoke_links
from tracker.notifications.running import remind, run_round
from tracker.runtime import Runtime
from tracker.workplan.activity import Activity

LINK = re.compile(r"https://plan\.example\.org(/r/[\w-]{43})\s")


class Form(HTMLParser):
    """A page as a browser without scripts has it: the fields of its form with their values, its buttons, its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: list[str] = []
        self.names: set[str] = set()
        self.words: list[str] = []
        self._select: str | None = None
        self._area: str | None = None
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "html":
            self.language = said.get("lang", "")
        if tag in {"input", "select", "textarea"} and name:
            self.names.add(name)
        if tag == "input" and (said.get("type") != "checkbox" or "checked" in said):
            self.fields[name] = said.get("value", "")
        elif tag == "select":
            self._select, self.fields[name] = name, ""
        elif tag == "option" and self._select and "selected" in said:
            self.fields[self._select] = said.get("value", "")
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "button":
            self.buttons.append(said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def form_of(response: TestResponse) -> Form:
    return Form(response.get_data(as_text=True))


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return create_app(runtime)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def path_in(mail: MailServer, number: int = -1) -> str:
    part = mail.received[number].get_body(("plain",))
    assert part is not None
    found = LINK.search(part.get_content())
    assert found
    return found[1]


@pytest.fixture
def path(runtime: Runtime, oms: str, mail: MailServer) -> str:
    """Return the address in the letter of the one focal point, that of OMS in workstream 3."""
    assert remind(runtime, PLAN, QUARTER)["sent"] == 1
    return path_in(mail)


def counted(runtime: Runtime) -> dict[str, int]:
    """Return how many rows every table has, but for what a process keeps of itself."""
    with runtime.database.read() as tx:
        if tx.is_sqlite:
            names = [row[0] for row in tx.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
        else:
            names = [row[0] for row in tx.all("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {name: (tx.one(f"SELECT count(*) FROM {name}") or (0,))[0] for name in names}


def send(browser: FlaskClient, path: str, action: str | None = None, **fields: str) -> TestResponse:
    """Load the form, fill it in and send it, as a person would."""
    form = form_of(browser.get(path)).fields
    return browser.post(path, data=form | fields | ({"action": action} if action else {}))


def reports(runtime: Runtime) -> list[Any]:
    return entries(runtime, "ProgressReported")


def test_following_the_link_ten_times_records_nothing_and_sending_the_form_records_once(
    runtime: Runtime, browser: FlaskClient, path: str, oms: str
) -> None:
    before = counted(runtime)
    shown = browser.get(path)
    for _ in range(10):
        assert browser.get(path).status_code == 200
        assert browser.head(path).status_code == 200
    assert browser.options(path).status_code == 200
    assert browser.get(f"{path}/unsubscribe").status_code == 200
    assert counted(runtime) == before
    form = form_of(shown).fields | {"3.2:no_change": "1"}
    sent = browser.post(path, data=form)
    assert sent.status_code == 201
    (event,) = reports(runtime)
    assert (event.subject, event.actor, event.channel, event.entity) == ("activity/3.2", oms, "link", "oms")
    assert (event.data.quarter, event.data.no_change) == (QUARTER, True)
    assert f"asiento {event.position}" in form_of(sent).text
    again = browser.post(path, data=form)
    assert again.status_code == 200
    assert f"asiento {event.position}" in form_of(again).text
    assert len(reports(runtime)) == 1


@sqlite_only
def test_control_a_form_without_its_nonce_would_record_twice(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    for _ in range(2):
        browser.post(path, data={"3.2:no_change": "1"})
    assert len(reports(runtime)) == 2


@sqlite_only
def test_the_page_is_kept_nowhere_and_tells_nobody_where_the_reader_came_from(
    browser: FlaskClient, path: str
) -> None:
    for response in (browser.get(path), browser.get("/r/unknown"), send(browser, path, "rest")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert "Set-Cookie" not in response.headers
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert not re.search(r"<script>|onload=|onclick=|style=", response.get_data(as_text=True))


@sqlite_only
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_speaks_the_readers_language_and_marks_the_plans(
    runtime: Runtime, mail: MailServer, browser: FlaskClient, language: str
) -> None:
    add_focal_point(runtime, "oms", language, ["3"])
    remind(runtime, PLAN, QUARTER)
    shown = browser.get(path_in(mail))
    form, page = form_of(shown), shown.get_data(as_text=True)
    said = {
        "es": (
            "Informe del segundo trimestre de 2023",
            "Sin novedad este trimestre",
            "Plazo: lunes, 10 de julio",
        ),
        "en": (
            "Report about the second quarter of 2023",
            "Nothing new this quarter",
            "Due: Monday, 10 July 2023",
        ),
        "fr": (
            "Compte rendu du deuxième trimestre 2023",
            "Rien de nouveau ce trimestre",
            "lundi 10 juillet 2023",
        ),
    }
    assert form.language == language
    for words in said[language]:
        assert words in form.text
    assert ('<span lang="es">' in page) == (language != "es")
    assert len([name for name in form.names if name.endswith(":no_change")]) == 6


@sqlite_only
def test_a_card_takes_everything_a_report_can_say(runtime: Runtime, browser: FlaskClient, path: str) -> None:
    target = "3.4:done:actividades-de-creacion-de-capacidad"
    sent = send(
        browser,
        path,
        **{
            "3.4:status": "in_progress",
            "3.4:assessment": "at_risk",
            "3.4:reason": "La sede se retrasa",
            target: "1",
            "3.4:note": "Primera sesión celebrada",
            "3.4:needs": "Una sede",
            "3.4:evidence_url": "https://example.org/acta",
            "3.4:evidence_title": "Acta",
            "3.4:evidence_kind": "meeting_record",
            "3.4:occurred_on": "2023-05",
        },
    )
    assert sent.status_code == 201, form_of(sent).text
    (event,) = reports(runtime)
    assert (event.data.status, event.data.assessment, event.occurred_on) == (
        "in_progress",
        "at_risk",
        "2023-05",
    )
    assert event.data.done == {"actividades-de-creacion-de-capacidad": 1}
    assert [(one.kind, one.url, one.title) for one in event.data.evidence] == [
        ("meeting_record", "https://example.org/acta", "Acta")
    ]
    text = form_of(sent).text
    for words in ("requiere atención", "La sede se retrasa", "Primera sesión celebrada", "Una sede", "Acta"):
        assert words in text
    assert "Puede cambiarlo hasta el lunes, 31 de julio de 2023" in text
    assert "Quedan 5 actividades por informar" in text
    with runtime.ask(PLAN) as view:
        state = view.plan.get("activity/3.4", Activity)
        assert state is not None
        assert (state.status, state.assessment) == ("in_progress", "at_risk")


@sqlite_only
@pytest.mark.parametrize(
    "fields, place, said",
    [
        ({"assessment": "at_risk"}, "reason", "«requiere atención» necesita un motivo"),
        ({"status": "on_hold"}, "reason", "«en suspenso» necesita un motivo"),
        ({"status": "completed"}, "evidence_url", "«Finalizada» necesita un enlace"),
        ({"no_change": "1", "status": "in_progress"}, "no_change", "elija una de las dos"),
        ({"note": "x", "occurred_on": "2024"}, "occurred_on", "está en el futuro"),
        ({"note": "x", "occurred_on": "ayer"}, "occurred_on", "No es una fecha"),
        ({"note": "x", "occurred_on": "2019"}, "occurred_on", "es anterior al plan"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url", "No es una dirección web"),
        ({"evidence_title": "Acta"}, "evidence_url", "Falta la dirección"),
        (
            {"done:actividades-de-creacion-de-capacidad": "dos"},
            "done:actividades-de-creacion-de-capacidad",
            "entero",
        ),
        ({"note": "x" * 8001}, "note", "demasiado largo"),
        ({"status": "nonsense"}, "status", ""),
        ({"no_change": "1", "entity": "cglu"}, "card", "cglu"),
    ],
)
def test_a_refusal_stands_at_its_field_and_what_was_typed_is_kept(
    runtime: Runtime, browser: FlaskClient, path: str, fields: dict[str, str], place: str, said: str
) -> None:
    typed = {f"3.4:{name}": value for name, value in fields.items()} | {"3.1:note": "otra cosa"}
    sent = send(browser, path, **typed)
    page = sent.get_data(as_text=True)
    form = form_of(sent)
    assert sent.status_code == 422
    assert f'id="3.4:{place}-fault"' in page
    assert said in form.text
    for name, value in typed.items():
        if name not in {"3.4:status", "3.4:entity"} or value != "nonsense":
            assert form.fields.get(name, value) == value
    assert reports(runtime) == []


@sqlite_only
def test_nothing_is_half_done_when_one_card_of_several_is_refused(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    sent = send(browser, path, **{"3.1:no_change": "1", "3.2:assessment": "delayed", "3.3:no_change": "1"})
    assert sent.status_code == 422
    assert 'id="3.2:reason-fault"' in sent.get_data(as_text=True)
    assert reports(runtime) == []
    again = form_of(sent).fields | {"3.2:reason": "por la sede"}
    assert browser.post(path, data=again).status_code == 201
    assert [event.subject for event in reports(runtime)] == ["activity/3.1", "activity/3.2", "activity/3.3"]


@sqlite_only
def test_an_empty_form_is_told_what_to_do(runtime: Runtime, browser: FlaskClient, path: str) -> None:
    sent = send(browser, path)
    assert sent.status_code == 422
    assert "Todavía no dice nada" in form_of(sent).text
    assert reports(runtime) == []


@sqlite_only
def test_one_button_settles_all_the_others_and_twice_is_once(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    form = form_of(browser.get(path)).fields | {"3.4:note": "Hecho", "action": "rest"}
    first, second = (browser.post(path, data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    expected = ["3.4", "3.1", "3.2", "3.3", "3.5", "3.6"]
    assert [event.subject for event in reports(runtime)] == [f"activity/{one}" for one in expected]
    assert [event.data.no_change for event in reports(runtime)] == [None, True, True, True, True, True]
    assert "No queda nada por informar" in form_of(first).text
    assert re.findall(r"asiento \d+", form_of(second).text) == re.findall(r"asiento \d+", form_of(first).text)
    assert run_round(runtime, PLAN, QUARTER).as_json()["owed"] == 174 - 18


@sqlite_only
def test_the_other_cards_button_leaves_out_what_a_colead_reported_meanwhile(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    form = form_of(browser.get(path)).fields
    cglu = add_focal_point(runtime, "cglu", "es", ["3"])
    link = Principal(cglu, frozenset({"link"}), cglu, quarter=QUARTER)
    body = {"type": "ProgressReported", "subject": "activity/3.2", "reason": "x"}
    runtime.submit(PLAN, body | {"data": {"quarter": QUARTER, "assessment": "at_risk"}}, link, "link")
    assert browser.post(path, data=form | {"action": "rest"}).status_code == 201
    with runtime.ask(PLAN) as view:
        state = view.plan.get("activity/3.2", Activity)
        assert state is not None
        assert (state.assessment, state.disputed, len(state.reports)) == ("at_risk", False, 1)
    shown = form_of(browser.get(path)).text
    assert "Informada por CGLU, 3 de julio de 2023" in shown


@sqlite_only
def test_a_review_says_it_in_sentences_and_records_nothing_until_it_is_sent(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    fields = {"3.4:assessment": "at_risk", "3.4:reason": "Por la sede", "3.1:no_change": "1"}
    review = send(browser, path, "review", **fields)
    assert reports(runtime) == []
    text = form_of(review).text
    assert "de «no iniciada» a «en curso, requiere atención»" in text
    assert "motivo: Por la sede" in text
    assert form_of(review).buttons == ["send", "edit"]
    back = browser.post(path, data=form_of(review).fields | {"action": "edit"})
    assert form_of(back).fields["3.4:reason"] == "Por la sede"
    assert reports(runtime) == []
    assert browser.post(path, data=form_of(review).fields | {"action": "send"}).status_code == 201
    assert len(reports(runtime)) == 2


@sqlite_only
def test_what_was_said_can_be_changed_by_the_same_link_and_the_first_stays(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    send(browser, path, **{"3.4:assessment": "on_track"})
    assert "Usted la informó" in form_of(browser.get(path)).text
    assert (
        send(browser, path, **{"3.4:assessment": "delayed", "3.4:reason": "Por la sede"}).status_code == 201
    )
    with runtime.ask(PLAN) as view:
        state = view.plan.get("activity/3.4", Activity)
        assert state is not None
        assert (state.assessment, state.disputed, len(state.reports)) == ("delayed", False, 2)


@sqlite_only
@pytest.mark.parametrize("end", ["expired", "revoked", "released", "erased", "suspended"])
def test_a_link_that_ended_shows_the_way_out_and_records_nothing(
    runtime: Runtime, browser: FlaskClient, path: str, clock: Clock, oms: str, end: str
) -> None:
    form = form_of(browser.get(path)).fields | {"3.4:no_change": "1"}
    if end == "expired":
        clock.set("2023-08-01")
    elif end == "revoked":
        with runtime.database.write() as tx:
            (letter,) = outbox.letters_of(tx, PLAN)
            revoke_links(tx, runtime.now(), letter.letter)
    elif end == "released":
        data = {"person": oms, "entity": "oms"}
        released = {"type": "FocalPointReleased", "subject": "workstream/3", "data": data}
        runtime.submit(PLAN, released, system("system:cli"), "cli")
    else:
        with runtime.directory(PLAN) as tx:
            column = "name = NULL, email" if end == "erased" else "suspended_at"
            tx.run(f"UPDATE people SET {column} = {'NULL' if end == 'erased' else chr(39) + 'x' + chr(39)}")
    for response in (browser.get(path), browser.post(path, data=form)):
        assert response.status_code == 410
        assert "Este enlace ya no vale" in form_of(response).text
        assert form_of(response).buttons == [""]
    assert reports(runtime) == []


@sqlite_only
def test_a_link_revoked_while_the_form_is_being_taken_records_nothing(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    from tracker.notifications import links  # noqa: PLC0415

    form = form_of(browser.get(path)).fields | {"3.4:no_change": "1"}
    is_good = links.is_good

    def then_revoke(*args: Any) -> bool:
        good = is_good(*args)
        with runtime.database.write() as tx:
            revoke_links(tx, runtime.now(), outbox.letters_of(tx, PLAN)[0].letter)
        return good

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "is_good", then_revoke)
        assert browser.post(path, data=form).status_code == 422
    assert reports(runtime) == []


@sqlite_only
@pytest.mark.parametrize(
    "handle", ["x", "A" * 43, "A" * 5000, "%00", "..%2f..", "%F0%9F%98%80", "' OR 1=1 --"]
)
def test_addresses_that_never_were_are_answered_plainly(browser: FlaskClient, path: str, handle: str) -> None:
    for response in (browser.get(f"/r/{handle}"), browser.post(f"/r/{handle}", data={"3.4:no_change": "1"})):
        assert response.status_code == 404


@sqlite_only
def test_a_link_is_for_its_quarter_and_its_persons_cards_only(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    sent = send(browser, path, **{"4.1:no_change": "1", "3.1:quarter": "2023-Q1", "3.1:no_change": "1"})
    assert sent.status_code == 201
    (event,) = reports(runtime)
    assert (event.subject, event.data.quarter) == ("activity/3.1", QUARTER)
    with runtime.database.read() as tx:
        link = find_link(tx, path.rpartition("/")[2])
    assert link is not None
    assert (link.principal.quarter, link.principal.roles) == (QUARTER, frozenset({"link"}))
    assert "/signin" in browser.get("/").get_data(as_text=True)  # it signs nobody in


@sqlite_only
def test_after_the_due_day_the_report_counts_as_late_and_after_closing_the_link_still_works_for_three_weeks(
    runtime: Runtime, browser: FlaskClient, clock: Clock, mail: MailServer, oms: str
) -> None:
    remind(runtime, PLAN, QUARTER)
    clock.set("2023-07-24")
    remind(runtime, PLAN, QUARTER)
    early, late = path_in(mail, 0), path_in(mail, 1)
    assert "contará como tardío" in form_of(browser.get(late)).text
    clock.set("2023-08-10")
    closed = {"type": "RoundClosed", "subject": f"round/{QUARTER}", "data": {}}
    runtime.submit(PLAN, closed, system("system:ticker"), "system")
    assert browser.get(early).status_code == 410
    assert send(browser, late, **{"3.4:no_change": "1"}).status_code == 201


@sqlite_only
def test_asking_for_a_new_link_sends_one_to_the_address_on_file_once_an_hour(
    runtime: Runtime, browser: FlaskClient, clock: Clock, mail: MailServer, path: str
) -> None:
    clock.set("2023-08-01")
    for _ in range(3):
        asked = browser.post(f"{path}/new", data={"email": "eve@evil.example"})
        assert asked.status_code == 200
        assert "Va en camino" in form_of(asked).text
    assert states(runtime) == ["accepted", "due"]
    from tracker.notifications.delivery import deliver  # noqa: PLC0415

    with runtime.database.read() as tx:
        waiting = outbox.waiting(tx, runtime.now(), PLAN)
    deliver(runtime, waiting, system("system:ticker"), post=post_to(mail))
    assert mail.recipients == ["oms@example.org"] * 2
    assert send(browser, path_in(mail), **{"3.4:no_change": "1"}).status_code == 201
    assert [event.data.step for event in entries(runtime, "ReminderSent")] == ["opening", "new-1"]


@sqlite_only
def test_unsubscribing_mutes_by_post_only_and_keeps_the_duty_and_the_link(
    runtime: Runtime, browser: FlaskClient, clock: Clock, mail: MailServer, path: str, oms: str
) -> None:
    address = re.fullmatch(r"<https://plan\.example\.org(.*)>", mail.received[0]["List-Unsubscribe"])
    assert address
    browser.get(address[1])
    with runtime.database.read() as tx:
        assert not people.person_of(tx, oms).muted
    one_click = browser.post(
        address[1], data="List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert one_click.status_code == 200
    with runtime.database.read() as tx:
        assert people.person_of(tx, oms).muted
    clock.set("2023-07-12")
    assert remind(runtime, PLAN, QUARTER)["letters"] == [{"person": oms, "state": "muted"}]
    assert len(mail.received) == 1
    assert send(browser, path, **{"3.4:no_change": "1"}).status_code == 201


@sqlite_only
def test_the_seal_of_a_letter_can_be_checked_and_a_wrong_one_is_said_so(
    runtime: Runtime, browser: FlaskClient, mail: MailServer, path: str
) -> None:
    part = mail.received[0].get_body(("plain",))
    assert part is not None
    address = re.search(r"https://plan\.example\.org(/seal/\S+)", part.get_content())
    assert address
    said = {"Accept-Language": "es"}
    assert "dan el mismo sello" in form_of(browser.get(address[1], headers=said)).text
    for wrong in (
        address[1][:-4] + "0000",
        address[1].replace("/seal/unnm-2022-2024/", "/seal/unnm-2022-2024/9"),
        address[1].replace("unnm-2022-2024", "nobody"),
        address[1].partition("?")[0],
        "/seal/unnm-2022-2024/0?root=" + "0" * 64,
        "/seal/unnm-2022-2024/99999999999999999999999?root=" + "0" * 64,
    ):
        assert "no dan el sello" in form_of(browser.get(wrong, headers=said)).text


@sqlite_only
def test_a_hundred_visits_of_scanners_change_nothing(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    before = counted(runtime)
    for number in range(25):
        for method, address in (
            ("GET", path),
            ("HEAD", path),
            ("GET", f"{path}/unsubscribe"),
            ("OPTIONS", path),
        ):
            browser.open(
                address, method=method, headers={"Purpose": "prefetch", "User-Agent": f"scanner {number}"}
            )
    assert counted(runtime) == before
    assert send(browser, path, "rest").status_code == 201
