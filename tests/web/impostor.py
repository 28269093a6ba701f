"""A provider of sign-ins that lies as it is told to, and one that keeps to the rules: it checks PKCE and codes."""

from __future__ import annotations

import contextlib
import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT = "tracker"


@dataclass
class Impostor:
    """What it claims of whoever signs in, and how it misbehaves."""

    issuer: str
    claims: dict[str, Any] = field(default_factory=dict)
    """What stands in the token instead of the truth; None leaves out."""
    algorithm: str = "RS256"
    metadata: dict[str, Any] = field(default_factory=dict)
    failure: tuple[str, int] | None = None
    """What the token endpoint answers instead: a body and a status."""
    userinfo: dict[str, Any] = field(default_factory=dict)
    nonces: dict[str, str] = field(default_factory=dict)
    challenges: dict[str, str] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))
    stranger: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))
    is_stranger: bool = False

    def grant(self, code: str, nonce: str, challenge: str) -> str:
        self.nonces[code], self.challenges[code] = nonce, challenge
        return code

    def token(self, nonce: str) -> str:
        now = int(time.time())
        told = {
            "iss": self.issuer,
            "sub": "u1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "auth_time": now,
            "email": "lead@example.org",
            "email_verified": True,
        }
        said = {name: value for name, value in (told | self.claims).items() if value is not None}
        if self.algorithm != "RS256":
            return self._by_hand(said)
        signer = self.stranger if self.is_stranger else self.key
        return jwt.encode({"alg": "RS256", "kid": "k1"}, said, signer)

    def _by_hand(self, said: dict[str, Any]) -> str:
        """Return a token as no library makes one: unsigned, or signed with what everybody knows, the public key."""
        head = {"alg": self.algorithm, "kid": "k1"}
        body = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, said))
        mac = b""
        if self.algorithm == "HS256":
            mac = hmac.digest(self.key.as_pem(private=False), body, "sha256")
        return f"{body.decode()}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def application(made: Impostor) -> Flask:
    app = Flask("impostor")

    @app.get("/.well-known/openid-configuration")
    def _metadata() -> Any:
        there = made.issuer
        return jsonify(
            {
                "issuer": there,
                "authorization_endpoint": f"{there}/authorize",
                "token_endpoint": f"{there}/token",
                "userinfo_endpoint": f"{there}/userinfo",
                "jwks_uri": f"{there}/keys",
            }
            | made.metadata
        )

    @app.get("/keys")
    def _keys() -> Any:
        return jsonify({"keys": [made.key.as_dict(private=False)]})

    @app.post("/token")
    def _token() -> Any:
        if made.failure:
            return made.failure
        code, verifier = request.form["code"], request.form.get("code_verifier", "")
        nonce, challenge = made.nonces.pop(code, None), made.challenges.pop(code, None)
        if nonce is None or create_s256_code_challenge(verifier) != challenge:
            return jsonify({"error": "invalid_grant"}), 400
        return jsonify({"access_token": "a", "token_type": "Bearer", "id_token": made.token(nonce)})

    @app.get("/userinfo")
    def _userinfo() -> Any:
        return jsonify(made.userinfo)

    return app


@contextlib.contextmanager
def impostor(port: int) -> Iterator[Impostor]:
    made = Impostor(f"http://localhost:{port}")
    server = make_server("localhost", port, application(made), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
