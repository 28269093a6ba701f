"""The log: what can happen, how it is stored, ordered and proved."""
