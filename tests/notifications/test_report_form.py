"""The form behind the link: showing it records nothing, what is typed is kept, sending records once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.filling import counted, fill, form_of, path_in, reports, send, send_review
from tests.mailing import LANGUAGES, PLAN, QUARTER, MailServer, add_focal_point, entries, sqlite_only
from tracker.directory.principals import Principal
from tracker.notifications.running import remind, run_round
from tracker.runtime import Runtime
from tracker.workplan.activity import Activity

NEWS = {"3.4:what": "news"}
AT_RISK = NEWS | {"3.4:state": "in_progress/at_risk"}
TARGET = "done:actividades-de-creacion-de-capacidad"


def activity(runtime: Runtime, id_: str) -> Activity:
    with runtime.ask(PLAN) as view:
        state = view.plan.get(f"activity/{id_}", Activity)
        assert state is not None
        return state


def colead_reports(runtime: Runtime, activity_id: str, data: dict[str, Any], **more: Any) -> None:
    cglu = add_focal_point(runtime, "cglu", "es", ["3"])
    link = Principal(cglu, frozenset({"link"}), cglu, quarter=QUARTER)
    body = {"type": "ProgressReported", "subject": f"activity/{activity_id}", **more}
    runtime.submit(PLAN, body | {"data": {"quarter": QUARTER, **data}}, link, "link")


def test_following_the_link_ten_times_records_nothing_and_sending_the_form_records_once(
    runtime: Runtime, browser: FlaskClient, path: str, oms: str
) -> None:
    before = counted(runtime)
    for _ in range(10):
        assert browser.get(path).status_code == 200
        assert browser.head(path).status_code == 200
    for address in (f"{path}/review", f"{path}/w/3?check=1", f"{path}/unsubscribe", f"{path}/w/9"):
        assert browser.get(address).status_code in {200, 303}
    assert counted(runtime) == before
    fill(browser, path, **{"3.2:what": "no_change"})
    assert reports(runtime) == []
    review = form_of(browser.get(f"{path}/review"))
    sent = browser.post(f"{path}/send", data=review.fields)
    assert sent.status_code == 303
    (event,) = reports(runtime)
    assert (event.subject, event.actor, event.channel, event.entity) == ("activity/3.2", oms, "link", "oms")
    assert (event.data.quarter, event.data.no_change) == (QUARTER, True)
    again = browser.post(f"{path}/send", data=review.fields)
    assert again.headers["Location"] == sent.headers["Location"]
    assert f"asiento {event.position}" in form_of(browser.get(sent.headers["Location"])).text
    assert len(reports(runtime)) == 1


@sqlite_only
def test_control_a_review_shown_again_would_record_again_what_was_filled_in_again(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    for _ in range(2):
        send(browser, path, **{"3.2:what": "no_change"})
    assert len(reports(runtime)) == 2


@sqlite_only
def test_the_page_is_kept_nowhere_and_tells_nobody_where_the_reader_came_from(
    browser: FlaskClient, path: str
) -> None:
    fill(browser, path, **NEWS)
    for response in (browser.get(path), browser.get(f"{path}/review"), browser.get("/r/unknown")):
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
        "es": ("Informe del segundo trimestre de 2023", "Sin novedad", "Vence: lunes, 10 de julio"),
        "en": ("Report about the second quarter of 2023", "Nothing new", "Due: Monday, 10 July 2023"),
        "fr": ("Rapport du deuxième trimestre 2023", "Rien de nouveau", "lundi 10 juillet 2023"),
    }
    assert form.language == language
    for words in said[language]:
        assert words in form.text
    assert ('<span lang="es">' in page) == (language != "es")
    assert len([name for name in form.names if name.endswith(":what")]) == 6


@sqlite_only
def test_a_report_with_everything_is_recorded_as_it_was_said(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    fields = AT_RISK | {
        "3.4:reason": "La sede se retrasa",
        f"3.4:{TARGET}": "1",
        "3.4:note": "Primera sesión celebrada",
        "3.4:needs": "Una sede",
        "3.4:evidence_url": "https://example.org/acta",
        "3.4:evidence_title": "Acta",
        "3.4:evidence_kind": "meeting_record",
        "3.4:occurred_on": "2023-05",
    }
    assert fill(browser, path, **fields).status_code == 303
    review = form_of(browser.get(f"{path}/review")).text
    assert "no iniciada → en curso, requiere atención" in review
    assert "0 → 1 de 2" in review
    text = form_of(send_review(browser, path)).text
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
    for words in ("requiere atención", "La sede se retrasa", "Primera sesión celebrada", "Una sede", "Acta"):
        assert words in text
    assert "hasta el lunes, 31 de julio de 2023" in text
    assert "Quedan 5 actividades por informar" in text
    assert (activity(runtime, "3.4").status, activity(runtime, "3.4").assessment) == (
        "in_progress",
        "at_risk",
    )


@sqlite_only
@pytest.mark.parametrize(
    "fields, place, said",
    [
        ({"state": "in_progress/at_risk"}, "reason", "«requiere atención» necesita un motivo"),
        ({"state": "on_hold/"}, "reason", "«en suspenso» necesita un motivo"),
        ({"state": "completed/"}, "evidence_url", "«Finalizada» necesita un enlace"),
        ({"note": "x", "occurred_on": "2024"}, "occurred_on", "está en el futuro"),
        ({"note": "x", "occurred_on": "ayer"}, "occurred_on", "No es una fecha"),
        ({"note": "x", "occurred_on": "2019"}, "occurred_on", "es anterior al plan"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url", "No es una dirección web"),
        ({"evidence_title": "Acta"}, "evidence_url", "Falta la dirección"),
        ({TARGET: "dos"}, TARGET, "entero"),
        ({"note": "x" * 8001}, "note", "demasiado largo"),
        ({"state": "nonsense/"}, "state", ""),
        ({"note": "x", "entity": "cglu"}, "card", "cglu"),
        ({}, "card", "Todavía no dice nada"),
    ],
)
def test_a_refusal_stands_at_its_field_and_what_was_typed_is_kept(
    runtime: Runtime, browser: FlaskClient, path: str, fields: dict[str, str], place: str, said: str
) -> None:
    typed = {f"3.4:{name}": value for name, value in ({"what": "news"} | fields).items()}
    typed |= {"3.1:what": "news", "3.1:note": "otra cosa"}
    sent = fill(browser, path, **typed)
    page, form = sent.get_data(as_text=True), form_of(sent)
    assert sent.status_code == 422
    assert f'id="3.4:{place}-fault"' in page
    assert said in form.text
    for again in (form, form_of(browser.get(path))):
        for name, value in typed.items():
            if name != "3.4:entity" and "nonsense" not in value:
                assert again.fields.get(name) == value
    assert reports(runtime) == []
    assert send_review(browser, path).status_code == 422  # nor can it be sent around the form


@sqlite_only
def test_nothing_is_half_done_when_one_card_of_several_is_refused(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    delayed = {"3.2:what": "news", "3.2:state": "in_progress/delayed"}
    sent = fill(browser, path, **{"3.1:what": "no_change", "3.3:what": "no_change"} | delayed)
    assert sent.status_code == 422
    assert 'id="3.2:reason-fault"' in sent.get_data(as_text=True)
    assert reports(runtime) == []
    assert send(browser, path, **{"3.2:reason": "por la sede"}).status_code == 200
    assert {event.subject for event in reports(runtime)} == {"activity/3.1", "activity/3.2", "activity/3.3"}


@sqlite_only
def test_an_empty_form_has_nothing_to_send(runtime: Runtime, browser: FlaskClient, path: str) -> None:
    sent = send(browser, path)
    assert "Todavía no hay nada que enviar" in form_of(sent).text
    assert reports(runtime) == []


@sqlite_only
def test_one_button_settles_all_the_others(runtime: Runtime, browser: FlaskClient, path: str) -> None:
    receipt = send(browser, path, "rest", **NEWS | {"3.4:note": "Hecho"})
    told = {event.subject: event.data.no_change for event in reports(runtime)}
    assert told == {f"activity/3.{n}": None if n == 4 else True for n in range(1, 7)}
    assert "No queda nada por informar" in form_of(receipt).text
    assert run_round(runtime, PLAN, QUARTER).as_json()["owed"] == 174 - 18


@sqlite_only
def test_what_a_colead_reported_before_the_sending_is_left_out_of_the_button_for_the_others(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    fill(browser, path, "rest")
    colead_reports(runtime, "3.2", {"assessment": "at_risk"}, reason="x")
    review = form_of(browser.get(f"{path}/review")).text
    assert "no se envían: 3.2 (Informe de CGLU, 3 de julio de 2023)" in review
    send_review(browser, path)
    state = activity(runtime, "3.2")
    assert (state.assessment, state.disputed, len(state.reports)) == ("at_risk", False, 1)
    assert len(reports(runtime)) == 6


@sqlite_only
@pytest.mark.parametrize("answer", ["mine", "theirs"])
def test_where_a_colead_reported_meanwhile_both_are_shown_and_the_reader_is_asked(
    runtime: Runtime, browser: FlaskClient, path: str, answer: str
) -> None:
    fill(browser, path, **NEWS | {"3.4:state": "in_progress/on_track", "3.4:note": "Lo mío"})
    colead_reports(runtime, "3.4", {"assessment": "at_risk"}, reason="Lo suyo")
    asked = send_review(browser, path)
    assert asked.status_code == 422
    for words in ("CGLU", "Lo suyo", "Lo mío", "Elija una de las dos"):
        assert words in form_of(asked).text
    assert len(reports(runtime)) == 1
    assert send_review(browser, path, **{"3.4:both": answer}).status_code == 200
    assert len(reports(runtime)) == (2 if answer == "mine" else 1)
    assert activity(runtime, "3.4").disputed == (answer == "mine")
    assert form_of(browser.get(path)).fields["3.4:what"] == "later"


@sqlite_only
def test_what_changed_between_the_review_and_the_sending_is_looked_at_again(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    fill(browser, path, **NEWS | {"3.4:note": "Lo revisado"})
    review = form_of(browser.get(f"{path}/review")).fields
    fill(browser, path, **{"3.4:note": "Escrito después, en otra ventana"})
    refused = browser.post(f"{path}/send", data=review)
    assert refused.status_code == 409
    assert "Escrito después" in form_of(refused).text
    assert reports(runtime) == []
    assert browser.post(f"{path}/send", data=form_of(refused).fields).status_code == 303
    assert len(reports(runtime)) == 1


@sqlite_only
def test_two_windows_on_one_card_lose_nothing(runtime: Runtime, browser: FlaskClient, path: str) -> None:
    first, second = (form_of(browser.get(path)) for _ in range(2))
    kept = first.fields | NEWS | {"3.4:note": "De la primera", "action": "save"}
    assert browser.post(first.actions[0], data=kept).status_code == 303
    other = second.fields | NEWS | {"3.4:note": "De la segunda", "3.1:what": "no_change", "action": "save"}
    clash = browser.post(second.actions[0], data=other)
    assert clash.status_code == 409
    assert "De la primera" in form_of(clash).text
    assert form_of(clash).fields["3.4:note"] == "De la segunda"
    assert form_of(browser.get(path)).fields["3.1:what"] == "no_change"
    settled = browser.post(second.actions[0], data=form_of(clash).fields | {"action": "save"})
    assert settled.status_code == 303
    assert form_of(browser.get(path)).fields["3.4:note"] == "De la segunda"


@sqlite_only
def test_a_window_left_open_does_not_undo_what_another_kept(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    stale = form_of(browser.get(path))
    fill(browser, path, "save", **NEWS | {"3.4:note": "Nuevo"})
    said = stale.fields | {"3.1:what": "no_change", "action": "save"}
    assert browser.post(stale.actions[0], data=said).status_code == 303
    now = form_of(browser.get(path)).fields
    assert (now["3.4:note"], now["3.1:what"]) == ("Nuevo", "no_change")


@sqlite_only
def test_what_was_said_can_be_changed_by_the_same_link_and_the_first_stays(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    send(browser, path, **NEWS | {"3.4:state": "in_progress/on_track", "3.4:note": "Una sesión"})
    again = form_of(browser.get(path))
    assert "Usted informó de ella" in again.text
    assert (again.fields["3.4:state"], again.fields["3.4:note"]) == ("in_progress/on_track", "Una sesión")
    delayed = NEWS | {"3.4:state": "in_progress/delayed", "3.4:reason": "Por la sede"}
    assert send(browser, path, **delayed).status_code == 200
    state = activity(runtime, "3.4")
    assert (state.assessment, state.disputed, len(state.reports)) == ("delayed", False, 2)


@sqlite_only
def test_the_last_reason_may_still_hold(runtime: Runtime, browser: FlaskClient, path: str) -> None:
    send(browser, path, **AT_RISK | {"3.4:reason": "Por la sede"})
    said = NEWS | {"3.4:reason": "", "3.4:note": "Seguimos buscando"}
    refused = fill(browser, path, **said)
    assert refused.status_code == 422
    assert "Sigue valiendo el último motivo: «Por la sede»" in form_of(refused).text
    assert send(browser, path, **said | {"3.4:same_reason": "1"}).status_code == 200
    assert reports(runtime)[-1].data.same_reason


@sqlite_only
def test_what_was_reported_in_the_wrong_place_is_taken_back_there_and_said_here(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    send(browser, path, **AT_RISK | {"3.4:reason": "Por la sede", "3.4:note": "Una sesión"})
    (wrong,) = reports(runtime)
    for to in ("", "3.4", "9.1"):
        assert browser.post(f"{path}/move/3.4", data={"to": to}).status_code == 422
    assert browser.post(f"{path}/move/3.4", data={"to": "3.5"}).status_code == 303
    fields = form_of(browser.get(path)).fields
    assert (fields["3.5:note"], fields["3.5:state"]) == ("Una sesión", "in_progress/at_risk")
    review = form_of(browser.get(f"{path}/review")).text
    assert f"anula el asiento {wrong.position}, registrado por error en 3.4" in review
    assert activity(runtime, "3.4").reports
    shown = form_of(send_review(browser, path)).text
    assert f"anula el asiento {wrong.position}" in shown
    (retracted,) = entries(runtime, "EntryRetracted")
    (_, right) = reports(runtime)
    assert (retracted.subject, retracted.data.position) == ("activity/3.4", wrong.position)
    assert (right.subject, right.correlation_id) == ("activity/3.5", retracted.correlation_id)
    assert activity(runtime, "3.4").reports == ()
    assert "3.4:what" in form_of(browser.get(path)).fields
