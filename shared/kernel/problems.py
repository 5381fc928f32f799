"""Says what is wrong with a request: RFC 9457 problem details."""

from __future__ import annotations

import re
from urllib.parse import quote

from shared.kernel.errors import Rejected
from shared.kernel.json_values import Json

PROBLEM_BASE = "urn:augment-skills:problem:"
_MOST = 500
_PLAIN = "/:@!$&'()*+,;=~"
"""Beside letters, digits and `-._`: what a path may hold as it is (RFC 3986)."""


def reference(path: str) -> str:
    """Returns a decoded path as a URI reference; a long one without its end."""
    quoted = quote(path[:_MOST], safe=_PLAIN, errors="replace")
    return quoted if len(quoted) <= _MOST else re.sub("%.?$", "", quoted[:_MOST])


def problem_value(error: Rejected, instance: str) -> dict[str, Json]:
    """Returns RFC 9457 problem details of a rejection, as a JSON value."""
    value: dict[str, Json] = {
        "type": PROBLEM_BASE + _kebab(type(error).__name__),
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": reference(instance),
    }
    if error.errors:
        value["errors"] = [{"field": one["field"], "detail": one["detail"]} for one in error.errors]
    if error.quarantine_id:
        value["quarantine_id"] = error.quarantine_id
    return value


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
