"""What every document is made from: the plan at a moment, the language, and what its reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.documents.names import subject_words, wording
from tracker.documents.pieces import Document, Piece, Sheet
from tracker.events import tree
from tracker.events.dates import parse_instant
from tracker.events.reading import node_reader, read_texts
from tracker.events.sealing import reveal, seals_in
from tracker.events.shapes import to_json
from tracker.phrases import Phrases, phrases_of
from tracker.projections.past import plan_for
from tracker.projections.questions import resolve
from tracker.workplan.root import Workplan

if TYPE_CHECKING:
    from tracker.runtime import Runtime, View

WORDS = Path(__file__).parent / "translations" / "documents.yaml"


@dataclass(frozen=True, slots=True)
class Basis:
    """``has_details``: the reader may see reasons, assessments, rates, notes, needs and findings."""

    view: View
    say: Phrases
    has_details: bool

    @property
    def seal(self) -> str:
        """The seal of the tree at the position shown."""
        view = self.view
        return tree.seal_of(tree.root_at(view.question.position, node_reader(view.tx, view.end.workplan)))

    def text(self, sealed: Any) -> str | None:
        """Return a free text, given sealed or as its JSON; words instead of one that is withheld or was removed."""
        if sealed is None:
            return None
        if not self.has_details:
            return self.say("withheld")
        ((_at, sha256),) = seals_in(to_json(sealed))
        return read_texts(self.view.tx, self.view.end.workplan, [sha256]).get(sha256) or self.say("removed")

    def revealed(self, found: dict[str, Any]) -> dict[str, Any]:
        """Return plain JSON with its sealed texts readable; those that were removed are null."""
        texts = read_texts(self.view.tx, self.view.end.workplan, [sha256 for _at, sha256 in seals_in(found)])
        made: dict[str, Any] = reveal(found, texts, [])
        return made

    def name(self, subject: str, longest: int = 150) -> str:
        return subject_words(self.view.plan, subject, self.say, longest)


def words_in(language: str) -> Phrases:
    """Return what documents say in a language."""
    return phrases_of(language, WORDS)


def basis_of(view: View, language: str, *, has_details: bool) -> Basis:
    """Return the ground of a document about a view, which is asked in the document's language from here on."""
    say = words_in(language)
    return Basis(replace(view, question=replace(view.question, language=say.language)), say, has_details)


def moved_to(runtime: Runtime, view: View, as_of: str | None, effective_on: str | None = None) -> View:
    """Return the same snapshot of the database, asked about another moment.

    Raises:
        MomentError: the moment cannot be resolved.
    """
    question = resolve(view.tx, view.end, view.present, runtime.now(), as_of, effective_on)
    plan = plan_for(view.tx, view.end, question, runtime.cache)
    return replace(
        view, question=question, plan=plan, workplan=plan.get("workplan", Workplan) or view.present
    )


def document(
    basis: Basis,
    name: str,
    title: str,
    subtitle: str,
    cover: Sequence[tuple[str, str]],
    pieces: Sequence[Piece],
    sheets: Sequence[Sheet],
    *,
    is_short: bool = False,
) -> Document:
    """Return a document whose cover says besides which plan, question, entry and seal it shows."""
    view, say = basis.view, basis.say
    question, seal = view.question, basis.seal
    lines = [
        (say("cover_plan"), wording(view.workplan.title, say, 300)),
        (say("cover_question"), question.words),
        (
            say("cover_position"),
            say(
                "position",
                position=question.position,
                instant=say.instant(question.recorded_at, question.zone),
            ),
        ),
        (say("cover_seal"), seal),
        *cover,
    ]
    if view.present.simulated:
        lines.append((say("cover_note"), say("simulated")))
    if not basis.has_details:
        lines.append((say("cover_note"), say("without_details")))
    return Document(
        name=name,
        title=title,
        subtitle=subtitle,
        say=say,
        zone=question.zone,
        made=parse_instant(question.recorded_at),
        known=f"{question.words} · {say('seal_line', position=question.position, seal=seal)}",
        seal_line=say("seal_line", position=question.position, seal=seal),
        cover=lines,
        pieces=pieces,
        sheets=sheets,
        is_short=is_short,
    )
