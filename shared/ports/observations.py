"""Reaches the platform's own intake, as its middleware does: `ingest`, under the middleware's service account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.kernel.errors import Rejected
from shared.kernel.json_values import JsonObject


@dataclass(frozen=True, slots=True)
class Taken:
    """Says what became of an observation. waiting: the competencies that wait for a person, sorted"""

    standing: str
    waiting: tuple[str, ...]


class Validations(Protocol):
    """Posts the results of validation activities."""

    def validate(self, bodies: Sequence[JsonObject]) -> list[Rejected | None]:
        """Has POST /api/v1/validation-events answered for several; a known event changes nothing.

        Returns of each, in their order, why it was refused: as `Observations.post` raises it, None for one that is
        taken. Raises Retryable where of one it is not known whether it was recorded; post all of them again.
        """
        ...


class Observations(Protocol):
    """Posts field observations, and takes them back."""

    def post(self, body: JsonObject) -> Taken:
        """Answers POST /api/v1/field-observations; a known observation answers as the first time.

        Raises Conflict (another observation has this id), Rejected (its detail and field as `ingest` says them; the
        input is in the quarantine), Retryable (nothing is known to have been recorded; post the same again).
        """
        ...

    def void(self, body: JsonObject) -> None:
        """Has POST /api/v1/voids answered; again it changes nothing. Raises Rejected, Retryable."""
        ...
