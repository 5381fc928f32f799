"""Says in which state a review is, and for which reasons there is one."""

from __future__ import annotations

from typing import Literal

from shared.analysts.domain.sample import SAMPLE

State = Literal["open", "decided", "superseded"]
STATES: tuple[State, ...] = ("open", "decided", "superseded")

CONTESTED = "contested"
"""The reason of a review that the scored employee asked for."""

REASONS = (CONTESTED, "untrusted_scorer", "low_confidence", "lexical", SAMPLE)
"""Why a person looks at a call, the weightiest first: the employee's wish, a score's own reasons to wait, chance."""
