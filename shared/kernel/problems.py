"""Says what is wrong with a request: RFC 9457 problem details."""

from __future__ import annotations

from shared.kernel.errors import Rejected
from shared.kernel.json_values import Json

PROBLEM_BASE = "urn:augment-skills:problem:"


def problem_value(error: Rejected, instance: str) -> dict[str, Json]:
    """Returns RFC 9457 problem details of a rejection, as a JSON value."""
    value: dict[str, Json] = {
        "type": PROBLEM_BASE + _kebab(type(error).__name__),
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance[:500],
    }
    if error.errors:
        value["errors"] = [{"field": one["field"], "detail": one["detail"]} for one in error.errors]
    if error.quarantine_id:
        value["quarantine_id"] = error.quarantine_id
    return value


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
