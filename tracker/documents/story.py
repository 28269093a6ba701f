"""How a review came to its date, told: planned, moved and why, held."""

from __future__ import annotations

from tracker.documents.basis import Basis
from tracker.documents.names import dates_words, when_words
from tracker.events.shapes import to_json
from tracker.projections.readiness_labels import MISSING_WORDS
from tracker.projections.readiness_region import end_of_review
from tracker.workplan.review import Review


def story(basis: Basis, region: str) -> list[str]:
    """Return how the date of a review came to be what it is, a sentence for each step."""
    say, review = basis.say, basis.view.plan.get(f"review/{region}", Review)
    if review is None:
        return [MISSING_WORDS["review"][say.language]]
    told = [say("story_planned", dates=dates_words(to_json(review.planned), say))]
    for move in review.reschedulings:
        said = say("story_moved", on=when_words(move.on, say), dates=dates_words(to_json(move.new), say))
        reason = basis.text(move.reason)
        told.append(f"{said} {say('story_why', reason=reason)}" if reason else said)
    if review.status == "held" and review.held_on:
        told.append(say("story_held", on=when_words(review.held_on, say)))
    elif review.status == "cancelled":
        told.append(say("story_cancelled"))
    elif (ends := end_of_review(review)) and ends < basis.view.question.day:
        told.append(MISSING_WORDS["held-or-moved"][say.language])
    else:
        told.append(say("story_ahead", dates=dates_words(to_json(review.current), say)))
    last = review.current.ends_on or review.current.starts_on
    if last and last > basis.view.workplan.last_day.isoformat():
        told.append(say("story_beyond"))
    told += [say("story_outcome", url=url) for url in review.outcomes]
    return told
