"""From an employee's state to the ratings of all their skills on one day.

The projection is a pure function of (entries, framework, parameters, day). It takes only the entries that stand,
sorts them by time and text, groups them by competency and context, and rates each group. A profile has the general
skill, each single dimension seen, each full context seen, and each context that a rule names.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from shared.domain import rules as achievement
from shared.domain.context import GENERAL, Context, ObservedContext, counts_for, observed, skills_seen
from shared.domain.framework import Dimension, Framework, Rule
from shared.domain.kernel import RATING_WINDOW_DAYS, Parameters
from shared.domain.observation import (
    CERTIFICATION_EXAM,
    NO_SCORE,
    SECONDS_PER_DAY,
    decode_context,
    decode_entries,
    encode_context,
    entry_key,
)
from shared.domain.rating import Basis, Confidence, Rated, half_up, rate, rate_class
from shared.domain.rules import Status
from shared.domain.trend import Trend, trend

APART_COUNT = 3
APART_POINTS = 1500
"""Practice and field are "apart" when both have three observations and differ by 15 points (in hundredths)."""

_FIELD, _VALIDATION, _LEARNING = 0, 1, 2
_HELD, _REJECTED = 1, 2


class SkillRating(NamedTuple):
    """One row of a profile: a skill (competency and context) of one person on one day.

    Ratings and bounds in hundredths of a point; days since 1970-01-01 UTC; times in seconds since then.

    context:        form-encoded (`industry=healthcare`), "" for the general skill
    rating:         None when there is too little; for a stale one the last rating that was
    preliminary:    the baseline when there is no rating
    basis:          which branch of the rating applied
    field, validation, learning: how many observations of each class are in the window
    held:           how many wait for a person's review
    practice_rating, field_rating: each class's own rating when both have three or more, else None
    discrepancy:    those two are 15 points or more apart, or the field contradicts a rule that practice meets
    decayed:        the rating less the rule's decay since the newest observation; None without a decay rate
    rule_context:   the context of the rule that gave the status; None when no rule applies
    """

    competency: str
    context: str
    rating: int | None
    preliminary: int | None
    confidence: Confidence
    basis: Basis
    stale: bool
    deviation: int | None
    low: int | None
    high: int | None
    field: int
    validation: int
    learning: int
    held: int
    trend: Trend
    status: Status
    rule_version: int | None
    rule_context: str | None
    validated_on: int | None
    expires_on: int | None
    practice_rating: int | None
    field_rating: int | None
    discrepancy: bool
    decayed: int | None
    last_field_at: int | None
    last_validation_at: int | None
    last_learning_at: int | None

    @property
    def key(self) -> tuple[str, str]:
        return self.competency, self.context

    @property
    def observations(self) -> int:
        """Data points that contribute to the rating."""
        return self.field + self.validation if self.rating is not None else self.field + self.validation + self.learning

    @property
    def last_at(self) -> int | None:
        return max(
            (at for at in (self.last_field_at, self.last_validation_at, self.last_learning_at) if at),
            default=None,
        )


class _Group:
    """All standing observations of one skill, in order of time, by class."""

    __slots__ = ("days", "exams", "held", "last", "scores", "touched")

    def __init__(self) -> None:
        self.days: tuple[list[int], list[int], list[int]] = ([], [], [])
        self.scores: tuple[list[int], list[int], list[int]] = ([], [], [])
        self.last: list[int | None] = [None, None, None]
        self.exams: list[int] = []
        self.touched: list[int] = []
        self.held = 0


@lru_cache(maxsize=100_000)
def _skills_of(context: str, named: tuple[Context, ...], dimensions: tuple[Dimension, ...]) -> tuple[str, ...]:
    """The encoded skills that an observation in `context` counts for, given the contexts that rules name.

    The state keeps an integration's own words; a framework's dimensions map them here, so that a new mapping applies
    to what came before it.
    """
    seen = mapped(decode_context(context), dimensions)
    found = dict.fromkeys(skills_seen(seen))
    found.update(dict.fromkeys(skill for skill in named if counts_for(seen, skill)))
    return tuple(encode_skill(skill) for skill in found)


@lru_cache(maxsize=50_000)
def mapped(context: ObservedContext, dimensions: tuple[Dimension, ...]) -> ObservedContext:
    """An observed context in a framework's own values; words that it does not know stay as they came."""
    mapping = {item.dimension: item for item in dimensions}
    return observed(
        {
            dimension: [mapping[dimension].map(value)[0] for value in values] if dimension in mapping else values
            for dimension, values in context
        }
    )


def skills_named(context: ObservedContext, framework: Framework) -> list[Context]:
    """The skills that an observation is about in the first place: its full contexts, then the general skill."""
    seen = skills_seen(mapped(context, framework.dimensions))
    fullest = max(map(len, seen))
    return [skill for skill in seen if len(skill) == fullest and skill] + [GENERAL]


@lru_cache(maxsize=100_000)
def encode_skill(skill: Context) -> str:
    """A skill's context as form-encoded text, "" for the general skill."""
    return encode_context(tuple((dimension, (value,)) for dimension, value in skill))


@lru_cache(maxsize=100_000)
def decode_skill(text: str) -> Context:
    """The reverse of encode_skill."""
    return tuple((dimension, values[0]) for dimension, values in decode_context(text))


def _standing_arrays(entries: Mapping[str, str]) -> list[tuple[int, str, list[Any]]]:
    """(at, text, decoded array) of the entries that stand and are not rejected, in order of time and text."""
    chosen: dict[tuple[int, str, str], tuple[int, int, str, list[Any]]] = {}
    for text, array in zip(entries.values(), decode_entries(entries), strict=True):
        subject = (array[1], array[2], array[3])
        candidate = (array[4], array[5], text, array)
        current = chosen.get(subject)
        if current is None or current[:3] < candidate[:3]:
            chosen[subject] = candidate
    return sorted([(c[3][0], c[2], c[3]) for c in chosen.values() if c[3][7] != _REJECTED])


def _grouped(
    entries: Mapping[str, str],
    framework: Framework,
    only: Collection[str] | None,
    extra: Mapping[str, tuple[Context, ...]],
) -> dict[str, dict[str, _Group]]:
    """competency → encoded context → its observations."""
    groups: dict[str, dict[str, _Group]] = {
        competency: {"": _Group()} for competency in framework.by_competency if only is None or competency in only
    }
    named: dict[str, tuple[Context, ...]] = {}
    names: dict[str, str | None] = {}
    for competency, of_competency in groups.items():
        contexts = framework.rule_contexts.get(competency, ()) + extra.get(competency, ())
        named[competency] = contexts
        for context in contexts:
            of_competency.setdefault(encode_skill(context), _Group())
    for at, _, array in _standing_arrays(entries):
        day = at // SECONDS_PER_DAY
        kind = array[1]
        contexts_of_entry = array[8]
        flat = array[9]
        exam = array[6] == CERTIFICATION_EXAM
        held = array[7] == _HELD
        for index in range(0, len(flat), 3):
            word = flat[index]
            if word in groups:
                competency = word
            else:
                if word not in names:
                    names[word] = framework.competency_named(word)
                resolved = names[word]
                if resolved is None or resolved not in groups:
                    continue
                competency = resolved
            score = flat[index + 1]
            of_competency = groups[competency]
            for skill in _skills_of(contexts_of_entry[flat[index + 2]], named[competency], framework.dimensions):
                group = of_competency.get(skill)
                if group is None:
                    group = of_competency[skill] = _Group()
                if held:
                    group.held += 1
                    continue
                group.last[kind] = at
                if score != NO_SCORE:
                    group.days[kind].append(day)
                    group.scores[kind].append(score)
                    if exam:
                        group.exams.append(day)
    return groups


class Projection:
    """An employee's state seen through a framework on the day `as_of` (days since 1970-01-01 UTC).

    entries: the employee's state (key → entry text). Entries about competencies that the framework does not know are
             kept in the state and rated as soon as it knows them.
    only:    limit to these competencies; extra: further contexts to rate, per competency.
    """

    def __init__(
        self,
        entries: Mapping[str, str],
        framework: Framework,
        parameters: Parameters,
        as_of: int,
        *,
        only: Collection[str] | None = None,
        extra: Mapping[str, tuple[Context, ...]] | None = None,
    ) -> None:
        self.framework = framework
        self.parameters = parameters
        self.as_of = as_of
        self._groups = _grouped(entries, framework, only, extra or {})

    def rows(self) -> list[SkillRating]:
        """Every skill of the profile, sorted by competency and context."""
        result: list[SkillRating] = []
        drift = self.parameters.drift
        for competency, of_competency in self._groups.items():
            sigma = self.parameters.sigma_of(competency)
            for skill, group in of_competency.items():
                rule = _rule(self.framework, competency, skill)
                result.append(_rated(competency, skill, group, rule, sigma, drift, self.as_of))
        result.sort(key=_key)
        return result

    def progress(self, competency: str, skill: str) -> Progress | None:
        """How far the skill is on the way to validation; None when no rule decides about it."""
        rule = _rule(self.framework, competency, skill)
        if rule is None:
            return None
        group = self._groups.get(competency, {}).get(skill) or _Group()
        counted = achievement.counted(rule, self.as_of, group.days[0], group.scores[0], group.days[1], group.scores[1])
        return Progress(rule, *counted)


class Progress(NamedTuple):
    """What counts towards a rule in its window. Means in points, None without observations."""

    rule: Rule
    field_count: int
    field_mean: float | None
    validation_count: int
    validation_mean: float | None

    @property
    def field_missing(self) -> int:
        return max(0, (self.rule.min_field_observations or (1 if self.rule.wants_field else 0)) - self.field_count)

    @property
    def validation_missing(self) -> int:
        least = self.rule.min_validation_attempts or (1 if self.rule.wants_validation else 0)
        return max(0, least - self.validation_count)


def project(
    entries: Mapping[str, str],
    framework: Framework,
    parameters: Parameters,
    as_of: int,
    *,
    only: Collection[str] | None = None,
    extra: Mapping[str, tuple[Context, ...]] | None = None,
) -> list[SkillRating]:
    """Every skill of a profile on the day `as_of`, sorted by competency and context (see Projection)."""
    return Projection(entries, framework, parameters, as_of, only=only, extra=extra).rows()


def _key(row: SkillRating) -> tuple[str, str]:
    return row[0], row[1]


def _rule(framework: Framework, competency: str, skill: str) -> Rule | None:
    memo: dict[tuple[str, str], Rule | None] = framework.__dict__.setdefault("_rule_memo", {})
    key = (competency, skill)
    if key not in memo:
        if len(memo) > 100_000:
            memo.clear()
        memo[key] = framework.rule_for(competency, decode_skill(skill))
    return memo[key]


def _rated(
    competency: str, skill: str, group: _Group, rule: Rule | None, sigma: float, drift: float, as_of: int
) -> SkillRating:
    days, scores = group.days, group.scores
    field = rate_class(days[0], scores[0], as_of)
    validation = rate_class(days[1], scores[1], as_of)
    learning = rate_class(days[2], scores[2], as_of) if days[2] else None
    rated = rate(field, validation, learning, sigma, drift)
    stale = False
    if rated.basis == "none":
        rated, stale = _last_rating(group, rated, sigma, drift, as_of)

    if rated.basis == "field":
        kind = _FIELD
    else:
        kind = _VALIDATION if validation else _FIELD
    first = bisect_left(days[kind], as_of - RATING_WINDOW_DAYS)
    past = bisect_right(days[kind], as_of)
    direction = trend(scores[kind][first:past], sigma)

    practice_rating = field_rating = None
    apart = False
    if field and validation and field.observations >= APART_COUNT and validation.observations >= APART_COUNT:
        practice_rating, field_rating = validation.hundredths(), field.hundredths()
        apart = abs(practice_rating - field_rating) >= APART_POINTS

    if rule is None:
        evidence = any(last is not None for last in group.last)
        standing = achievement.Standing("in_progress" if evidence else "not_started")
    else:
        standing = achievement.judge(
            rule, as_of, days[0], scores[0], days[1], scores[1], group.exams, _learning_days(group)
        )
    decayed = None
    if rule is not None and rule.decay_rate and rated.rating is not None:
        newest = max((d[-1] for d in days[:2] if d), default=as_of)
        decayed = max(0, rated.rating - half_up(round(rule.decay_rate * 100) * max(0, as_of - newest), 30))
    return SkillRating(
        competency,
        skill,
        rated.rating,
        rated.preliminary,
        rated.confidence,
        rated.basis,
        stale,
        rated.deviation,
        rated.low,
        rated.high,
        field.observations if field else 0,
        validation.observations if validation else 0,
        learning.observations if learning else 0,
        group.held,
        direction,
        standing.status,
        rule.version if rule else None,
        encode_skill(rule.context) if rule else None,
        standing.validated_on,
        standing.expires_on,
        practice_rating,
        field_rating,
        apart or (standing.field_contradicts and validation is not None),
        decayed,
        group.last[0],
        group.last[1],
        group.last[2],
    )


def _learning_days(group: _Group) -> list[int]:
    last = group.last[_LEARNING]
    return [] if last is None else [last // SECONDS_PER_DAY]


def _last_rating(group: _Group, nothing: Rated, sigma: float, drift: float, as_of: int) -> tuple[Rated, bool]:
    """The rating as it stood on the day of the newest earlier observation: stale, confidence unknown."""
    earlier = [days[-1] for days in group.days[:2] if days and days[-1] <= as_of]
    if not earlier:
        return nothing, False
    last = max(earlier)
    then = rate(
        rate_class(group.days[0], group.scores[0], last),
        rate_class(group.days[1], group.scores[1], last),
        None,
        sigma,
        drift,
    )
    return then._replace(confidence="unknown"), True


def rating_for(rows: Iterable[SkillRating], competency: str, context: Context = GENERAL) -> SkillRating | None:
    """One skill's row out of a projection."""
    wanted = (competency, encode_skill(context))
    return next((row for row in rows if row.key == wanted), None)


def to_text(rows: Iterable[SkillRating]) -> str:
    """A projection as canonical JSON: one array per skill, in the order of SkillRating's fields."""
    return json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> list[SkillRating]:
    """The reverse of to_text."""
    return [SkillRating(*row) for row in json.loads(text)]


def retain(entries: Mapping[str, str], framework: Framework) -> dict[str, str]:
    """The entries that any present or future rating can depend on: what garbage collection must keep.

    Of the entries that stand, per skill: the 90 days (or the longest memory of a rule, if longer) before the skill's
    last observation; the window of the latest recognised satisfaction of its rule, and of the contradiction that
    ended it. Entries about competencies that the framework does not know are all kept, as are held ones.
    """
    arrays = _standing_or_rejected(entries)
    reach = max(RATING_WINDOW_DAYS, framework.longest_memory_days)
    members: dict[tuple[str, str], list[tuple[int, str]]] = {}
    kept: set[str] = set()
    for at, text, array in arrays:
        day = at // SECONDS_PER_DAY
        if array[7] == _HELD:
            kept.add(text)
        flat = array[9]
        if not flat:
            kept.add(text)
        for index in range(0, len(flat), 3):
            competency = framework.competency_named(flat[index])
            if competency is None:
                kept.add(text)
                continue
            for skill in _skills_of(
                array[8][flat[index + 2]], framework.rule_contexts.get(competency, ()), framework.dimensions
            ):
                members.setdefault((competency, skill), []).append((day, text))
    groups = _grouped(entries, framework, None, {})
    for (competency, skill), texts in members.items():
        last = max(day for day, _ in texts)
        spans = [(last - reach, last)]
        rule = _rule(framework, competency, skill)
        if rule is not None:
            group = groups[competency][skill]
            standing = achievement.judge(
                rule, last, group.days[0], group.scores[0], group.days[1], group.scores[1], group.exams
            )
            for turning_point in (standing.validated_on, standing.ended_on):
                if turning_point is not None:
                    spans.append((turning_point - rule.memory_days, turning_point))
        kept.update(text for day, text in texts if any(start <= day <= end for start, end in spans))
    return {entry_key(text): text for text in sorted(kept)}


def _standing_or_rejected(entries: Mapping[str, str]) -> list[tuple[int, str, list[Any]]]:
    """Like _standing_arrays, with the rejected ones: a rejection must be remembered, else what it replaced returns."""
    chosen: dict[tuple[int, str, str], tuple[int, int, str, list[Any]]] = {}
    for text, array in zip(entries.values(), decode_entries(entries), strict=True):
        subject = (array[1], array[2], array[3])
        candidate = (array[4], array[5], text, array)
        if subject not in chosen or chosen[subject][:3] < candidate[:3]:
            chosen[subject] = candidate
    return sorted([(c[3][0], c[2], c[3]) for c in chosen.values()])
