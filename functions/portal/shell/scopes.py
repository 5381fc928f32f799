"""Says over whom a person's lists and figures run."""

from __future__ import annotations

from collections.abc import Mapping

from functions.portal.shell.visit import Visit
from shared.kernel.access import LIST_SIGHT, Sight

SCOPES: Mapping[Sight, str] = {
    "everyone": "the whole organisation",
    "organisation": "your organisation",
    "reports": "your direct reports",
    "learners": "your learners",
    "self": "you",
    "nobody": "nobody",
}


def scope_of(visit: Visit) -> str:
    return SCOPES[LIST_SIGHT[visit.caller.role]] if visit.caller.role else SCOPES["everyone"]
