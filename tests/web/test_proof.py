"""The check of the whole log from its page, and the history as a file."""

from __future__ import annotations

import csv
import io

from tests.installation import WORKPLAN
from tests.web.site import HARBOUR, HOME, Site, parsed


def test_the_whole_log_is_checked_while_one_waits(library: Site):
    reader = library.reader("secretariat")
    page = parsed(reader.get(f"{HOME}proof"))
    assert f"Check all {library.entries()} entries now" in page.text
    answer = reader.post(f"{HOME}proof", data={"form_token": page.fields["form_token"]})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 1 <= html.count("<progress") <= 51
    assert "Yes. All of it is as it was recorded." in html
    assert f"{library.entries()} entries were read" in html
    assert html.rstrip().endswith("</html>")


def test_an_altered_entry_is_named_and_led_to(site: Site):
    with site.house.runtime.database.write() as tx:
        for (trigger,) in tx.all("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            tx.run(f"DROP TRIGGER {trigger}")
        where = "WHERE workplan = ? AND position = 40"
        stored = bytes(tx.all(f"SELECT stored FROM events {where}", WORKPLAN)[0][0])
        tx.run(f"UPDATE events SET stored = ? {where}", stored.replace(b"2023", b"2021", 1), WORKPLAN)
    reader = site.reader("secretariat")
    token = parsed(reader.get(f"{HOME}proof")).fields["form_token"]
    page = parsed(reader.post(f"{HOME}proof", data={"form_token": token}))
    assert "Something is not as it was recorded" in page.text
    assert f"{HOME}entries/40/genuine" in page.links


def test_one_entry_is_asked_for_by_its_number(library: Site):
    reader = library.reader("secretariat")
    answer = reader.get(f"{HOME}proof?entry=20")
    assert (answer.status_code, answer.location) == (303, f"{HOME}entries/20/genuine")
    for said in ("0", "twenty", "999999", "0000000000079999999999", "²", "1" * 5000):
        answer = reader.get(f"{HOME}proof?entry={said}")
        assert answer.status_code == 422
        assert f"Give the number of an entry: 1 to {library.entries()}." in parsed(answer).text


def test_only_insiders_may_have_it_checked(library: Site):
    public = library.reader()
    assert "Check all" not in parsed(public.get(f"/w/{HARBOUR}/proof")).text
    assert public.post(f"/w/{HARBOUR}/proof", data={"form_token": ""}).status_code == 403
    lead = library.reader("lead")
    assert lead.post(f"{HOME}proof", data={"form_token": "another"}).status_code == 403


def test_the_history_is_handed_out_as_filtered(library: Site):
    reader = library.reader("secretariat")
    answer = reader.get(f"{HOME}entries.csv?type=ProgressReported&entity=oms")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["subject"] for row in rows] == ["activity/3.1", "activity/3.4"]
    assert reader.get(f"{HOME}entries.xlsx").get_data().startswith(b"PK")
    assert library.reader().get(f"/w/{HARBOUR}/entries.csv").status_code in {401, 403}
