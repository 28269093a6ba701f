"""How secrets are stored: as SHA-256 only. They have 256 bits, so no slower hash is needed."""

from __future__ import annotations

import hashlib


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
