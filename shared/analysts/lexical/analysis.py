"""Types what counting says of one speaker: scores with their components, and what was not observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.analysts.domain.rubric import Competency, Criterion
from shared.analysts.lexical.features import Features
from shared.conversations.domain.call_analysis import Evidence


@dataclass(frozen=True, slots=True)
class Component:
    """One criterion applied: what was measured and the points it earned."""

    criterion: Criterion
    measured: int
    points: int

    def __str__(self) -> str:
        one = self.criterion
        name = one.name.replace("_", " ")
        return f"{self.points:>2} of {one.maximum:>2}  {name}: {self.measured} {one.unit}"


@dataclass(frozen=True, slots=True)
class Score:
    """A competency's score.

    score: 0–100, the sum of the components' points. confidence: 0.10–0.55.
    evidence: at least one; the most telling first.
    """

    competency: Competency
    score: int
    confidence: float
    components: tuple[Component, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class NotObserved:
    """A competency that this conversation says nothing about, and why."""

    competency: Competency
    reason: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """One speaker in one conversation; every competency is in `scores` or in `not_observed`.

    counted: what counting gives, also where it is no score (`UNOBSERVABLE`)
    measured: None where nothing can be read: of a thread, of a call in another language
    """

    version: str
    call_id: str
    speaker_id: str
    measured: Features | None
    counted: Mapping[Competency, int]
    scores: tuple[Score, ...]
    not_observed: tuple[NotObserved, ...]
    notes: tuple[str, ...] = ()

    @property
    def features(self) -> Features:
        """Returns what was measured. Raises ValueError where nothing could be read."""
        if self.measured is None:
            raise ValueError("nothing could be read, so nothing is measured")
        return self.measured
