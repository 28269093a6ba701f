"""Files that were handed in on a page: kept between the dry run and its confirmation, for a day at most."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from tracker.clock import instant_text, new_id
from tracker.database import Transaction
from tracker.errors import NotFoundError
from tracker.sheets.rows import Shared
from tracker.sheets.tables import uploads

KEPT = timedelta(days=1)
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits. ``kind`` is that of a sheet, or ``document``."""

    upload: str
    kind: str
    name: str
    data: bytes
    shared: Shared


def keep(
    tx: Transaction,
    now: datetime,
    workplan: str,
    actor: str,
    kind: str,
    name: str,
    data: bytes,
    shared: Shared,
) -> str:
    """Keep a file for whoever handed it in, in place of any before, and return its id."""
    forget(tx, workplan, actor)
    made = new_id()
    tx.core.execute(
        uploads.insert().values(
            upload=made,
            workplan=workplan,
            actor=actor,
            kind=kind,
            name=name[-LONGEST_NAME:] or "sheet",
            data=data,
            shared=json.dumps(shared.as_json()),
            created_at=instant_text(now),
        )
    )
    return made


def kept(tx: Transaction, now: datetime, workplan: str, actor: str, upload: str) -> Upload:
    """Return a file that waits.

    Raises:
        NotFoundError: it is no longer kept, or somebody else's.
    """
    query = sa.select(uploads).where(
        uploads.c.upload == upload,
        uploads.c.workplan == workplan,
        uploads.c.actor == actor,
        uploads.c.created_at > instant_text(now - KEPT),
    )
    row = tx.core.execute(query).first()
    if row is None:
        raise NotFoundError("there is no file {upload} that waits", upload=upload, value=upload)
    return Upload(row.upload, row.kind, row.name, bytes(row.data), Shared(**json.loads(row.shared)))


def forget(tx: Transaction, workplan: str, actor: str) -> None:
    tx.core.execute(sa.delete(uploads).where(uploads.c.workplan == workplan, uploads.c.actor == actor))


def prune(tx: Transaction, now: datetime) -> int:
    """Remove the files that nobody confirmed in time; return how many."""
    return tx.core.execute(
        sa.delete(uploads).where(uploads.c.created_at <= instant_text(now - KEPT))
    ).rowcount
