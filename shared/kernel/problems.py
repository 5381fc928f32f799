"""Says what is wrong with a request: RFC 9457 problem details."""

from __future__ import annotations

from typing import Any

from shared.kernel.errors import Rejected

PROBLEM_BASE = "urn:augment-skills:problem:"


def problem_value(error: Rejected, instance: str) -> dict[str, Any]:
    """RFC 9457 problem details of a rejection, as a JSON value."""
    value: dict[str, Any] = {
        "type": PROBLEM_BASE + _kebab(type(error).__name__),
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance[:500],
    }
    if error.errors:
        value["errors"] = error.errors
    if error.quarantine_id:
        value["quarantine_id"] = error.quarantine_id
    return value


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
