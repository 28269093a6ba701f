"""Around the form: a new link, no more letters, what the seal in a letter is."""

from __future__ import annotations

import re

from flask import Response, request

from tracker.errors import LogError
from tracker.events import tree
from tracker.events.reading import node_reader
from tracker.notifications import links
from tracker.notifications.asking import ask_for_link
from tracker.web.choosing import chosen
from tracker.web.report_cards import words_of
from tracker.web.report_opening import asked_words, found_link, page, pages, runtime

LARGEST = 10**12


@pages.post("/r/<handle>/new")
def take_request(handle: str) -> Response:
    """Send a new link to the address on file, and to no other."""
    found = found_link(handle)
    if found is None or found[0].invitation:
        return page("ended", 404, asked_words(), handle=None, typed={})
    link, person = found
    is_coming = ask_for_link(runtime(), link)
    return page("asked", 200, words_of(chosen() or person.language), is_coming=is_coming)


@pages.get("/r/<handle>/unsubscribe")
def show_unsubscribe(handle: str) -> Response:
    return _unsubscribe(handle, is_taken=False)


@pages.post("/r/<handle>/unsubscribe")
def take_unsubscribe(handle: str) -> Response:
    """Mute the person's letters; mail programs post here by themselves when asked to (RFC 8058)."""
    return _unsubscribe(handle, is_taken=True)


def _unsubscribe(handle: str, *, is_taken: bool) -> Response:
    found = found_link(handle)
    if found is None or found[0].invitation:
        return page("ended", 404, asked_words(), handle=None, typed={})
    link, person = found
    if is_taken:
        with runtime().directory(link.workplan) as tx:
            links.mute(tx, runtime().now(), link)
    return page("unsubscribe", 200, words_of(chosen() or person.language), is_taken=is_taken)


@pages.get("/seal/<workplan>/<int:size>")
def show_seal(workplan: str, size: int) -> Response:
    """Say what the last line of a letter is, and whether the log still gives that seal."""
    root, say = request.args.get("root", ""), asked_words()
    if not re.fullmatch(r"[0-9a-f]{64}", root):
        root = ""
    with runtime().database.read() as tx:
        try:
            is_same = (
                root != ""
                and 0 < size < LARGEST
                and tree.root_at(size, node_reader(tx, workplan)).hex() == root
            )
        except LogError:  # there is no such log, or it is shorter than the letter says
            is_same = False
    seal = tree.seal_of(bytes.fromhex(root)) if root else ""
    return page("seal", 200, say, workplan=workplan, size=size, seal=seal, is_same=is_same)
