"""What letters and forms say, in three languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tracker.documents.basis import WORDS as DOCUMENTS
from tracker.notifications.phrases import LETTERS, phrases
from tracker.notifications.sentences import SENTENCES
from tracker.phrases import SHARED, shortened


@pytest.mark.parametrize(
    "path", [LETTERS, SENTENCES, SHARED, DOCUMENTS, Path("tracker/web/translations/report.yaml")]
)
def test_every_phrase_is_said_in_three_languages_with_the_same_places(path: Path) -> None:
    said = yaml.safe_load((Path(__file__).parents[2] / path).read_text())
    refusals = said.pop("refusals", {})
    phrases_ = said | refusals
    for phrase, texts in phrases_.items():
        assert sorted(texts) == ["en", "es", "fr"], phrase
        places = []
        for text in texts.values():
            forms = text.values() if isinstance(text, dict) else [text]
            assert not isinstance(text, dict) or set(text) == {"one", "other"}, phrase
            places.append({place for form in forms for place in re.findall(r"{(\w+)}", form)})
        if phrase != "plan_is_in":
            assert places[0] == places[1] == places[2], phrase


def test_days_and_counts_are_said_as_each_language_says_them() -> None:
    en, es, fr = (phrases(one) for one in ("en", "es", "fr"))
    assert [one.day("2023-07-14") for one in (en, es, fr)] == [
        "Friday, 14 July 2023",
        "viernes, 14 de julio de 2023",
        "vendredi 14 juillet 2023",
    ]
    assert es.quarter("2023-Q2") == "segundo trimestre de 2023"
    assert en("subject_asking", quarter="Q", count=1, day="D") == "Q: 1 activity to report by D"
    assert fr("intro_asking", quarter="Q", count=0).startswith("0 activité attend ")
    assert es.instant("2023-03-26T01:30:00.000000Z", "Europe/Zurich").startswith(
        "domingo, 26 de marzo de 2023, 03:30"
    )
    assert en.listed(["a", "b", "c"]) == "a, b and c"
    assert phrases("de").language == "en"


def test_long_texts_are_cut_at_a_word() -> None:
    assert shortened("short", 10) == "short"
    assert shortened("one two, three", 10) == "one two …"
