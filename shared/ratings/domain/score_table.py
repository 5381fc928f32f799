"""Lays people's entries out in columns: by entry, by score, and by use of a score.

entry   one event of one person, in order of person, time and text
score   what an entry says; one after the other, entry by entry
use     a score that counts for a skill: an entry that scores ten competencies in one context has twenty, as each
        counts for the general skill and for that context's
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np

from shared.frameworks.domain.framework_index import FrameworkIndex, Shape
from shared.frameworks.domain.parameters import Lean, Parameters
from shared.kernel.columns import NEVER, Flags, Numbers, across, integers, is_whole, running, whole
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.entry import LEARNING, NO_SCORE, PENDING_REVIEW, Entry
from shared.observations.domain.observation import CERTIFICATION_EXAM
from shared.ratings.domain.weights import FULL_SCORE

FAILED: Final = -1
"""What stands under `exam` of a failed activity."""


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """The columns (see the module), one below the other.

    entries: person, at, day, kind, pending (a review), exam (1: a passed certification exam; -1: a failed activity of
             whatever kind), scorer (a number, see `leans_of`)
    scores:  hundredths, entry
    uses:    skill (its number in the framework's index), number (of the score), owner (the entry), first (of the
             entry's for that skill), brings (the skill to a profile: the others count where something else brings it)
    """

    entries: Numbers
    scores: Numbers
    uses: Numbers

    def only(self, uses: Flags) -> ScoreTable:
        """Returns the table with some of its uses."""
        return ScoreTable(self.entries, self.scores, across(self.uses, uses))

    def about(self, skills: Sequence[int]) -> ScoreTable:
        """Returns the table with the uses for some skills."""
        skill = self.uses[0]
        wanted = np.zeros(max(int(skill.max(initial=-1)), *skills, -1) + 1, np.bool_)
        wanted[list(skills)] = True
        return self.only(wanted[skill])

    def followed_by(self, more: ScoreTable) -> ScoreTable:
        """Returns one person's table with more entries of the same person after it."""
        entries, scores = self.entries.shape[1], self.scores.shape[1]
        return ScoreTable(
            np.concatenate((self.entries, more.entries), axis=1),
            np.concatenate((self.scores, more.scores + np.array([[0], [entries]])), axis=1),
            np.concatenate((self.uses, more.uses + np.array([[0], [scores], [entries], [0], [0]])), axis=1),
        )

    def repeated(self, times: int) -> ScoreTable:
        """Returns one person's table so often, each time as another person."""
        entries, scores = self.entries.shape[1], self.scores.shape[1]
        number = np.arange(times)
        table = ScoreTable(*[np.tile(one, (1, times)) for one in (self.entries, self.scores, self.uses)])
        table.entries[0] = number.repeat(entries)
        table.scores[1] += (number * entries).repeat(scores)
        table.uses[1] += (number * scores).repeat(self.uses.shape[1])
        table.uses[2] += (number * entries).repeat(self.uses.shape[1])
        return table


def together(tables: Sequence[ScoreTable], people: Sequence[int]) -> ScoreTable:
    """Returns tables of one person each as one table, in which those are the people of these numbers, ascending."""
    entries = np.concatenate([table.entries for table in tables], axis=1)
    scores = np.concatenate([table.scores for table in tables], axis=1)
    uses = np.concatenate([table.uses for table in tables], axis=1)
    entry = score = use = 0
    for table, person in zip(tables, people, strict=True):
        past_entry, past_score, past_use = (
            entry + table.entries.shape[1],
            score + table.scores.shape[1],
            use + table.uses.shape[1],
        )
        entries[0, entry:past_entry] = person
        scores[1, score:past_score] += entry
        uses[1, use:past_use] += score
        uses[2, use:past_use] += entry
        entry, score, use = past_entry, past_score, past_use
    return ScoreTable(entries, scores, uses)


class TableBuilder:
    """Takes people's entries one person after the other, and makes the table of all of them.

    uses: how many there are, of those that entries bring
    """

    def __init__(self, index: FrameworkIndex, parameters: Parameters) -> None:
        self._index = index
        self._scorers = {source: number for number, source in enumerate(parameters.scorers, 1)}
        self.uses = 0
        # By person how many entries.
        self._entries: list[int] = []
        self._at: list[int] = []
        self._kind: list[int] = []
        self._status: list[int] = []
        self._exam: list[int] = []
        self._scorer: list[int] = []
        self._shape: list[int] = []
        self._scores: list[int] = []
        self._sizes: list[int] = []
        # The shapes in use, and each one's number by its identity.
        self._used: list[Shape] = []
        self._numbers: dict[int, int] = {}
        # By a single context: the words of the last entry in it, its places, and its shape's number.
        self._recent: dict[str, tuple[Sequence[str], Sequence[int], int]] = {}

    def take(self, entries: Sequence[Entry]) -> None:
        """Takes one more person's effective entries, in order, without the rejected ones."""
        self._entries.append(len(entries))
        if not entries:
            return
        at, kind, source, _, human, _, activity, status, contexts, scores, _, _, passed, _ = zip(*entries, strict=True)
        self._at += at
        self._kind += kind
        self._status += status
        if all(passed):
            self._exam += map(CERTIFICATION_EXAM.__eq__, activity)
        else:
            self._exam += map(exam_of, activity, passed)
        if self._scorers:
            self._scorer += [
                0 if decided else self._scorers.get(one, 0) for one, decided in zip(source, human, strict=True)
            ]
        hundredths = [flat[1::3] for flat in scores]
        self._scores += chain.from_iterable(hundredths)
        self._sizes += map(len, hundredths)
        shapes = []
        recently = self._recent.get
        for named, flat in zip(contexts, scores, strict=True):
            # Most events have one context, and the words of the last one in it.
            if (
                len(named) == 1
                and (recent := recently(named[0]))
                and recent[0] == flat[::3]
                and recent[1] == flat[2::3]
            ):
                shapes.append(recent[2])
            else:
                shapes.append(self._shape_of(named, flat))
        self._shape += shapes
        self.uses += sum([self._used[number].uses.size or 1 for number in shapes])

    def _shape_of(self, contexts: Sequence[str], flat: Sequence[Any]) -> int:
        """Returns the number of the shape of an entry."""
        if not isinstance(flat, list):
            raise ValueError("an entry's scores are no list")
        words, places = flat[::3], flat[2::3]
        shape = self._index.shape_of(contexts, words, places)
        number = self._numbers.get(id(shape))
        if number is None:
            number = self._numbers[id(shape)] = len(self._used)
            self._used.append(shape)
        if len(contexts) == 1:
            self._recent[contexts[0]] = (words, places, number)
        return number

    def table(self) -> ScoreTable:
        """Returns the table of all that was taken. Raises ValueError or TypeError for entries with what cannot stand
        there."""
        at = whole(self._at, NEVER + 1, -NEVER)
        score = whole(self._scores, NO_SCORE, FULL_SCORE)
        number, size = np.arange(len(at)), integers(self._sizes)
        entries = np.zeros((7, len(at)), np.int64)
        entries[0] = np.arange(len(self._entries)).repeat(self._entries)
        entries[1], entries[2], entries[3] = at, at // SECONDS_PER_DAY, whole(self._kind, 0, LEARNING)
        entries[4], entries[5] = integers(self._status) == PENDING_REVIEW, self._exam
        if self._scorer:
            entries[6] = integers(self._scorer)
        scores = np.empty((2, len(score)), np.int64)
        scores[0], scores[1] = score, number.repeat(size)
        return ScoreTable(entries, scores, self._uses(number, size))

    def _uses(self, number: Numbers, size: Numbers) -> Numbers:
        """Returns the uses, given the entries' numbers, and how many scores each has."""
        if not self._used:
            return np.zeros((5, 0), np.int64)
        shape = integers(self._shape)
        by_shape = [shape.among(self._index.combined) for shape in self._used]
        of_shapes = np.concatenate([np.frombuffer(of.columns, np.int64).reshape(4, -1) for of in by_shape], axis=1)
        sizes = integers([of.size for of in by_shape])
        counts = sizes[shape]
        # Which of all shapes' skills each use is for: those of its entry's shape, one after the other.
        first = running(sizes)[shape] - running(counts)[:-1]
        place = np.arange(int(counts.sum())) + first.repeat(counts)
        uses = np.empty((5, len(place)), np.int64)
        of_shapes[0].take(place, out=uses[0])
        of_shapes[1].take(place, out=uses[1])
        uses[1] += running(size)[:-1].repeat(counts)
        uses[2] = number.repeat(counts)
        if of_shapes[2].all():
            uses[3] = 1
        else:
            of_shapes[2].take(place, out=uses[3])
        of_shapes[3].take(place, out=uses[4])
        return uses


def exam_of(activity: str, passed: int) -> int:
    """Returns what ScoreTable.entries has under `exam`."""
    return (activity == CERTIFICATION_EXAM) if passed else FAILED


def numbers_of(entry: Entry, parameters: Parameters) -> tuple[int, int, int, int, int, int, int]:
    """Returns an entry of a single person as ScoreTable.entries has it. Raises as TableBuilder.table does."""
    at, kind = entry.at, entry.kind
    if not (is_whole(at, NEVER + 1, -NEVER) and is_whole(kind, 0, LEARNING)):
        raise ValueError("an entry holds what cannot stand there")
    if not (isinstance(entry.scores, list) and all(is_whole(one, NO_SCORE, FULL_SCORE) for one in entry.scores[1::3])):
        raise ValueError("an entry holds what cannot stand there")
    # What a person has decided is nobody's lean but theirs, of which nothing is known.
    leaning = enumerate(() if entry.human else parameters.scorers, 1)
    scorer = next((number for number, source in leaning if source == entry.source), 0)
    exam = exam_of(entry.activity, entry.passed)
    return 0, at, at // SECONDS_PER_DAY, kind, entry.status == PENDING_REVIEW, exam, scorer


def leans_of(parameters: Parameters) -> tuple[Lean, ...]:
    """Returns how far scorers lean, by their numbers: 0 is that of everybody of whom it has not been learnt."""
    return Lean(), *parameters.scorers.values()
