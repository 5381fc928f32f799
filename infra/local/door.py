"""Decides who may come to the embedded platform, and how: names it is asked by, and links that let in once.

A browser asks whatever address it is told to, under whatever name: a page of somebody else's, whose name has come to
stand for 127.0.0.1, would read the portal like its own (DNS rebinding). So the platform answers to its own names only.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import threading
from datetime import datetime, timedelta
from typing import Final

from shared.ports.ambient import Clock

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
LINK_LASTS: Final = timedelta(hours=1)


def is_loopback(host: str) -> bool:
    """Tells whether nobody but this machine reaches a server that is bound to this host."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reachable(host: str, port: int) -> str:
    """Returns the address at which this machine reaches a server that is bound to this host."""
    try:
        numeric = ipaddress.ip_address(host)
    except ValueError:
        return f"http://{host}:{port}"
    if numeric.is_unspecified:
        numeric = ipaddress.ip_address("127.0.0.1" if numeric.version == 4 else "::1")
    return f"http://{numeric}:{port}" if numeric.version == 4 else f"http://[{numeric}]:{port}"


def name_of(host_header: str) -> str:
    """Returns the name in a Host header, in lower case, without its port and an IPv6 address's brackets."""
    name = host_header.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")


class OneTimeLinks:
    """Keeps what lets somebody in once: the digest of a key, whom it lets in, and until when.

    Kept in memory only: a restart makes all links void, and prints a new one.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[str, tuple[str, datetime]] = {}
        self._lock = threading.Lock()

    def issue(self, email: str) -> str:
        """Returns the key of a new link, which lets in this person once."""
        key = secrets.token_urlsafe(32)
        with self._lock:
            self._open[_digest(key)] = email, self._clock.now() + LINK_LASTS
        return key

    def redeem(self, key: str) -> str | None:
        """Returns whom a key lets in, now and never again; None for one that is used, too old or unknown."""
        with self._lock:
            email, until = self._open.pop(_digest(key), (None, None))
        return email if until is not None and self._clock.now() < until else None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
