"""Makes deterministic ids."""

from __future__ import annotations

import hashlib

DEFAULT_FRAMEWORK = "sales_engineering"
"""The framework of whoever names no other."""


def digest(*parts: str) -> str:
    """Returns a short stable hash of texts (112 bits, hexadecimal)."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:28]


def review_id_of(source: str, source_id: str, employee_id: str) -> str:
    """Returns the id of the review of a call's scores of one employee, whether or not there is one."""
    return digest("review-of", source, source_id, employee_id)
