"""What changed between two points, and one entry with its proof."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest

from tests.web.site import HARBOUR, HOME, Site, parsed


def test_one_sentence_whose_phrases_lead_to_the_tables(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}changes?from=2023-02-01"))
    assert "63 activities then, 62 now: 0 added, 1 removed from the plan, 3 changed status" in page.text
    anchors = {link for link in page.links if link.startswith("#") and link != "#content"}
    assert {"#withdrawn", "#status_changed", "#other_changed", "#stream-3", "#stream-none"} <= anchors
    assert {anchor[1:] for anchor in anchors} <= set(page.ids)
    assert "not started → in progress" in page.text
    assert "Q1 to Q2 2024 → 9 to 10 October 2024" in page.text


def test_many_changes_are_folded_by_workstream(library: Site):
    reader = library.reader("secretariat")
    few = reader.get(f"{HOME}changes?from=2023-02-01").get_data(as_text=True)
    many = reader.get(f"{HOME}changes?from=2022-12-01").get_data(as_text=True)
    assert '<details class="fold" open>' in few
    assert '<details class="fold">' in many
    assert '<details class="fold" open>' not in many


def test_the_entries_that_did_it_are_linked(library: Site):
    reader = library.reader("secretariat")
    page = parsed(reader.get(f"{HOME}changes?from=2023-05-01&to=2023-05-31"))
    entries = [link for link in page.links if re.search(r"/entries/\d+$", link)]
    assert entries
    assert all(reader.get(link).status_code == 200 for link in entries)


def test_each_change_says_who_when_and_why(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}changes?from=2023-02-01"))
    assert re.search(
        r"Progress reported: OMS .{0,40}, recorded 20 June 2023, 11:12, happened April 2023", page.text
    )
    assert "Why: Merged into 9.1." in page.text


def test_the_page_hands_out_the_same_as_a_file(library: Site):
    reader = library.reader("secretariat")
    page = parsed(reader.get(f"{HOME}changes?from=2023-02-01"))
    (address,) = [link for link in page.links if "changes.csv" in link]
    rows = list(csv.DictReader(io.StringIO(reader.get(address).get_data().decode("utf-8-sig"))))
    moved = next(row for row in rows if row["id"] == "review/africa" and row["field"] == "dates")
    assert (moved["old"], moved["new"]) == ("Q1 to Q2 2024", "9 to 10 October 2024")
    assert moved["why"] == "The host asked for it."
    (address,) = [link for link in page.links if "changes.xlsx" in link]
    assert openpyxl.load_workbook(io.BytesIO(reader.get(address).get_data())).active["C2"].value == "what"
    (address,) = [link for link in page.links if link.startswith("/api/")]
    assert '"withdrawn":1' in reader.get(address).get_data(as_text=True)
    public = parsed(library.reader().get(f"/w/{HARBOUR}/changes?from=position:1"))
    (address,) = [link for link in public.links if "changes.csv" in link]
    said = library.reader().get(address).get_data().decode("utf-8-sig")
    assert {(row["who"], row["why"], row["through"]) for row in csv.DictReader(io.StringIO(said))} == {
        ("", "", "")
    }


def test_a_first_point_before_the_log_is_taken_as_we_know_it_now(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}changes?from=2022-12-20"))
    assert (
        "The log began on 9 January 2023; the first point is 20 December 2022 as we know it now." in page.text
    )


def test_points_on_the_other_axis_and_the_form(library: Site):
    reader = library.reader("secretariat")
    answer = reader.get(f"{HOME}changes?axis=now&from_day=2023-03-01&to_day=&to_moment=may-principals")
    assert (
        answer.headers["Location"] == f"{HOME}changes?from=now%402023-03-01&to=now%40moment%3Amay-principals"
    )
    page = parsed(reader.get(answer.headers["Location"]))
    assert "From 1 March 2023 as we know it now to 18 May 2023 as we know it now." in page.text
    assert page.fields["axis"] == "now"


def test_what_was_said_then_is_held_against_what_is_known_now(library: Site):
    reader = library.reader("secretariat")
    answer = reader.get(f"{HOME}changes?axis=against&from_day=2023-05-31&to_day=")
    assert answer.headers["Location"] == f"{HOME}changes?from=2023-05-31&to=now%402023-05-31"
    page = parsed(reader.get(answer.headers["Location"]))
    assert page.fields["axis"] == "against"
    assert "happened April 2023" in page.text


def test_nothing_changed_is_said(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}changes?from=2023-06-10&to=2023-06-11"))
    assert "Nothing changed between the two points." in page.text


def test_a_future_point_is_refused_kindly(library: Site):
    answer = library.reader("secretariat").get(f"{HOME}changes?from=2023-06-10&to=2031-01-01")
    assert answer.status_code == 422
    assert f"{HOME}changes" in parsed(answer).links


def test_the_public_sees_changes_without_reasons_assessments_and_entries(library: Site):
    page = parsed(library.reader().get(f"/w/{HARBOUR}/changes?from=position:1"))
    assert "in progress" in page.text or "Added" in page.text
    assert "needs attention" not in page.text
    assert "A reason" not in page.text
    assert not [link for link in page.links if "/entries/" in link]


def test_an_entry_says_where_it_stands_and_leads_to_its_proof(library: Site):
    reader, last = library.reader("secretariat"), library.entries()
    page = parsed(reader.get(f"{HOME}entries/{last - 2}"))
    assert f"number {last - 2} of {last}" in page.text
    assert f"{HOME}entries/{last - 2}/genuine" in page.links
    beyond = reader.get(f"{HOME}entries/{last + 1}")
    assert beyond.status_code == 404
    assert f"The last one is {last}." in parsed(beyond).text


def test_the_history_is_filtered_by_the_address_and_paged(library: Site):
    reader = library.reader("secretariat")
    page = parsed(reader.get(f"{HOME}entries?type=ProgressReported&entity=oms"))
    assert page.text.count("full entry") == 2
    assert page.fields["type"] == "ProgressReported"
    assert "No entry fits" in parsed(reader.get(f"{HOME}entries?from=2023-06-10&to=2023-06-11")).text
    seen, path = 0, f"{HOME}entries"
    while path:
        page = parsed(reader.get(path))
        seen += page.text.count("full entry")
        path = next((link for link in page.links if "after=" in link and "as_of=" not in link), "")
    assert seen == library.entries()


def test_many_differences_stand_on_pages_under_one_sentence(library: Site, monkeypatch: pytest.MonkeyPatch):
    reader = library.reader("secretariat")
    whole = parsed(reader.get(f"{HOME}changes?from=2023-02-01"))
    monkeypatch.setattr("tracker.web.comparison.PAGE", 2)
    first, second = (
        parsed(reader.get(f"{HOME}changes?from=2023-02-01{after}")) for after in ("", "&after=2")
    )
    sentence = "63 activities then, 62 now"
    assert all(sentence in page.text for page in (whole, first, second))
    assert "1 to 2 of" in first.text
    assert "3 to " in second.text
    assert f"{HOME}changes?from=2023-02-01&after=2" in first.links
