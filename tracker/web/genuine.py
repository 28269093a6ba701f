"""Is this entry genuine? One entry's proof in plain words, and the seal of a letter held against the log."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import request

from tracker.errors import LogError, NotFoundError
from tracker.events import tree
from tracker.events.reading import node_reader, read_stored
from tracker.projections.history import entries
from tracker.projections.proofs import examine, signature_over
from tracker.web.language import _
from tracker.web.rendering import shell
from tracker.web.telling import Told, tell
from tracker.web.visits import Visit, page, visit

SEAL = re.compile(r"(?:^|[^0-9A-F])([0-9A-F]{4})[^0-9A-F]?([0-9A-F]{4})\W*$")
LONGEST = 12


@dataclass(frozen=True, slots=True)
class Compared:
    """The last line of a letter, as it was typed, held against the log. ``fits`` None means that it cannot be read."""

    size: str
    seal: str
    fits: bool | None = None
    covers: bool = False
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def is_asked(self) -> bool:
        return bool(self.size or self.seal)


@shell.get("/w/<workplan>/entries/<int:position>/genuine")
def genuine(workplan: str, position: int) -> tuple[str, int]:
    with visit(workplan, "proofs") as here:
        answer = here.answer
        check_position(here, position)
        end = answer.question.position
        compared = _compared(here, position, end)
        size = int(compared.size) if compared.fits and compared.covers else end
        found = examine(answer.tx, workplan, position, size)
        signed = signature_over(answer.tx, workplan, position, end)
        return page(
            "genuine.html",
            here,
            422 if compared.faults else 200,
            position=position,
            entry=_told(here, position),
            found=found,
            signed=signed,
            is_genuine=found.is_proved and found.has_its_words and (signed is None or signed.is_good),
            compared=compared,
            faults=dict(compared.faults),
        )


def _told(here: Visit, position: int) -> Told | None:
    """Return what an entry says, None where it was altered so that it cannot be read."""
    answer = here.answer
    stored = [read_stored(answer.tx, here.id, position)]
    try:
        return tell(here, entries(answer.tx, here.id, answer.plan, stored, answer.question.position)[0])
    except (ValueError, LookupError, TypeError, LogError):
        return None


def check_position(here: Visit, position: int) -> None:
    """Refuse an entry that there is not.

    Raises:
        NotFoundError: the log did not have it at the moment shown.
    """
    last = here.answer.question.position
    if not 1 <= position <= last:
        raise NotFoundError(
            _("The plan has no entry {position} at the moment shown."),
            position=position,
            way_out=_("The last one is {last}.", last=last),
        )


def _compared(here: Visit, position: int, end: int) -> Compared:
    """Return what a letter says, read leniently: the whole line may be pasted into the field of the seal."""
    size, seal = request.args.get("size", "").strip(), request.args.get("seal", "").strip()
    if not (size or seal):
        return Compared("", "")
    line = SEAL.search(seal[:200].upper())
    said = f"{line[1]}-{line[2]}" if line else seal
    if line and not size and (number := re.search(r"\d+", seal[: line.start()])):
        size = number[0]
    faults = []
    if not (size.isdecimal() and len(size) <= LONGEST and int(size) >= 1):
        faults.append(("size", _("Give the number that the letter says, such as 2977.")))
    if line is None:
        faults.append(("seal", _("A seal is eight characters, 0 to 9 and A to F, such as 7F3A-91C2.")))
    if faults:
        return Compared(size, said, faults=tuple(faults))
    whole, read = int(size), node_reader(here.answer.tx, here.id)
    fits = whole <= end and tree.seal_of(tree.root_at(whole, read)) == said
    return Compared(size, said, fits, covers=whole >= position)
