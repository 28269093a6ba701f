"""The calendar on pages: a month, a list, and addresses to subscribe to it."""

from __future__ import annotations

import re

from tests.web.site import HOME, Site, parsed


def test_a_month_shows_each_appointment_on_its_days(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}calendar?month=2023-06"))
    assert "June 2023" in page.text
    assert {"Monday", "Sunday"} <= set(page.text.split())
    assert any("month=2023-05" in link for link in page.links)
    assert any("month=2023-07" in link for link in page.links)


def test_what_is_no_month_shows_the_list(library: Site):
    for said in ("2023-13", "soon", "2023"):
        answer = library.reader("secretariat").get(f"{HOME}calendar?month={said}")
        assert (answer.status_code, "Coming" in parsed(answer).text) == (200, True)


def test_an_address_is_made_shown_once_and_taken_back(site: Site):
    reader = site.reader("secretariat")
    token = parsed(reader.get(f"{HOME}calendar")).fields["form_token"]
    made = reader.post(f"{HOME}calendar", data={"form_token": token, "what": "region/africa"})
    (address,) = re.findall(r'value="http://[^"]*(/calendars/[^"]+\.ics)"', made.get_data(as_text=True))
    assert reader.get(address).mimetype == "text/calendar"
    page = parsed(reader.get(f"{HOME}calendar"))
    assert ("Africa since" in page.text, address in page.text) == (True, False)
    (remove,) = re.findall(r'action="([^"]+/remove)"', reader.get(f"{HOME}calendar").get_data(as_text=True))
    assert reader.post(remove, data={"form_token": token}).status_code == 303
    assert reader.get(address).status_code == 404


def test_what_it_cannot_show_is_refused(site: Site):
    reader = site.reader("secretariat")
    token = parsed(reader.get(f"{HOME}calendar")).fields["form_token"]
    refused = reader.post(f"{HOME}calendar", data={"form_token": token, "what": "moon"})
    assert (refused.status_code, "Choose what the calendar is to show" in parsed(refused).text) == (422, True)


def test_only_who_is_signed_in_is_offered_an_address(library: Site):
    assert "In your own calendar" not in parsed(library.reader().get("/w/harbour-2025/calendar")).text
