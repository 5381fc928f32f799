"""Reaches the platform's own intake, as its middleware does: `ingest`, under the middleware's service account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Observations(Protocol):
    """Posts field observations."""

    def post(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answers POST /api/v1/field-observations; a known observation answers as the first time.

        Raises Conflict (another observation has this id), Rejected (its detail and field as `ingest` says them; the
        input is in the quarantine), Retryable (nothing is known to have been recorded; post the same again).
        """
        ...
