"""Sheets that people fill in: read whole, judged whole, recorded whole or not at all."""
