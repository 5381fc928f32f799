"""Delivers a dead letter again, as somebody decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.ports.messages import DeadLetters


@dataclass(frozen=True, slots=True)
class Delivered:
    """found: whether the letter was still there"""

    found: bool


class DeliverLetter:
    """Delivers for whoever was let ask: `DeadLetterDesk` asked who may, and recorded it."""

    def __init__(self, letters: DeadLetters) -> None:
        self._letters = letters

    def deliver(self, letter_id: str) -> Delivered:
        """Delivers a letter to the subscription or queue that failed. Raises Retryable, Conflict."""
        return Delivered(self._letters.replay(letter_id))
