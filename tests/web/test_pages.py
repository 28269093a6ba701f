"""Every page: found by its links, complete in itself, light, and safe to open."""

from __future__ import annotations

import re

import pytest

from tests.web.site import HOME, Site, parsed

LARGEST = 100_000
LISTS = (
    "",
    "reviews",
    "sessions",
    "follow-up",
    "calendar",
    "milestones",
    "products",
    "commitments",
    "entities",
    "entries",
    "changes",
    "people",
    "rounds",
    "letters",
)
OTHERS = (
    "entries/1/genuine",
    "workstreams/3",
    "rounds/2023-Q2",
    "rounds/2023-Q2?show=all",
    "rounds/2023-Q2?as_of=2023-07-03",
    "rounds/2023-Q2/run",
    "rounds/2023-Q2/rows/3.1/oms",
    "activities/3.4",
    "activities/4.2",
    "reviews/africa",
    "sessions/gcm-talks",
    "sessions?status=proposed",
    "record/session-scheduled/gcm-talks",
    "record/review-moved/africa",
    "record/product-planned",
    "products/instrumento",
    "commitments/4",
    "entities/oim",
    "entries/1",
    "changes?from=2023-02-01",
    "timeline",
    "timeline?as_of=2023-02-01",
    "activities/3.4/timeline",
    "activities/3.2/timeline?effective_on=2022-12-31",
    "?as_of=2023-05-01",
    "activities/3.4?effective_on=2023-05-01",
)
PAGES = [f"{HOME}{page}" for page in (*LISTS, *OTHERS)]


@pytest.mark.parametrize("path", ["/", "/signin", "/signin/nonsense", "/nowhere", *PAGES])
def test_every_page_has_one_title_one_heading_a_language_and_nothing_inline(library: Site, path: str):
    answer = library.reader("secretariat").get(path)
    page = parsed(answer)
    assert page.language == "en"
    assert page.title.strip()
    assert len(re.findall(r"<h1\b", answer.get_data(as_text=True))) == 1
    assert "".join(page.headings)
    assert page.inline == []
    assert len(page.ids) == len(set(page.ids))
    assert len(answer.data) <= LARGEST
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_every_link_of_the_plan_leads_somewhere(library: Site):
    reader = library.reader("secretariat")
    seen, waiting = set[str](), [HOME, "/"]
    while waiting and len(seen) < 250:
        path = waiting.pop(0)
        seen.add(path)
        answer = reader.get(path)
        assert answer.status_code == 200, path
        for link in parsed(answer).links if answer.mimetype == "text/html" else ():
            target = link.partition("#")[0]
            is_ours = target.startswith("/") and not re.search(
                r"/entries/\d\d+|after=|/entities/[d-z]|as_of=20|look=|see=|history=|status=", target
            )
            if is_ours and target not in seen and target not in waiting:
                waiting.append(target)
    assert len(seen) > 100


def test_counts_at_a_glance_equal_the_lists_behind_them(library: Site):
    reader = library.reader("secretariat")
    html = reader.get(HOME).get_data(as_text=True)
    figures = re.findall(r'<li><a href="(/w/[^"#]*)#activities"[^>]*>\s*<strong>(\d+)</strong>', html)
    assert len(figures) > 5
    for address, count in figures:
        listed = reader.get(address.replace("&amp;", "&")).get_data(as_text=True)
        assert len(re.findall(r'<span class="number">\d+\.\d+</span>', listed)) == int(count), address


def test_filters_stay_in_the_address_and_say_when_nothing_fits(library: Site):
    reader = library.reader("secretariat")
    one = parsed(reader.get(f"{HOME}plan?entity=oms&status=in_progress"))
    assert "2 activities fit" in one.text
    assert one.fields["entity"] == "oms"
    assert "No activity fits" in parsed(reader.get(f"{HOME}plan?status=discontinued")).text
    assert "No activity fits" in parsed(reader.get(f"{HOME}plan?status=nonsense")).text


def test_what_the_plan_does_not_say_is_said_to_be_unknown(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}activities/1.2"))
    assert "no window in the plan" in page.text
    assert "no tags in the plan" in page.text
    assert "past its window" not in page.text


def test_only_an_activity_with_a_past_window_is_past_its_window(library: Site):
    assert "past its window" in parsed(library.reader("secretariat").get(f"{HOME}activities/3.4")).text


def test_no_page_but_that_of_the_proof_shows_a_hash(library: Site):
    reader = library.reader("secretariat")
    for path in PAGES:
        hashes = re.findall(r"\b[0-9a-f]{64}\b", parsed(reader.get(path)).text)
        assert bool(hashes) == path.endswith("/genuine"), path


def test_an_empty_installation_greets_and_says_what_to_do(empty_site: Site):
    page = parsed(empty_site.reader().get("/"))
    assert "There is no workplan here yet" in page.text
    assert "tracker demo" in page.text


def test_the_demonstration_is_marked_on_every_page(library: Site):
    reader = library.reader()
    for page in ("", "activities/1.1", "reviews", "changes"):
        assert "everything in this plan is simulated" in parsed(reader.get(f"/w/harbour-2025/{page}")).text
    assert "simulated" in parsed(reader.get("/")).text
    assert "simulated" not in parsed(library.reader("secretariat").get(HOME)).text


def test_texts_of_the_plan_name_their_language(library: Site):
    html = library.reader("secretariat").get(f"{HOME}activities/3.4").get_data(as_text=True)
    assert '<span lang="es">Organizar dos' in html
    assert '<span lang="es"' not in library.reader().get("/w/harbour-2025/").get_data(as_text=True)


def test_what_is_not_in_a_plan_leads_back_to_it(library: Site):
    answer = library.reader("secretariat").get(f"{HOME}activities/99.9")
    assert answer.status_code == 404
    assert f"{HOME}plan" in parsed(answer).links
    stranger = library.reader().get(f"{HOME}activities/99.9")
    assert f"{HOME}plan" not in parsed(stranger).links, "who may not read the plan is not led to it"
