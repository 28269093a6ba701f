"""The moment control: what was known then, what is known now, and a banner that cannot be overlooked."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import RENAMED
from tests.web.site import HOME, Site, parsed

NEW_NAME = "Plataforma con nombre nuevo"
OLD_NAME = "Migration Youth and Children Platform"
EVERY_KIND = (
    "",
    "workstreams/3",
    "activities/3.4",
    "reviews",
    "reviews/africa",
    "sessions",
    "milestones",
    "products",
    "commitments",
    "entities",
    "entities/oms",
    "entries",
    "entries/1",
    "changes",
    "moments",
)


@pytest.mark.parametrize("page", EVERY_KIND)
def test_a_past_view_says_so_and_leads_back_on_every_page(library: Site, page: str):
    answer = library.reader("secretariat").get(f"{HOME}{page}?as_of=2023-05-15")
    past = parsed(answer)
    assert answer.status_code == 200
    assert "as we knew it on 15 May 2023, end of day, Geneva time. Read only." in past.text
    assert HOME + page in past.links
    assert '<body class="past">' in answer.get_data(as_text=True)
    today = library.reader("secretariat").get(HOME + page)
    assert "Read only" not in parsed(today).text
    assert '<body class="past">' not in today.get_data(as_text=True)


@pytest.mark.parametrize("page", EVERY_KIND)
def test_the_moment_stays_while_one_walks(library: Site, page: str):
    links = parsed(library.reader("secretariat").get(f"{HOME}{page}?as_of=2023-05-15")).links
    inside = [link for link in links if link.startswith(HOME)]
    strays = [link for link in inside if "as_of=" not in link]
    assert len(inside) > 5
    paths = {link.partition("?")[0] for link in strays}
    assert {path for path in paths if not path.startswith(f"{HOME}people")} <= {HOME + page, f"{HOME}changes"}


@pytest.mark.parametrize(
    "page", ["plan", "workstreams/3", "activities/3.4", f"entities/{RENAMED}", "entities"]
)
def test_past_views_never_show_later_names(library: Site, page: str):
    reader = library.reader("secretariat")
    past, today = (parsed(reader.get(f"{HOME}{page}{query}")).text for query in ("?as_of=2023-05-31", ""))
    assert NEW_NAME not in past
    assert OLD_NAME in past
    assert NEW_NAME in today


def test_past_views_know_nothing_of_later_entries(library: Site):
    reader = library.reader("secretariat")
    past = parsed(reader.get(f"{HOME}activities/3.1?as_of=2023-06-25")).text
    today = parsed(reader.get(f"{HOME}activities/3.1")).text
    assert "corrected later" not in past
    assert "happened April 2023" in past
    assert "corrected later" in today
    assert "happened 17 April 2023" in today


def test_what_was_reported_later_is_seen_as_we_know_it_now_only(library: Site):
    reader = library.reader("secretariat")
    then = parsed(reader.get(f"{HOME}activities/3.1?as_of=2023-05-01")).text
    now = parsed(reader.get(f"{HOME}activities/3.1?effective_on=2023-05-01")).text
    assert "not started" in then
    assert "You see the plan on 1 May 2023, as we know it now." in now
    assert "in progress" in now


def test_an_activity_removed_later_is_still_there_before(library: Site):
    reader = library.reader("secretariat")
    assert "63 activities" in parsed(reader.get(f"{HOME}?as_of=2023-05-15")).text
    today = parsed(reader.get(HOME)).text
    assert "62 activities" in today
    assert "removed from the plan" in today


def test_a_day_before_the_log_is_shown_at_once_as_we_know_it_now(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}?as_of=2022-12-20"))
    assert "63 activities" in page.text
    assert all(
        "effective_on=2022-12-20" in link for link in page.links if link.startswith(f"{HOME}activities/")
    )


@pytest.mark.parametrize("page", EVERY_KIND)
def test_every_page_answers_or_refuses_every_question(library: Site, page: str):
    reader = library.reader("secretariat")
    before = reader.get(f"{HOME}{page}?as_of=2022-12-20")
    said = "The log began on 9 January 2023; this is 20 December 2022 as we know it now."
    assert said in parsed(before).text
    assert before.status_code == 200
    for query in ("as_of=2031-06-15", "as_of=position:99999", "effective_on=moment:none", "effective_on=P"):
        refused = reader.get(f"{HOME}{page}?{query}")
        assert (refused.status_code, HOME + page in parsed(refused).links) == (422, True), query


def test_a_day_before_the_plan_shows_that_there_was_nothing(library: Site):
    assert (
        "Nothing of the plan existed yet"
        in parsed(library.reader("secretariat").get(f"{HOME}plan?as_of=2021-05-01")).text
    )


@pytest.mark.parametrize("query", ["as_of=2031-06-15", "effective_on=2031-06-15", "as_of=%2BP3M"])
def test_the_future_is_refused_kindly_with_a_way_to_today(library: Site, query: str):
    answer = library.reader("secretariat").get(f"{HOME}plan?status=completed&{query}")
    page = parsed(answer)
    assert answer.status_code == 422
    assert "Nobody knows yet how the plan will stand" in page.text
    assert f"{HOME}plan?status=completed" in page.links


@pytest.mark.parametrize("said", ["nonsense", "2023-02-30", "moment:nothing", "position:999999"])
def test_a_misspelt_moment_is_refused_in_plain_words(library: Site, said: str):
    answer = library.reader("secretariat").get(f"{HOME}?as_of={said}")
    assert answer.status_code == 422
    assert "`" not in parsed(answer).text
    assert HOME in parsed(answer).links


@pytest.mark.parametrize(
    "form, address",
    [
        ("view=then&day=2023-05-15", "?as_of=2023-05-15"),
        ("view=now&day=2023-05-15", "?effective_on=2023-05-15"),
        ("view=then&day=&moment=may-principals", "?as_of=moment%3Amay-principals"),
        ("view=then&day=&status=completed", "?status=completed"),
        ("view=now&day=2023-05-15&as_of=2023-01-10&entity=oms", "?entity=oms&effective_on=2023-05-15"),
        ("view=then&day=", ""),
    ],
)
def test_the_form_leads_to_an_address_that_says_the_moment(library: Site, form: str, address: str):
    answer = library.reader("secretariat").get(f"{HOME}?{form}")
    assert answer.status_code == 303
    assert answer.headers["Location"] == HOME + address


def test_a_named_moment_is_offered_and_named_in_the_banner(library: Site):
    page = parsed(library.reader("secretariat").get(f"{HOME}?as_of=moment:may-principals"))
    assert "You see the plan at “Principals of May”, as we knew it on" in page.text
    assert page.fields["moment"] == "may-principals"


def test_the_link_to_copy_shows_the_same_for_ever(library: Site):
    reader = library.reader("secretariat")
    lasting = next(
        link for link in parsed(reader.get(f"{HOME}?as_of=2023-05-15")).links if "as_of=position" in link
    )
    first, again = (parsed(reader.get(address)) for address in (f"{HOME}?as_of=2023-05-15", lasting))
    assert [link.partition("?")[0] for link in first.links] == [
        link.partition("?")[0] for link in again.links
    ]
    assert "63 activities" in again.text
    assert "position" not in again.text


def test_the_address_of_a_page_cannot_be_bent_elsewhere(library: Site):
    query = "?_external=1&_scheme=javascript&_anchor=x&as_of=2023-05-15&endpoint=web.home"
    for link in parsed(library.reader("secretariat").get(HOME + query)).links:
        assert link.startswith(("/", "#")), link


NAMING = f"{HOME}moments"


def form_on(reader: FlaskClient) -> dict[str, str]:
    fields = parsed(reader.get(NAMING)).fields
    return {name: fields.get(name, "") for name in ("form_token", "key", "title", "at")}


def test_the_secretariat_names_a_moment_that_everybody_can_go_to(site: Site):
    desk = site.reader("secretariat")
    said = form_on(desk) | {"title": "Países, 15 June 2023", "at": "2023-06-15"}
    answer = desk.post(NAMING, data=said)
    assert (answer.status_code, answer.headers["Location"]) == (303, NAMING)
    page = parsed(site.reader("lead").get(NAMING))
    assert "Países, 15 June 2023" in page.text
    assert "title" not in page.fields
    there = f"{HOME}plan?as_of=moment:paises-15-june-2023"
    assert there in page.links
    assert "You see the plan at “Países, 15 June 2023”" in parsed(site.reader("lead").get(there)).text
    entries = site.entries()
    assert desk.post(NAMING, data=said).status_code == 303  # sent twice it is one entry
    assert site.entries() == entries


@pytest.mark.parametrize(
    "said, words",
    [
        ({"title": "", "at": "2023-06-15"}, "no letter or digit"),
        ({"title": "Principals", "at": ""}, "Give a day such as"),
        ({"title": "Principals", "at": "15.6.2023"}, "Give a day such as"),
        ({"title": "May Principals", "at": "2023-06-15"}, "another moment already"),
    ],
)
def test_what_cannot_be_a_moment_comes_back_as_it_was_written(site: Site, said: dict[str, str], words: str):
    desk, entries = site.reader("secretariat"), site.entries()
    answer = desk.post(NAMING, data=form_on(desk) | said)
    page = parsed(answer)
    assert answer.status_code == 422
    assert words in page.text
    assert page.fields["title"] == said["title"]
    assert site.entries() == entries


def test_only_the_secretariat_names_moments_and_only_from_its_own_page(site: Site):
    lead, desk = site.reader("lead"), site.reader("secretariat")
    said = {"title": "Mine", "at": "2023-06-15"}
    token = parsed(lead.get(f"{HOME}activities/3.4")).fields["form_token"]
    assert lead.post(NAMING, data=said | {"form_token": token}).status_code == 403
    assert desk.post(NAMING, data=said).status_code == 403
    past = parsed(desk.get(f"{NAMING}?as_of=2023-05-20"))
    assert "at" not in past.fields
