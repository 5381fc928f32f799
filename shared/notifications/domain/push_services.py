"""Decides which services may be asked to push something to a browser.

A browser names its push service, and whoever sends us an address has us call it. So only services that are known are
called (RFC 8030 leaves who they are to browsers), over https; what their names resolve to is looked at with every call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 2_000
HERE: Final = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True, slots=True)
class PushServices:
    """Holds the services that are known. hosts: names in lower case, or `*.` and what a name ends with"""

    hosts: tuple[str, ...]

    def has(self, endpoint: str) -> bool:
        """Tells whether an address is one of a known service; of this machine only where that is named."""
        try:
            parts = urlsplit(endpoint)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            return False
        if len(endpoint) > LONGEST or any(letter <= " " or letter >= "\x7f" for letter in endpoint):
            return False
        if parts.username is not None or parts.password is not None or parts.fragment or not self._names(host):
            return False
        return host in HERE or (parts.scheme == "https" and port in (None, 443))

    def _names(self, host: str) -> bool:
        return any(host.endswith(one[1:]) if one.startswith("*.") else host == one for one in self.hosts)
