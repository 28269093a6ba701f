"""Which of several tickers works: the one that holds the lease. Two that both think so do no harm, only work twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from schedules.tables import leases
from tracker.clock import instant_text
from tracker.database import Transaction

NAME = "ticker"
LEASE = timedelta(minutes=3)


def lead(tx: Transaction, now: datetime, holder: str) -> bool:
    """Take or renew the lease; False where another ticker holds it."""
    taken = tx.run(
        "INSERT INTO ticker_leases (name, holder, until) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
        " SET holder = excluded.holder, until = excluded.until"
        " WHERE ticker_leases.holder = excluded.holder OR ticker_leases.until < ?",
        *(NAME, holder, instant_text(now + LEASE), instant_text(now)),
    )
    return taken == 1


def resign(tx: Transaction, holder: str) -> None:
    """Give the lease back, so that the next ticker need not wait for its end."""
    tx.core.execute(sa.delete(leases).where(leases.c.name == NAME, leases.c.holder == holder))
