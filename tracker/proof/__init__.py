"""Proof that can be shown: the export that an auditor checks alone, checking in place, and the key that signs."""
