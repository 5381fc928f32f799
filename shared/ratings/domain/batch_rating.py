"""Rates: from entries to rows, for one person or for the people of a shard, on one day or on several.

    entries → scores and what they count for (score_table) → series in order of time (series)
            → ratings (rating), trends (trend), statuses (rules) → rows (skill_rating)

The same sums over the same observations are worked out for all rows together, as columns of numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import orjson

from shared.frameworks.domain.framework import Framework, Rule
from shared.frameworks.domain.framework_index import FrameworkIndex, Skill, index_of
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.columns import NEVER, Flags, Numbers, higher, lower, named, optional
from shared.kernel.days import SECONDS_PER_DAY
from shared.kernel.rounding import half_up
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import FIELD, PRACTICE
from shared.ratings.domain.interval import noise_of
from shared.ratings.domain.rating import BASES, CONFIDENCES, Rating, rate
from shared.ratings.domain.rules import RuleColumns, rules_of, statuses
from shared.ratings.domain.score_table import ScoreTable, TableBuilder, together
from shared.ratings.domain.scorer_exclusion import ScorerExclusion
from shared.ratings.domain.series import Rows, Series, series_of
from shared.ratings.domain.skill_rating import Direction, Progress, SkillRating
from shared.ratings.domain.trend import TRENDS, trends
from shared.ratings.domain.verdicts import STATUSES, Statuses
from shared.ratings.domain.weights import DECAY_DAYS, FULL_SCORE, Z_EIGHTY

DIRECTIONS: Final[tuple[Direction | None, ...]] = (None, "practice_ahead", "field_ahead")
_PRACTICE_AHEAD, _FIELD_AHEAD = 1, 2

_SHOWN: Final = (
    "rated",
    "rating",
    "has_preliminary",
    "preliminary",
    "confidence",
    "basis",
    "stale",
    "level",
    "deviation",
)
"""Columns of ratings from which a skill's fields are made as they are."""
MOST_USES: Final = 150_000
"""Uses of scores that are worked on together: about 30 MB of columns, and more at once is not faster."""


class Profile(NamedTuple):
    """One person's rows, as plain tuples in the order of SkillRating's fields."""

    values: list[tuple[Any, ...]]

    def rows(self) -> list[SkillRating]:
        return list(map(SkillRating._make, self.values))

    def text(self) -> str:
        """Returns the rows as skill_rating.to_text writes them."""
        return orjson.dumps(self.values).decode()


def profiles(
    people: Iterable[Iterable[str]],
    framework: Framework,
    parameters: Parameters,
    as_of: int,
    *,
    only: Collection[Skill] | None = None,
) -> Iterator[Profile]:
    """Rates everybody's skills on the day `as_of`, in order.

    people: per person the texts of the entries of their state
    only:   these skills alone, whether anything was seen of them or not

    Raises ValueError, TypeError or IndexError for entries and parameters out of which no profile can be made: no entry
    may reach into another's numbers.
    """
    batch = _Batch(framework, parameters, as_of)
    for texts in people:
        batch.take(texts)
        if batch.builder.uses >= MOST_USES:
            yield from batch.profiles(only)
            batch = _Batch(framework, parameters, as_of)
    yield from batch.profiles(only)


class _Batch:
    """People whose skills are rated together."""

    def __init__(self, framework: Framework, parameters: Parameters, as_of: int) -> None:
        self._parameters = parameters
        self._as_of = as_of
        self._index = index_of(framework)
        self._exclusion = ScorerExclusion(parameters.untrusted, framework)
        self._people = 0
        self.builder = TableBuilder(self._index, parameters)

    def take(self, texts: Iterable[str]) -> None:
        entries = self._exclusion.remaining(EffectiveEntries(texts).in_order())
        # What is yet to come brings no skill to a profile.
        until = (self._as_of + 1) * SECONDS_PER_DAY
        if entries and entries[-1].at >= until:
            entries = [entry for entry in entries if entry.at < until]
        self.builder.take(entries)
        self._people += 1

    def profiles(self, only: Collection[Skill] | None) -> Iterator[Profile]:
        if not self._people:
            return
        as_of, table, wanted = np.full(self._people, self._as_of), self.builder.table(), [*self._index.always]
        if only is not None:
            wanted = [self._index.number(*skill) for skill in sorted(only)]
            table = table.about(wanted)
        rated = rate_series(series_of(table, self._index, as_of, wanted), self._parameters)
        shown = np.flatnonzero(rated.shown(() if only is None else wanted))
        values, past = rated.values(shown), 0
        for size in np.bincount(rated.rows.person[shown], minlength=self._people).tolist():
            yield Profile(values[past : past + size])
            past += size


class RatedSeries(NamedTuple):
    """All that is known of some rows, as columns."""

    series: Series
    rules: RuleColumns
    rating: Rating
    trend: Numbers
    statuses: Statuses

    @property
    def rows(self) -> Rows:
        return self.series.rows

    def shown(self, asked: Iterable[int] = ()) -> Flags:
        """Drops combinations of several dimensions that were not seen in the rating window, unless a rule or
        who asks names them (by number): a profile full of bygone combinations says nothing."""
        rows, asked = self.rows, frozenset(asked)
        optional_skills = [
            "&" in name[1] and (ruled is None or ruled[1] != name[1]) and number not in asked
            for number, name, ruled in zip(rows.skills, rows.names, rows.ruled, strict=True)
        ]
        if any(optional_skills):
            return np.asarray(rows.seen | ~rows.of_skills(optional_skills))
        return np.ones(len(rows), np.bool_)

    def values(self, which: Numbers | slice) -> list[tuple[Any, ...]]:
        """Returns some rows as tuples in the order of SkillRating's fields."""
        return list(zip(*self._skill(which), *self._numbers(which), *self._status(which), strict=True))

    def progress(self, place: int) -> Progress | None:
        """Returns what counts towards a row's rule; None where no rule decides."""
        ruled = self.rows.ruled[self.rows.skill[place]]
        if ruled is None:
            return None
        return progress_of(ruled[0], *(table[:, place].tolist() for table in self.statuses[-3:]))

    def _skill(self, which: Numbers | slice) -> list[list[Any]]:
        skill = self.rows.skill[which]
        return [named(skill, names) for names in zip(*self.rows.names, strict=True)]

    def _numbers(self, which: Numbers | slice) -> list[list[Any]]:
        """Returns the fields from SkillRating.rating to SkillRating.trend."""
        rating = self.rating._replace(**{name: getattr(self.rating, name)[which] for name in _SHOWN})
        low, level, high = bounds(rating)
        return [
            optional(rating.rating, rating.rated),
            optional(rating.preliminary, rating.has_preliminary),
            named(rating.confidence, CONFIDENCES),
            named(rating.basis, BASES),
            rating.stale.tolist(),
            optional(level, rating.rated),
            optional(hundredths_of(rating.deviation), rating.rated),
            optional(low, rating.rated),
            optional(high, rating.rated),
            *(of_kind[which].tolist() for of_kind in rating.counted),
            self.rows.pending[which].tolist(),
            named(self.trend[which], TRENDS),
        ]

    def _status(self, which: Numbers | slice) -> list[list[Any]]:
        """Returns the fields from SkillRating.status to the end."""
        rows, rating, found = self.rows, self.rating, self.statuses
        skill, last, comparable = rows.skill[which], rows.last[:, which], rating.comparable[which]
        validated_on, expires_on = found.validated_on[which], found.expires_on[which]
        return [
            named(found.status[which], STATUSES),
            named(skill, [None if ruled is None else ruled[0].version for ruled in rows.ruled]),
            named(skill, [None if ruled is None else ruled[1] for ruled in rows.ruled]),
            optional(validated_on, validated_on > NEVER),
            optional(expires_on, expires_on > NEVER),
            optional(rating.of_kind[PRACTICE][which], comparable),
            optional(rating.of_kind[FIELD][which], comparable),
            (rating.apart | found.apart)[which].tolist(),
            self._decayed(which),
            *(optional(of_kind, of_kind > NEVER) for of_kind in last),
            rating.apart[which].tolist(),
            found.missed[which].tolist(),
            found.contradicted[which].tolist(),
            found.doubted[which].tolist(),
            optional(hundredths_of(rating.shared[which]), rating.rated[which]),
        ]

    def _decayed(self, which: Numbers | slice) -> list[int | None]:
        """Returns the rating less the rule's decay since the newest observation by field or practice."""
        decays = (self.rules.decay[which] > NEVER) & self.rating.rated[which]
        if not decays.any():
            return [None] * len(decays)
        newest = self.series.newest[:, which]
        days = self.rows.as_of[which] - np.maximum(newest[FIELD], newest[PRACTICE])
        left = decayed(self.rating.rating[which], self.rules.decay[which], np.where(decays, days, 0))
        return optional(left, decays)


def decayed(rating: Any, rate: Any, days: Any) -> Any:
    """Returns a rating less the rule's decay of so many days, of one row or of each of several."""
    return higher(rating - half_up(rate * days, DECAY_DAYS), 0)


def directions(
    table: ScoreTable, index: FrameworkIndex, parameters: Parameters, days: Sequence[int], skills: Collection[int]
) -> list[list[Direction | None]]:
    """Returns of one person's skills (by number; sorted by name) the directions of their discrepancies on each day."""
    series = series_of(table.repeated(len(days)), index, np.array(days, np.int64), skills)
    noise = noise_of(series.rows, parameters)
    rating = rate(series, parameters, noise)
    field, practice, _ = rating.of_kind
    judged = statuses(series, rules_of(series.rows), parameters, noise)
    by_rule = np.where(judged.apart, _PRACTICE_AHEAD, 0)
    found = np.where(rating.apart, np.where(practice > field, _PRACTICE_AHEAD, _FIELD_AHEAD), by_rule)
    return [named(of_day, DIRECTIONS) for of_day in found.reshape(len(days), -1)]


def rate_series(series: Series, parameters: Parameters) -> RatedSeries:
    """Rates all rows of the series."""
    noise, rules = noise_of(series.rows, parameters), rules_of(series.rows)
    rating = rate(series, parameters, noise)
    judged = statuses(series, rules, parameters, noise)
    return RatedSeries(series, rules, rating, trends(series, rating, noise), judged)


def bounds(rating: Rating) -> tuple[Any, Any, Any]:
    """Returns the level and the ends of its interval, in hundredths, of one row or of each of several: low, level,
    high."""
    aside = Z_EIGHTY * rating.deviation
    return hundredths_of(rating.level - aside), hundredths_of(rating.level), hundredths_of(rating.level + aside)


def hundredths_of(points: Any) -> Any:
    """Returns points as hundredths, cut to the scale, of one row or of each of several."""
    found = np.rint(points * 100).astype(np.int64) if isinstance(points, np.ndarray) else round(points * 100)
    return lower(higher(found, 0), FULL_SCORE)


def progress_of(rule: Rule, passed: Sequence[int], number: Sequence[int], total: Sequence[int]) -> Progress:
    """Returns what counts towards a row's rule, given by class what is in its window (see Statuses)."""
    field, practice = (_points(*of_kind) for of_kind in zip(number, total, strict=True))
    return Progress(rule, passed[FIELD], field, passed[PRACTICE], practice)


def _points(count: int, total: int) -> float | None:
    """Returns the mean in points; None of nothing."""
    return round(total / count / 100, 2) if count else None


def rate_tables(
    tables: Sequence[ScoreTable],
    index: FrameworkIndex,
    parameters: Parameters,
    as_of: Sequence[int],
    always: Collection[int],
    asked: Sequence[Collection[int]] = (),
) -> RatedSeries:
    """Rates each table, of one person, as of its day. always, asked: skills (by number) that have a row in any case, of
    each table, and by table"""
    table = tables[0] if len(tables) == 1 else together(tables, range(len(tables)))
    return rate_series(series_of(table, index, np.array(as_of, np.int64), always, asked), parameters)
