"""The receipt of what was sent, who sent it, and colleagues who are asked."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from tests.filling import LINK, counted, fill, form_of, path_in, reports, send, send_review
from tests.mailing import PLAN, QUARTER, Clock, MailServer, entries, post_to, sqlite_only
from tracker import erasure
from tracker.directory import people
from tracker.directory.principals import system
from tracker.notifications import notices, outbox
from tracker.notifications.delivery import deliver
from tracker.notifications.receipts import receipts_of
from tracker.runtime import Runtime

TICKER = system("system:ticker")
NEWS = {"3.4:what": "news", "3.4:state": "in_progress/at_risk", "3.4:reason": "Por la sede"}
ANA = {"name": "Ana Colega", "email": "ana@example.net"}


def delivered(runtime: Runtime, mail: MailServer) -> str:
    """Send what waits; return the text of the last mail."""
    with runtime.database.read() as tx:
        waiting = outbox.waiting(tx, runtime.now(), PLAN)
    deliver(runtime, waiting, TICKER, post=post_to(mail))
    part = mail.received[-1].get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def one_receipt(runtime: Runtime) -> object:
    with runtime.database.read() as tx:
        (receipt,) = receipts_of(tx, PLAN)
    return receipt


def test_the_focal_point_gets_a_receipt_with_entry_numbers_once_and_it_is_no_entry(
    runtime: Runtime, browser: FlaskClient, path: str, mail: MailServer
) -> None:
    send(browser, path, "rest", **NEWS)
    positions = sorted(event.position for event in reports(runtime))
    text = delivered(runtime, mail)
    assert mail.recipients[-1] == "oms@example.org"
    assert mail.received[-1]["Subject"] == "Recibido: 6 informes sobre el segundo trimestre de 2023"
    for words in (
        "en curso, requiere atención",
        "motivo: Por la sede",
        f"(asiento {positions[0]})",
        "Sin novedad: 5 actividades",
        f"asientos {positions[1]} a {positions[-1]}",
        "hasta el lunes, 31 de julio de 2023",
        "OMS",
    ):
        assert words in text, words
    page = mail.received[-1].get_body(("html",))
    assert page is not None
    assert "No fui yo" in page.get_content()
    assert len(mail.received) == 2
    assert [event.data.step for event in entries(runtime, "ReminderSent")] == ["opening"]
    again = form_of(browser.get(path_in(mail)))  # its link corrects
    assert again.fields["3.4:reason"] == "Por la sede"


@sqlite_only
def test_who_fills_it_in_for_the_focal_point_says_so_and_is_flagged(
    runtime: Runtime, browser: FlaskClient, path: str, mail: MailServer
) -> None:
    fill(browser, path, **NEWS)
    for wrong in ({"email": "ana@example.net"}, {"name": "Ana", "email": "no\r\nBcc: x@example.org"}):
        refused = send_review(browser, path, who="other", **wrong)
        assert refused.status_code == 422
    assert reports(runtime) == []
    shown = send_review(browser, path, who="other", **ANA)
    assert "Lo rellenó Ana Colega" in form_of(shown).text
    assert "Lo rellenó Ana Colega (ana@example.net) en su nombre" in delivered(runtime, mail)
    assert mail.recipients[-1] == "oms@example.org"
    with runtime.database.read() as tx:
        (receipt,) = receipts_of(tx, PLAN)
        stored = tx.all("SELECT stored FROM events WHERE position = ?", receipt.first_position)
    assert receipt.filler is not None
    assert receipt.filler.name == "Ana Colega"
    assert b"Ana" not in bytes(stored[0][0])


@sqlite_only
def test_this_was_not_me_ends_the_link_and_flags_the_entries_by_post_only(
    runtime: Runtime, browser: FlaskClient, path: str, mail: MailServer
) -> None:
    with runtime.directory(PLAN) as tx:
        secretary = people.add_person(tx, runtime.now(), "Sec Retaria", "sec@example.org", "es")
        people.grant(tx, runtime.now(), secretary, PLAN, "secretariat")
    send(browser, path, **NEWS)
    receipt = path_in(mail) if delivered(runtime, mail) else ""
    before = counted(runtime)
    for _ in range(3):
        assert browser.get(f"{receipt}/not-me").status_code == 200
    assert counted(runtime) == before
    assert browser.get(path).status_code == 200
    assert browser.get(f"{path}/not-me").status_code == 404  # only the receipt's own link says so
    assert browser.post(f"{receipt}/not-me").status_code == 200
    assert browser.get(path).status_code == 410
    assert browser.get(receipt).status_code == 200
    with runtime.database.read() as tx:
        assert receipts_of(tx, PLAN)[0].disowned_at
    for _ in range(2):
        notices.tell(runtime, PLAN, lambda view: notices.found(view, [QUARTER]))
    delivered(runtime, mail)
    position = reports(runtime)[0].position
    (told,) = [
        str(part.get_content())
        for one in mail.received
        if "no envió" in one["Subject"] and (part := one.get_body(("plain",)))
    ]
    assert (
        f"dice que no envió los informes del segundo trimestre de 2023 que constan en los asientos {position}"
        in told
    )


@sqlite_only
def test_a_colleague_gets_a_link_of_their_own_for_the_chosen_cards_only(
    runtime: Runtime, browser: FlaskClient, path: str, mail: MailServer, oms: str
) -> None:
    fill(browser, path, **NEWS | {"3.4:note": "Mío"})
    asked = browser.post(
        f"{path}/colleague", data=ANA | {"activity": ["3.2", "3.4", "9.1"], "language": "fr"}
    )
    assert asked.status_code == 303
    text = delivered(runtime, mail)
    assert mail.recipients[-1] == "ana@example.net"
    assert mail.received[-1]["Subject"] == "Focal oms vous demande 2 rapports sur le deuxième trimestre 2023"
    assert "3.2, 3.4" in text
    theirs = path_in(mail)
    page = form_of(browser.get(theirs))
    assert page.language == "fr"
    assert {name for name in page.names if name.endswith(":what")} == {"3.2:what", "3.4:what"}
    assert page.fields["3.4:what"] == "later"  # what the focal point typed is not shown to others
    assert browser.get(f"{theirs}/colleague").status_code == 303
    assert browser.get(f"{theirs}/unsubscribe").status_code == 404
    assert browser.post(f"{theirs}/new").status_code == 404
    send(browser, theirs, **{"3.2:what": "no_change"})
    (event,) = reports(runtime)
    assert (event.actor, event.entity, event.subject) == (oms, "oms", "activity/3.2")
    assert "Ana Colega (ana@example.net)" in delivered(runtime, mail)
    assert mail.recipients[-1] == "oms@example.org"
    assert form_of(browser.get(path)).fields["3.4:note"] == "Mío"


@sqlite_only
def test_a_colleague_who_cannot_be_asked_is_refused_at_the_field(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    before = counted(runtime)
    for said, place in (
        (ANA, "activities"),
        ({"activity": "3.2", "name": "Ana", "email": "nowhere"}, "email"),
        ({"activity": "3.2", "name": "", "email": "ana@example.net"}, "name"),
    ):
        refused = browser.post(f"{path}/colleague", data=said)
        assert refused.status_code == 422
        assert f'id="{place}-fault"' in refused.get_data(as_text=True)
    assert counted(runtime) == before


@sqlite_only
def test_the_form_is_no_way_to_write_to_the_world(runtime: Runtime, browser: FlaskClient, path: str) -> None:
    asked = [
        browser.post(
            f"{path}/colleague",
            data={"activity": "3.2", "name": "Ana", "email": f"ana{number}@example.net"},
        )
        for number in range(11)
    ]
    assert [one.status_code for one in asked] == [303] * 10 + [422]
    assert "Ya pidió ayuda a 10 colegas" in form_of(asked[-1]).text


@sqlite_only
def test_with_the_person_all_that_was_typed_and_whoever_was_asked_is_forgotten(
    runtime: Runtime, browser: FlaskClient, path: str, mail: MailServer, oms: str
) -> None:
    fill(browser, path, **NEWS | {"3.4:note": "Palabras escritas"})
    browser.post(f"{path}/colleague", data=ANA | {"activity": "3.2"})
    delivered(runtime, mail)
    theirs = path_in(mail)
    with runtime.database.read() as tx:
        assert erasure.own_data(tx, oms)["drafts"][0]["fields"]["note"] == "Palabras escritas"
    erasure.erase(runtime, oms, system("system:cli"))
    with runtime.database.read() as tx:
        for table in ("drafts", "invitations"):
            assert tx.one(f"SELECT count(*) FROM {table}") == (0,)
    for link in (path, theirs):
        assert browser.get(link).status_code == 410


@sqlite_only
def test_a_colleague_whose_link_ended_is_told_whom_to_ask(
    runtime: Runtime, browser: FlaskClient, path: str, mail: MailServer, clock: Clock
) -> None:
    browser.post(f"{path}/colleague", data=ANA | {"activity": "3.2", "language": "en"})
    delivered(runtime, mail)
    clock.set("2023-08-05")
    ended = browser.get(path_in(mail))
    assert ended.status_code == 410
    assert "Ask Focal oms, who asked you" in form_of(ended).text
    assert form_of(ended).buttons == []


@sqlite_only
def test_drafts_go_when_their_link_is_over_and_not_before(
    runtime: Runtime, browser: FlaskClient, path: str, clock: Clock
) -> None:
    from schedules.upkeep import prune  # noqa: PLC0415 - the ticker is above what is tested here

    fill(browser, path, **NEWS)
    clock.set("2023-07-30")
    prune(runtime)
    assert form_of(browser.get(path)).fields["3.4:what"] == "news"
    clock.set("2023-08-05")
    prune(runtime)
    assert counted(runtime)["drafts"] == 0


def test_the_link_of_a_receipt_is_one_of_its_own(
    runtime: Runtime, browser: FlaskClient, path: str, mail: MailServer
) -> None:
    send(browser, path, **NEWS)
    text = delivered(runtime, mail)
    assert re.findall(LINK, text)[0] != path
