"""An honest client beside an attack: asks on and on, each time over a connection of its own, and says how it fared."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LONGEST_SECONDS = 1.0
"""Of 99 of 100 answers."""


@dataclass
class Honest:
    """What an honest client found. seconds: of each answer; troubles: what was no answer"""

    seconds: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[max(0, len(self.seconds) * 99 // 100 - 1)]


@contextmanager
def honest_client(
    address: str, path: str = "/", headers: Mapping[str, str] | None = None, at_least: int = 20
) -> Iterator[Honest]:
    """Asks while the block runs, and until there are some answers; nothing was refused, and hardly any was slow."""
    found = Honest()
    parts = urlsplit(address)
    assert parts.hostname is not None
    over = threading.Event()

    def ask() -> None:
        while not over.is_set() or len(found.seconds) + len(found.troubles) < at_least:
            began = time.monotonic()
            try:
                connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
                connection.request("GET", path, headers=dict(headers or {}))
                status = connection.getresponse().status
                connection.close()
                if status >= 400:
                    found.troubles.append(f"status {status}")
                found.seconds.append(time.monotonic() - began)
            except (OSError, http.client.HTTPException) as error:
                found.troubles.append(type(error).__name__)
            time.sleep(0.005)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join(30)
    assert found.troubles == []
    assert found.p99 < LONGEST_SECONDS
