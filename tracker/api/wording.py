"""In which language a request is answered where it is refused."""

from __future__ import annotations

from flask import has_request_context, request

from tracker.languages import LANGUAGES


def asked_language() -> str:
    """Return the language that the request likes best of those there are."""
    if not has_request_context():
        return "en"
    for said, quality in request.accept_languages:  # best first; Swiss French is French
        if quality > 0 and (language := said.partition("-")[0].lower()) in LANGUAGES:
            return language
    return "en"
