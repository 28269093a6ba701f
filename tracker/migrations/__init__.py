"""Alembic: how the database got its schema, one step at a time."""
