"""What letters and the form behind their link say, in the reader's language."""

from __future__ import annotations

from pathlib import Path

from tracker.phrases import Phrases, phrases_of

LETTERS = Path(__file__).parent / "translations" / "letters.yaml"


def phrases(language: str, *more: Path) -> Phrases:
    """Return the phrases of a language, those of letters and of further files; English where there are none."""
    return phrases_of(language, LETTERS, *more)
