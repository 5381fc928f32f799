"""Sends the webhook of a finished call as Gong does, signed with a key of our own."""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

TOKEN_LIVES: Final = timedelta(minutes=5)
TIMEOUT_SECONDS: Final = 10


class WebhookSender:
    """One webhook rule: its key, and the deliveries."""

    def __init__(self, key: rsa.RSAPrivateKey, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._key = key
        self._now = now

    @classmethod
    def new(cls, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Self:
        """With a key made for the occasion."""
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=2048), now)

    @property
    def public_key(self) -> str:
        """As Gong's page shows it to copy: base64 without PEM's armour."""
        return base64.b64encode(
            self._key.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        ).decode("ascii")

    def authorization(self, body: bytes, url: str, **claims: Any) -> str:
        """The header's value. claims: instead of those that hold."""
        honest = {
            "exp": int((self._now() + TOKEN_LIVES).timestamp()),
            "webhook_url": url,
            "body_sha256": hashlib.sha256(body).hexdigest(),
        }
        return jwt.encode({**honest, **claims}, self._key, algorithm="RS256")

    def deliver(
        self, call: Mapping[str, Any] | None, url: str, *, is_test: bool = False, is_private: bool | None = None
    ) -> int:
        """Posts a call's details (None: the empty `callData` of a trial) to the address; the answer's status.

        Raises OSError when nobody answers.
        """
        content: dict[str, Any] = {"isTest": is_test, "callData": dict(call or {})}
        if is_private is not None:
            content["isPrivate"] = is_private
        body = json.dumps(content).encode()
        headers = {"Content-Type": "application/json", "Authorization": self.authorization(body, url)}
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
