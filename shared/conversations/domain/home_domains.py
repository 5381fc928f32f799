"""Tells which addresses are the company's own."""

from __future__ import annotations

from collections.abc import Collection


def is_home(address: str, domains: Collection[str]) -> bool:
    """Tells whether an e-mail address is of the company's own domains, their subdomains included.

    domains: also as `@acme.com` or `.acme.com`; both in any case
    """
    of_address = address.lower().rpartition("@")[2]
    own = (domain.lower().lstrip("@.") for domain in domains)
    return any(of_address == one or of_address.endswith(f".{one}") for one in own)
