"""What a correction says is kept like what it corrects."""

from __future__ import annotations

from tests.databases import W, founded, post
from tests.stories import correct, report
from tracker.events.codec import decode
from tracker.events.reading import read_stored, read_texts
from tracker.events.sealing import seals_in
from tracker.events.shapes import to_json
from tracker.proof.checking import check


def test_the_only_text_of_a_request_is_kept_where_it_is_that_of_a_correction(database_url):
    """It is sealed while deciding, because only the entry corrected tells what is a text in it."""
    with founded(database_url) as runtime:
        first = post(runtime, report("3.1", assessment="on_track", note="wrong")).first_position
        done = post(runtime, correct("activity/3.1", first, data={"assessment": "on_track", "note": "right"}))
        with runtime.database.read() as tx:
            event = to_json(decode(read_stored(tx, W, done.first_position)))
            held = dict(seals_in(event))
            assert read_texts(tx, W, held.values()) == {held["/data/data/note"]: "right"}
        assert check(runtime, W).is_good
