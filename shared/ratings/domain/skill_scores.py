"""Holds one person's scores of one skill in plain numbers, and grows with each event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.kernel.columns import NEVER
from shared.kernel.rounding import half_up
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.observation import KINDS
from shared.ratings.domain.score_table import ScoreTable


@dataclass(frozen=True, slots=True)
class OfKind:
    """Columns by observation, in order of time, as `Series` has them: one kind's of a skill."""

    day: list[int] = field(default_factory=list)
    score: list[int] = field(default_factory=list)
    scorer: list[int] = field(default_factory=list)
    exam: list[int] = field(default_factory=list)

    def copied(self) -> OfKind:
        """Returns columns that may grow without these."""
        return OfKind([*self.day], [*self.score], [*self.scorer], [*self.exam])


@dataclass(slots=True)
class SkillScores:
    """One skill of one person.

    kinds:   field, practice, learning
    pending: how many observations wait for a review
    last:    by kind, when the skill was last observed (seconds), with a score or without; NEVER if never
    until:   the day of the newest of all, those that wait too
    """

    kinds: Sequence[OfKind]
    pending: int
    last: list[int]
    until: int = NEVER

    @classmethod
    def of(cls, table: ScoreTable, skill: int) -> SkillScores:
        """Returns the scores of a skill, by its number, out of one person's table."""
        found = cls([OfKind() for _ in KINDS], 0, [NEVER] * len(KINDS))
        uses = (table.uses[0] == skill).nonzero()[0]
        number, owner = table.uses[1][uses], table.uses[2][uses].tolist()
        scores: dict[int, list[int]] = {}
        for entry, score in zip(owner, table.scores[0][number].tolist(), strict=True):
            scores.setdefault(entry, []).append(score)
        for entry, of_entry in zip(table.entries[:, list(scores)].T.tolist(), scores.values(), strict=True):
            found._add(entry, of_entry)
        return found

    def with_entry(self, entry: Sequence[int], scores: Sequence[int]) -> SkillScores:
        """Returns the scores with those of one more entry, which is the newest of its kind.

        entry: as ScoreTable.entries has it
        """
        kinds, kind = [*self.kinds], entry[3]
        kinds[kind] = kinds[kind].copied()
        more = SkillScores(kinds, self.pending, [*self.last], self.until)
        more._add(entry, scores)
        return more

    def _add(self, entry: Sequence[int], scores: Sequence[int]) -> None:
        _, at, day, kind, pending, exam, scorer = entry
        self.until = max(self.until, day)
        if pending:
            self.pending += 1
            return
        self.last[kind] = at
        there = [score for score in scores if score != NO_SCORE]
        if not there:
            return
        of_kind = self.kinds[kind]
        of_kind.day.append(day)
        # One event is one observation of a skill, however many of its scores are about it.
        of_kind.score.append(half_up(sum(there), len(there)))
        of_kind.scorer.append(scorer)
        of_kind.exam.append(exam)
