"""The link itself: for whom and how long it works, what happens when it ended, and what is beside the form."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.filling import counted, fill, form_of, path_in, reports, send
from tests.mailing import (
    PLAN,
    QUARTER,
    Clock,
    MailServer,
    entries,
    post_to,
    sqlite_only,
    states,
)
from tracker.directory import people
from tracker.directory.principals import system
from tracker.notifications import outbox
from tracker.notifications.links import find_link, revoke_links
from tracker.notifications.running import remind
from tracker.runtime import Runtime


@sqlite_only
@pytest.mark.parametrize("end", ["expired", "revoked", "released", "erased", "suspended"])
def test_a_link_that_ended_shows_the_way_out_and_records_nothing(
    runtime: Runtime, browser: FlaskClient, path: str, clock: Clock, oms: str, end: str
) -> None:
    form = form_of(browser.get(path)).fields | {"3.4:what": "no_change"}
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
    pages = [browser.get(f"{path}{page}") for page in ("", "/w/3", "/review", "/receipt/1")]
    posts = [browser.post(f"{path}{page}", data=form) for page in ("", "/w/3", "/send")]
    for response in (*pages, *posts):
        assert response.status_code == 410
        assert "Este enlace ya no vale" in form_of(response).text
        assert form_of(response).buttons == [""]
    assert reports(runtime) == []


@sqlite_only
def test_what_was_typed_behind_a_link_that_ended_is_handed_back(
    runtime: Runtime, browser: FlaskClient, path: str, clock: Clock
) -> None:
    form = form_of(browser.get(path)).fields | {"3.4:what": "news", "3.4:note": "Media hora de trabajo"}
    clock.set("2023-08-01")
    page = browser.post(f"{path}/w/3", data=form | {"action": "review"})
    assert page.status_code == 410
    assert "Media hora de trabajo" in form_of(page).text
    line = browser.post(f"{path}/card/3.4", data=form, headers={"HX-Request": "true"})
    assert "sigue aquí" in form_of(line).text
    assert "<html" not in line.get_data(as_text=True)


@sqlite_only
def test_a_link_revoked_while_the_form_is_being_taken_records_nothing(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    from tracker.notifications import links  # noqa: PLC0415

    fill(browser, path, **{"3.4:what": "no_change"})
    form = form_of(browser.get(f"{path}/review")).fields
    is_good = links.is_good

    def then_revoke(*args: Any) -> bool:
        good = is_good(*args)
        with runtime.database.write() as tx:
            revoke_links(tx, runtime.now(), outbox.letters_of(tx, PLAN)[0].letter)
        return good

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "is_good", then_revoke)
        assert browser.post(f"{path}/send", data=form).status_code == 410
    assert reports(runtime) == []


@sqlite_only
@pytest.mark.parametrize(
    "handle", ["x", "A" * 43, "A" * 5000, "%00", "..%2f..", "%F0%9F%98%80", "' OR 1=1 --"]
)
def test_addresses_that_never_were_are_answered_plainly(browser: FlaskClient, path: str, handle: str) -> None:
    for response in (
        browser.get(f"/r/{handle}"),
        browser.post(f"/r/{handle}", data={"3.4:what": "no_change"}),
    ):
        assert response.status_code == (400 if "%00" in handle else 404)


@sqlite_only
def test_a_link_is_for_its_quarter_and_its_persons_cards_only(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    sent = send(browser, path, **{"4.1:what": "no_change", "3.1:quarter": "2023-Q1", "3.1:what": "no_change"})
    assert sent.status_code == 200
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
    assert send(browser, late, **{"3.4:what": "no_change"}).status_code == 200


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
    assert send(browser, path_in(mail), **{"3.4:what": "no_change"}).status_code == 200
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
    assert send(browser, path, **{"3.4:what": "no_change"}).status_code == 200


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
def test_a_hundred_and_fifty_visits_of_scanners_change_nothing(
    runtime: Runtime, browser: FlaskClient, path: str
) -> None:
    before = counted(runtime)
    for number in range(25):
        for method, address in (
            ("GET", path),
            ("HEAD", path),
            ("GET", f"{path}/review"),
            ("GET", f"{path}/w/3"),
            ("GET", f"{path}/unsubscribe"),
            ("OPTIONS", path),
        ):
            browser.open(
                address, method=method, headers={"Purpose": "prefetch", "User-Agent": f"scanner {number}"}
            )
    assert counted(runtime) == before
    assert send(browser, path, "rest").status_code == 200
