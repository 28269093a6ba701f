"""What every template may use: words, dates, plan texts in their language, links that keep the moment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, url_for
from markupsafe import Markup

from tracker.languages import OWN_NAMES, direction, number_words
from tracker.web import language, readers
from tracker.web.amending import ways_at
from tracker.web.differences import tag_words
from tracker.web.moment_bar import bar_of, said_plainly
from tracker.web.navigation import places
from tracker.web.refusal_words import told_of_a_cell
from tracker.web.telling import folded

STATIC = Path(__file__).parent / "static"

shell = Blueprint(
    "web", __name__, template_folder="templates", static_folder="static", static_url_path="/assets"
)
"""The templates and static files that every page stands on."""
shell.before_request(said_plainly)


def prepare(app: Flask) -> None:
    """Give the templates of an application their words."""
    app.register_blueprint(shell)
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(
        _=language._,
        n_=language.n_,
        html_=language.html_,
        asset=asset,
        folded=folded,
        tag_words=tag_words,
        ways_at=ways_at,
        places_of=places,
        spoken=language.spoken,
        colon=language.colon,
        semicolon=language.semicolon,
        direction=direction,
        own_names=OWN_NAMES,
        bar_of=bar_of,
        told_of_a_cell=told_of_a_cell,
    )
    environment.filters.update(
        day=language.day_words,
        weekday=language.weekday_words,
        occurred=language.occurred_words,
        wall=language.wall_words,
        window=language.window_words,
        due=language.due_words,
        instant=language.instant_words,
        wording=wording,
        titled=titled,
        capital=language.capital,
        commission=language.commission_words,
        country=language.country_words,
        language=language.language_words,
        number=number_words,
        zone=language.zone_words,
        in_words=in_words,
    )

    @app.context_processor
    def _reader() -> dict[str, Any]:
        return {"reader": readers.reader()}


def in_words(table: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the values of a table of labels with their words, as choices have them."""
    return [(value, language._(words)) for value, words in table.items()]


def asset(name: str) -> str:
    """Return the address of a static file, with a mark that changes when the file does."""
    return url_for("web.static", filename=name, v=_mark(name))


@lru_cache(maxsize=32)
def _mark(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def titled(text: Any, languages: tuple[str, ...] = ("es",)) -> Markup:
    """Return a title of the plan as :func:`wording` does, beginning with a capital."""
    if not isinstance(text, dict):
        return wording(language.capital(text or ""), languages)
    raised = {key: language.capital(said) if isinstance(said, str) else said for key, said in text.items()}
    return wording(raised, languages)


def wording(text: Any, languages: tuple[str, ...] = ("es",)) -> Markup:
    """Return a text of the plan as markup that names its language, and says where a translation is ours."""
    said, lang, is_official = language.text_of(text, list(languages))
    if lang is None:
        return Markup("<bdi>{}</bdi>").format(said)
    way = Markup(' dir="{}"').format(direction(lang)) if _runs_otherwise(lang) else ""
    marked = Markup('<span lang="{}"{}>{}</span>').format(lang, way, said)
    if is_official:
        return marked
    note = language._("not an official translation")
    return Markup('{} <small class="aside">({})</small>').format(marked, note)


def _runs_otherwise(lang: str) -> bool:
    return direction(lang) != direction(language.spoken())
