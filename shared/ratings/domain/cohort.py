"""Many people's ratings on one day, at once: the projection in columns.

`projection` rates one person, skill by skill, and is what the formulas are read from. A night rates everybody, and
there the same sums over the same observations are worked out for all skills of all people of a shard together, as
columns of numbers. Both give the same rows byte for byte, which a property test holds: everything that a rating
depends on is an exact integer here as there, and where it leaves the integers (a deviation, a trend's bar), both take
the same steps in the same order.

How the columns lie:

    entry    one event of one person, in order of person, time and text
    score    what an entry says about a skill: an entry that scores ten competencies in one context has twenty, as each
             counts for the general skill and for that context's
    series   the scores of one skill and one class (field, validation, learning), in order of time: a stretch of scores
    row      one skill of one person; it has up to three series

Sums over a series are `np.add.reduceat`, sums over the end of one are differences of running totals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, count
from operator import itemgetter
from typing import Any, Final, NamedTuple

import numpy as np
import orjson

from shared.frameworks.domain.framework import Framework, Rule
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.observation import CERTIFICATION_EXAM, KINDS, NO_SCORE
from shared.ratings.domain import rules as achievement
from shared.ratings.domain.distrust import Distrust
from shared.ratings.domain.grouping import HELD, MOST_SHAPES, encode_skill, skills_of
from shared.ratings.domain.kernel import RATING_WINDOW_DAYS, WEIGHTS
from shared.ratings.domain.projection import APART_COUNT, APART_POINTS, REJECTED, SkillRating, rule_of
from shared.ratings.domain.rating import (
    DRIFT_FACTOR,
    ERROR_UNIT,
    FIELD_ALONE,
    FIELD_HIGH,
    OLD_DAYS,
    VALIDATION_ALONE,
    VALIDATION_MEDIUM,
    Z_EIGHTY,
    scaled_variance,
)
from shared.ratings.domain.trend import LEAST_CHANGE, LEAST_OBSERVATIONS, ONE_SIDED_TEN_PERCENT

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Fractions = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

MOST_SCORES: Final = 150_000
"""Scores that are worked on together: about 30 MB of columns, and more at once is not faster."""

_FIELD, _PRACTICE, _LEARNING = range(3)
_BASES: Final = ("none", "preliminary", "field_few", "blend", "validation", "field")
_NONE, _PRELIMINARY, _FIELD_FEW, _BLEND, _VALIDATION, _FIELD_BASIS = range(6)
_CONFIDENCES: Final = ("unknown", "low", "medium", "high")
_TRENDS: Final = ("insufficient", "declining", "stable", "improving")
_STATUSES: Final = ("not_started", "in_progress", "validated", "expired")
_NOT_STARTED, _IN_PROGRESS, _VALIDATED, _EXPIRED = range(4)
_NEVER: Final = -(1 << 40)
"""A day, or a sum, below all others."""
_WEIGHTS: Final[Numbers] = np.array([*WEIGHTS, 0])
"""w by age in days; what is older than the window has the last one."""

_AT: Final = itemgetter(0)
_SCORE_BITS: Final = 32
"""How many bits a score's number has: with that of its series in front, both fit into one number."""
_HUGE: Final = 1 << 60
_HIGHEST_SCORE: Final = 10_000
_EXACT: Final = 1 << 53
"""Whole numbers below this are fractions, too, without any rounding."""


class Profile(NamedTuple):
    """One person's rows, as plain tuples in the order of SkillRating's fields."""

    values: list[tuple[Any, ...]]

    def rows(self) -> list[SkillRating]:
        return [SkillRating._make(value) for value in self.values]

    def text(self) -> str:
        """The rows as projection.to_text writes them."""
        return orjson.dumps(self.values).decode()


def profiles(
    people: Iterable[Iterable[str]], framework: Framework, parameters: Parameters, as_of: int
) -> Iterator[Profile]:
    """Each person's profile on the day `as_of`, in order: what `project` makes of the same entries.

    people: per person the texts of the entries of their state

    Raises ValueError, TypeError or IndexError for entries and parameters out of which no profile can be made, and for
    some out of which `project` makes one, such as a score above 100: no entry may reach into another's numbers.
    """
    columns = _Columns(framework, parameters, as_of)
    for texts in people:
        columns.take(texts)
        if columns.scores >= MOST_SCORES:
            yield from columns.profiles()
            columns = _Columns(framework, parameters, as_of)
    yield from columns.profiles()


class _Shape:
    """What all entries with the same scores in the same contexts have in common, whatever the scores are.

    skills:    the skills that they count for, by number (see _Skills)
    positions: which of an entry's scores each is about; a skill may be there more than once
    size:      how often a skill is there
    first:     where each skill is there for the first time
    """

    __slots__ = ("first", "positions", "size", "skills")

    def __init__(self, skills: Sequence[int], positions: Sequence[int]) -> None:
        self.skills = skills
        self.positions = positions
        self.size = len(skills)
        earliest = {number: place for place, number in reversed(list(enumerate(skills)))}
        self.first = [earliest[number] == place for place, number in enumerate(skills)]


class _Skills:
    """A framework's skills and shapes as numbers, in the order in which they were first met; lives with the framework.

    names, ruled: by number the skill (competency and encoded context), and the rule that decides about it
    always:       the skills that everybody's profile has
    """

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        self.numbers: dict[tuple[str, str], int] = {}
        self.names: dict[int, tuple[str, str]] = {}
        self.ruled: dict[int, tuple[Rule, str] | None] = {}
        self._unseen = count()
        self.shapes: dict[tuple[Any, ...], _Shape] = {}
        self.always = [
            self.number(competency, skill)
            for competency in framework.by_competency
            for skill in ("", *map(encode_skill, framework.rule_contexts.get(competency, ())))
        ]

    def number(self, competency: str, skill: str) -> int:
        known = self.numbers.get((competency, skill))
        if known is None:
            # Shards that are rated at the same time share this: of several numbers for a skill one is ever seen.
            unseen = next(self._unseen)
            self.names[unseen] = (competency, skill)
            self.ruled[unseen] = rule_of(self._framework, competency, skill)
            known = self.numbers.setdefault((competency, skill), unseen)
        return known

    def shape(self, contexts: Sequence[str], flat: Sequence[Any]) -> _Shape:
        """Where the scores go of an entry with these contexts and (word, score, index into contexts, …)."""
        skills: list[int] = []
        positions: list[int] = []
        for position, (word, place) in enumerate(zip(flat[::3], flat[2::3], strict=True)):
            competency = self._framework.competency_named(word)
            if competency is not None:
                named = self._framework.rule_contexts.get(competency, ())
                for skill in skills_of(contexts[place], named, self._framework):
                    skills.append(self.number(competency, skill))
                    positions.append(position)
        return _Shape(skills, positions)


def _skills(framework: Framework) -> _Skills:
    known: _Skills | None = framework.__dict__.get("_cohort_skills")
    if known is None or len(known.shapes) >= MOST_SHAPES:
        known = framework.__dict__["_cohort_skills"] = _Skills(framework)
    return known


class _Columns:
    """The entries of some people, and then their rows.

    scores: how many scores the entries have, each once for every skill that it counts for
    """

    def __init__(self, framework: Framework, parameters: Parameters, as_of: int) -> None:
        self._framework = framework
        self._parameters = parameters
        self._as_of = as_of
        self._skills = _skills(framework)
        self._variance = {s: scaled_variance(v) for s, v in parameters.scorer_variance.items()}
        self._distrust = Distrust(parameters.untrusted, framework) if parameters.untrusted else None
        self.scores = 0
        # Per person how many entries; per entry what _Entries has; the scores of all, and how many each has.
        self._entries: list[int] = []
        self._at: list[int] = []
        self._kind: list[int] = []
        self._held: list[bool] = []
        self._exam: list[bool] = []
        self._shape: list[int] = []
        self._error: list[int] = []
        self._flat: list[int] = []
        self._sizes: list[int] = []
        # The shapes in use, and each one's number by its identity.
        self._used: list[_Shape] = []
        self._numbers: dict[int, int] = {}
        # By a single context: the words of the last entry in it, its places, and its shape's number.
        self._recent: dict[str, tuple[list[str], list[int], int]] = {}

    def take(self, texts: Iterable[str]) -> None:
        """One more person's entries."""
        arrays = self._standing(list(texts))
        until = (self._as_of + 1) * SECONDS_PER_DAY
        if arrays and arrays[-1][0] >= until:
            arrays = [array for array in arrays if array[0] < until]
        self._entries.append(len(arrays))
        self._at += [array[0] for array in arrays]
        self._kind += [array[1] for array in arrays]
        self._held += [array[7] == HELD for array in arrays]
        self._exam += [array[6] == CERTIFICATION_EXAM for array in arrays]
        if self._variance:
            self._error += [self._variance.get(array[2], 0) for array in arrays]
        scores = [array[9][1::3] for array in arrays]
        self._flat += chain.from_iterable(scores)
        self._sizes += map(len, scores)
        shapes = []
        for array in arrays:
            contexts, flat = array[8:]
            # Most events have one context, and the words of the last one in it.
            recent = self._recent.get(contexts[0]) if len(contexts) == 1 else None
            alike = recent is not None and recent[0] == flat[::3] and recent[1] == flat[2::3]
            shapes.append(recent[2] if recent and alike else self._shape_of(contexts, flat))
        self._shape += shapes
        self.scores += sum([self._used[number].size or 1 for number in shapes])

    def _standing(self, texts: Sequence[str]) -> list[list[Any]]:
        """The entries that stand, in order of time and text, without those that were rejected or are not trusted."""
        arrays: list[list[Any]] = orjson.loads(f"[{','.join(texts)}]")
        if len(arrays) != len(texts):
            raise ValueError("the text of an entry is not one array")
        if len({(array[1], array[2], array[3]) for array in arrays}) < len(arrays):
            chosen: dict[tuple[int, str, str], tuple[int, int, str, list[Any]]] = {}
            for text, array in zip(texts, arrays, strict=True):
                subject, known = (array[1], array[2], array[3]), (array[4], array[5], text, array)
                if subject not in chosen or chosen[subject][:3] < known[:3]:
                    chosen[subject] = known
            texts = [text for _, _, text, _ in chosen.values()]
            arrays = [array for _, _, _, array in chosen.values()]
        if len({array[0] for array in arrays}) < len(arrays):
            arrays = [array for _, _, array in sorted(zip([a[0] for a in arrays], texts, arrays, strict=True))]
        else:
            arrays.sort(key=_AT)
        if REJECTED in {array[7] for array in arrays}:
            arrays = [array for array in arrays if array[7] != REJECTED]
        if self._distrust is not None:
            arrays = [kept for array in arrays if (kept := self._distrust.of(array)) is not None]
        return arrays

    def _shape_of(self, contexts: list[str], flat: list[Any]) -> int:
        """The number of the shape of entries with these contexts and (word, score, index into contexts, …)."""
        if not isinstance(flat, list):
            raise ValueError("an entry's scores are no list")
        words, places = flat[::3], flat[2::3]
        key = (*contexts, None, *words, *places)
        shape = self._skills.shapes.get(key)
        if shape is None:
            shape = self._skills.shapes[key] = self._skills.shape(contexts, flat)
        number = self._numbers.get(id(shape))
        if number is None:
            number = self._numbers[id(shape)] = len(self._used)
            self._used.append(shape)
        if len(contexts) == 1:
            self._recent[contexts[0]] = (words, places, number)
        return number

    def profiles(self) -> Iterator[Profile]:
        """The profiles of all people taken, in order."""
        if not self._entries:
            return
        entries = _Entries(
            people=len(self._entries),
            person=np.repeat(np.arange(len(self._entries)), self._entries),
            at=_whole(self._at, _NEVER + 1, -_NEVER),
            kind=_whole(self._kind, 0, len(KINDS) - 1),
            held=np.array(self._held, np.bool_),
            exam=np.array(self._exam, np.bool_),
            shape=np.array(self._shape, np.int64),
            size=np.array(self._sizes, np.int64),
            error=np.array(self._error, np.int64),
            scores=_whole(self._flat, NO_SCORE, _HIGHEST_SCORE),
        )
        yield from _Rows(self._framework, self._parameters, self._as_of, self._skills, self._used, entries).profiles()


class _Entries(NamedTuple):
    """Columns by entry.

    scores: of all entries, one after the other; size: how many each has
    error:  of each entry's scorer, in rating.ERROR_UNIT; empty where none is measured
    """

    people: int
    person: Numbers
    at: Numbers
    kind: Numbers
    held: Flags
    exam: Flags
    shape: Numbers
    size: Numbers
    error: Numbers
    scores: Numbers


class _Rows:
    """All rows of some people, in order of person, competency and context, and their series of scores.

    Of a row `series[row, class]` is the number of its series, or -1. Of a series `start` and `count` say where its
    scores lie in `score` and `day`; `total` are running totals, so that total[b] - total[a] is the sum of a … b - 1.
    """

    def __init__(
        self,
        framework: Framework,
        parameters: Parameters,
        as_of: int,
        skills: _Skills,
        shapes: Sequence[_Shape],
        entries: _Entries,
    ) -> None:
        self._parameters = parameters
        self._as_of = as_of
        self._people = entries.people
        numbers = sorted({*skills.always, *(s for shape in shapes for s in shape.skills)}, key=skills.names.__getitem__)
        self._names = [skills.names[number] for number in numbers]
        self._ruled = [skills.ruled[number] for number in numbers]
        place = np.zeros(max(numbers, default=-1) + 1, np.int64)
        place[numbers] = np.arange(len(numbers))
        always = place[skills.always]

        sizes = np.array([shape.size for shape in shapes], np.int64)
        counts = sizes[entries.shape] if len(sizes) else np.zeros(0, np.int64)
        # Which of all shapes' skills each score is for: those of its entry's shape, one after the other.
        first_of_shape = _running(sizes)[entries.shape] if len(sizes) else counts
        of_shapes = np.arange(int(counts.sum())) + np.repeat(first_of_shape - _running(counts)[:-1], counts)
        skill = place[np.array([s for shape in shapes for s in shape.skills], np.int64)][of_shapes]
        position = np.array([p for shape in shapes for p in shape.positions], np.int64)[of_shapes]
        cell = np.repeat(entries.person * len(numbers), counts) + skill
        number = np.repeat(_running(entries.size)[:-1], counts) + position
        kind = np.repeat(entries.kind, counts)

        present = np.zeros((entries.people, len(numbers)), np.bool_)
        present[:, always] = True
        present.reshape(-1)[cell] = True
        cells = np.flatnonzero(present)
        self.count = len(cells)
        self.person, self.skill = np.divmod(cells, len(numbers))
        row_of_cell = np.cumsum(present.reshape(-1)) - 1
        row = row_of_cell[cell]
        self.held = np.zeros(self.count, np.int64)
        if entries.held.any():
            held = np.repeat(entries.held, counts)
            first = np.array([f for shape in shapes for f in shape.first], np.bool_)[of_shapes]
            self.held = np.bincount(row[held & first], minlength=self.count)
            row, number, kind = row[~held], number[~held], kind[~held]

        # One sort of numbers puts all in the order of row, class and time, which is that of the entries.
        ordered = (row * 3 + kind) << _SCORE_BITS | number
        ordered.sort()
        number = ordered & (1 << _SCORE_BITS) - 1
        series_of = ordered >> _SCORE_BITS
        entry_of = np.repeat(np.arange(len(counts)), entries.size)
        # When each class was last seen, with a score or without.
        self.last = np.full((self.count, 3), _NEVER, np.int64)
        ends = _ends(series_of)
        self.last.reshape(-1)[series_of[ends]] = entries.at[entry_of[number[ends]]]

        score = entries.scores[number]
        if (score < 0).any():
            number, series_of, score = number[score >= 0], series_of[score >= 0], score[score >= 0]
        if any(not all(shape.first) for shape in shapes):
            number, series_of, score = _one_per_event(entry_of, number, series_of, score)
        self.score = score
        self.day = (entries.at // SECONDS_PER_DAY)[entry_of][number]
        self.error = entries.error[entry_of[number]] if len(entries.error) else None
        self.total = _running(score)
        self._exam = entries.exam[entry_of]
        self._number = number
        ends = _ends(series_of)
        self.end = ends + 1
        self.start = np.concatenate([[0], self.end[:-1]])[: len(ends)]
        self.size = self.end - self.start
        cell_of_series = series_of[ends]
        self.row = cell_of_series // 3
        self.kind = cell_of_series % 3
        self.series = np.full((self.count, 3), -1, np.int64)
        self.series.reshape(-1)[cell_of_series] = np.arange(len(ends))

    def of_series(self, values: Numbers, otherwise: int = 0) -> Numbers:
        """A column of series as a table of rows and classes."""
        table = np.full((self.count, 3), otherwise, values.dtype)
        table[self.row, self.kind] = values
        return table

    def rule_column(self, of_rule: Callable[[Rule], int]) -> Numbers:
        """A number of each row's rule, as a column of rows; 0 where there is none."""
        column = [0 if ruled is None else of_rule(ruled[0]) for ruled in self._ruled]
        return np.array(column, np.int64)[self.skill]

    def profiles(self) -> Iterator[Profile]:
        as_of = self._as_of
        ruled = np.array([one is not None for one in self._ruled], np.bool_)[self.skill]
        sizes = self.of_series(self.size)
        last_day = self.of_series(self.day[self.end - 1] if len(self.end) else self.end, _NEVER)
        newest = np.maximum(last_day[:, _FIELD], last_day[:, _PRACTICE])
        observed = newest > _NEVER
        stale = observed & (newest < as_of - RATING_WINDOW_DAYS)

        # A stale rating is that of the day of the last observation.
        day = np.where(stale, newest, as_of)
        rating = self._rating(day, stale)
        direction = self._trend(rating, stale)
        comparable = (rating.number[:, _FIELD] >= APART_COUNT) & (rating.number[:, _PRACTICE] >= APART_COUNT) & ~stale
        of_class = rating.of_class
        apart = comparable & (np.abs(of_class[:, _PRACTICE] - of_class[:, _FIELD]) >= APART_POINTS)

        standing = self._standing(ruled, sizes)
        decay = self.rule_column(lambda rule: round((rule.decay_rate or 0) * 100))
        decays = self.rule_column(lambda rule: bool(rule.decay_rate)) > 0
        since = np.where(observed, np.maximum(0, as_of - newest), 0)
        decayed = np.maximum(0, rating.rating - _half_up(decay * since, 30))

        number = np.where(stale[:, None] & (np.arange(3) != _LEARNING), 0, rating.number)
        reach = np.rint(Z_EIGHTY * rating.deviation * 100).astype(np.int64)
        shown = np.flatnonzero(self._shown())
        skill = self.skill[shown]
        columns: list[Iterable[Any]] = [
            _named(skill, [competency for competency, _ in self._names]),
            _named(skill, [context for _, context in self._names]),
            _optional(rating.rating, rating.rated, shown),
            _optional(rating.preliminary, rating.has_preliminary, shown),
            _named(np.where(stale, 0, rating.confidence)[shown], _CONFIDENCES),
            _named(rating.basis[shown], _BASES),
            stale[shown].tolist(),
            _optional(np.rint(rating.deviation * 100).astype(np.int64), rating.rated, shown),
            _optional(np.maximum(rating.rating - reach, 0), rating.rated, shown),
            _optional(np.minimum(rating.rating + reach, 10_000), rating.rated, shown),
            number[shown, _FIELD].tolist(),
            number[shown, _PRACTICE].tolist(),
            number[shown, _LEARNING].tolist(),
            self.held[shown].tolist(),
            _named(direction[shown], _TRENDS),
            _named(standing.status[shown], _STATUSES),
            _named(skill, [None if one is None else one[0].version for one in self._ruled]),
            _named(skill, [None if one is None else one[1] for one in self._ruled]),
            _optional(standing.validated_on, standing.validated_on > _NEVER, shown),
            _optional(standing.expires_on, standing.expires_on > _NEVER, shown),
            _optional(of_class[:, _PRACTICE], comparable, shown),
            _optional(of_class[:, _FIELD], comparable, shown),
            (apart | standing.discrepancy)[shown].tolist(),
            _optional(decayed, decays & rating.rated, shown),
            *(_optional(self.last[:, kind], self.last[:, kind] > _NEVER, shown) for kind in range(3)),
        ]
        values = list(zip(*columns, strict=True))
        past = 0
        for size in np.bincount(self.person[shown], minlength=self._people).tolist():
            yield Profile(values[past : past + size])
            past += size

    def _shown(self) -> Flags:
        """Without the combinations of several dimensions that were not seen in the rating window and have no rule."""
        optional = np.array(
            [
                "&" in name[1] and (ruled is None or ruled[1] != name[1])
                for name, ruled in zip(self._names, self._ruled, strict=True)
            ],
            np.bool_,
        )[self.skill]
        since = (self._as_of - RATING_WINDOW_DAYS) * SECONDS_PER_DAY
        shown: Flags = ~optional | (self.held > 0) | (self.last.max(axis=1, initial=_NEVER) >= since)
        return shown

    def _rating(self, day: Numbers, stale: Flags) -> _Rating:
        """The ratings of all rows, each as of its day (see rating.ground, and Ground.rated)."""
        day_of_series = np.where(self.kind == _LEARNING, self._as_of, day[self.row])
        age = np.minimum(np.repeat(day_of_series, self.size) - self.day, RATING_WINDOW_DAYS + 1)
        weight = _WEIGHTS[age]
        number = self.of_series(self._sums(age <= RATING_WINDOW_DAYS))
        weights = self.of_series(self._sums(weight))
        weighted = self.of_series(self._sums(weight * self.score))
        squares = self.of_series(self._sums(weight * weight))
        aged = self.of_series(self._sums(weight * age))
        ages = self.of_series(day_of_series - self.day[self.end - 1])
        some = np.maximum(weights, 1)
        sigma = np.array([self._parameters.sigma_of(name) for name, _ in self._names], np.float64)[self.skill, None]
        noise = sigma * sigma * squares / (some * some)
        if self.error is not None and len(self.error):
            if not 0 <= self.error.min() <= self.error.max() <= _EXACT // (WEIGHTS[0] * int(self.size.max())):
                raise ValueError("a scorer's variance is negative, or too large for exact sums")
            noise = noise + self.of_series(self._sums(weight * self.error)) / (some * ERROR_UNIT)
        age_of_class = aged / some

        fields, practice = number[:, _FIELD], number[:, _PRACTICE]
        learning = np.where(stale, 0, number[:, _LEARNING])
        by_field = (fields > 0) & ((fields >= FIELD_ALONE) | (practice == 0))
        blended = (fields > 0) & ~by_field
        by_practice = (fields == 0) & (practice >= VALIDATION_ALONE)
        cases = [by_field, blended, by_practice]
        deviation = np.sqrt(
            np.select(
                cases,
                [noise[:, _FIELD], 0.49 * noise[:, _FIELD] + 0.09 * noise[:, _PRACTICE], noise[:, _PRACTICE]],
                0.0,
            )
            + self._parameters.drift
            * self._parameters.drift
            * (
                DRIFT_FACTOR
                * np.select(
                    cases,
                    [
                        age_of_class[:, _FIELD],
                        0.7 * age_of_class[:, _FIELD] + 0.3 * age_of_class[:, _PRACTICE],
                        age_of_class[:, _PRACTICE],
                    ],
                    0.0,
                )
                + (self._as_of - day)
            )
        )
        if not (deviation < _EXACT).all():
            raise ValueError("the parameters give no deviation")
        newest = np.select(
            cases, [ages[:, _FIELD], np.minimum(ages[:, _FIELD], ages[:, _PRACTICE]), ages[:, _PRACTICE]], 0
        )
        confidence = np.select(
            cases,
            [
                1 + (fields >= FIELD_ALONE).astype(np.int64) + (fields >= FIELD_HIGH),
                np.full(self.count, 2),
                1 + (practice >= VALIDATION_MEDIUM).astype(np.int64),
            ],
            0,
        )
        single = (practice > 0) | (learning > 0)
        has_preliminary = ~(by_field | blended | by_practice) & single
        basis = np.select(
            [by_field & (fields >= FIELD_ALONE), by_field, blended, by_practice, single],
            [_FIELD_BASIS, _FIELD_FEW, _BLEND, _VALIDATION, _PRELIMINARY],
            _NONE,
        )
        of_class = _half_up(weighted, some)
        blend = _half_up(
            7 * weighted[:, _FIELD] * weights[:, _PRACTICE] + 3 * weighted[:, _PRACTICE] * weights[:, _FIELD],
            np.where(blended, 10 * weights[:, _FIELD] * weights[:, _PRACTICE], 1),
        )
        return _Rating(
            number=number,
            of_class=of_class,
            basis=basis,
            confidence=np.where(newest > OLD_DAYS, np.maximum(confidence - 1, 0), confidence),
            deviation=deviation,
            rated=by_field | blended | by_practice,
            rating=np.select(cases, [of_class[:, _FIELD], blend, of_class[:, _PRACTICE]], 0),
            has_preliminary=has_preliminary,
            preliminary=np.where(practice > 0, of_class[:, _PRACTICE], of_class[:, _LEARNING]),
        )

    def _sums(self, values: Numbers | Flags) -> Numbers:
        """The sum of each series."""
        found: Numbers = np.add.reduceat(values, self.start, dtype=np.int64) if len(self.start) else self.start
        return found

    def _trend(self, rating: _Rating, stale: Flags) -> Numbers:
        """The trends (see trend.trend) of practice, or of the field where only that counts; positions in _TRENDS."""
        practice, fields = rating.number[:, _PRACTICE], rating.number[:, _FIELD]
        kind = np.where((practice > 0) & (rating.basis != _FIELD_BASIS), _PRACTICE, _FIELD)
        count = np.where(kind == _PRACTICE, practice, fields)
        rows = np.flatnonzero((count >= LEAST_OBSERVATIONS) & ~stale)
        direction = np.zeros(self.count, np.int64)
        if not len(rows):
            return direction
        count, end = count[rows], self.end[self.series[rows, kind[rows]]]
        half = count // 2
        newest = self.total[end] - self.total[end - half]
        oldest = self.total[end - count + half] - self.total[end - count]
        difference = (newest - oldest) / half
        sigma = np.array([self._parameters.sigma_of(name) for name, _ in self._names], np.float64)[self.skill[rows]]
        bar = np.maximum(LEAST_CHANGE, ONE_SIDED_TEN_PERCENT * sigma * 100 * np.sqrt(2 / half))
        direction[rows] = np.select([difference >= bar, difference <= -bar], [3, 1], 2)
        return direction

    def _standing(self, ruled: Flags, sizes: Numbers) -> _Standing:
        """What each row's rule says (see rules.judge)."""
        as_of = self._as_of
        window = self.rule_column(lambda rule: rule.observation_window_days)
        minimums = [
            self.rule_column(lambda rule: rule.minimums[0]),
            self.rule_column(lambda rule: rule.minimums[1]),
            self.rule_column(lambda rule: rule.minimums[2]),
            self.rule_column(lambda rule: rule.minimums[3]),
        ]
        least, bar = np.stack(minimums[::2], axis=1), np.stack(minimums[1::2], axis=1)
        lifetime = self.rule_column(lambda rule: _NEVER if rule.expires_after_days is None else rule.expires_after_days)
        overrides = self.rule_column(lambda rule: rule.field_overrides_validation) > 0
        recertifies = self.rule_column(lambda rule: rule.requires_recertification) > 0

        since = np.repeat(as_of - window[self.row], self.size)
        in_window = self._sums(self.day >= since)
        count = self.of_series(in_window)[:, :2]
        total = self.of_series(self.total[self.end] - self.total[self.end - in_window])[:, :2]
        verdict = _verdict(count, total, least, bar)
        field, practice = verdict[:, _FIELD], verdict[:, _PRACTICE]
        both = ((field > 0) | (least[:, _FIELD] == 0)) & ((practice > 0) | (least[:, _PRACTICE] == 0))
        met = ruled & ~recertifies & np.where(overrides, (field > 0) | ((field == 0) & (practice > 0)), both)

        ever = (self.last > _NEVER).any(axis=1)
        begun = np.where(ruled, (sizes[:, :2] > 0).any(axis=1) | (self.last[:, _LEARNING] > _NEVER), ever)
        status = np.where(met, _VALIDATED, np.where(begun, _IN_PROGRESS, _NOT_STARTED))
        validated_on = np.where(met, as_of, _NEVER)
        open_rows = np.flatnonzero(ruled & ~met & begun & (sizes[:, :2] >= least).any(axis=1))
        by_exam = recertifies[open_rows] & (lifetime[open_rows] > _NEVER)
        alone = open_rows[by_exam]
        rows = open_rows[~by_exam]
        rows = rows[self._attainable(rows, least[rows], bar[rows], overrides[rows], count[rows])]
        if len(rows):
            found, missed = self._latest(rows, window[rows], least[rows], bar[rows], overrides[rows])
            ended = (found > _NEVER) & (lifetime[rows] == _NEVER) & missed
            validated_on[rows] = np.where(ended, _NEVER, found)
        expires_on = np.where((validated_on > _NEVER) & (lifetime > _NEVER), validated_on + lifetime, _NEVER)
        later = validated_on[rows] > _NEVER
        holds = (expires_on[rows] == _NEVER) | (as_of <= expires_on[rows])
        status[rows] = np.where(later, np.where(holds, _VALIDATED, _EXPIRED), _IN_PROGRESS)
        for row in alone.tolist():
            standing = self._judged(row)
            status[row] = _STATUSES.index(standing.status)
            validated_on[row] = _NEVER if standing.validated_on is None else standing.validated_on
            expires_on[row] = _NEVER if standing.expires_on is None else standing.expires_on
        return _Standing(status, validated_on, expires_on, ruled & (field < 0) & (practice > 0))

    def _judged(self, row: int) -> achievement.Standing:
        """The standing of a row whose rule accepts nothing but an exam after an expiry: a walk over time."""
        ruled = self._ruled[self.skill[row]]
        assert ruled is not None
        days: list[list[int]] = []
        scores: list[list[int]] = []
        exams: list[int] = []
        for kind in range(3):
            series = self.series[row, kind]
            part = slice(self.start[series], self.end[series]) if series >= 0 else slice(0)
            days.append(self.day[part].tolist())
            scores.append(self.score[part].tolist())
            exams += self.day[part][self._exam[self._number[part]]].tolist()
        last = int(self.last[row, _LEARNING])
        return achievement.judge(
            ruled[0],
            self._as_of,
            days[_FIELD],
            scores[_FIELD],
            days[_PRACTICE],
            scores[_PRACTICE],
            sorted(exams),
            () if last == _NEVER else (last // SECONDS_PER_DAY,),
        )

    def _attainable(self, rows: Numbers, least: Numbers, bar: Numbers, overrides: Flags, count: Numbers) -> Flags:
        """False for rows whose rule no window can have satisfied: an upper bound that needs no search.

        Windows only move forward: none begins after the newest one, or rises by more than the highest sum of the
        scores' distances from the bar less the lowest.
        """
        can = np.zeros((len(rows), 2), np.bool_)
        for kind in (_FIELD, _PRACTICE):
            series = self.series[rows, kind]
            some = np.flatnonzero((least[:, kind] > 0) & (series >= 0))
            some = some[self.size[series[some]] >= least[some, kind]]
            if not len(some):
                continue
            chosen = series[some]
            lengths = self.size[chosen] + 1
            step = _within(lengths)
            start = np.repeat(self.start[chosen], lengths)
            above = self.total[start + step] - self.total[start] - step * np.repeat(bar[some, kind], lengths)
            bounds = _running(lengths)[:-1]
            highest = np.where(step >= np.repeat(least[some, kind], lengths), above, -_HUGE)
            newest = np.repeat(self.size[chosen] - count[some, kind], lengths)
            lowest = np.where(step <= newest, above, _HUGE)
            can[some, kind] = np.maximum.reduceat(highest, bounds) >= np.minimum.reduceat(lowest, bounds)
        wanted = (least > 0) & ~overrides[:, None]
        possible: Flags = np.asarray(can.any(axis=1) & (can | ~wanted).all(axis=1), np.bool_)
        return possible

    def _latest(
        self, rows: Numbers, window: Numbers, least: Numbers, bar: Numbers, overrides: Flags
    ) -> tuple[Numbers, Flags]:
        """(the latest day on which each row's rule was satisfied, _NEVER if never; whether the field contradicted
        after it)."""
        series = self.series[rows, :2]
        sizes = np.where(series >= 0, self.size[series], 0)
        lowest = int(self.day.min()) - int(window.max()) - 1
        span = self._as_of - lowest + 1
        # The content of a window changes on the days of observations, and when one has left.
        changes = 2 * sizes.sum(axis=1)
        begin = _running(changes)[:-1]
        row = np.repeat(np.arange(len(rows)), changes)
        day = np.empty(len(row), np.int64)
        kept: list[tuple[Numbers, Numbers]] = []
        after = begin.copy()
        zero = np.zeros(len(rows), np.int64)
        for kind in (_FIELD, _PRACTICE):
            some = np.flatnonzero(sizes[:, kind])
            of_row = np.repeat(some, sizes[some, kind])
            step = _within(sizes[some, kind])
            at = self.start[series[of_row, kind]] + step
            for shift in (zero, window + 1):
                day[after[of_row] + step] = self.day[at] + shift[of_row]
                after += sizes[:, kind]
            above = self.score[at] - bar[of_row, kind]
            kept.append((of_row * span + self.day[at] - lowest, _running(above)))
        come = day <= self._as_of
        begin = np.asarray(_running(come)[begin])
        row, day = row[come], day[come]
        until = row * span + day - lowest
        since = until - window[row]
        enough: list[Flags] = []
        reached: list[Flags] = []
        for (keys, above), needed in zip(kept, np.where(least > 0, least, _HUGE).T, strict=True):
            first, past = np.searchsorted(keys, since, "left"), np.searchsorted(keys, until, "right")
            enough.append(past - first >= needed[row])
            reached.append(enough[-1] & (above[past] >= above[first]))
        # Where the field overrides, practice decides as long as the field has too few (see rules.judge).
        either = reached[_FIELD] | (reached[_PRACTICE] & ~enough[_FIELD])
        both = (reached[_FIELD] | (least[:, _FIELD] == 0)[row]) & (reached[_PRACTICE] | (least[:, _PRACTICE] == 0)[row])
        latest = np.maximum.reduceat(np.where(np.where(overrides[row], either, both), day, _NEVER), begin)
        later: Flags = day > latest[row]
        following = np.minimum.reduceat(np.where(later, day, self._as_of + 1), begin)
        missed: Flags = np.bitwise_or.reduceat(later & enough[_FIELD] & ~reached[_FIELD], begin)
        return np.where(latest > _NEVER, following - 1, _NEVER), missed


class _Rating(NamedTuple):
    """Columns by row, those of `number` and `of_class` by class, too. of_class: each class's own rating."""

    number: Numbers
    of_class: Numbers
    basis: Numbers
    confidence: Numbers
    deviation: Fractions
    rated: Flags
    rating: Numbers
    has_preliminary: Flags
    preliminary: Numbers


class _Standing(NamedTuple):
    """Columns by row; days are _NEVER where there is none."""

    status: Numbers
    validated_on: Numbers
    expires_on: Numbers
    discrepancy: Flags


def _verdict(count: Numbers, total: Numbers, least: Numbers, bar: Numbers) -> Numbers:
    """By row and class: 1 meets the minimums, -1 has the count and misses the bar, 0 has too few or no minimums."""
    return np.where((count < least) | (least == 0), 0, np.where(total >= bar * count, 1, -1))


def _one_per_event(
    entry_of: Numbers, number: Numbers, series: Numbers, score: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """One event is one observation of a skill, however many of its scores are about it: their mean."""
    entry = entry_of[number]
    ends = np.flatnonzero(np.append((entry[1:] != entry[:-1]) | (series[1:] != series[:-1]), True)[: len(entry)])
    starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
    totals = _running(score)
    return number[ends], series[ends], _half_up(totals[ends + 1] - totals[starts], ends + 1 - starts)


def _whole(values: Sequence[int], lowest: int, highest: int) -> Numbers:
    """Numbers out of entries, as a column. Raises ValueError for what is no whole number (asked for those, NumPy would
    cut off fractions and read texts), or not one that stands there: it would be counted for somebody else's skill."""
    if not values:
        return np.zeros(0, np.int64)
    column = np.array(values)
    if column.dtype != np.int64 or not lowest <= column.min() <= column.max() <= highest:
        raise ValueError("an entry holds what cannot stand there")
    return column


def _half_up(numerator: Numbers, denominator: Numbers | int) -> Numbers:
    """rating.half_up, by column."""
    return (2 * numerator + denominator) // (2 * denominator)


def _within(sizes: Numbers) -> Numbers:
    """0 … size - 1 for each size, one after the other."""
    return np.arange(int(sizes.sum())) - np.repeat(_running(sizes)[:-1], sizes)


def _running(values: Numbers | Flags) -> Numbers:
    """Running totals, beginning with 0."""
    totals = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=totals[1:])
    return totals


def _ends(values: Numbers) -> Numbers:
    """The positions of the last of equal neighbours."""
    return np.flatnonzero(np.append(values[1:] != values[:-1], np.ones(min(len(values), 1), np.bool_)))


def _optional(values: Numbers, there: Flags, rows: Numbers) -> list[int | None]:
    """Of the rows the values, None where there is none."""
    there = there[rows]
    if there.all():
        complete: list[int | None] = values[rows].tolist()
        return complete
    column = np.empty(len(rows), object)
    column[there] = values[rows][there]
    found: list[int | None] = column.tolist()
    return found


def _named(values: Numbers, names: Sequence[Any]) -> list[Any]:
    """The values' names."""
    column = np.empty(len(names), object)
    column[:] = names
    found: list[Any] = column[values].tolist()
    return found
