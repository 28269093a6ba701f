"""An import that was a mistake, taken back as one request."""

from __future__ import annotations

from tracker.directory.principals import Principal
from tracker.events.append import Appended
from tracker.events.intake import read_wish
from tracker.events.sealing import Sealer
from tracker.events.vocabulary import Channel
from tracker.projections.undoing import undoing
from tracker.runtime import Runtime


def undo(
    runtime: Runtime,
    workplan: str,
    correlation_id: str,
    principal: Principal,
    channel: Channel,
    reason: str | None = None,
) -> Appended | None:
    """Retract every entry of a request, all or none; None where none of them counts any more.

    Raises:
        NotFoundError: nothing has this correlation id.
        RuleError, ConflictError, DeniedError: an entry cannot be taken back.
    """
    with runtime.database.read() as tx:
        requests = undoing(tx, workplan, correlation_id, reason)
    if not requests:
        return None
    sealer = Sealer()
    wishes = [read_wish(one, sealer, f"/{index}") for index, one in enumerate(requests)]  # of any number
    return runtime.wish(workplan, wishes, principal, channel, sealer=sealer)
