"""Signs what is sent, as Standard Webhooks 1.0 says (https://www.standardwebhooks.com).

The signature covers id, moment and body, so that nobody can send an old message anew under another id or time.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Final

PREFIX: Final = "whsec_"


def new_secret(*random: str) -> str:
    """Returns a secret of 256 bits as the specification writes it. random: texts that nobody can guess"""
    return PREFIX + b64encode(sha256("\x1f".join(random).encode()).digest()).decode()


def signed_headers(secrets: Iterable[str], webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Returns the headers of one attempt: a signature for each secret, so that a receiver may know either of two."""
    timestamp = str(int(at.timestamp()))
    content = f"{webhook_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(secret, content)}" for secret in secrets),
    }


def _signature(secret: str, content: bytes) -> str:
    return b64encode(hmac.digest(b64decode(secret.removeprefix(PREFIX)), content, "sha256")).decode()
