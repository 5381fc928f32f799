"""Publishes the local issuer's keys as Google publishes its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt

from infra.local.identity import LocalIssuer


def published(issuer: LocalIssuer) -> Mapping[str, Any]:
    """Returns the issuer's public keys, as an issuer's certificate address answers."""
    token, _ = issuer.token("somebody@example.com", "anybody")
    return {"keys": [issuer.key(jwt.get_unverified_header(token)["kid"])]}
