"""The public keys with which Google signs: fetched rarely, kept as long as Google allows.

One of these is the `Keys` of an issuer in infra.web.identity, which verifies the tokens.
"""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from infra.web import bounded_answers
from shared.kernel.errors import Retryable
from shared.kernel.json_values import Json, JsonObject

GOOGLE_KEYS: Final = "https://www.googleapis.com/oauth2/v3/certs"
"""Of ID tokens: service accounts and signed-in people."""
IAP_KEYS: Final = "https://www.gstatic.com/iap/verify/public_key-jwk"
"""Of the header `x-goog-iap-jwt-assertion`."""

STALE_SECONDS: Final = 3600.0
"""How long keys serve beyond their time while the issuer does not answer."""

_DEFAULT_AGE: Final = 300.0
_LONGEST_AGE: Final = 86_400.0
_PAUSE_SECONDS: Final = 10.0
_REFRESH_PAUSE_SECONDS: Final = 60.0
_TIMEOUT_SECONDS: Final = 5.0


@dataclass(slots=True)
class _Kept:
    """fresh_until and asked_at in seconds of the monotonic clock."""

    keys: Mapping[str, JsonObject] = field(default_factory=dict)
    fresh_until: float = float("-inf")
    asked_at: float = float("-inf")


MOST_BYTES = 1 << 20
"""Of an issuer's keys."""


class PublishedKeys:
    """The keys of one JSON Web Key Set.

    seconds: a monotonic clock
    """

    def __init__(self, url: str, *, seconds: Callable[[], float] = time.monotonic):
        self._url = url
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept = _Kept()

    def key(self, key_id: str, *, refresh: bool = False) -> JsonObject | None:
        """Finds the JWK of that id, or None; `refresh` asks the issuer anew, at most once a minute. Raises Retryable.

        Not more often, since anyone can send tokens with invented key ids.
        """
        with self._lock:
            now = self._seconds()
            if now >= self._kept.fresh_until or (refresh and now - self._kept.asked_at >= _REFRESH_PAUSE_SECONDS):
                self._ask(now)
            return self._kept.keys.get(key_id)

    def _ask(self, now: float) -> None:
        """Fetches, or keeps what there is for up to an hour beyond its time; else raises Retryable."""
        usable = now < self._kept.fresh_until + STALE_SECONDS
        if now - self._kept.asked_at < _PAUSE_SECONDS:
            if usable:
                return
            raise Retryable("the issuer's keys could not be had a moment ago", after_seconds=int(_PAUSE_SECONDS))
        self._kept.asked_at = now
        try:
            with urllib.request.urlopen(self._url, timeout=_TIMEOUT_SECONDS) as answer:
                keys = _keys(json.loads(bounded_answers.read(answer, MOST_BYTES)))
                age = _age(answer.headers.get("Cache-Control", ""), answer.headers.get("Age", ""))
        except (OSError, ValueError, RecursionError) as error:
            if usable:
                return
            raise Retryable(f"the issuer's keys cannot be had: {type(error).__name__}") from error
        self._kept = _Kept(keys, now + age, now)


def _keys(document: Json) -> dict[str, JsonObject]:
    """Returns the keys by id. Raises ValueError if there is none."""
    entries = document.get("keys") if isinstance(document, dict) else None
    keys: dict[str, JsonObject] = {
        entry["kid"]: entry
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("kid"), str)
    }
    if not keys:
        raise ValueError("no keys in the document")
    return keys


def _age(cache_control: str, age: str) -> float:
    """Returns how many seconds an answer may be kept, less those that it spent in a cache."""
    found = re.search(r"max-age=(\d+)", cache_control)
    allowed = float(found[1]) if found else _DEFAULT_AGE
    spent = float(age) if age.isdigit() else 0.0
    return min(max(allowed - spent, _PAUSE_SECONDS), _LONGEST_AGE)
