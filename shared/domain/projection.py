"""From an employee's state to the ratings of all their skills on one day.

The projection is a pure function of (entries, framework, parameters, day). It takes only the entries that stand,
sorts them by time and text, groups them by competency and context, and rates each group. A profile has the general
skill, each single dimension seen, each full context seen, and each context that a rule names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from shared.domain import rules as achievement
from shared.domain.context import GENERAL, Context, ObservedContext, counts_for, observed, skills_seen
from shared.domain.distrust import Distrust, Entry, counted
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
from shared.domain.rating import Basis, Confidence, Rated, Window, half_up, rate, rate_class, window_of
from shared.domain.rules import Status
from shared.domain.trend import Trend, trend

APART_COUNT = 3
APART_POINTS = 1500
"""Practice and field are "apart" when both have three observations and differ by 15 points (in hundredths)."""

_COUNTED, _HELD, _REJECTED = 0, 1, 2

MOST_REMEMBERED = 100_000
"""Contexts, and skills with their rules, that are remembered per framework."""


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
    """All standing observations of one skill, in order of time, by class.

    errors: per observation the variance of its scorer's error; empty when no scorer's error is measured
    """

    __slots__ = ("days", "errors", "exams", "held", "last", "scores")

    def __init__(self) -> None:
        self.days: tuple[list[int], list[int], list[int]] = ([], [], [])
        self.scores: tuple[list[int], list[int], list[int]] = ([], [], [])
        self.errors: tuple[list[float], list[float], list[float]] = ([], [], [])
        self.last: list[int | None] = [None, None, None]
        self.exams: list[int] = []
        self.held = 0


def _skills_of(context: str, named: tuple[Context, ...], framework: Framework) -> tuple[str, ...]:
    """The encoded skills that an observation in `context` counts for, given the contexts that rules name.

    The state keeps an integration's own words; a framework's dimensions map them here, so that a new mapping applies
    to what came before it.
    """
    memo: dict[tuple[str, tuple[Context, ...]], tuple[str, ...]] = framework.__dict__.setdefault("_skills_memo", {})
    key = (context, named)
    known = memo.get(key)
    if known is None:
        if len(memo) >= MOST_REMEMBERED:
            memo.clear()
        seen = mapped(decode_context(context), framework.dimensions)
        found = dict.fromkeys(skills_seen(seen))
        found.update(dict.fromkeys(skill for skill in named if counts_for(seen, skill)))
        known = memo[key] = tuple(encode_skill(skill) for skill in found)
    return known


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


class DecodedState:
    """A state's entries, decoded once; of several about the same source and source id, the one that stands."""

    __slots__ = ("_chosen",)

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._chosen: dict[tuple[int, str, str], tuple[int, int, str, list[Any]]] = {}
        chosen = self._chosen
        for text, array in zip(entries.values(), decode_entries(entries), strict=True):
            subject = (array[1], array[2], array[3])
            current = chosen.get(subject)
            if current is None or current[:3] < (array[4], array[5], text):
                chosen[subject] = (array[4], array[5], text, array)

    def add(self, text: str) -> None:
        """One more entry."""
        array = json.loads(text)
        subject = (array[1], array[2], array[3])
        current = self._chosen.get(subject)
        if current is None or current[:3] < (array[4], array[5], text):
            self._chosen[subject] = (array[4], array[5], text, array)

    def first_seen(self, kind: int, source: str, source_id: str) -> int | None:
        """When what is known under a source's id happened (seconds); None when nothing is."""
        known = self._chosen.get((kind, source, source_id))
        return None if known is None else int(known[3][0])

    def newest(self) -> tuple[int, str]:
        """(at, text) of what comes last in the order of time and text, rejected or not; (0, "") of nothing."""
        return max(((c[3][0], c[2]) for c in self._chosen.values()), default=(0, ""))

    def standing(self, *, rejected: bool = False) -> list[tuple[int, str, list[Any]]]:
        """(at, text, array) of the entries that stand, in order of time and text, without the rejected ones.

        rejected: with them: a rejection must be remembered, else what it replaced would return.
        """
        return sorted([(c[3][0], c[2], c[3]) for c in self._chosen.values() if rejected or c[3][7] != _REJECTED])


_Destination = tuple[_Group, int, tuple[int, ...]]
"""A group, and which of an event's scores are about it: the first, and more where there are several."""

_Step = tuple[list[int | None], Callable[[int], None], Callable[[int], None], int]
"""For one class of observations: a group's last times, how a day and a score are added to it, and which score."""


def _plan(found: list[_Destination], kind: int) -> tuple[list[_Destination], list[_Step]]:
    """The destinations, and the steps of the plainest case; none where an event says several things about a skill."""
    if any(more for _, _, more in found):
        return found, []
    return found, [(g.last, g.days[kind].append, g.scores[kind].append, position) for g, position, _ in found]


class _Grouping:
    """Sorts observations, one after another in order of time, into the groups of the skills that they count for.

    groups: competency → encoded context → its observations
    wanted: only these (competency, encoded context)
    """

    __slots__ = ("_create", "_framework", "_named", "_of_pair", "_plans", "_variance", "_words", "groups")

    def __init__(
        self,
        framework: Framework,
        only: Collection[str] | None = None,
        extra: Mapping[str, tuple[Context, ...]] | None = None,
        wanted: Collection[tuple[str, str]] | None = None,
        scorer_variance: Mapping[str, float] | None = None,
    ) -> None:
        self._framework = framework
        self._variance = scorer_variance or None
        self._create = wanted is None
        self._named: dict[str, tuple[Context, ...]] = {}
        self._words: dict[str, str | None] = {}
        self._of_pair: dict[tuple[str, str], list[_Group]] = {}
        self._plans: dict[tuple[str | int, ...], tuple[list[_Destination], list[_Step]]] = {}
        self.groups: dict[str, dict[str, _Group]]
        if wanted is not None:
            self.groups = {}
            for competency, skill in wanted:
                self.groups.setdefault(competency, {})[skill] = _Group()
        else:
            self.groups = {c: {"": _Group()} for c in framework.by_competency if only is None or c in only}
        for competency, of_competency in self.groups.items():
            contexts = framework.rule_contexts.get(competency, ())
            if extra:
                contexts += extra.get(competency, ())
            self._named[competency] = contexts
            if wanted is None:
                for context in contexts:
                    of_competency.setdefault(encode_skill(context), _Group())

    def add_all(self, standing: Iterable[Entry], as_of: int | None = None) -> None:
        """Entries in order of time; as_of: nothing that happened on a later day."""
        for at, _, array in standing:
            if as_of is not None and at // SECONDS_PER_DAY > as_of:
                break
            self.add(at, array)

    def add(self, at: int, array: Sequence[Any]) -> None:
        """One entry that stands, none of those before being later."""
        _, kind, source, _, _, _, activity, standing, contexts, flat = array
        if self._create:
            # Events of one shape (the same words in the same contexts) go to the same groups, and shapes repeat.
            shape = (kind, *flat[::3], *flat[2::3], *contexts)
            known = self._plans.get(shape)
            if known is None:
                known = self._plans[shape] = _plan(self._sorted_out(contexts, flat), kind)
            found, plan = known
            if plan and standing == _COUNTED and activity != CERTIFICATION_EXAM and self._variance is None:
                scores = flat[1::3]
                if NO_SCORE not in scores:
                    day = at // SECONDS_PER_DAY
                    for last, add_day, add_score, position in plan:
                        last[kind] = at
                        add_day(day)
                        add_score(scores[position])
                    return
        else:
            found = self._sorted_out(contexts, flat)
        if not found:
            return
        if standing == _HELD:
            for group, _position, _more in found:
                group.held += 1
            return
        day = at // SECONDS_PER_DAY
        error = self._variance.get(source, 0.0) if self._variance else None
        exam = activity == CERTIFICATION_EXAM
        for group, position, more in found:
            group.last[kind] = at
            score = flat[3 * position + 1]
            if more:
                score = _mean_score([score, *(flat[3 * other + 1] for other in more)])
            if score == NO_SCORE:
                continue
            group.days[kind].append(day)
            group.scores[kind].append(score)
            if error is not None:
                group.errors[kind].append(error)
            if exam:
                group.exams.append(day)

    def _sorted_out(self, contexts: Sequence[str], flat: Sequence[Any]) -> list[_Destination]:
        """Where an event's scores go, given its (word for a competency, score, index into contexts, …)."""
        words = self._words
        found: list[_Destination] = []
        for index in range(0, len(flat), 3):
            word = flat[index]
            if word not in words:
                competency = self._framework.competency_named(word)
                words[word] = competency if competency in self.groups else None
            competency = words[word]
            if competency is None:
                continue
            pair = (competency, contexts[flat[index + 2]])
            groups = self._of_pair.get(pair)
            if groups is None:
                groups = self._of_pair[pair] = self._groups_of(competency, pair[1])
            found += [(group, index // 3, ()) for group in groups]
        if len(found) < 2 or len({id(group) for group, _, _ in found}) == len(found):
            return found
        # Several scores of one event are about the same skill: two words for it, or one in two contexts.
        positions: dict[int, tuple[_Group, list[int]]] = {}
        for group, position, _ in found:
            positions.setdefault(id(group), (group, []))[1].append(position)
        return [(group, several[0], tuple(several[1:])) for group, several in positions.values()]

    def _groups_of(self, competency: str, context: str) -> list[_Group]:
        """The groups that a competency's score in an encoded observed context belongs to."""
        of_competency = self.groups[competency]
        found: list[_Group] = []
        for skill in _skills_of(context, self._named[competency], self._framework):
            group = of_competency.get(skill)
            if group is None:
                if not self._create:
                    continue
                group = of_competency[skill] = _Group()
            found.append(group)
        return found


def _mean_score(scores: Sequence[int]) -> int:
    """One call or one session is one observation of a skill, however many of its scores are about it."""
    numbers = [score for score in scores if score != NO_SCORE]
    return half_up(sum(numbers), len(numbers)) if numbers else NO_SCORE


class Projection:
    """An employee's state seen through a framework on the day `as_of` (days since 1970-01-01 UTC).

    entries: the employee's state (key → entry text). Entries about competencies that the framework does not know are
             kept in the state and rated as soon as it knows them.
    only:    limit to these competencies; wanted: to these (competency, encoded context), which is much cheaper
    extra:   further contexts to rate, per competency
    """

    def __init__(
        self,
        entries: Mapping[str, str] | DecodedState,
        framework: Framework,
        parameters: Parameters,
        as_of: int,
        *,
        only: Collection[str] | None = None,
        extra: Mapping[str, tuple[Context, ...]] | None = None,
        wanted: Collection[tuple[str, str]] | None = None,
    ) -> None:
        self.framework = framework
        self.parameters = parameters
        self.as_of = as_of
        state = entries if isinstance(entries, DecodedState) else DecodedState(entries)
        self._asked = {(c, encode_skill(context)) for c, contexts in (extra or {}).items() for context in contexts}
        self._grouping = _Grouping(framework, only, extra, wanted, parameters.scorer_variance)
        standing = state.standing()
        self._distrust = Distrust(parameters.untrusted, framework) if parameters.untrusted else None
        if self._distrust is not None:
            standing = self._distrust.kept(standing)
        self._grouping.add_all(standing, as_of)
        self._groups = self._grouping.groups
        self._shared = _Shared(as_of)

    def add_newest(self, text: str) -> None:
        """One more entry, of a day that has come, about a source id that the state did not know, later than the rest.

        For any other entry a new projection has to be made.
        """
        array = json.loads(text)
        if self._distrust is not None:
            array = self._distrust.of(array)
        if array is None or array[7] == _REJECTED:
            return
        self._grouping.add(array[0], array)
        # What was shared belongs to days that have changed; a projection that lives long would only collect it.
        self._shared = _Shared(self.as_of)

    def rows(self) -> list[SkillRating]:
        """Every skill of the profile, sorted by competency and context.

        A combination of several dimensions that has not been seen in the rating window is left out, unless a rule or
        `extra` names it: a profile full of bygone combinations says nothing.
        """
        result: list[SkillRating] = []
        drift, shared, asked = self.parameters.drift, self._shared, self._asked
        since = (self.as_of - RATING_WINDOW_DAYS) * SECONDS_PER_DAY
        for competency, of_competency in self._groups.items():
            sigma = self.parameters.sigma_of(competency)
            for skill, group in of_competency.items():
                rule = _rule(self.framework, competency, skill)
                if "&" in skill and not group.held and (rule is None or encode_skill(rule.context) != skill):
                    last = group.last
                    if max(last[0] or 0, last[1] or 0, last[2] or 0) < since and (competency, skill) not in asked:
                        continue
                result.append(_rated(competency, skill, group, rule, sigma, drift, shared))
        result.sort(key=_key)
        return result

    def row(self, competency: str, skill: str) -> SkillRating:
        """One skill, by its encoded context; with nothing observed when the projection does not hold it."""
        group = self._groups.get(competency, {}).get(skill) or _Group()
        sigma = self.parameters.sigma_of(competency)
        rule = _rule(self.framework, competency, skill)
        return _rated(competency, skill, group, rule, sigma, self.parameters.drift, self._shared)

    def left_out(self, competency: str, skill: str) -> dict[str, int]:
        """How many scores of the rating window do not count because their scorer is not trusted, by its name."""
        if self._distrust is None:
            return {}
        days = range(self.as_of - RATING_WINDOW_DAYS, self.as_of + 1)
        context = decode_skill(skill)
        return counted(
            [
                one
                for one in self._distrust.left_out
                if one.competency == competency
                and one.at // SECONDS_PER_DAY in days
                and counts_for(mapped(decode_context(one.context), self.framework.dimensions), context)
            ]
        )

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
        if len(memo) >= MOST_REMEMBERED:
            memo.clear()
        memo[key] = framework.rule_for(competency, decode_skill(skill))
    return memo[key]


class _Shared:
    """What skills that were observed on the same days have in common on one day, worked out once for all of them.

    An event scores several competencies, so most days are shared: forty skills of a person may have eight.
    """

    __slots__ = ("_changes", "_windows", "as_of")

    def __init__(self, as_of: int) -> None:
        self.as_of = as_of
        self._windows: dict[tuple[int, ...], Window | None] = {}
        self._changes: dict[tuple[tuple[int, ...], tuple[int, ...], int], achievement.Changes] = {}

    def window(self, days: Sequence[int]) -> Window | None:
        """The rating window over these days."""
        if not days:
            return None
        key = tuple(days)
        if key not in self._windows:
            self._windows[key] = window_of(days, self.as_of)
        return self._windows[key]

    def changes(self, rule: Rule, field_days: Sequence[int], validation_days: Sequence[int]) -> achievement.Changes:
        """The days on which the content of a rule's window changes."""
        key = (tuple(field_days), tuple(validation_days), rule.observation_window_days)
        known = self._changes.get(key)
        if known is None:
            known = self._changes[key] = achievement.Changes(key[2], key[0], key[1], self.as_of)
        return known


def _rated(
    competency: str, skill: str, group: _Group, rule: Rule | None, sigma: float, drift: float, shared: _Shared
) -> SkillRating:
    as_of = shared.as_of
    field_days, validation_days, learning_days = group.days
    field_scores, validation_scores, learning_scores = group.scores
    field_window, validation_window = shared.window(field_days), shared.window(validation_days)
    learning_window = shared.window(learning_days)
    field = field_window.rate(field_scores, group.errors[0]) if field_window else None
    validation = validation_window.rate(validation_scores, group.errors[1]) if validation_window else None
    learning = learning_window.rate(learning_scores) if learning_window else None
    rated = rate(field, validation, learning, sigma, drift)
    stale = False
    if field is None and validation is None and (field_days or validation_days):
        rated, stale = _last_rating(group, sigma, drift, as_of), True

    direction: Trend = "insufficient"
    if validation_window and rated.basis != "field":
        direction = trend(validation_scores[validation_window.first : validation_window.past], sigma)
    elif field_window:
        direction = trend(field_scores[field_window.first : field_window.past], sigma)

    practice_rating = field_rating = None
    apart = False
    if field and validation and field.observations >= APART_COUNT and validation.observations >= APART_COUNT:
        practice_rating, field_rating = validation.hundredths(), field.hundredths()
        apart = abs(practice_rating - field_rating) >= APART_POINTS

    last_field, last_validation, last_learning = group.last
    if rule is None:
        evidence = last_field is not None or last_validation is not None or last_learning is not None
        standing = achievement.Standing("in_progress" if evidence else "not_started")
        decayed = None
    else:
        standing = achievement.judge(
            rule,
            as_of,
            field_days,
            field_scores,
            validation_days,
            validation_scores,
            group.exams,
            () if last_learning is None else (last_learning // SECONDS_PER_DAY,),
            shared.changes,
        )
        decayed = _decayed(rule.decay_rate, rated.rating, group, as_of)
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
        apart or standing.discrepancy,
        decayed,
        last_field,
        last_validation,
        last_learning,
    )


def _decayed(decay_rate: float | None, rating: int | None, group: _Group, as_of: int) -> int | None:
    """The rating less `decay_rate` points per 30 days since the newest observation; None without a rate."""
    if not decay_rate or rating is None:
        return None
    newest = max((days[-1] for days in group.days[:2] if days), default=as_of)
    return max(0, rating - half_up(round(decay_rate * 100) * max(0, as_of - newest), 30))


def _last_rating(group: _Group, sigma: float, drift: float, as_of: int) -> Rated:
    """The rating as it stood on the day of the newest observation by field or validation, with confidence unknown and
    the interval of today: the skill has wandered since."""
    last = max(days[-1] for days in group.days[:2] if days)
    then = rate(
        rate_class(group.days[0], group.scores[0], last, group.errors[0]),
        rate_class(group.days[1], group.scores[1], last, group.errors[1]),
        None,
        sigma,
        drift,
        as_of - last,
    )
    return then._replace(confidence="unknown")


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
    """The entries that any rating from the last observation's day on can depend on: what a collection must keep.

    Of the entries that stand:
    - per skill, the 90 days (or the longest memory of a rule, if longer) before its last observation by field or
      validation; the 90 days before its last learning; the last observation of each class;
    - per skill, the witnesses of its rule's standing (see rules.witnesses);
    - everything held, and everything about competencies that the framework does not know;
    - what a person rejected, or an analysis emptied, within the reach of the newest entry: a late lower version must
      not bring it back. An older late one rebuilds the state from the ledger.

    Any set of standing entries between the retained one and the whole retains the same, so a state may be collected
    at any time and keeps growing as if it had not been. A context on request that no rule and no profile names may
    lose a stale rating.
    """
    state = DecodedState(entries)
    reach = max(RATING_WINDOW_DAYS, framework.longest_memory_days)
    every = state.standing(rejected=True)
    newest = every[-1][0] // SECONDS_PER_DAY if every else 0
    kept: set[str] = set()
    # (competency, encoded context) → per class (day, text) of all its observations, in order of time.
    members: dict[tuple[str, str], tuple[list[tuple[int, str]], ...]] = {}
    skills: dict[tuple[str, str], tuple[tuple[str, str], ...] | None] = {}
    for at, text, array in every:
        day = at // SECONDS_PER_DAY
        flat = array[9]
        if array[7] == _REJECTED or not flat:
            if day >= newest - reach:
                kept.add(text)
            continue
        if array[7] == _HELD:
            kept.add(text)
            continue
        about: dict[tuple[str, str], None] = {}
        for index in range(0, len(flat), 3):
            pair = (flat[index], array[8][flat[index + 2]])
            if pair not in skills:
                skills[pair] = _skill_keys(pair, framework)
            found = skills[pair]
            if found is None:
                kept.add(text)
            else:
                about.update(dict.fromkeys(found))
        for key in about:
            members.setdefault(key, ([], [], []))[array[1]].append((day, text))
    grouping = _Grouping(framework)
    grouping.add_all(state.standing())
    groups = grouping.groups
    for (competency, skill), classes in members.items():
        group = groups[competency][skill]
        kept.update(of_class[-1][1] for of_class in classes if of_class)
        if classes[2]:
            since = classes[2][-1][0] - RATING_WINDOW_DAYS
            kept.update(text for day, text in classes[2] if day >= since)
        scored = [days[-1] for days in group.days[:2] if days]
        if not scored:
            continue
        both = [*classes[0], *classes[1]]
        since = max(scored) - reach
        older = [(day, text) for day, text in both if day < since]
        kept.update(text for day, text in both if day >= since)
        rule = _rule(framework, competency, skill)
        if rule is None or not older:
            continue
        spans = achievement.witnesses(rule, group.days[0], group.scores[0], group.days[1], group.scores[1], group.exams)
        kept.update(text for day, text in older if any(start <= day <= end for start, end in spans))
    return {entry_key(text): text for text in sorted(kept)}


def _skill_keys(pair: tuple[str, str], framework: Framework) -> tuple[tuple[str, str], ...] | None:
    """The skills of a profile that a (word for a competency, encoded observed context) counts for; None for an
    unknown word."""
    competency = framework.competency_named(pair[0])
    if competency is None:
        return None
    named = framework.rule_contexts.get(competency, ())
    return tuple((competency, skill) for skill in _skills_of(pair[1], named, framework))
