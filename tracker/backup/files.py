"""New files that have their name only when they are whole, and never replace another."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from tracker.errors import RuleError


def refuse_taken(target: Path) -> None:
    """Refuse a file that exists, or that has no folder.

    Raises:
        RuleError: it is so.
    """
    if target.exists():
        raise RuleError(
            "{file} exists already and is never written over",
            file=target.name,
            field="FILE",
            value=str(target),
            way_out="Choose another name, or move that file away.",
        )
    if not target.absolute().parent.is_dir():
        raise RuleError(
            "there is no folder {folder}",
            folder=target.parent,
            field="FILE",
            value=str(target),
            way_out="Make the folder first, or choose another.",
        )


@contextlib.contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Give the path of an empty file beside ``target`` to be filled; on leaving without an error it gets the name.

    Only its owner may read it: a copy holds names, addresses and tokens' hashes.

    Raises:
        RuleError: meanwhile another file has taken the name.
    """
    made = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield made
        _sync(made)
        try:
            os.link(made, target)  # unlike a renaming, it fails where the name is taken
        except FileExistsError:
            refuse_taken(target)
        except OSError:  # a file system without links
            refuse_taken(target)
            made.rename(target)
        made.unlink(missing_ok=True)
        _sync(target.absolute().parent)
    finally:
        for left in (made, *(made.with_name(made.name + end) for end in ("-wal", "-shm", "-journal"))):
            left.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Let a file, or a folder's list of names, reach the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows does not let a folder be opened
    descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
