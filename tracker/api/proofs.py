"""Proof: the tree head, and that an entry or an earlier tree is in it (RFC 9162). Hashes are lower-case hex."""

from __future__ import annotations

from tracker.api.call import Answer, Asked, Call
from tracker.api.plan import tree_head_of
from tracker.api.rendering import about
from tracker.events.signed_heads import keys_of, last_head
from tracker.projections.proofs import consistency, inclusion


def show_tree_head(_call: Call, asked: Asked) -> Answer:
    """Show size and root of the tree, and the note that signs them where that size was signed.

    ``last_signed`` is the largest head that was signed, whatever moment is asked about; ``keys`` are the verifier keys
    in the order in which they took over.
    """
    view = asked.view
    last = last_head(view.tx, view.end.workplan)
    more = {
        "origin": view.present.origin,
        "keys": keys_of(view.tx, view.end.workplan),
        "last_signed": last
        and {"size": last.size, "root": last.root.hex(), "signed": last.note, "key": last.key},
    }
    return Answer(about(asked) | tree_head_of(view) | more)


def prove_inclusion(call: Call, asked: Asked) -> Answer:
    """Prove that an entry is in the tree of some size."""
    view, query = asked.view, call.query
    end = view.question.position
    proof = inclusion(view.tx, view.end.workplan, end, query["position"], query.get("size"))
    return Answer(about(asked) | {"proof": proof})


def prove_consistency(call: Call, asked: Asked) -> Answer:
    """Prove that an earlier tree is a prefix of a later one."""
    view, query = asked.view, call.query
    end = view.question.position
    proof = consistency(view.tx, view.end.workplan, end, query["first"], query.get("second"))
    return Answer(about(asked) | {"proof": proof})
