"""Says in which unit and range a number of the warehouse is, by the name that a mart's `measures` gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit, and between what its numbers lie; None: without an end."""

    unit: str
    low: float | None = None
    high: float | None = None

    @property
    def range(self) -> str:
        """Spells the range in words."""
        if self.low is None:
            return "any"
        return f"{self.low:g} or more" if self.high is None else f"{self.low:g} to {self.high:g}"

    def holds(self, number: float) -> bool:
        """Tells whether a number lies in the range; a mean may miss its end by what adding up loses."""
        little = 1e-9
        return (self.low is None or number >= self.low - little) and (self.high is None or number <= self.high + little)


MEASURES: Mapping[str, Measure] = {
    "people": Measure("people", 0),
    "number": Measure("number", 0),
    "points": Measure("points", 0, 100),
    "points_apart": Measure("points", -100, 100),
    "bound_of_points_apart": Measure("points"),
    "fraction": Measure("fraction", 0, 1),
    "fraction_or_number": Measure("fraction or number", 0),
    "days": Measure("days", 0),
    "tokens": Measure("tokens", 0),
    "dollars": Measure("US dollars", 0),
}

OTHERWISE: Mapping[str, Measure] = {
    "BOOLEAN": Measure("true or false"),
    "DATE": Measure("day, UTC"),
    "TIMESTAMP": Measure("time, UTC"),
    "STRING": Measure("text"),
}
"""What is no number, by its type."""
