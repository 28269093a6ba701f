"""The Secretariat's page of sheets: handed in, judged, confirmed, taken back; and what public pages suggest."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.site import HOME, Site, parsed
from tracker.plans.reader import SHIPPED

SHEETS = f"{HOME}sheets"


def rows_of(reader: FlaskClient, sheet: str) -> list[dict[str, str]]:
    answer = reader.get(f"{SHEETS}/{sheet}")
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def hand_in(reader: FlaskClient, kind: str, data: bytes, name: str, **more: str) -> TestResponse:
    token = parsed(reader.get(SHEETS)).fields["form_token"]
    form = {"form_token": token, "kind": kind, "file": (io.BytesIO(data), name), **more}
    return reader.post(SHEETS, data=form, content_type="multipart/form-data", follow_redirects=True)


def filled(rows: list[dict[str, str]]) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def confirm(reader: FlaskClient, shown: TestResponse) -> TestResponse:
    page = parsed(shown)
    return reader.post(
        shown.request.path, data={"form_token": page.fields["form_token"]}, follow_redirects=True
    )


def test_the_plan_is_set_up_on_the_page_and_the_import_taken_back(site: Site) -> None:
    reader, before = site.reader("secretariat"), site.entries()
    rows = rows_of(reader, "setup.csv")
    chosen = [row for row in rows if row["subject"].startswith("activity/9.")]
    for row in chosen:
        row |= {"window_from": "2023", "window_to": "2024-Q2", "objectives": "8"}
    shown = hand_in(
        reader, "setup", filled(rows), "plan.csv", reason="Planning of July", occurred_on="2023-07-03"
    )
    assert f"{2 * len(chosen)} entries would be recorded" in parsed(shown).text
    assert site.entries() == before
    done = confirm(reader, shown)
    assert f"{2 * len(chosen)} entries are recorded" in parsed(done).text
    assert site.entries() == before + 2 * len(chosen)
    assert confirm(reader, shown).status_code == 404  # once
    page = parsed(done)
    undone = reader.post(
        f"{SHEETS}/undo",
        data={"form_token": page.fields["form_token"], "import": page.fields["import"]},
        follow_redirects=True,
    )
    assert f"{2 * len(chosen)} entries are taken back" in parsed(undone).text
    assert "2023-Q1" not in rows_of(reader, "setup.csv")[-1].values()


def test_reports_come_in_on_behalf_of_leads_and_what_is_wrong_is_told_by_row(site: Site) -> None:
    reader, before = site.reader("secretariat"), site.entries()
    rows = [
        row for row in rows_of(reader, "progress.csv?quarter=2023-Q2") if row["activity"] in {"3.1", "3.2"}
    ]
    rows[0] |= {"status": "in progress", "assessment": "at risk"}
    rows[1] |= {"status": "underway"}
    shown = parsed(hand_in(reader, "progress", filled(rows), "reports.csv"))
    assert "2 things need a look" in shown.text
    assert "needs a reason" in shown.text
    rows[0]["reason"] = "The host withdrew."
    rows[1]["status"] = ""
    done = confirm(reader, hand_in(reader, "progress", filled(rows), "reports.csv", received_on="2023-07-04"))
    assert "1 entry is recorded" in parsed(done).text
    assert site.entries() == before + 1
    history = parsed(reader.get(f"{HOME}entries/{before + 1}")).text
    assert "Secretariat" in history


def test_another_edition_of_the_plan_is_compared_and_entered(site: Site) -> None:
    reader, before = site.reader("secretariat"), site.entries()
    text = SHIPPED.read_text(encoding="utf-8")
    same = parsed(hand_in(reader, "document", text.encode(), "plan.yaml"))
    assert "there is nothing to enter" in same.text
    changed = text.replace("Realizar un análisis de los enfoques", "Realizar un estudio de los enfoques", 1)
    assert changed != text
    shown = hand_in(reader, "document", changed.encode(), "plan.yaml")
    assert "1 difference" in parsed(shown).text
    assert "Realizar un estudio" in parsed(shown).text
    confirm(reader, shown)
    assert site.entries() == before + 1
    fault = hand_in(reader, "document", b"id: other\n", "plan.yaml")
    assert (fault.status_code, "fault" in parsed(fault).text) == (422, True)


def test_a_suggestion_is_accepted_one_by_one(site: Site) -> None:
    reader, before = site.reader("secretariat"), site.entries()
    page = parsed(reader.get(SHEETS))
    assert "migrationnetwork.un.org" in page.text
    form = {"form_token": page.fields["form_token"], "subject": "activity/2.2"}
    assert reader.post(f"{SHEETS}/suggestions", data=form).status_code == 303
    assert site.entries() == before + 1
    assert reader.post(f"{SHEETS}/suggestions", data=form).status_code == 409
    assert site.entries() == before + 1


@pytest.mark.parametrize("path", ["", "/setup.csv", "/progress.xlsx", "/0192"])
def test_sheets_are_the_secretariats(library: Site, path: str) -> None:
    assert library.reader("lead").get(f"{SHEETS}{path}").status_code == 403
    assert library.reader().get(f"{SHEETS}{path}").status_code == 401


def test_a_file_is_its_bearers_and_no_sheet_is_refused(site: Site) -> None:
    reader = site.reader("secretariat")
    refused = hand_in(reader, "setup", b"\x00\x01", "x.xlsx")
    assert refused.status_code == 422
    assert "Nothing is recorded" in parsed(refused).text
    assert hand_in(reader, "nothing", b"x", "x.csv").status_code == 422
    assert reader.post(SHEETS, data={"kind": "setup"}).status_code == 403  # a form of elsewhere
