"""The clock and new ids in the cloud."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


class SystemClock:
    """The `Clock` port: the machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class RandomIds:
    """The `Ids` port: 128 random bits in URL-safe letters."""

    def new(self) -> str:
        return secrets.token_urlsafe(16)
