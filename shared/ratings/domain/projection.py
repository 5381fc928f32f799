"""From an employee's state to the ratings of all their skills on one day.

The projection is a pure function of (entries, framework, parameters, day). It takes only the entries that stand,
sorts them by time and text, groups them by competency and context, and rates each group. A profile has the general
skill, each single dimension seen, each full context seen, and each context that a rule names.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from shared.frameworks.domain.framework import Framework, Rule
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.context import GENERAL, Context, counts_for
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.observation import KINDS, decode_context, decode_entries, entry_key
from shared.ratings.domain import rules as achievement
from shared.ratings.domain.distrust import Distrust, Entry, counted
from shared.ratings.domain.grouping import HELD, MOST_REMEMBERED, Group, Grouping, Occasions, skills_of
from shared.ratings.domain.grouping import decode_skill as decode_skill
from shared.ratings.domain.grouping import encode_skill as encode_skill
from shared.ratings.domain.grouping import in_values_of as in_values_of
from shared.ratings.domain.grouping import mapped as mapped
from shared.ratings.domain.grouping import skills_named as skills_named
from shared.ratings.domain.kernel import RATING_WINDOW_DAYS
from shared.ratings.domain.rating import (
    Basis,
    Confidence,
    Rated,
    ground,
    half_up,
    rate,
    rate_class,
    window_of,
)
from shared.ratings.domain.rules import Status
from shared.ratings.domain.trend import Trend, trend

APART_COUNT = 3
APART_POINTS = 1500
"""Practice and field are "apart" when both have three observations and differ by 15 points (in hundredths)."""

REJECTED = 2


class SkillRating(NamedTuple):
    """One row of a profile: a skill (competency and context) of one person on one day.

    Ratings and bounds in hundredths of a point; days since 1970-01-01 UTC; times in seconds since then.

    context:        form-encoded (`dimension=value`), "" for the general skill
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
            (at for at in (self.last_field_at, self.last_validation_at, self.last_learning_at) if at is not None),
            default=None,
        )


class DecodedState:
    """A state's entries, decoded once; of several about the same source and source id, the one that stands."""

    __slots__ = ("_chosen",)

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._chosen: dict[tuple[int, str, str], Entry] = {}
        chosen = self._chosen
        for text, array in zip(entries.values(), decode_entries(entries), strict=True):
            at, kind, source, source_id, *_ = array
            subject = (kind, source, source_id)
            if subject not in chosen or _rank(chosen[subject]) < (array[4], array[5], text):
                chosen[subject] = (at, text, array)

    def add(self, text: str, array: list[Any]) -> None:
        """One more entry: its text, and the same decoded."""
        subject = (array[1], array[2], array[3])
        if subject not in self._chosen or _rank(self._chosen[subject]) < (array[4], array[5], text):
            self._chosen[subject] = (array[0], text, array)

    def first_seen(self, kind: int, source: str, source_id: str) -> int | None:
        """When what is known under a source's id happened (seconds); None when nothing is."""
        known = self._chosen.get((kind, source, source_id))
        return None if known is None else known[0]

    def newest(self) -> list[tuple[int, str]]:
        """By kind (index into KINDS): (at, text) of what comes last in the order of time and text, rejected or not;
        (0, "") of nothing."""
        found = [(0, "") for _ in KINDS]
        for known in self._chosen.values():
            kind = known[2][1]
            found[kind] = max(found[kind], known[:2])
        return found

    def standing(self, *, rejected: bool = False) -> list[Entry]:
        """The entries that stand, in order of time and text, without the rejected ones.

        rejected: with them: a rejection must be remembered, else what it replaced would return.
        """
        return sorted([known for known in self._chosen.values() if rejected or known[2][7] != REJECTED])


def _rank(entry: Entry) -> tuple[int, int, str]:
    """What decides which of two entries about the same stands: a person's decision, the analysis, the text."""
    return entry[2][4], entry[2][5], entry[1]


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
        self._asked = {(c, encode_skill(context)) for c, contexts in (extra or {}).items() for context in contexts}
        self._of = (entries, only, extra, wanted)
        self._views: dict[tuple[Occasions, Occasions, Occasions, float], _View] = {}
        if isinstance(entries, DecodedState):
            # It grows, and what it does not hold yet comes by `add_newest`.
            _ = self._sorted

    @cached_property
    def _sorted(self) -> tuple[Grouping, Distrust | None]:
        """The observations by skill, sorted when the first of them is asked for, and what was left out of them."""
        entries, only, extra, wanted = self._of
        state = entries if isinstance(entries, DecodedState) else DecodedState(entries)
        grouping = Grouping(self.framework, only, extra, wanted, self.parameters.scorer_variance)
        distrust = Distrust(self.parameters.untrusted, self.framework) if self.parameters.untrusted else None
        standing = state.standing()
        grouping.add_all(standing if distrust is None else distrust.kept(standing), self.as_of)
        return grouping, distrust

    def add_newest(self, array: list[Any]) -> None:
        """One more entry, decoded, of a day that has come, about a source id that the state did not know, later than
        the rest of its kind.

        For any other entry a new projection has to be made.
        """
        grouping, distrust = self._sorted
        counts = array if distrust is None else distrust.of(array)
        if counts is None or counts[7] == REJECTED:
            return
        grouping.add(counts[0], counts)
        # What was shared belongs to days that have changed; a projection that lives long would only collect it.
        self._views.clear()

    def rows(self) -> list[SkillRating]:
        """Every skill of the profile, sorted by competency and context.

        A combination of several dimensions that has not been seen in the rating window is left out, unless a rule or
        `extra` names it: a profile full of bygone combinations says nothing.
        """
        result: list[SkillRating] = []
        since = (self.as_of - RATING_WINDOW_DAYS) * SECONDS_PER_DAY
        for competency, of_competency in self._sorted[0].groups.items():
            sigma = self.parameters.sigma_of(competency)
            for skill, group in of_competency.items():
                ruled = rule_of(self.framework, competency, skill)
                if "&" in skill and not group.held and (ruled is None or ruled[1] != skill):
                    recent = any(at is not None and at >= since for at in group.last)
                    if not recent and (competency, skill) not in self._asked:
                        continue
                result.append(self._rated(competency, skill, group, ruled, sigma))
        result.sort(key=_key)
        return result

    def row(self, competency: str, skill: str) -> SkillRating:
        """One skill, by its encoded context; with nothing observed when the projection does not hold it."""
        ruled = rule_of(self.framework, competency, skill)
        return self._rated(
            competency, skill, self.group(competency, skill), ruled, self.parameters.sigma_of(competency)
        )

    def group(self, competency: str, skill: str) -> Group:
        """The observations of one skill, by its encoded context, up to `as_of`; nothing when it holds none."""
        return self._sorted[0].groups.get(competency, {}).get(skill) or Group()

    def rule(self, competency: str, skill: str) -> Rule | None:
        """The rule that decides about a skill, by its encoded context."""
        ruled = rule_of(self.framework, competency, skill)
        return None if ruled is None else ruled[0]

    def left_out(self, competency: str, skill: str) -> dict[str, int]:
        """How many scores of the rating window do not count because their scorer is not trusted, by its name."""
        _, distrust = self._sorted
        if distrust is None:
            return {}
        days = range(self.as_of - RATING_WINDOW_DAYS, self.as_of + 1)
        context = decode_skill(skill)
        return counted(
            [
                one
                for one in distrust.left_out
                if one.competency == competency
                and one.at // SECONDS_PER_DAY in days
                and counts_for(mapped(decode_context(one.context), self.framework.dimensions), context)
            ]
        )

    def progress(self, competency: str, skill: str) -> Progress | None:
        """How far the skill is on the way to validation; None when no rule decides about it."""
        rule = self.rule(competency, skill)
        if rule is None:
            return None
        group = self.group(competency, skill)
        days, scores = group.days, group.scores
        return Progress(rule, *achievement.counted(rule, self.as_of, days[0], scores[0], days[1], scores[1]))

    def _rated(
        self, competency: str, skill: str, group: Group, ruled: tuple[Rule, str] | None, sigma: float
    ) -> SkillRating:
        field_on, validation_on, learning_on = group.occasions
        key = (field_on, validation_on, learning_on, sigma)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = _View(*key, self.parameters.drift, self.as_of)
        field_scores, validation_scores, learning_scores = group.scores
        field_window, validation_window = view.field_window, view.validation_window
        field = field_window.weighted(field_scores) if field_window else 0
        validation = validation_window.weighted(validation_scores) if validation_window else 0
        learning = view.learning_window.weighted(learning_scores) if view.learning_window else 0
        if view.stale:
            rated = _last_rating(group, sigma, self.parameters.drift, self.as_of)
        else:
            rated = view.ground.rated(field, validation, learning)

        direction: Trend = "insufficient"
        if validation_window and rated.basis != "field":
            direction = trend(validation_scores[validation_window.first : validation_window.past], sigma)
        elif field_window:
            direction = trend(field_scores[field_window.first : field_window.past], sigma)

        practice_rating = field_rating = None
        apart = False
        if view.comparable and field_window and validation_window:
            practice_rating = half_up(validation, validation_window.weight)
            field_rating = half_up(field, field_window.weight)
            apart = abs(practice_rating - field_rating) >= APART_POINTS

        last_field, last_validation, last_learning = group.last
        decayed = rule_version = rule_context = None
        if ruled is None:
            evidence = last_field is not None or last_validation is not None or last_learning is not None
            standing = achievement.Standing("in_progress" if evidence else "not_started")
        else:
            rule, rule_context = ruled
            rule_version = rule.version
            standing = achievement.judge(
                rule,
                self.as_of,
                field_on.days,
                field_scores,
                validation_on.days,
                validation_scores,
                group.exams,
                () if last_learning is None else (last_learning // SECONDS_PER_DAY,),
                view.changes(rule.observation_window_days),
            )
            if rule.decay_rate:
                decayed = _decayed(rule.decay_rate, rated.rating, group, self.as_of)
        return SkillRating(
            competency,
            skill,
            rated.rating,
            rated.preliminary,
            rated.confidence,
            rated.basis,
            view.stale,
            rated.deviation,
            rated.low,
            rated.high,
            view.field,
            view.validation,
            view.learning,
            group.held,
            direction,
            standing.status,
            rule_version,
            rule_context,
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


def rule_of(framework: Framework, competency: str, skill: str) -> tuple[Rule, str] | None:
    """The rule that decides about a skill, with its encoded context."""
    memo: dict[tuple[str, str], tuple[Rule, str] | None] = framework.__dict__.setdefault("_rule_memo", {})
    key = (competency, skill)
    if key not in memo:
        if len(memo) >= MOST_REMEMBERED:
            memo.clear()
        rule = framework.rule_for(competency, decode_skill(skill))
        memo[key] = None if rule is None else (rule, encode_skill(rule.context))
    return memo[key]


class _View:
    """What skills that were observed on the same occasions have in common on one day, worked out once for all of them.

    An event scores several competencies, so most occasions are shared: forty skills of a person may have eight.

    stale:      something was observed by field or validation, but nothing in the rating window
    comparable: practice and field both have enough in the rating window to be told apart
    field, validation, learning: how many observations are in the rating window
    """

    __slots__ = (
        "_as_of",
        "_changes",
        "_field_days",
        "_validation_days",
        "comparable",
        "field",
        "field_window",
        "ground",
        "learning",
        "learning_window",
        "stale",
        "validation",
        "validation_window",
    )

    def __init__(
        self, field: Occasions, validation: Occasions, learning: Occasions, sigma: float, drift: float, as_of: int
    ) -> None:
        self._as_of = as_of
        self._field_days, self._validation_days = field.days, validation.days
        self._changes: dict[int, achievement.Changes] = {}
        self.field_window = field_window = window_of(field.days, as_of)
        self.validation_window = validation_window = window_of(validation.days, as_of)
        self.learning_window = learning_window = window_of(learning.days, as_of)
        self.ground = ground(
            field_window.rate((), field.errors) if field_window else None,
            validation_window.rate((), validation.errors) if validation_window else None,
            learning_window.rate(()) if learning_window else None,
            sigma,
            drift,
        )
        self.field = field_window.past - field_window.first if field_window else 0
        self.validation = validation_window.past - validation_window.first if validation_window else 0
        self.learning = learning_window.past - learning_window.first if learning_window else 0
        self.stale = not (self.field or self.validation) and bool(field.days or validation.days)
        self.comparable = self.field >= APART_COUNT and self.validation >= APART_COUNT

    def changes(self, window: int) -> achievement.Changes:
        """The windows of so many days, on the day and before it."""
        known = self._changes.get(window)
        if known is None:
            known = achievement.Changes(window, self._field_days, self._validation_days, self._as_of)
            self._changes[window] = known
        return known


def _decayed(decay_rate: float, rating: int | None, group: Group, as_of: int) -> int | None:
    """The rating less `decay_rate` points per 30 days since the newest observation; None without a rating."""
    if rating is None:
        return None
    newest = max((days[-1] for days in group.days[:2] if days), default=as_of)
    return max(0, rating - half_up(round(decay_rate * 100) * max(0, as_of - newest), 30))


def _last_rating(group: Group, sigma: float, drift: float, as_of: int) -> Rated:
    """The rating as it stood on the day of the newest observation by field or validation, with confidence unknown and
    the interval of today: the skill has wandered since."""
    field, validation, _ = group.occasions
    last = max(days[-1] for days in group.days[:2] if days)
    then = rate(
        rate_class(field.days, group.scores[0], last, field.errors),
        rate_class(validation.days, group.scores[1], last, validation.errors),
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
        if array[7] == REJECTED or not flat:
            if day >= newest - reach:
                kept.add(text)
            continue
        if array[7] == HELD:
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
    grouping = Grouping(framework)
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
        ruled = rule_of(framework, competency, skill)
        if ruled is None or not older:
            continue
        spans = achievement.witnesses(
            ruled[0], group.days[0], group.scores[0], group.days[1], group.scores[1], group.exams
        )
        kept.update(text for day, text in older if any(start <= day <= end for start, end in spans))
    return {entry_key(text): text for text in sorted(kept)}


def _skill_keys(pair: tuple[str, str], framework: Framework) -> tuple[tuple[str, str], ...] | None:
    """The skills of a profile that a (word for a competency, encoded observed context) counts for; None for an
    unknown word."""
    competency = framework.competency_named(pair[0])
    if competency is None:
        return None
    named = framework.rule_contexts.get(competency, ())
    return tuple((competency, skill) for skill in skills_of(pair[1], named, framework))
