"""The Secretariat's pages for rounds and letters: seen by auditors, acted on by the Secretariat, said in a sentence."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.installation import WORKPLAN
from tests.web.site import HOME, Parsed, Site, parsed
from tracker.notifications import outbox
from tracker.notifications.due_letters import create_letters
from tracker.workplan.activity import Activity
from tracker.workplan.round import Round

QUARTER = "2023-Q2"
ROUND = f"{HOME}rounds/{QUARTER}"


def send(client: FlaskClient, path: str, to: str | None = None, **fields: str) -> Parsed:
    """Send a form of a page with its token, and return the page that it leads to."""
    token = parsed(client.get(path)).fields["form_token"]
    answer = client.post(to or path, data={"form_token": token, **fields}, follow_redirects=True)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return parsed(answer)


@pytest.fixture
def posted(site: Site) -> Site:
    """Return a site where the letters of the round that is open are written and wait."""
    assert create_letters(site.house.runtime, WORKPLAN, QUARTER)
    return site


def states(site: Site) -> list[str]:
    with site.house.runtime.database.read() as tx:
        return [one.state for one in outbox.letters_of(tx, WORKPLAN)]


def test_a_round_is_shown_row_by_row_and_as_it_was(posted: Site):
    reader = posted.reader("auditor")
    page = parsed(reader.get(ROUND))
    assert "due 10 July 2023" in page.text
    assert "These leads have nobody to ask" in page.text
    assert "Give more time" not in page.text, "an auditor looks and does not touch"
    assert "3.1" in parsed(reader.get(f"{ROUND}?show=reported")).text
    before = reader.get(f"{ROUND}?as_of=2023-06-29")
    assert before.status_code == 404
    assert reader.get(f"{HOME}letters").status_code == 200
    for who in ("lead", "viewer"):
        assert posted.reader(who).get(ROUND).status_code == 403
        assert posted.reader(who).get(f"{HOME}letters").status_code == 403


def test_more_time_an_excuse_and_a_question_are_entries_said_in_a_sentence(posted: Site):
    reader, before = posted.reader("secretariat"), posted.entries()
    page = send(reader, ROUND, action="extend", due="2023-07-14", closes="2023-08-04", reason="Holidays")
    assert "The round is now due on 14 July 2023 and closes on 4 August 2023." in page.text
    row = f"{ROUND}/rows/3.2/oms"
    page = send(
        reader, row, ROUND, action="ask", activity="3.2", entity="oms", question="Any news?", key="k1"
    )
    assert "The question is recorded." in page.text
    page = send(reader, row, ROUND, action="excuse", activity="3.2", reason="Agreed with the leads")
    assert "The report is excused" in page.text
    assert posted.entries() == before + 3
    with posted.house.runtime.ask(WORKPLAN) as view:
        opened, activity = view.plan.get(f"round/{QUARTER}", Round), view.plan.get("activity/3.2", Activity)
        assert opened
        assert activity
        assert (opened.due, opened.closes, len(opened.requested)) == ("2023-07-14", "2023-08-04", 1)
        assert QUARTER in activity.excused
    assert "excused" in parsed(reader.get(f"{ROUND}?show=excused")).text


def test_a_wrong_extension_is_refused_with_the_way_out(posted: Site):
    reader, before = posted.reader("secretariat"), posted.entries()
    token = parsed(reader.get(ROUND)).fields["form_token"]
    wrong = {"form_token": token, "action": "extend", "due": "2023-08-14", "closes": "2023-07-04"}
    answer = reader.post(ROUND, data=wrong)
    assert answer.status_code == 422
    assert "closes" in parsed(answer).text
    for fields in ({"action": "burn"}, {"action": "extend"}, {}):
        assert reader.post(ROUND, data={"form_token": token, **fields}).status_code in {400, 403, 422}
    assert posted.reader("secretariat").post(ROUND, data=wrong | {"form_token": "x"}).status_code == 403
    assert posted.entries() == before


def test_the_next_run_is_previewed_held_and_released(posted: Site):
    reader = posted.reader("secretariat")
    page = parsed(reader.get(f"{ROUND}/run"))
    assert "will go" in page.text
    (letter,) = [link for link in page.links if "/run/" in link][:1]
    mail = reader.get(letter)
    assert "/r/" not in mail.get_data(as_text=True)
    assert "default-src 'none'" in mail.headers["Content-Security-Policy"]
    count = len(states(posted))
    held = send(reader, f"{ROUND}/run", action="hold")
    assert f"Held letters: {count}." in held.text
    assert set(states(posted)) == {"held"}
    released = send(reader, f"{ROUND}/run", action="release")
    assert f"Released letters: {count}." in released.text
    assert set(states(posted)) == {"due"}


def test_the_form_is_shown_as_a_focal_point_sees_it_and_records_nothing(posted: Site):
    reader, before = posted.reader("secretariat"), posted.entries()
    page = parsed(reader.get(f"{ROUND}/run"))
    (path,) = [link for link in page.links if "/form/" in link][:1]
    form = reader.get(path)
    assert "Its buttons record nothing." in parsed(form).text
    again = reader.post(path, data={"action": "rest", "3.1:what": "no_change"})
    assert (again.status_code, posted.entries()) == (200, before)
    with posted.house.runtime.database.read() as tx:
        assert tx.one("SELECT count(*) FROM drafts") == (0,)
    assert posted.reader("lead").get(path).status_code == 403


def test_letters_are_listed_with_what_can_be_done(posted: Site):
    reader = posted.reader("secretariat")
    page = parsed(reader.get(f"{HOME}letters"))
    assert "waiting" in page.text
    with posted.house.runtime.database.write() as tx:
        first, *_ = outbox.letters_of(tx, WORKPLAN)
        tx.run("UPDATE letters SET state = 'unknown' WHERE letter = ?", first.letter)
    listed = f"{HOME}letters?state=unknown"
    assert "Send again" in parsed(reader.get(listed)).text
    done = send(reader, listed, f"{HOME}letters/{first.letter}", action="resend", state="unknown")
    assert "Another copy goes within minutes" in done.text
    assert set(states(posted)) == {"due"}
    token = parsed(reader.get(f"{HOME}letters")).fields["form_token"]
    refused = reader.post(f"{HOME}letters/{first.letter}", data={"form_token": token, "action": "revoke"})
    assert refused.status_code == 409
    assert posted.reader("auditor").post(f"{HOME}letters/{first.letter}", data={}).status_code == 403


def test_an_empty_list_says_when_something_will_be_there(site: Site):
    assert "No letter was written yet." in parsed(site.reader("secretariat").get(f"{HOME}letters")).text


def test_what_runs_by_itself_is_told(site: Site):
    reader, address = site.reader("secretariat"), f"{HOME}jobs"
    assert "Nothing has run yet" in parsed(reader.get(address)).text
    with site.house.runtime.database.write() as tx:
        row = (
            "verify",
            "2023-07-04T00:00:01.000000Z",
            "failed",
            "LogError: entry 7",
            "2023-07-04T01:00:01.000000Z",
        )
        tx.run(
            "INSERT INTO ticker_runs (job, started_at, outcome, said, next_at) VALUES (?, ?, ?, ?, ?)", *row
        )
    assert "1 job of the system failed" in parsed(reader.get(HOME)).text
    page = parsed(reader.get(address))
    for words in ("Check the logs from end to end", "failed; it is tried again", "LogError: entry 7", "3:00"):
        assert words in page.text, words
    assert site.reader("auditor").get(address).status_code == 200
    assert site.reader("lead").get(address).status_code == 403
