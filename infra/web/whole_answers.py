"""Fetches whole answers of a vendor's interface: bounded in size and time, over connections that are kept.

httpx is imported with the first request.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from infra.web import bounded_answers

if TYPE_CHECKING:
    import httpx

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
"""Where the demonstration's servers listen, without TLS."""

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 30.0
"""Between two pieces of an answer."""
WHOLE_SECONDS: Final = 120.0
"""For the whole of an answer, however slowly it drips."""


class NoAnswer(Exception):
    """No whole answer came. Its words name the kind of trouble only: a library's quote addresses."""


@dataclass(frozen=True, slots=True)
class WholeAnswer:
    """An answer. headers: by their names in small letters"""

    status: int
    content: bytes
    headers: Mapping[str, str]


class WholeAnswers:
    """Asks. most_bytes: of an answer. No redirect is followed: it would carry the key elsewhere."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._opening = threading.Lock()
        self._opened: httpx.Client | None = None

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
    ) -> WholeAnswer:
        """Returns the answer to a request. Raises NoAnswer."""
        import httpx

        deadline = time.monotonic() + WHOLE_SECONDS
        try:
            with self._client().stream(method, url, headers=dict(headers), json=json, data=form) as answer:
                content = bytearray()
                for piece in answer.iter_bytes():
                    content += piece
                    if time.monotonic() > deadline:
                        raise NoAnswer("it took too long")
                named = {name.lower(): value for name, value in answer.headers.items()}
                return WholeAnswer(answer.status_code, bytes(content), named)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswer(type(error).__name__) from error

    def close(self) -> None:
        """Closes the kept connections."""
        with self._opening:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _client(self) -> httpx.Client:
        import httpx

        with self._opening:
            if self._opened is None:
                times = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
                hooks = bounded_answers.hooks(httpx, self._most_bytes)
                self._opened = httpx.Client(timeout=times, headers={"Accept": "application/json"}, event_hooks=hooks)
            return self._opened


def is_safe(url: str) -> bool:
    """Tells whether a key may be sent to an address: over TLS, or to this machine."""
    address = urlsplit(url)
    return bool(address.hostname) and (address.scheme == "https" or address.hostname in LOOPBACK)
