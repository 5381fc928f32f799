"""Rates a few skills of a person in plain numbers: what an event changes, without NumPy's fixed costs.

The formulas are those of `rating`, `trend`, `rules` and `level`; here is only where their numbers come from. Rules with
recertification, whose exams need all windows, and days before the newest observation are left to `batch_rating`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from math import sqrt
from operator import itemgetter
from typing import NamedTuple

from shared.frameworks.domain.framework import Rule
from shared.frameworks.domain.framework_index import Skill
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.columns import NEVER
from shared.observations.domain.entry import FIELD, LEARNING, PRACTICE
from shared.ratings.domain.batch_rating import bounds, decayed, hundredths_of, progress_of
from shared.ratings.domain.interval import Levels, level_of
from shared.ratings.domain.level import NoiseColumns, Said, Taken, variances
from shared.ratings.domain.rating import BASES, CONFIDENCES, KindSums, Rating, difference, is_stale, kind_sums, rated
from shared.ratings.domain.score_table import FAILED
from shared.ratings.domain.skill_rating import Progress, SkillRating
from shared.ratings.domain.skill_scores import BY_RATING, BY_RULE, UNSEEN, OfKind, SkillScores
from shared.ratings.domain.trend import TRENDS, Moving, by_practice, trends_of
from shared.ratings.domain.verdicts import (
    STATUSES,
    Statuses,
    contradiction,
    expiry,
    has_begun,
    judged,
    met,
    numbers_of,
    qualifies,
    speaks_against,
    verdict,
)
from shared.ratings.domain.weights import FIELD_ALONE, RATING_WINDOW_DAYS

Ruled = tuple[Rule, str]
"""The rule that decides about a skill, and its encoded context."""


def can_rate(scores: SkillScores, ruled: Ruled | None, as_of: int) -> bool:
    """Tells whether a skill is rated here (see the module)."""
    return scores.until <= as_of and (ruled is None or not ruled[0].requires_recertification)


class Asked(NamedTuple):
    """A skill that is to be rated."""

    skill: Skill
    ruled: Ruled | None
    scores: SkillScores


class _Judged(NamedTuple):
    """Holds what is known of a skill beside its trend. left: of the rating after its decay"""

    asked: Asked
    rating: Rating
    status: Statuses
    left: int | None
    moving: Moving


def rate_skills(
    asked: Iterable[Asked], parameters: Parameters, as_of: int
) -> Iterable[tuple[SkillRating, Callable[[int], Progress | None]]]:
    """Yields of each skill its row, and what tells how far it, at place 0, is on the way to validation.

    Raises ValueError for parameters that give no numbers.
    """
    found = [_judged(one, parameters, as_of) for one in asked]
    for one, trend in zip(found, trends_of([one.moving for one in found]), strict=True):
        yield _row(one, trend), partial(_progress, one.asked.ruled, one.status)


def _judged(asked: Asked, parameters: Parameters, as_of: int) -> _Judged:
    noise, scores = variances(parameters.noise_of(asked.skill[0])), asked.scores
    newest = max(scores.kinds[kind].day[-1] if scores.kinds[kind].day else NEVER for kind in (FIELD, PRACTICE))
    stale = is_stale(newest, as_of)
    day = newest if stale else as_of
    sums = kind_sums([(of_kind.day, of_kind.score) for of_kind in scores.kinds], day, as_of)
    rating = rated(sums, stale, _level(scores, sums, noise, day, as_of), 100 * sqrt(difference(sums, noise)))
    rule = _Rule(asked.ruled)
    left = decayed(rating.rating, rule.decay, as_of - newest) if rule.decay > NEVER and rating.rated else None
    return _Judged(asked, rating, _status(scores, rule, noise, as_of), left, _moving(scores, rating, noise))


def _progress(ruled: Ruled | None, status: Statuses, _place: int) -> Progress | None:
    return None if ruled is None else progress_of(ruled[0], *status[-3:])


def _row(one: _Judged, trend: int) -> SkillRating:
    (skill, ruled, scores), rating, status, left, _ = one
    low, level, high = bounds(rating)
    there, comparable, (fields, practices, learnings) = rating.rated, rating.comparable, rating.counted
    return SkillRating(
        skill[0],
        skill[1],
        rating.rating if there else None,
        rating.preliminary if rating.has_preliminary else None,
        CONFIDENCES[rating.confidence],
        BASES[rating.basis],
        rating.stale,
        level if there else None,
        hundredths_of(rating.deviation) if there else None,
        low if there else None,
        high if there else None,
        fields,
        practices,
        learnings,
        scores.pending,
        TRENDS[trend],
        STATUSES[status.status],
        None if ruled is None else ruled[0].version,
        None if ruled is None else ruled[1],
        _known(status.validated_on),
        _known(status.expires_on),
        rating.of_kind[PRACTICE] if comparable else None,
        rating.of_kind[FIELD] if comparable else None,
        rating.apart | status.apart,
        left,
        _known(scores.last[FIELD]),
        _known(scores.last[PRACTICE]),
        _known(scores.last[LEARNING]),
        rating.apart,
        status.missed,
        status.contradicted,
        status.doubted,
        hundredths_of(rating.shared) if there else None,
    )


def _known(value: int) -> int | None:
    return value if value > NEVER else None


def _level(scores: SkillScores, sums: KindSums, noise: NoiseColumns, day: int, as_of: int) -> Levels:
    """Returns the level, by what the rating rests on. day: the last one of the rating's window"""
    since = day - RATING_WINDOW_DAYS
    field, practice = scores.kinds[FIELD], scores.kinds[PRACTICE]
    said = _since(field, since)
    if sums.number[FIELD] < FIELD_ALONE and (practised := _since(practice, since)):
        at = field.at[len(field.at) - len(said) :] + practice.at[-len(practised) :]
        said = _in_order_of_time(at, said + practised)
    return level_of(scores.taken(BY_RATING, since, said, noise), noise, scores.leans, as_of)


def _in_order_of_time(at: list[int], said: list[Said]) -> list[Said]:
    """Returns what was said of two kinds, the field's given first, which so is first in a second."""
    return [one for _, one in sorted(zip(at, said, strict=True), key=itemgetter(0))]


def _since(of_kind: OfKind, day: int) -> list[Said]:
    return of_kind.said[bisect_left(of_kind.day, day) :]


def _moving(scores: SkillScores, rating: Rating, noise: NoiseColumns) -> Moving:
    """Returns what the trend is found in."""
    practised = by_practice(rating.number[PRACTICE], rating.basis)
    kind = PRACTICE if practised else FIELD
    days, seen = scores.kinds[kind].day, scores.kinds[kind].score
    first = len(days) - rating.number[kind]
    if practised:
        return Moving(days[first:], seen[first:], noise.practice, 0.0)
    return Moving(days[first:], seen[first:], noise.field, noise.likeness)


class _Rule:
    """A rule's numbers (see RuleColumns); least and bar by kind."""

    def __init__(self, ruled: Ruled | None) -> None:
        window, lifetime, decay, decides, overrides, _, *minimums = numbers_of(ruled)
        self.window, self.lifetime, self.decay = window, lifetime, decay
        self.decides, self.overrides = decides > 0, overrides > 0
        self.least, self.bar = minimums[:2], minimums[2:]


_Window = tuple[list[int], list[int], list[int]]
"""By kind: how many were not failed, all, and the sum of their scores (see Statuses)."""


def _status(scores: SkillScores, rule: _Rule, noise: NoiseColumns, as_of: int) -> Statuses:
    window = _in_window(scores, rule, as_of)
    verdicts = _verdicts(window, rule)
    begun = has_begun(rule.decides, [len(of_kind.day) for of_kind in scores.kinds], scores.last)
    validated_on = NEVER
    if rule.decides:
        if _is_met(rule, verdicts):
            validated_on = _qualified_on(scores, rule, as_of)
        if validated_on == NEVER:
            validated_on = _validated_before(scores, rule, as_of)
    against = (False, False)
    if validated_on > NEVER:
        against = _contradictions(scores, rule, noise, as_of)
    return judged(validated_on, expiry(validated_on, rule.lifetime), as_of, begun, against, verdicts, window)


def _verdicts(window: _Window, rule: _Rule) -> tuple[int, int]:
    field, practice = map(verdict, *window, rule.least, rule.bar)
    return field, practice


def _is_met(rule: _Rule, verdicts: Sequence[int]) -> bool:
    return bool(met(rule.overrides, *verdicts, *rule.least))


def _in_window(scores: SkillScores, rule: _Rule, day: int) -> _Window:
    """Returns what is in the rule's window on a day."""
    attempts, number, total = [], [], []
    for kind in (FIELD, PRACTICE):
        of_kind = scores.kinds[kind]
        inside = slice(bisect_left(of_kind.day, day - rule.window), bisect_right(of_kind.day, day))
        count = inside.stop - inside.start
        number.append(count)
        total.append(sum(of_kind.score[inside]))
        attempts.append(count - of_kind.exam[inside].count(FAILED))
    return attempts, number, total


def _qualified_on(scores: SkillScores, rule: _Rule, day: int) -> int:
    """Returns the day of the newest observation that qualifies, of the window that ends on a day; NEVER without one."""
    found = NEVER
    for kind in (FIELD, PRACTICE):
        of_kind, least, bar = scores.kinds[kind], rule.least[kind], rule.bar[kind]
        for place in range(bisect_right(of_kind.day, day) - 1, bisect_left(of_kind.day, day - rule.window) - 1, -1):
            if qualifies(of_kind.exam[place] >= 0, of_kind.score[place], least, bar):
                found = max(found, of_kind.day[place])
                break
    return found


def _validated_before(scores: SkillScores, rule: _Rule, as_of: int) -> int:
    """Returns the day from which a validation counts, by the latest window that satisfied the rule."""
    sizes = [len(of_kind.day) for of_kind in scores.kinds[:LEARNING]]
    enough = [size >= least > 0 for size, least in zip(sizes, rule.least, strict=True)]
    # No window holds what the whole series lacks: most rules want both kinds, and most people have one.
    if not any(enough) or not _is_met(rule, enough):
        return NEVER
    until, latest, found = scores.windows if scores.windows[0] <= as_of + 1 else UNSEEN
    for day in _changes(scores, rule, until, as_of):
        if _is_met(rule, _verdicts(_in_window(scores, rule, day), rule)) and _qualified_on(scores, rule, day) > NEVER:
            latest, found = day, _qualified_on(scores, rule, day)
            break
    scores.windows = as_of + 1, latest, found
    return found


def _changes(scores: SkillScores, rule: _Rule, since: int, until: int) -> list[int]:
    """Returns the days on which the content of the rule's window changes, the latest first."""
    changes: set[int] = set()
    for of_kind in scores.kinds[:LEARNING]:
        # Those that come, and those that have left.
        changes.update(of_kind.day[bisect_left(of_kind.day, since) :])
        left = slice(bisect_left(of_kind.day, since - rule.window - 1), bisect_left(of_kind.day, until - rule.window))
        changes.update([day + rule.window + 1 for day in of_kind.day[left]])
    return sorted(changes, reverse=True)


def _contradictions(scores: SkillScores, rule: _Rule, noise: NoiseColumns, as_of: int) -> tuple[bool, bool]:
    """Tells whether the field contradicts that the rule is met, and whether its latest conversation alone does so (see
    `rules.contradictions`)."""
    least, bar, since = rule.least[FIELD], rule.bar[FIELD], as_of - rule.window
    said = _since(scores.kinds[FIELD], since)
    if not said or bar <= 0:
        return False, False
    taken, seen = scores.taken(BY_RULE, since, said, noise), scores.kinds[FIELD].score[-len(said) :]
    latest = _against(least, bar, seen, taken, 0)
    before = len(seen) > 1 and _against(least, bar, seen, taken, 1)
    return contradiction(latest, before, len(seen))


def _against(least: int, bar: int, seen: Sequence[int], taken: Taken, back: int) -> bool:
    """Tells whether conversations without the latest ones speak against the field's bar. back: how many are left out"""
    count, place = len(seen) - back, -1 - back
    *_, after, doubt = taken.seen[place]
    return bool(speaks_against(least, bar, count, sum(seen[:count]), after, sqrt(doubt)))
