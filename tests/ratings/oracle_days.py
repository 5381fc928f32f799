"""Says on which days a rule was met, and which status that makes; a part of the oracle."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from math import erfc, exp, floor, pi, sqrt
from statistics import NormalDist
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import numpy as np

from shared.conversations.domain.analysis_version import scorer_number
from shared.frameworks.domain.framework import Framework, Rule
from shared.frameworks.domain.parameters import Lean, Noise, Parameters

DAY = int(timedelta(days=1).total_seconds())
KINDS = ("field", "validation", "learning")
WINDOW = 90
PARAMETERS, NOISE = Parameters(), Noise()


class Seen(NamedTuple):
    """One observation of one skill. score: hundredths, None without a number; exactly: in the skill's very context"""

    at: int
    text: str
    kind: str
    score: Fraction | None
    source: str
    exam: bool
    waits: bool
    failed: bool = False
    exactly: bool = True

    @property
    def day(self) -> int:
        return self.at // DAY


def written(context: Iterable[tuple[str, str]]) -> str:
    return urlencode(list(context))


def scored(text: str, framework: Framework, parameters: Parameters) -> list[tuple[str, str, int]]:
    """(competency, context, score) of what counts of an entry."""
    _, kind, _, _, human, analysis, _, status, contexts, flat, *_ = json.loads(text)
    machine = kind == 0 and not human and status == 0
    several = [
        (framework.competency_named(word), contexts[place], score)
        for word, score, place in zip(flat[::3], flat[1::3], flat[2::3], strict=True)
    ]
    return [
        (competency, context, score)
        for competency, context, score in several
        if competency is not None and not (machine and excluded(analysis, competency, parameters))
    ]


def excluded(analysis: int, competency: str, parameters: Parameters) -> bool:
    number = scorer_number(analysis)
    return any(one.number == number > 0 and one.competency == competency for one in parameters.untrusted)


def rule_of(framework: Framework, competency: str, skill: str) -> Rule | None:
    """The most specific rule whose context the skill includes; of equals the first in the order of their contexts."""
    fitting = [
        rule
        for rule in framework.rules
        if rule.competency == competency and set(rule.context) <= set(parse_qsl(skill, keep_blank_values=True))
    ]
    return min(fitting, key=lambda rule: (-len(rule.context), rule.context), default=None)


def row(
    skill: tuple[str, str], seen: list[Seen], framework: Framework, parameters: Parameters, as_of: int
) -> tuple[Any, ...] | None:
    rule = rule_of(framework, *skill)
    counted = [one for one in seen if not one.waits]
    waiting = len(seen) - len(counted)
    named = rule is not None and written(rule.context) == skill[1]
    lately = any(one.exactly and (one.waits or one.at >= (as_of - WINDOW) * DAY) for one in seen)
    if skill[1].count("=") > 1 and not (named or lately):
        return None
    of = {kind: [one for one in counted if one.kind == kind and one.score is not None] for kind in KINDS}
    now = {kind: in_window(of[kind], as_of, WINDOW) for kind in KINDS}
    scored = [one.day for kind in KINDS[:2] for one in of[kind]]
    stale = bool(scored) and not (now["field"] or now["validation"])
    noise = parameters.noise_of(skill[0])
    if stale:
        then = {kind: in_window(of[kind], max(scored), WINDOW) for kind in KINDS[:2]} | {"learning": []}
        rated = rating(then, max(scored), as_of, noise, parameters)._replace(confidence="unknown")
    else:
        rated = rating(now, as_of, as_of, noise, parameters)
    counted_in = {**now, **{kind: then[kind] for kind in KINDS[:2]}} if stale else now
    practice_rating = field_rating = None
    if min(len(now["field"]), len(now["validation"])) >= 3:
        practice_rating, field_rating = (half_up(mean(now[kind], as_of)) for kind in ("validation", "field"))
    apart = (
        practice_rating is not None
        and field_rating is not None
        and (abs(practice_rating - field_rating) >= max(1500, 196 * error_of_difference(now, as_of, noise)))
    )
    class_of_trend = "validation" if now["validation"] and rated.basis != "field" else "field"
    moved = [one for one in now[class_of_trend] if one.score is not None]
    alike = (noise.practice, 0.0) if class_of_trend == "validation" else (noise.sigma, noise.likeness)
    decayed = None
    if rule is not None and rule.decay_rate and rated.rating is not None:
        lost = Fraction(round(rule.decay_rate * 100) * (as_of - max(scored)), 30)
        decayed = max(0, rated.rating - half_up(lost))
    status = status_of(rule, counted, as_of, noise, parameters)
    return (
        *skill,
        rated.rating,
        rated.preliminary,
        rated.confidence,
        rated.basis,
        stale,
        rated.level,
        rated.deviation,
        rated.low,
        rated.high,
        *[len(counted_in[kind]) for kind in KINDS],
        waiting,
        trend(moved, *alike),
        status.status,
        rule.version if rule else None,
        written(rule.context) if rule else None,
        status.validated_on,
        status.expires_on,
        practice_rating,
        field_rating,
        apart or status.misses or status.contradicted,
        decayed,
        *[max((one.at for one in counted if one.kind == kind), default=None) for kind in KINDS],
        apart,
        status.misses,
        status.contradicted,
        status.under_doubt,
        rated.shared,
    )


def in_window(seen: list[Seen], as_of: int, window: int) -> list[Seen]:
    return [one for one in seen if as_of - window <= one.day <= as_of]


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def weight(age: int) -> int:
    """w(a) = 600 + round(400 * 2^(-a/30)); inside the window there is no tie."""
    recency: float = 400 * 2 ** (-age / 30)
    return 600 + round(recency)


def mean(seen: list[Seen], as_of: int) -> Fraction:
    weights = [weight(as_of - one.day) for one in seen]
    weighted: list[Fraction] = [w * Fraction(one.score or 0) for w, one in zip(weights, seen, strict=True)]
    return sum(weighted, Fraction(0)) / sum(weights)


class Rated(NamedTuple):
    rating: int | None
    preliminary: int | None
    confidence: str
    basis: str
    level: int | None = None
    deviation: int | None = None
    low: int | None = None
    high: int | None = None
    shared: int | None = None


def rating(of: dict[str, list[Seen]], day: int, as_of: int, noise: Noise, parameters: Parameters) -> Rated:
    field, practice, quizzes = (of[kind] for kind in KINDS)
    steps = ["unknown", "low", "medium", "high"]
    if len(field) >= 3:
        basis, confidence, shares = "field", 2, [(field, 10)]
    elif field and practice:
        basis, confidence, shares = "blend", 2, [(field, 7), (practice, 3)]
    elif field:
        basis, confidence, shares = "field_few", 1, [(field, 10)]
    elif len(practice) >= 2:
        basis, confidence, shares = "validation", 2 if len(practice) >= 5 else 1, [(practice, 10)]
    elif practice or quizzes:
        return Rated(None, half_up(mean(practice or quizzes, day)), "unknown", "preliminary")
    else:
        return Rated(None, None, "unknown", "none")
    entering = sorted([*field, *(practice if len(field) < 3 else [])], key=lambda one: (one.at, one.kind != "field"))
    level, deviation, shared = level_of(entering, day - WINDOW, as_of, noise, parameters)
    if len(field) >= 10 and 1.28 * deviation <= 8:
        confidence = 3
    newest = max(one.day for seen, _ in shares for one in seen)
    if day - newest > 60:
        confidence -= 1
    value = half_up(sum((share * mean(seen, day) for seen, share in shares), Fraction(0)) / 10)
    low, high = (cut(level + z * deviation) for z in (-1.28, 1.28))
    return Rated(value, None, steps[confidence], basis, cut(level), cut(deviation), low, high, cut(shared))


def cut(points: float) -> int:
    return min(10_000, max(0, round(points * 100)))


def level_of(
    seen: list[Seen], since: int, as_of: int, noise: Noise, parameters: Parameters, errors: bool = True
) -> tuple[float, float, float]:
    """The mean and the standard deviation of the level in the field, and the part of it that scorers' errors have: a
    filter of (level, what practice adds).

    errors: those that a scorer's scores share are part of the deviation
    """
    means, covariance = [noise.mean, 0.0], [[noise.spread**2, 0.0], [0.0, noise.transfer**2]]
    day, shares = since, dict.fromkeys(["", *parameters.scorers], 0.0)
    for one in seen:
        covariance[0][0] += noise.drift**2 * (one.day - day)
        day = one.day
        shows = [1.0, 1.0] if one.kind == "validation" else [1.0, 0.0]
        alike = 1.0 if one.kind == "validation" else (1 + noise.likeness) / (1 - noise.likeness)
        own = max(noise.practice**2 if one.kind == "validation" else noise.sigma**2 * alike, 0.01)
        scorer = one.source if one.source in parameters.scorers else ""
        bias = parameters.scorers[scorer].bias if scorer else 0.0
        with_score = [sum(c * h for c, h in zip(row, shows, strict=True)) for row in covariance]
        spread = sum(c * h for c, h in zip(with_score, shows, strict=True)) + own
        expected = sum(m * h for m, h in zip(means, shows, strict=True)) + bias
        surprise, shrink = surprise_of(float(one.score or 0) / 100, expected, spread, own, alike)
        gain = with_score[0] * shrink
        shares = {name: share * (1 - gain) + (gain if name == scorer else 0.0) for name, share in shares.items()}
        means = [m + c * surprise / spread for m, c in zip(means, with_score, strict=True)]
        covariance = [[covariance[i][j] - with_score[i] * with_score[j] * shrink for j in range(2)] for i in range(2)]
    leans = {"": Lean(), **parameters.scorers}
    leaning = sqrt(sum((one.error * shares[name]) ** 2 for name, one in leans.items()))
    shared = leaning + (1 - sum(shares.values())) * noise.mean_error if errors else 0.0
    return means[0], sqrt(covariance[0][0] + noise.drift**2 * (as_of - day) + shared**2), shared


def surprise_of(score: float, expected: float, spread: float, own: float, alike: float) -> tuple[float, float]:
    """A score at the end of the scale says only "at least", or "at most": the moments of a cut normal variable, by the
    noise of one score. What it adds to the precision of what was known is then divided as that of any other score is.
    """
    if 0 < score < 100:
        return score - expected, 1 / spread
    known = spread - own
    of_one = known + own / alike
    sign, edge = (1, 100) if score >= 100 else (-1, 0)
    z = sign * (expected - edge) / sqrt(of_one)
    if z < -30:
        ratio = -z + 1 / -z
    else:
        ratio = exp(-z * z / 2) / sqrt(2 * pi) / max(erfc(-z / sqrt(2)) / 2, 1e-300)
    moved = sign * known * ratio / sqrt(of_one)
    left = known - known**2 * ratio * (ratio + z) / of_one
    if left >= known:
        return 0.0, 0.0
    towards = moved / (1 - left / known)
    left = 1 / (1 / known + (1 / left - 1 / known) / alike)
    return towards * (1 - left / known) * spread / known, (known - left) / known**2


def trend(scores: list[Seen], sigma: float, likeness: float) -> str:
    """The slope that is most likely under noise whose neighbours are alike, against its standard error."""
    days = np.array([one.day - scores[0].day for one in scores]) if scores else np.zeros(0)
    if len(scores) < 6 or days[-1] == 0:
        return "insufficient"
    place = np.arange(len(scores))
    covariance = np.maximum(sigma, 0.1) ** 2 * likeness ** np.abs(place[:, None] - place)
    line = np.column_stack([np.ones(len(scores)), days])
    known = np.linalg.inv(line.T @ np.linalg.solve(covariance, line))
    points = np.array([float(one.score or 0) / 100 for one in scores])
    slope = float((known @ line.T @ np.linalg.solve(covariance, points))[1])
    moved = max(1.28 * sqrt(known[1, 1]), 3 / float(days[-1]))
    return "improving" if slope >= moved else "declining" if slope <= -moved else "stable"


def error_of_difference(now: dict[str, list[Seen]], as_of: int, noise: Noise) -> float:
    """The standard error in points of practice's rating less the field's."""
    variance = 0.0
    for kind, spread in (("validation", noise.practice), ("field", noise.sigma * noise.inflation)):
        weights = [weight(as_of - one.day) for one in now[kind]]
        variance += spread**2 * sum(w * w for w in weights) / sum(weights) ** 2
    return sqrt(variance)


class Status(NamedTuple):
    status: str
    validated_on: int | None = None
    expires_on: int | None = None
    misses: bool = False
    contradicted: bool = False
    under_doubt: bool = False


class OnOneDay(NamedTuple):
    """What a rule says of one day's window."""

    satisfied: bool
    misses: bool
    practice_meets: bool


def bars_of(rule: Rule) -> dict[str, tuple[int, int]]:
    """By kind that the rule asks for, the least count and the bar in hundredths."""
    minimums = {
        "field": (rule.min_field_observations, rule.min_field_score),
        "validation": (rule.min_validation_attempts, rule.min_validation_score),
    }
    return {
        kind: (max(count or 0, 1), round((bar or 0) * 100))
        for kind, (count, bar) in minimums.items()
        if count or bar is not None
    }


def on_one_day(rule: Rule, scored: list[Seen], day: int) -> OnOneDay:
    def verdict(kind: str) -> tuple[bool, bool]:
        window = [one for one in in_window(scored, day, rule.observation_window_days) if one.kind == kind]
        least, bar = bars_of(rule).get(kind, (0, 0))
        if not least or len([one for one in window if not one.failed]) < least:
            return False, False
        meets = sum((one.score or Fraction(0) for one in window), Fraction(0)) / len(window) >= bar
        return meets, not meets

    field_meets, misses = verdict("field")
    practice_meets, _ = verdict("validation")
    if rule.field_overrides_validation:
        satisfied = field_meets or (practice_meets and not misses)
    else:
        satisfied = (field_meets or not rule.wants_field) and (practice_meets or not rule.wants_validation)
    return OnOneDay(satisfied, misses, practice_meets)


def qualified_on(rule: Rule, scored: list[Seen], day: int) -> int | None:
    """The day of the newest observation of a window that qualifies."""
    bars = bars_of(rule)
    window = [one for one in in_window(scored, day, rule.observation_window_days) if one.kind in bars]
    good = [one for one in window if not one.failed and (one.score or 0) >= bars[one.kind][1]]
    return max((one.day for one in good), default=None)


def validated_on(rule: Rule, scored: list[Seen], as_of: int) -> int | None:
    days = range(min((one.day for one in scored), default=as_of + 1), as_of + 1)
    satisfied = [
        day for day in days if on_one_day(rule, scored, day).satisfied and qualified_on(rule, scored, day) is not None
    ]
    if not satisfied:
        return None
    if not rule.requires_recertification or rule.expires_after_days is None:
        return qualified_on(rule, scored, satisfied[-1])
    exams = sorted(one.day for one in scored if one.exam and one.kind == "validation")
    at_first = [day for day in exams if satisfied[0] - rule.observation_window_days <= day <= satisfied[0]]
    exam = max(at_first, default=None)
    for day in exams:
        if day > satisfied[0] and day in satisfied and (exam is None or day >= exam + rule.expires_after_days - 60):
            exam = day
    return qualified_on(rule, scored, satisfied[0]) if exam is None else exam


def contradicts(
    rule: Rule, calls: list[Seen], since: int, noise: Noise, parameters: Parameters, alone: bool = False
) -> bool:
    """The field against a rule after the last of some conversations; alone: a single one may do so as well."""
    bars = bars_of(rule)
    least, field_bar = bars.get("field", (0, 0))
    if not field_bar or len(calls) < (1 if alone else 2):
        return False
    level, deviation, _ = level_of(calls, since, calls[-1].day, noise, parameters, errors=False)
    below = NormalDist(level, deviation).cdf(field_bar / 100)
    mean = sum((one.score or Fraction(0) for one in calls), Fraction(0)) / len(calls)
    return below > 0.9 or (bool(least) and len(calls) >= least and mean < field_bar and below > 0.8)


def status_of(
    rule: Rule | None, counted: list[Seen], as_of: int, noise: Noise = NOISE, parameters: Parameters = PARAMETERS
) -> Status:
    begun = [one for one in counted if one.score is not None or one.kind == "learning" or rule is None]
    if not begun:
        return Status("not_started")
    if rule is None:
        return Status("in_progress")
    scored = [one for one in counted if one.score is not None]
    now = on_one_day(rule, scored, as_of)
    misses = now.misses and now.practice_meets
    since = validated_on(rule, scored, as_of)
    if since is None:
        return Status("in_progress", misses=misses)
    until = None if rule.expires_after_days is None else since + rule.expires_after_days
    window = rule.observation_window_days
    calls = [one for one in in_window(sorted(scored), as_of, window) if one.kind == "field"]
    before = contradicts(rule, calls[:-1], as_of - window, noise, parameters)
    latest = contradicts(rule, calls, as_of - window, noise, parameters, alone=True)
    if before and latest:
        return Status("in_progress", None, None, misses, True)
    if until is not None and as_of > until:
        return Status("expired", since, until, misses)
    return Status("validated", since, until, misses, False, latest)
