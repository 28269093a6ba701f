"""Signing in through an OpenID Connect provider: the way there, the way back, and who it was.

Authorization code with PKCE, state and nonce. What was sent away is kept here until it comes back, once, in the browser
that was sent. Who somebody is follows from issuer and subject alone, never from an address (OpenID Connect Core 5.7).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
import sqlalchemy as sa
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tracker.clock import instant_text, new_secret
from tracker.database import Transaction
from tracker.directory.hashing import hash_of
from tracker.directory.identities import Identified
from tracker.directory.tables import provider_visits
from tracker.errors import DeliveryError, UnknownReaderError
from tracker.settings import LOOPBACK, Provider

VISIT_LIFE = timedelta(minutes=10)
TIMEOUT = 10
"""Seconds for each answer of the provider; somebody waits at the other end."""
KEPT_SECONDS = 3600
LEEWAY = 60
SCOPE = "openid email"
ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
]
"""Signatures with a public key only: `none`, and those that the client's own secret could make, are no proof."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a browser is sent, and the secret that it keeps meanwhile."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What was remembered of a browser that was sent to the provider."""

    nonce: str
    verifier: str
    leads_to: str | None
    is_again: bool


class Documents:
    """What the provider publishes about itself, kept for an hour."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Json]] = {}
        self._lock = threading.Lock()

    def get(self, address: str, *, is_fresh: bool = False) -> Json:
        at, found = self._kept.get(address, (0.0, {}))
        if not is_fresh and time.monotonic() - at < KEPT_SECONDS and found:
            return found
        found = _asked("get", address)
        with self._lock:
            self._kept[address] = (time.monotonic(), found)
        return found

    def metadata(self, provider: Provider) -> Json:
        """Return the provider's description of itself.

        Raises:
            DeliveryError: it cannot be had, or is not that of this provider.
        """
        found = self.get(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != provider.issuer:
            raise _unusable("it calls itself {said}", said=str(found.get("issuer"))[:200])
        for name in ENDPOINTS:
            if not _is_safe(found.get(name)):
                raise _unusable("its {name} is no https address", name=name)
        return found


DOCUMENTS = Documents()


def send(
    tx: Transaction, now: datetime, provider: Provider, metadata: Json, back: str, leads_to: str | None
) -> Sent:
    """Remember a browser that goes to the provider; ``back`` is where it returns to, ``leads_to`` a page of ours."""
    return _send(tx, now, provider, metadata, back, leads_to, is_again=False)


def send_again(
    tx: Transaction, now: datetime, provider: Provider, metadata: Json, back: str, leads_to: str | None
) -> Sent:
    """Remember a browser whose reader must prove once more who they are, whatever the provider remembers of them."""
    return _send(tx, now, provider, metadata, back, leads_to, is_again=True)


def _send(
    tx: Transaction,
    now: datetime,
    provider: Provider,
    metadata: Json,
    back: str,
    leads_to: str | None,
    *,
    is_again: bool,
) -> Sent:
    state, browser, nonce, verifier = (new_secret() for _ in range(4))
    tx.core.execute(
        provider_visits.insert().values(
            hash=hash_of(state),
            browser=hash_of(browser),
            nonce=nonce,
            verifier=verifier,
            leads_to=leads_to,
            is_again=is_again,
            expires_at=instant_text(now + VISIT_LIFE),
        )
    )
    more = {"prompt": "login", "max_age": "0"} if is_again else {}
    with _session(provider, back) as session:
        address, _ = session.create_authorization_url(
            metadata["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce, **more
        )
    return Sent(address, browser)


def take_visit(tx: Transaction, now: datetime, state: str, browser: str) -> Visit:
    """Return what was remembered of a browser that came back, and forget it.

    Raises:
        UnknownReaderError: nothing was, or it was another browser, or it took too long, or it is back already.
    """
    which = sa.and_(provider_visits.c.hash == hash_of(state), provider_visits.c.browser == hash_of(browser))
    row = tx.core.execute(sa.select(provider_visits).where(which)).first()
    taken = tx.core.execute(sa.delete(provider_visits).where(which)).rowcount
    if row is None or not taken or row.expires_at <= instant_text(now):
        raise UnknownReaderError(
            "this way back from the provider was used already, took too long, or began in another browser",
            way_out="Begin again on the sign-in page.",
        )
    return Visit(row.nonce, row.verifier, row.leads_to, bool(row.is_again))


def identify(provider: Provider, back: str, visit: Visit, code: str, now: datetime) -> Identified:
    """Exchange the code that a browser brought back, and return who signed in.

    Raises:
        DeliveryError: the provider cannot be asked, or answers nonsense.
        UnknownReaderError: it does not vouch for anybody, or not to us, not now, not for this browser.
    """
    metadata = DOCUMENTS.metadata(provider)
    try:
        with _session(provider, back) as session:
            token = session.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=visit.verifier,
                allow_redirects=False,
                timeout=TIMEOUT,
            )
    except (requests.RequestException, ValueError) as error:
        raise _unusable("its token endpoint does not answer as it should") from error
    except AuthlibBaseError as error:
        raise _not_vouched(str(error.error)) from error
    claims = _claims(provider, metadata, token, visit, now)
    said = dict(claims)
    if "email" not in said and _is_safe(metadata.get("userinfo_endpoint")):
        asked = _asked("get", metadata["userinfo_endpoint"], bearer=str(token.get("access_token")))
        if asked.get("sub") != claims["sub"]:
            raise _not_vouched("its two answers are about different people")
        said |= asked
    at = claims.get("auth_time")
    proved_at = datetime.fromtimestamp(at, UTC) if isinstance(at, int) and not isinstance(at, bool) else None
    if visit.is_again and (proved_at is None or now - proved_at > VISIT_LIFE):
        raise _not_vouched("it does not say that you signed in there just now")
    email = said.get("email") if said.get("email_verified") is True else None
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise _not_vouched("its subject is none")
    return Identified(provider.issuer, subject, email if isinstance(email, str) else None, proved_at)


def _claims(provider: Provider, metadata: Json, token: Json, visit: Visit, now: datetime) -> CodeIDToken:
    raw = token.get("id_token")
    if not isinstance(raw, str):
        raise _not_vouched("it sent no identity token")
    try:
        found = _decoded(raw, metadata["jwks_uri"])
        claims = CodeIDToken(
            found.claims,
            found.header,
            options={
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
            },
            params={
                "nonce": visit.nonce,
                "client_id": provider.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _not_vouched(type(error).__name__) from error
    return claims


def _decoded(raw: str, keys: str) -> jwt.Token:
    """Return the token, its signature checked; a key that is not known yet is looked for once more."""
    try:
        return jwt.decode(raw, _key_set(DOCUMENTS.get(keys)), algorithms=ALGORITHMS)
    except (JoseError, ValueError):
        return jwt.decode(raw, _key_set(DOCUMENTS.get(keys, is_fresh=True)), algorithms=ALGORITHMS)


def _key_set(found: Json) -> KeySet:
    """Return the public keys; one that is a shared secret could be anybody's."""
    return KeySet.import_key_set({"keys": [one for one in found.get("keys", []) if one.get("kty") != "oct"]})


def _session(provider: Provider, back: str) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope=SCOPE,
        redirect_uri=back,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - the name of a method
    )


def _asked(method: str, address: str, bearer: str | None = None) -> Json:
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    try:
        answer = requests.request(method, address, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise _unusable("{host} does not answer as it should", host=urlsplit(address).hostname) from error
    if answer.status_code != requests.codes.ok or not isinstance(found, dict):
        raise _unusable("{host} does not answer as it should", host=urlsplit(address).hostname)
    return found


def _is_safe(address: object) -> bool:
    parts = urlsplit(address) if isinstance(address, str) else None
    return parts is not None and bool(
        parts.hostname and (parts.scheme == "https" or parts.hostname in LOOPBACK)
    )


def _unusable(what: str, **operands: object) -> DeliveryError:
    return DeliveryError(
        "the sign-in provider cannot be used now: " + what,
        way_out="Try again in a while, or sign in by a link in a letter.",
        operands=operands,
    )


def _not_vouched(what: str) -> UnknownReaderError:
    return UnknownReaderError(
        "the sign-in provider does not vouch for you: {what}",
        what=ascii(what)[:200],
        way_out="Begin again on the sign-in page.",
    )
