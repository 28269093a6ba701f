"""Proof: the tree head, and that an entry or an earlier tree is in it (RFC 9162). Hashes are lower-case hex."""

from __future__ import annotations

from tracker.api.call import Answer, Asked, Call
from tracker.api.plan import tree_head_of
from tracker.api.rendering import about
from tracker.events import tree
from tracker.events.reading import node_reader
from tracker.events.signed_heads import keys_of, last_head
from tracker.projections.history import inclusion
from tracker.workplan.plan import refuse


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
    view = asked.view
    size = _size(call, asked, "size", least=1)
    position = _size(call, asked, "position", least=1, most=size)
    return Answer(about(asked) | {"proof": inclusion(view.tx, view.end.workplan, position, size)})


def prove_consistency(call: Call, asked: Asked) -> Answer:
    """Prove that an earlier tree is a prefix of a later one."""
    view = asked.view
    second = _size(call, asked, "second", least=1)
    first = _size(call, asked, "first", least=1, most=second)
    read = node_reader(view.tx, view.end.workplan)
    proof = {
        "first": first,
        "second": second,
        "first_root": tree.root_at(first, read).hex(),
        "second_root": tree.root_at(second, read).hex(),
        "path": [node.hex() for node in tree.consistency_proof(first, second, read)],
    }
    return Answer(about(asked) | {"proof": proof})


def _size(call: Call, asked: Asked, name: str, *, least: int, most: int | None = None) -> int:
    end = asked.view.question.position
    most = end if most is None else most
    value = int(call.query.get(name, most))
    if not least <= value <= most:
        raise refuse(
            "`{name}` is {said}, and must lie between {least} and {most}",
            field=name,
            value=value,
            way_out=f"The log had {end} entries at the moment asked about.",
            name=name,
            said=value,
            least=least,
            most=most,
        )
    return value
