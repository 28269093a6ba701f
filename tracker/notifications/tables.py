"""The tables of letters, of the links in them and of what people type behind those.

A link's handle has 256 bits and is stored as SHA-256 only. What is typed and not sent yet is in ``drafts`` and nowhere
else: no entry, and gone with the link or the person.
"""

from __future__ import annotations

import sqlalchemy as sa

from tracker.database import metadata

letters = sa.Table(
    "letters",
    metadata,
    sa.Column("letter", sa.Text, primary_key=True),
    sa.Column("workplan", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("quarter", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("claimed_by", sa.Text),
    sa.Column("claimed_until", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("not_before", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("data_sent_at", sa.Text),
    sa.Column("settled_at", sa.Text),
    sa.Column("contents", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("about", sa.Text),
    sa.UniqueConstraint("workplan", "kind", "quarter", "step", "recipient"),
    sa.Index("letters_by_state", "state", "workplan"),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("letter", sa.Text, nullable=False),
    sa.Column("workplan", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("quarter", sa.Text, nullable=False),
    sa.Column("activities", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Column("revoked_at", sa.Text),
    sa.Column("invitation", sa.Text),
    sa.Index("links_by_letter", "letter"),
)

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("quarter", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("invitation", sa.Text, primary_key=True),
    sa.Column("activity", sa.Text, primary_key=True),
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("saved_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
)
"""What a person, or a colleague they asked (``invitation``, else empty), typed on a card and has not sent."""

invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("invitation", sa.Text, primary_key=True),
    sa.Column("workplan", sa.Text, nullable=False),
    sa.Column("quarter", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("activities", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
)
"""A colleague whom a focal point asked to fill in some cards: a name and an address outside the directory."""

receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("workplan", sa.Text, primary_key=True),
    sa.Column("first_position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("quarter", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("sent_at", sa.Text, nullable=False),
    sa.Column("filler_name", sa.Text),
    sa.Column("filler_email", sa.Text),
    sa.Column("disowned_at", sa.Text),
    sa.Index("receipts_by_person", "workplan", "quarter", "person"),
)
"""Which entries one sending made. ``filler`` is who said to have filled it in for the person of the link."""
