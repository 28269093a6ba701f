"""Is this entry genuine? The proof of one entry in plain words, and the seal of a letter held against the log."""

from __future__ import annotations

import re

import pytest

from tests.web.site import HARBOUR, HOME, Site, parsed
from tracker.database import Transaction
from tracker.events import tree
from tracker.events.reading import node_reader
from tracker.proof.keys import sign

PLAN = "unnm-2022-2024"


def seal_at(site: Site, size: int) -> str:
    with site.house.runtime.database.read() as tx:
        return tree.seal_of(tree.root_at(size, node_reader(tx, PLAN)))


def text_of(site: Site, path: str, who: str | None = "auditor") -> str:
    return parsed(site.reader(who).get(HOME + path)).text


def unguard(tx: Transaction, table: str) -> None:
    for (name,) in tx.all("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", table):
        tx.run(f"DROP TRIGGER {name}")


def test_each_step_from_the_entry_to_the_root_is_told(library: Site):
    last = library.entries()
    said = text_of(library, f"entries/{last}/genuine")
    assert f"as number {last} of {last} entries" in said
    assert said.count("which comes before it") == (last - 1).bit_count()
    assert "which comes after it" not in said
    assert f"Its first eight characters are the seal: {seal_at(library, last)}" in said
    first = text_of(library, "entries/1/genuine")
    assert "joined with that of entry 2, which comes after it" in first
    assert "joined with that of entries 3 to 4, which comes after it" in first


def test_a_past_view_proves_the_entry_in_the_log_as_it_was_then(library: Site):
    said = text_of(library, "entries/3/genuine?as_of=position:5")
    assert "as number 3 of 5 entries" in said
    assert seal_at(library, 5) in said
    beyond = library.reader("auditor").get(f"{HOME}entries/6/genuine?as_of=position:5")
    assert beyond.status_code == 404


def test_a_seal_matches_does_not_match_or_is_older_than_the_entry(library: Site):
    seal = seal_at(library, 50)
    covered = text_of(library, f"entries/20/genuine?size=50&seal={seal}")
    assert "It matches" in covered
    assert "Entry 20 is one of them" in covered
    assert "as number 20 of 50 entries" in covered
    older = text_of(library, f"entries/60/genuine?size=50&seal={seal}")
    assert "But entry 60 came later than your letter" in older
    assert "It does not match" in text_of(library, f"entries/20/genuine?size=51&seal={seal}")
    late = text_of(library, f"entries/20/genuine?size=50&seal={seal}&as_of=position:30")
    assert "the log holds 30 entries; your letter speaks of 50" in late


@pytest.mark.parametrize("typed", ["{0}{1}", "{0}-{1}", "{0} {1}", "entry 50 · seal {0}-{1}"])
def test_a_seal_is_read_however_it_is_typed(library: Site, typed: str):
    first, second = seal_at(library, 50).split("-")
    seal = typed.format(first.lower(), second.lower())
    asked = {"seal": seal} if "entry" in typed else {"seal": seal, "size": "50"}
    answer = library.reader("auditor").get(f"{HOME}entries/20/genuine", query_string=asked)
    assert "It matches" in parsed(answer).text


@pytest.mark.parametrize(
    "size, seal, field", [("", "7F3A-91C2", "size"), ("50", "nonsense", "seal"), ("-1", "7F3A-91C2", "size")]
)
def test_what_cannot_be_read_is_said_at_its_field(library: Site, size: str, seal: str, field: str):
    answer = library.reader("auditor").get(f"{HOME}entries/20/genuine?size={size}&seal={seal}")
    page = parsed(answer)
    assert answer.status_code == 422
    assert f"{field}-fault" in page.ids
    assert (page.fields["size"], page.fields["seal"]) == (size, seal)
    assert "does not match" not in page.text.partition("How this was found out")[0]


def test_the_key_and_the_day_of_the_first_signature_are_told_and_checked(site: Site):
    assert "Nobody has signed it yet" in text_of(site, "entries/20/genuine")
    size = sign(site.house.runtime, PLAN).size
    said = text_of(site, "entries/20/genuine")
    assert f"5 July 2023, 12:00, Geneva time, with the {size} entries that there were" in said
    assert re.search(r"([0-9A-F]{4}-){7}[0-9A-F]{4}", said)
    assert "good, and of this very log" in said
    assert "Nobody has signed it yet" in text_of(site, "entries/20/genuine?as_of=position:30")


@pytest.mark.parametrize(
    "table, change, words",
    [
        (
            "events",
            "UPDATE events SET stored = CAST(replace(stored, 'import', 'cli') AS BLOB) WHERE position = 20",
            "does not lead to the root",
        ),
        (
            "tree_nodes",
            "UPDATE tree_nodes SET hash = zeroblob(32) WHERE level = 0 AND idx = 19",
            "to the root",
        ),
        ("texts", "UPDATE texts SET text = 'said by nobody'", "Its free texts are not those"),
        ("signed_heads", "UPDATE signed_heads SET root = zeroblob(32)", ""),
        ("signed_heads", "UPDATE signed_heads SET note = replace(note, '\n\n', '0\n\n')", ""),
    ],
)
def test_what_was_altered_in_the_database_is_not_called_genuine(
    site: Site, table: str, change: str, words: str
):
    sign(site.house.runtime, PLAN)
    with site.house.runtime.database.read() as tx:
        spoken = tx.one("SELECT position FROM texts WHERE workplan = ? LIMIT 1", PLAN)
    position = spoken[0] if table == "texts" and spoken else 20
    assert "Yes. What stands here" in text_of(site, f"entries/{position}/genuine")  # the control
    with site.house.runtime.database.write() as tx:
        unguard(tx, table)
        tx.run(change)
    said = text_of(site, f"entries/{position}/genuine")
    assert "No. Something is not as it was recorded." in said
    assert words in said


def test_whoever_may_read_the_plan_may_check_an_entry_without_being_told_who_said_it(library: Site):
    public = parsed(library.reader().get(f"/w/{HARBOUR}/entries/12/genuine"))
    assert "Yes. What stands here" in public.text
    assert not [link for link in public.links if link.endswith("/entries/12")]
    viewer = text_of(library, f"entries/{library.entries() - 3}/genuine", "viewer")
    assert "Yes. What stands here" in viewer
    assert library.reader().get(f"{HOME}entries/20/genuine").status_code == 401


def test_the_page_behind_a_letters_seal_leads_to_it(library: Site):
    with library.house.runtime.database.read() as tx:
        root = tree.root_at(50, node_reader(tx, PLAN)).hex()
    seal = parsed(library.reader().get(f"/seal/{PLAN}/50?root={root}"))
    (link,) = [one for one in seal.links if "genuine" in one]
    assert "It matches" in parsed(library.reader("lead").get(link)).text
