"""Holds one person's scores of one skill in plain numbers, and grows with each event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shared.frameworks.domain.parameters import Lean
from shared.kernel.columns import NEVER
from shared.kernel.rounding import half_up
from shared.observations.domain.entry import NO_SCORE, PRACTICE
from shared.observations.domain.observation import KINDS
from shared.ratings.domain.level import NoiseColumns, Said, Taken, nothing_taken, taken_in
from shared.ratings.domain.score_table import ScoreTable


@dataclass(frozen=True, slots=True)
class OfKind:
    """Columns by observation, in order of time: one kind's of a skill.

    at: when, in seconds; said: what the level's filter takes in
    """

    at: list[int] = field(default_factory=list)
    day: list[int] = field(default_factory=list)
    score: list[int] = field(default_factory=list)
    exam: list[int] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def copied(self) -> OfKind:
        """Returns columns that may grow without these."""
        return OfKind([*self.at], [*self.day], [*self.score], [*self.exam], [*self.said])


KnownLevel = tuple[int, list[Said], Taken]
"""The first day of a filter, the scores, and what is known once they were taken in."""
UNSEEN: Final = (NEVER, NEVER, NEVER)
BY_RATING, BY_RULE = range(2)
"""Places in SkillScores.levels."""


@dataclass(slots=True)
class SkillScores:
    """One skill of one person.

    kinds:   field, practice, learning
    pending: how many observations wait for a review
    last:    by kind, when the skill was last observed (seconds), with a score or without; NEVER if never
    leans:   of the scorers, by number
    until:   the day of the newest of all, those that wait too

    What is known of these scores, and of as many as there were before the last entry:

    levels:  by rating window and by rule, what the filter has taken in
    windows: before which day all windows of the rule have ended that were looked at; the last day of the latest that
             satisfied it, and the day from which a validation counts by that
    """

    kinds: Sequence[OfKind]
    pending: int
    last: list[int]
    leans: Sequence[Lean]
    until: int = NEVER
    levels: list[KnownLevel | None] = field(default_factory=lambda: [None, None])
    windows: tuple[int, int, int] = UNSEEN

    @classmethod
    def of(cls, table: ScoreTable, skill: int, leans: Sequence[Lean]) -> SkillScores:
        """Returns the scores of a skill, by its number, out of one person's table."""
        found = cls([OfKind() for _ in KINDS], 0, [NEVER] * len(KINDS), leans)
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
        more = replace(self, kinds=kinds, last=[*self.last], levels=[*self.levels])
        more._add(entry, scores)
        return more

    def taken(self, place: int, since: int, said: list[Said], noise: NoiseColumns) -> Taken:
        """Takes scores in from a day on, beyond those that were taken in before. place: among the levels"""
        known, taken = self.levels[place], nothing_taken(noise, since, len(self.leans))
        past = 0
        if known is not None and known[0] == since and known[1] == said[: len(known[1])]:
            past, taken = len(known[1]), known[2]
        taken = taken_in(taken, said[past:], noise)
        self.levels[place] = since, said, taken
        return taken

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
        # One event is one observation of a skill, however many of its scores are about it.
        score, of_kind = half_up(sum(there), len(there)), self.kinds[kind]
        of_kind.at.append(at)
        of_kind.day.append(day)
        of_kind.score.append(score)
        of_kind.exam.append(exam)
        of_kind.said.append((day, float(kind == PRACTICE), score / 100, self.leans[scorer].bias, scorer))
        # Windows that end before it are what they were.
        until, satisfied, found = self.windows
        self.windows = (min(until, day), satisfied, found) if satisfied < day else UNSEEN
