"""Decides which addresses a webhook may have, and which of the network it may reach.

Whoever can name an address that this platform then calls can have it call what only the platform reaches: a metadata
server, a neighbour on a private network, a service on loopback. So an address is looked at when it is given, and what
its name resolves to again with every delivery, by whoever opens the connection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import quote, urlsplit

from shared.kernel.errors import Rejected

LONGEST: Final = 2_000
_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PRIVATE_ENDINGS: Final = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
_TRANSLATING: Final = tuple(IPv6Network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""Addresses that carry an IPv4 address within: NAT64, 6to4, Teredo."""
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NAME: Final = re.compile(r"[a-z0-9._-]+")
_SPELLING: Final = "{} is a literal address in another spelling"


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its parts. host, path: as they go over the wire, the path with the query; loopback: it names this
    machine, and may"""

    secure: bool
    host: str
    port: int
    path: str
    loopback: bool = False


def target_of(address: str, *, loopback: bool = False) -> Target:
    """Returns where an address leads. Raises Rejected for one that no webhook may have.

    loopback: this platform runs on one machine and may call it, also without TLS
    """
    if len(address) > LONGEST or any(character <= " " or character == "\x7f" for character in address):
        raise _refused("an https address of at most 2,000 characters, without spaces")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
        # Other full stops and other digits become plain ones.
        host = host if ":" in host else host.rstrip(".").encode("idna").decode().rstrip(".")
        path = _quoted(parts.path or "/") + (f"?{_quoted(parts.query)}" if parts.query else "")
    except ValueError:  # a UnicodeError is one, too
        raise _refused("an https address, e.g. https://hooks.example.com/skills") from None
    here = loopback and host in _LOOPBACK_NAMES
    if not host or parts.scheme not in (("http", "https") if here else ("https",)):
        raise _refused("an https address, e.g. https://hooks.example.com/skills")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _refused("an address without a user's name, a password or a fragment")
    if _is_number(host):
        raise _refused("a name, or an IP address in its usual form: " + _SPELLING.format(host[:60]))
    if not here and not _may_be_public(host):
        raise _refused("an address that everybody can reach, on no private or local network")
    secure = parts.scheme == "https"
    return Target(secure, host, port or (443 if secure else 80), path, here)


def _quoted(text: str) -> str:
    """Returns a path or a query as it goes over the wire: other letters than ASCII's as their UTF-8 (RFC 3987)."""
    return quote(text, safe="".join(chr(one) for one in range(0x21, 0x7F)))


def may_reach(found: str, *, loopback: bool = False) -> bool:
    """Tells whether a webhook may connect to a network address; with `loopback` to this machine alone."""
    try:
        address = ip_address(found.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback if loopback else _is_public(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and (
        address.ipv4_mapped is not None or address.is_site_local or any(address in net for net in _TRANSLATING)
    ):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _may_be_public(host: str) -> bool:
    """Looks at the name alone. What it resolves to is looked at when it is called."""
    try:
        return _is_public(ip_address(host))
    except ValueError:
        return (
            _NAME.fullmatch(host) is not None
            and "." in host
            and host not in _LOOPBACK_NAMES
            and not host.endswith(_PRIVATE_ENDINGS)
        )


def _is_number(host: str) -> bool:
    """Tells whether resolvers read it as an IPv4 address though it is not written as one: by its last part, which no
    name has as a number (https://url.spec.whatwg.org/#ends-in-a-number-checker)."""
    if not _NUMBER.fullmatch(host.rpartition(".")[2]):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def _refused(accepted: str) -> Rejected:
    return Rejected(f"address: it must be {accepted}", field="address")
