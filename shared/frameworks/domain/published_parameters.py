"""Rounds learnt parameters for publication, and tells whether they differ by more than that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Final, TypeVar

from shared.frameworks.domain.parameters import Factor, Lean, Noise, Parameters

POINTS: Final = 2
"""Decimals of points: a hundredth is what ratings are rounded to."""
FINE: Final = 3
"""Decimals of the correlation and of the drift, which are below 1."""
_FINE: Final = ("likeness", "drift")
_COUNTS: Final = ("observations", "pairs", "people", "uncertainty")
"""What tells how much the numbers rest on: no version is made for them alone."""

T = TypeVar("T", Noise, Lean, Factor)


def rounded(learnt: Parameters) -> Parameters:
    """Returns the parameters as they are published."""
    competencies = {name: _rounded(one) for name, one in sorted(learnt.competencies.items())}
    scorers = {name: _rounded(one) for name, one in sorted(learnt.scorers.items())}
    return replace(learnt, competencies=competencies, scorers=scorers, factor=_rounded(learnt.factor))


def same_numbers(one: Parameters, other: Parameters) -> bool:
    """Tells whether two versions calculate alike, whatever number of scores they were learnt from.

    Every night has other scores: a version for a count alone would say that something has changed where nothing has.
    """
    return (
        _numbers(one.competencies) == _numbers(other.competencies)
        and _numbers(one.scorers) == _numbers(other.scorers)
        and _numbers({"": one.factor}) == _numbers({"": other.factor})
    )


def since(now: Mapping[str, T], before: Mapping[str, T], known: Mapping[str, int], version: int) -> dict[str, int]:
    """Returns by name the version that first had its present numbers. known: the same of `before`"""
    numbers, former = _numbers(now), _numbers(before)
    return {
        name: known.get(name, version) if numbers[name] == former.get(name) else version for name in sorted(numbers)
    }


def _rounded(one: T) -> T:
    given = {
        name: value if name in _COUNTS else round(value, FINE if name in _FINE else POINTS)
        for name, value in asdict(one).items()
    }
    return replace(one, **given)


def _numbers(of: Mapping[str, T]) -> dict[str, dict[str, float]]:
    return {
        name: {field: value for field, value in asdict(one).items() if field not in _COUNTS} for name, one in of.items()
    }
