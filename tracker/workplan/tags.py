"""Tags: what is named replaces, what is not named stays, what was never named is unknown."""

from __future__ import annotations

from dataclasses import fields, replace

from tracker.events.vocabulary import Tags


def merged_tags(held: Tags, said: Tags | None) -> Tags:
    if said is None:
        return held
    named = {f.name: getattr(said, f.name) for f in fields(said) if getattr(said, f.name) is not None}
    return replace(held, **named)
