"""The oracle: what a profile is, slow and plain, one observation and one day after the other.

Written from the decisions ("Rating", "Interval", "Context", "Rules and status", "Trend").
Fractions are exact; where the product rounds or takes a root, so does this, once and at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from fractions import Fraction
from itertools import product
from typing import Any
from urllib.parse import parse_qsl

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.parameters import Parameters
from tests.ratings.oracle_days import DAY, KINDS, Seen, half_up, row, scored, written


def profile(texts: Iterable[str], framework: Framework, parameters: Parameters, as_of: int) -> list[tuple[Any, ...]]:
    """The rows of a profile, in the order of SkillRating's fields."""
    come = [text for text in effective(texts) if json.loads(text)[0] // DAY <= as_of]
    listed = {(c, "") for c in framework.by_competency}
    listed |= {(rule.competency, written(rule.context)) for rule in framework.rules}
    listed = {skill for skill in listed if skill[0] in framework.by_competency}
    for text in come:
        listed |= brought(text, framework, parameters)
    skills: dict[tuple[str, str], list[Seen]] = {skill: [] for skill in listed}
    for text in come:
        for skill, seen in observations(text, listed, framework, parameters).items():
            skills[skill].append(seen)
    rows = [row(skill, sorted(seen), framework, parameters, as_of) for skill, seen in sorted(skills.items())]
    return [one for one in rows if one is not None]


def effective(texts: Iterable[str]) -> list[str]:
    best: dict[tuple[Any, ...], tuple[int, int, tuple[int, ...], str]] = {}
    for text in texts:
        _, kind, source, source_id, human, analysis, *more = json.loads(text)
        about, rank = (kind, source, source_id), (human, analysis, tuple(more[4:6]), text)
        best[about] = max(best.get(about, rank), rank)
    return [text for *_, text in best.values() if json.loads(text)[7] != 2]


def brought(text: str, framework: Framework, parameters: Parameters) -> set[tuple[str, str]]:
    """The skills that an entry brings to a profile, whatever else was seen."""
    return {
        (competency, skill)
        for competency, context, _ in scored(text, framework, parameters)
        for skill in skills_of(context, framework)
    }


def observations(
    text: str, listed: set[tuple[str, str]], framework: Framework, parameters: Parameters
) -> dict[tuple[str, str], Seen]:
    at, kind, source, _, human, _, activity, status, _, _, *more = json.loads(text)
    scores: dict[tuple[str, str], list[int]] = {}
    for competency, context, score in scored(text, framework, parameters):
        values = values_of(context, framework)
        for skill in listed:
            named = parse_qsl(skill[1], keep_blank_values=True)
            if skill[0] == competency and all(value in values.get(dimension, ()) for dimension, value in named):
                scores.setdefault(skill, []).append(score)
    failed = bool(more) and not more[2]
    exam = activity == "certification_exam" and not failed
    exactly = brought(text, framework, parameters)
    found = {}
    for about, several in scores.items():
        # One event is one observation of a skill, however many of its scores are about it.
        counted = [score for score in several if score >= 0]
        mean = Fraction(half_up(Fraction(sum(counted), len(counted)))) if counted else None
        found[about] = Seen(
            at, text, KINDS[kind], mean, "" if human else source, exam, status == 1, failed, about in exactly
        )
    return found


def values_of(context: str, framework: Framework) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for dimension, word in parse_qsl(context, keep_blank_values=True):
        known = framework.by_dimension.get(dimension)
        value = known.map(word)[0] if known else word
        if value:
            values.setdefault(dimension, set()).add(value)
    return values


def skills_of(context: str, framework: Framework) -> set[str]:
    values = values_of(context, framework)
    pairs = [[(dimension, value) for value in sorted(values[dimension])] for dimension in sorted(values)]
    found = {"", *(written([pair]) for several in pairs for pair in several)}
    full = list(product(*pairs))
    if len(pairs) > 1 and len(full) <= 24:
        found |= {written(context) for context in full}
    return found
