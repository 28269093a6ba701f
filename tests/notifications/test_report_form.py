"""The form behind the link: showing it records nothing, sending it records once, a refusal keeps what was typed."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.filling import counted, form_of, path_in, reports, send
from tests.mailing import LANGUAGES, PLAN, QUARTER, MailServer, add_focal_point, sqlite_only
from tracker.directory.principals import Principal
from tracker.notifications.running import remind, run_round
from tracker.runtime import Runtime
from tracker.workplan.activity import Activity


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
