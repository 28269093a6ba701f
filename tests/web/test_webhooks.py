"""The Secretariat's page of webhooks: added with its secret once, seen, replayed, rotated, removed."""

from __future__ import annotations

import re

from tests.web.site import HOME, Site, parsed

HOOKS = f"{HOME}webhooks"


def test_a_webhook_is_added_looked_after_and_removed(site: Site) -> None:
    reader = site.reader("secretariat")
    token = parsed(reader.get(HOOKS)).fields["form_token"]
    form = {
        "form_token": token,
        "url": "https://example.org/hook",
        "type": "ProgressReported",
        "workstream": "3",
    }
    made = reader.post(HOOKS, data=form | {"start": "beginning"})
    assert made.status_code == 201
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", made.get_data(as_text=True))
    path = next(link for link in parsed(made).links if link.startswith(f"{HOOKS}/"))
    page = parsed(reader.get(path))
    assert secret not in page.text
    assert "activity/3.*" in page.text
    for action, words in (("pause", "Paused"), ("resume", "goes on")):
        done = reader.post(path, data={"form_token": token, "action": action}, follow_redirects=True)
        assert words in parsed(done).text
    replayed = reader.post(
        path, data={"form_token": token, "action": "replay", "after": "7"}, follow_redirects=True
    )
    assert "entry 7 of" in parsed(replayed).text
    wrong = reader.post(path, data={"form_token": token, "action": "replay", "after": "99999"})
    assert wrong.status_code == 422
    rotated = reader.post(path, data={"form_token": token, "action": "rotate"}).get_data(as_text=True)
    assert secret not in rotated
    assert "whsec_" in rotated
    gone = reader.post(path, data={"form_token": token, "action": "remove"}, follow_redirects=True)
    assert "No system is told yet" in parsed(gone).text


def test_a_private_address_is_refused_and_the_page_is_the_secretariats(site: Site) -> None:
    reader = site.reader("secretariat")
    token = parsed(reader.get(HOOKS)).fields["form_token"]
    refused = reader.post(HOOKS, data={"form_token": token, "url": "https://127.0.0.1/x"})
    assert (refused.status_code, "private address" in parsed(refused).text) == (422, True)
    assert site.reader("lead").get(HOOKS).status_code == 403
