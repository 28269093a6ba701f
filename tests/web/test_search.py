"""The page that finds words, and the box in the header that leads to it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.web.site import HOME, Site, parsed


def test_the_box_on_every_page_leads_to_what_is_found_and_keeps_the_moment(library: Site):
    reader = library.reader("lead")
    page = reader.get(f"{HOME}?as_of=2023-05-01").get_data(as_text=True)
    assert f'action="{HOME}search"' in page
    assert 'name="as_of" value="2023-05-01"' in page
    found = parsed(reader.get(f"{HOME}search?q=ninos&as_of=2023-05-01"))
    assert "Niños" in found.text
    assert any("as_of=2023-05-01" in link and "/entities/" in link for link in found.links)


def test_it_quotes_entries_only_to_who_may_read_them(library: Site):
    page = parsed(library.reader("auditor").get(f"{HOME}search?q=secret+venue"))
    assert "The secret venue problem" in page.text
    assert "What entries say" in page.text
    page = parsed(library.reader("viewer").get(f"{HOME}search?q=secret+venue"))
    assert "venue problem" not in page.text
    assert "Nothing is found for" in page.text


def test_what_cannot_be_looked_for_is_said_at_the_field(library: Site):
    reader = library.reader("viewer")
    for said, status in (
        ("", 200),
        ("a", 422),
        ("x" * 300, 422),
        ("%D8%A7%D9%84%D9%87%D8%AC%D8%B1%D8%A9", 200),
    ):
        assert reader.get(f"{HOME}search?q={said}").status_code == status, said
    assert "Give a word of two letters" in parsed(reader.get(f"{HOME}search?q=a")).text
    marked = reader.get(f"{HOME}search?q=%3Cb%3Emigra").get_data(as_text=True)
    assert "<b>" not in marked


@pytest.mark.parametrize(
    "said, words, place",
    [
        ("20", "Entry 20", "entries/20"),
        ("kénia", "What the Network did in Kenya", "contributions?country=KE"),
        ("Marruecos", "What the Network did in Morocco", "contributions?country=MA"),
        ("África", "Regional review: Africa", "reviews/africa"),
        ("africa", "Readiness: Africa", "reviews/africa/readiness"),
        ("Objetivo 5", "Activities on objective 5 Regular pathways", "plan?objective=5"),
        ("remittances", "What the Network did on objective 20 Remittances", "contributions?objective=20"),
        ("Cote d'Ivoire", "What the Network did in Côte d’Ivoire", "contributions?country=CI"),
        ("CEPAL", "Regional review: Latin America", "reviews/lac"),
        ("letters", "The page “Letters”", "letters"),
    ],
)
def test_a_name_or_a_number_leads_straight_to_what_it_names(library: Site, said: str, words: str, place: str):
    found = parsed(library.reader("secretariat").get(f"{HOME}search?q={quote(said)}"))
    assert words in found.text
    assert f"{HOME}{place}" in found.links


def test_it_leads_nobody_to_what_they_may_not_read(library: Site):
    found = parsed(library.reader("viewer").get(f"{HOME}search?q=letters"))
    assert f"{HOME}letters" not in found.links
    assert "Nothing is found for" in found.text
    assert "The page" not in parsed(library.reader("secretariat").get(f"{HOME}search?q=the")).text
    found = parsed(library.reader("viewer").get(f"{HOME}search?q=20"))
    assert f"{HOME}entries/20" not in found.links


@pytest.mark.parametrize("said", ["0", "²", "0000000000079999999999", "0" * 150 + "20"])
def test_what_is_no_number_of_an_entry_leads_to_none(library: Site, said: str):
    found = parsed(library.reader("secretariat").get(f"{HOME}search?q={quote(said)}"))
    assert not [link for link in found.links if "/entries/" in link]
    assert library.reader("secretariat").get(f"{HOME}search?q={'1' * 5000}").status_code == 422
