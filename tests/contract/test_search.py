"""What can be searched: words in any form, texts as they were, no more than a reader may read, nothing that is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.databases import CLI, FOUNDED, W, adopt
from tests.proving import opened
from tests.stories import Request, event, report
from tracker.errors import RuleError
from tracker.projections import search_index
from tracker.projections.search_texts import Reader
from tracker.projections.searching import Hit, find, pieces, terms_of
from tracker.runtime import Runtime

SECRET = "Amina Okonkwo said it herself"
EVERYTHING: tuple[Reader, ...] = ("state", "details", "history")


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    made = opened(database_url, tmp_path / "data")
    adopt(made)
    yield made
    made.close()


def say(runtime: Runtime, *said: Request) -> int:
    return runtime.submit(W, list(said), CLI, "cli", None).first_position


def reword(text: str) -> Request:
    return event(
        "ActivityReworded", "activity/3.1", {"text": {"es": text}}, reason="The editor asked for it."
    )


def redact(runtime: Runtime, position: int, field: str) -> None:
    data = {"position": position, "field": field, "authority": "data protection officer"}
    say(runtime, event("TextRedacted", "activity/3.1", data))


def hits(
    runtime: Runtime, said: str, position: int = 2**40, readers: Sequence[Reader] = EVERYTHING
) -> list[Hit]:
    search_index.follow(runtime.database, W)
    with runtime.database.read() as tx:
        found = find(tx, W, terms_of(said), position, readers)
    return [hit for group in found for hit in group.hits]


def subjects(
    runtime: Runtime, said: str, position: int = 2**40, readers: Sequence[Reader] = EVERYTHING
) -> set[str]:
    return {hit.subject for hit in hits(runtime, said, position, readers)}


def test_words_are_found_in_any_case_with_or_without_accents_and_going_on(runtime: Runtime) -> None:
    say(runtime, reword("Elaborar orientaciones sobre la niñez en la migración."))
    for said in ("NIÑEZ", "ninez", "migra", "migración niñez", '"la migración"', "elabora orienta"):
        assert subjects(runtime, said) == {"activity/3.1"}, said
    for said in ("orquídea", '"migración la"', "niñez orquídea", '"migra"'):
        assert subjects(runtime, said) == set(), said


def test_a_text_is_found_for_as_long_as_it_stood(runtime: Runtime) -> None:
    first = say(runtime, reword("Antes decía orquídea."))
    second = say(runtime, reword("Ahora dice gladiolo."))
    assert subjects(runtime, "orquídea") == set()
    assert subjects(runtime, "orquídea", second - 1) == {"activity/3.1"}
    assert subjects(runtime, "orquídea", first - 1) == set()
    assert subjects(runtime, "gladiolo") == {"activity/3.1"}
    assert subjects(runtime, "gladiolo", second - 1) == set()


def test_a_redacted_text_is_not_found_at_any_moment_and_no_word_of_it_is_kept(runtime: Runtime) -> None:
    position = say(runtime, report("3.1", note=SECRET, assessment="at_risk", reason="b"))
    assert subjects(runtime, "Okonkwo") == {"activity/3.1"}, "control: it is there"
    redact(runtime, position, "/data/note")
    with runtime.database.read() as tx:  # before the index follows again: it went with the text
        assert find(tx, W, terms_of("Okonkwo"), position, EVERYTHING) == []
        if tx.is_sqlite:
            blocks = [bytes(block) for (block,) in tx.all("SELECT block FROM search_index_data")]
            assert not any(b"okonkwo" in block for block in blocks)
    assert subjects(runtime, "Okonkwo") == set()


def test_control_without_its_trigger_a_redacted_text_would_still_be_found(runtime: Runtime) -> None:
    position = say(runtime, report("3.1", note=SECRET))
    assert subjects(runtime, "Okonkwo") == {"activity/3.1"}
    with runtime.database.write() as tx:
        tx.run("DROP TRIGGER texts_forgotten" + ("" if tx.is_sqlite else " ON texts"))
    redact(runtime, position, "/data/note")
    assert subjects(runtime, "Okonkwo") == {"activity/3.1"}


def test_nobody_finds_or_counts_what_they_may_not_read(runtime: Runtime) -> None:
    say(runtime, report("3.1", note="The venue leaks.", assessment="at_risk", reason="A venue is missing."))
    assert {hit.kind for hit in hits(runtime, "venue")} == {"activity", "entry"}
    assert {hit.field for hit in hits(runtime, "venue", readers=("state", "details"))} == {
        "assessment_reason"
    }
    assert hits(runtime, "venue", readers=("state",)) == []


def test_made_again_the_index_is_the_same(runtime: Runtime) -> None:
    position = say(runtime, report("3.1", note=SECRET), reword("Uno."), reword("Dos."), reword("Uno."))
    search_index.follow(runtime.database, W)
    redact(runtime, position, "/data/note")
    say(runtime, event("ActivityWithdrawn", "activity/3.3", reason="Merged."))
    assert search_index.follow(runtime.database, W) > FOUNDED
    with runtime.database.read() as tx:
        live = search_index.content(tx, W)
    search_index.drop(runtime.database, W)
    assert subjects_of_nothing(runtime) == []
    search_index.follow(runtime.database, W)
    with runtime.database.read() as tx:
        assert search_index.content(tx, W) == live


def subjects_of_nothing(runtime: Runtime) -> list[object]:
    with runtime.database.read() as tx:
        return list(find(tx, W, terms_of("uno"), 2**40, EVERYTHING))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_finds_other_forms_of_a_word(runtime: Runtime) -> None:
    say(runtime, reword("Organizar talleres regionales."))
    for said in ("taller", "regional", "organizando"):
        assert subjects(runtime, said) == {"activity/3.1"}, said


@pytest.mark.parametrize(
    "said", ["", "   ", "a", "*", '"', '""', "-", "a\0b", "x" * 201, "ab " * 13, "؟", "'; --"]
)
def test_what_cannot_be_looked_for_is_refused_and_never_breaks(said: str) -> None:
    with pytest.raises(RuleError) as refused:
        terms_of(said)
    assert refused.value.field == "q"
    assert refused.value.way_out


def test_operators_are_words_like_any_other() -> None:
    assert [term.words for term in terms_of("AND NEAR(x, 3) col:y*")] == [
        *(("and",), ("near", "x"), ("3",), ("col", "y"))
    ]


def test_a_snippet_shows_what_fits_and_only_that() -> None:
    text = "De la trata de personas y de la protección de personas en la frontera."
    found = pieces(text, terms_of('"trata de personas"'))
    assert [piece.text for piece in found if piece.is_match] == ["trata", "de", "personas"]
    assert "".join(piece.text for piece in found) == text
    long = pieces("palabra " * 60 + "aguja " + "palabra " * 60, terms_of("aguja"))
    assert [piece.text for piece in long if piece.is_match] == ["aguja"]
    assert sum(len(piece.text) for piece in long) < 250
