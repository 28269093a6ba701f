"""The pages in three languages: every text translated, none outside the catalogues, each reader in their own."""

from __future__ import annotations

import gettext
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from tests.web.site import HOME, Site, parsed
from tracker import languages
from tracker.directory.people import person_at, person_of
from tracker.web.language import colon, due_words, instant_words, occurred_words, window_words
from tracker.web.rendering import wording

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "tracker/web/templates").rglob("*.html"))
WORDLESS = {"JSON", "CSV", "XLSX", "PDF", "API", "DOCX", "UTC"}


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    languages.speak("en")


@pytest.fixture(scope="module")
def translate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translate", ROOT / "script/translate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_is_translated_and_keeps_its_places() -> None:
    command = [sys.executable, str(ROOT / "script/translate.py"), "--check"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_control_what_is_missing_guessed_or_lost_its_places_is_found(translate: ModuleType) -> None:
    template, made = Catalog(), Catalog(locale="es")
    for text in ("Missing", "Guessed", "By {day}", "Good"):
        template.add(text)
    template.add(("{count} day", "{count} days"))
    made.add("Guessed", "Adivinado", flags={"fuzzy"})
    made.add("By {day}", "El {dia}")
    made.add("Good", "Bien")
    made.add("Old", "Viejo")
    made.add(("{count} day", "{count} days"), ("un día", "{cuenta} días"))
    assert [fault.split(":")[0] for fault in translate.faults(template, made)] == [
        *("not translated", "fuzzy", "places differ", "places differ", "no longer used")
    ]
    made = Catalog(locale="fr")
    for text, said in (
        ("Missing", "Manque"),
        ("Guessed", "Quoi ?"),
        ("By {day}", "Le\N{NO-BREAK SPACE}: {day}"),
    ):
        made.add(text, said)
    assert "a space that may break: 'Guessed'" in translate.faults(template, made)
    assert not any("By {day}" in fault for fault in translate.faults(template, made))


def bare(source: str) -> list[str]:
    """Return the words of a template that stand outside of every expression, in its text or in spoken attributes."""
    source = re.sub(r"\{#.*?#\}|<(code|pre)\b.*?</\1>", " ", source, flags=re.DOTALL)
    spoken = re.findall(r'\b(?:title|aria-label|placeholder|alt)="([^"{]*)"', source)
    source = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", source, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", source, flags=re.DOTALL)
    text = re.sub(r'[\w-]+="[^"]*"', " ", " ".join([text, *spoken]))  # a macro that makes attributes
    text = re.sub(r"\w+://\S*|\b\w+/\w+\b", " ", text)  # what an address looks like, a time zone
    return [word for word in re.findall(r"[^\W\d_]{2,}", text) if word not in WORDLESS]


def test_no_template_holds_words_of_its_own() -> None:
    found = {path.name: words for path in TEMPLATES if (words := bare(path.read_text(encoding="utf-8")))}
    assert found == {}


OWN_COLON = re.compile(r"""(?:\}\}|%\}|</\w+>|visually-hidden">)[:;](?: |</)|"; \"""")
"""A colon that looks the same in every language; French has a space before it."""


def test_no_template_holds_a_colon_of_its_own() -> None:
    assert not {path.name: found for path in TEMPLATES if (found := OWN_COLON.findall(path.read_text()))}


def test_control_a_colon_of_a_template_is_seen_and_french_has_its_space() -> None:
    assert OWN_COLON.findall("<strong>{{ name }}: {{ said }}</strong>") == ["}}: "]
    assert OWN_COLON.findall(
        '<b>{{ name }}:</b> <i class="visually-hidden">: {{ x }}</i>{{ all|join("; ") }}'
    ) == [*("}}:</", 'visually-hidden">: ', '"; "')]
    languages.speak("fr")
    assert f"Afrique{colon()}8" == "Afrique\N{NO-BREAK SPACE}: 8"


def test_control_words_of_a_template_are_seen() -> None:
    assert bare('<p class="x">{{ _("Good") }} Bad <b title="worse">{% if a %}1{% endif %}</b></p>') == [
        *("Bad", "worse")
    ]


class Strict(gettext.NullTranslations):
    """What answers for texts that a catalogue lacks: it takes them down."""

    def __init__(self, missing: set[str]) -> None:
        super().__init__()
        self.missing = missing

    def gettext(self, message: str) -> str:
        self.missing.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.missing.add(msgid1)
        return msgid1 if n == 1 else msgid2


@pytest.mark.parametrize("language", ["es", "fr"])
def test_no_page_asks_for_a_text_that_its_catalogue_lacks(library: Site, language: str) -> None:
    """So that words reached by a table or a variable, which no extractor sees, are in the catalogue too."""
    missing: set[str] = set()
    languages.catalogue.cache_clear()
    languages.catalogue(language).add_fallback(Strict(missing))
    reader = library.reader("secretariat")
    token = parsed(reader.get(HOME)).fields["form_token"]
    reader.post("/language", data={"language": language, "to": HOME, "form_token": token})
    seen, todo = set[str](), ["/", HOME, f"{HOME}search?q=plan", f"{HOME}?as_of=2023-05-01", "/signin"]
    while todo and len(seen) < 130:
        address = todo.pop(0).partition("#")[0]
        if re.sub(r"\d+", "0", address.partition("?")[0]) in seen or not address.startswith("/"):
            continue
        seen.add(re.sub(r"\d+", "0", address.partition("?")[0]))
        answer = reader.get(address)
        if answer.mimetype == "text/html" and answer.status_code < 400:
            page = parsed(answer)
            assert page.language == language, address
            todo += page.links
    languages.catalogue.cache_clear()
    assert len(seen) > 30
    assert {text for text in missing if not re.fullmatch(r"[a-z]{2}", text)} == set()


def test_a_page_speaks_what_the_browser_asks_for_until_another_language_is_chosen(site: Site) -> None:
    client = site.house.client()
    for asked, spoken in (("es-MX,es;q=0.9", "es"), ("fr-CA", "fr"), ("de, en;q=0.5", "en"), ("xx", "en")):
        assert parsed(client.get("/signin", headers={"Accept-Language": asked})).language == spoken
    answer = client.post("/language", data={"language": "fr", "to": "/signin?x=1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/signin?x=1")
    page = parsed(client.get("/signin", headers={"Accept-Language": "es"}))
    assert page.language == "fr"
    assert "Se connecter" in page.text


def test_the_choice_of_who_is_signed_in_is_their_language_everywhere(site: Site) -> None:
    reader = site.reader("lead")
    token = parsed(reader.get(HOME)).fields["form_token"]
    assert reader.post("/language", data={"language": "es", "to": HOME}).status_code == 403
    answer = reader.post("/language", data={"language": "es", "to": HOME, "form_token": token})
    assert answer.status_code == 303
    reader.delete_cookie("language")
    page = parsed(reader.get(f"{HOME}activities/3.4"))
    assert page.language == "es"
    assert "A cargo de" in page.text
    assert "1.er trimestre de 2023" in page.text
    with site.house.runtime.database.read() as tx:
        person = person_at(tx, "lead@example.org")
        assert person
        assert person_of(tx, person).language == "es"


@pytest.mark.parametrize(
    "to", ["https://example.org/", "//example.org", "/\\example.org", "/signout", "/x\r\ny", ""]
)
def test_choosing_a_language_leads_nowhere_else(site: Site, to: str) -> None:
    answer = site.house.client().post("/language", data={"language": "es", "to": to})
    assert answer.headers["Location"] == "/"
    assert site.house.client().post("/language", data={"language": "de", "to": "/"}).status_code == 400


@pytest.mark.parametrize(
    "language, said",
    [
        ("en", ["15 June 2023", "May 2023", "Q2 2023", "Q1 to Q2 2023", "15 June 2023, 18:00", "12,500"]),
        (
            "es",
            [
                *("15 de junio de 2023", "mayo de 2023", "2.º trimestre de 2023"),
                *("1.er trimestre a 2.º trimestre de 2023", "15 de junio de 2023, 18:00", "12.500"),
            ],
        ),
        (
            "fr",
            [
                *("15 juin 2023", "mai 2023", "2e trimestre 2023"),
                *("1er au 2e trimestre 2023", "15 juin 2023, 18:00", "12\u202f500"),
            ],
        ),
    ],
)
def test_days_quarters_and_numbers_are_written_as_each_language_does(language: str, said: list[str]) -> None:
    languages.speak(language)
    assert [
        occurred_words("2023-06-15"),
        occurred_words("2023-05"),
        due_words("2023-Q2"),
        window_words({"from": "2023-Q1", "to": "2023-Q2"}),
        instant_words("2023-06-15T16:00:00Z", "Europe/Zurich"),
        languages.number_words(12500),
    ] == said


def test_a_text_that_runs_the_other_way_says_so() -> None:
    text: Any = {"ar": "الهجرة"}
    assert wording(text) == '<span lang="ar" dir="rtl">الهجرة</span>'
    assert languages.direction("he") == "rtl"
    assert "dir=" not in wording({"es": "migración"})
