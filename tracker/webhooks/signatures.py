"""The secrets that a receiver knows deliveries by, and the signatures made with them.

Source: the Standard Webhooks specification, 1.0.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken

from tracker.clock import random_bytes
from tracker.errors import DeliveryError
from tracker.settings import Settings, kept_secret

PREFIX = "whsec_"


def new_signing_secret() -> str:
    return PREFIX + base64.b64encode(random_bytes(32)).decode()


def signed_headers(secrets: Iterable[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that prove a body to whoever knows one of the secrets."""
    seconds = str(int(at.timestamp()))
    signed = f"{message_id}.{seconds}.".encode() + body
    made = []
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix(PREFIX))
        made.append("v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode())
    return {"webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": " ".join(made)}


def conceal(settings: Settings, secret: str) -> str:
    """Return a secret as it is stored: a copy of the database alone does not hold it."""
    return _box(settings).encrypt(secret.encode()).decode()


def disclose(settings: Settings, stored: str) -> str:
    """Return a stored secret.

    Raises:
        DeliveryError: it was stored under another secret key of the installation.
    """
    try:
        return _box(settings).decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise DeliveryError(
            "the signing secret cannot be read: the installation has another secret key now",
            way_out="Rotate the secret and give the new one to the receiver.",
        ) from error


def _box(settings: Settings) -> Fernet:
    key = hashlib.sha256(b"webhook secrets\0" + kept_secret(settings).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
