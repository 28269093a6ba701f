"""What answers about webhooks look like."""

from __future__ import annotations

from tracker.api.answers import Shape, integer, string, strings, table


class Attempt(Shape):
    """One delivery of one entry."""

    position = integer("of the entry")
    at = string()
    status = integer("what the receiver answered; null: it did not", null=True)
    said = string("why there was no good answer", null=True)
    milliseconds = integer()


class Webhook(Shape):
    """A subscription; ``secret`` is what its deliveries are signed with, shown once."""

    webhook = string()
    url = string()
    actor = string("whose it is, and with whose rights of today it reads: a person's id or `token:<id>`")
    types = strings("the types of entries that are wanted; none named means all")
    subjects = strings("ids, kinds or beginnings (`activity/3.*`) of the subjects that are wanted")
    entities = strings("in whose voice the entries wanted count")
    state = string(
        "`active`; `paused`; `dead`: it failed for 3 days; `gone`: the receiver answered 410; `stopped`: whoever it"
        " belongs to may no longer read the history"
    )
    position = integer("the receiver has everything that is wanted up to this entry")
    created_at = string()
    delivered_at = string("when the last entry was taken", null=True)
    failing_since = string(null=True)
    attempts = integer("how often the next entry was tried in vain")
    not_before = string("the next try", null=True)
    why = string("why the last try failed, or why it ended", null=True)
    old_secret_until = string("until then deliveries are signed with the last secret, too", null=True)
    last_attempts = table(Attempt, "the last 20, newest first")
    secret = string(required=False)


class Webhooks(Shape):
    """Subscriptions, oldest first."""

    items = table(Webhook)
    next = integer(null=True)
