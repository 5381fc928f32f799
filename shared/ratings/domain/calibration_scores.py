"""Lays out the scores that a calibration learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.kernel.columns import Flags, Fractions, Numbers

APART: Final = 3
"""Of so many neighbouring scores of a person one stands in a series."""


@dataclass(frozen=True, slots=True)
class CompetencyScores:
    """Scores of one competency's general skill, in any order.

    person:   by score, a number that stands for whose it is, the same in every competency
    day:      whole days since 1970
    score:    points, 0-100
    practice: whether it was given in practice
    scorer:   by score, its place in `scorers`
    scorers:  the sources that entries name
    """

    person: Numbers
    day: Numbers
    score: Fractions
    practice: Flags
    scorer: Numbers
    scorers: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.day)

    def only(self, those: Flags) -> CompetencyScores:
        """Returns some of them."""
        person, day, score = self.person[those], self.day[those], self.score[those]
        return CompetencyScores(person, day, score, self.practice[those], self.scorer[those], self.scorers)
