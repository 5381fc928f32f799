"""A scorer's certificate: known values, worked by hand and published, and what can never happen."""

from __future__ import annotations

import random
from itertools import product
from math import sqrt, tanh
from statistics import pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.analysts.domain.agreement import (
    FEWEST_PAIRS,
    MIDDLES,
    Agreement,
    Pair,
    _Chance,
    _student,
    agreement,
    certificate,
    kappa_interval,
    level,
    quadratic_kappa,
    resampled,
    stability,
)
from shared.analysts.domain.sample import SAMPLE
from tests.harness.speed import examples


def pairs(*scores: tuple[float, float], reason: str = SAMPLE) -> list[Pair]:
    return [Pair(scorer, person, reason) for scorer, person in scores]


def figures(*scores: tuple[float, float]) -> Agreement:
    return agreement(pairs(*scores))


GOLDEN = ((0.8333, (0.3068, 0.9693)), (1.0, (0.8447, 1.0)))
"""Kappa and its interval."""


class TestLevels:
    @pytest.mark.parametrize(
        ("points", "expected"), [(0, 0), (39.99, 0), (40, 1), (59, 1), (60, 2), (74.9, 2), (75, 3), (90, 4), (100, 4)]
    )
    def test_a_bound_belongs_to_the_higher(self, points: float, expected: int) -> None:
        assert level(points) == expected


class TestKappa:
    def test_published_value(self) -> None:
        """The example by which scikit-learn tests cohen_kappa_score(weights="quadratic"): 0.9541."""
        first = [0] * 46 + [1] * 44 + [2] * 10
        second = [0] * 50 + [1] * 40 + [2] * 10
        assert quadratic_kappa(zip(first, second, strict=True)) == pytest.approx(0.9541, abs=5e-5)

    def test_without_a_middle_it_is_cohens_own(self) -> None:
        """Two categories have one weight only: 40 × (20 and 20), 60 × (10 and 50) gives 0.348, also scikit-learn's."""
        first = [0] * 40 + [1] * 60
        second = [0] * 20 + [1] * 20 + [0] * 10 + [1] * 50
        assert quadratic_kappa(zip(first, second, strict=True)) == pytest.approx(0.348, abs=5e-4)

    def test_by_hand(self) -> None:
        """Four pairs have 256 resamples, which can all be looked at: the drawn ones spread as these do."""
        four = [(0, 0), (1, 1), (0, 1), (1, 0)]
        all_of_them = [quadratic_kappa(resample) for resample in product(four, repeat=4)]
        deviation = pstdev([kappa for kappa in all_of_them if kappa is not None])
        expected = tanh(3.158 * deviation * sqrt(4 / 3))
        found = kappa_interval(four)
        assert found == pytest.approx((-expected, expected), abs=0.02)

    def test_golden_values(self) -> None:
        """Of thirty pairs each: what the certificates of this method say, on every machine."""
        near = [(n % 5, (n % 5 + (n % 7 == 0)) % 5) for n in range(30)]
        found = [agreement([Pair(MIDDLES[x], MIDDLES[y]) for x, y in some]) for some in (near, [(1, 1), (3, 3)] * 15)]
        assert [one.kappa for one in found] == [pytest.approx(GOLDEN[0][0], abs=5e-5), 1.0]
        for one, (_, interval) in zip(found, GOLDEN, strict=True):
            assert one.kappa_interval == pytest.approx(interval, abs=5e-5)

    def test_the_generator_is_the_published_one(self) -> None:
        """The first numbers of splitmix64 from seed 1234567, as the reference code prints them."""
        chance = _Chance(1234567)
        assert [chance.below(1 << 64) for _ in range(3)] == [
            6457827717110365317,
            3203168211198807973,
            9817491932198370423,
        ]

    def test_the_order_of_the_pairs_is_of_no_consequence(self) -> None:
        some = [(0, 0), (1, 1), (0, 1), (3, 2), (4, 4), (2, 2), (2, 3)]
        assert kappa_interval(some) == kappa_interval(reversed(some))
        assert len(set(resampled(some, 20))) > 5

    @pytest.mark.parametrize(("freedom", "expected"), [(3, 3.1824), (12, 2.1788), (29, 2.0452), (99, 1.9842)])
    def test_students_t(self, freedom: int, expected: float) -> None:
        assert _student(freedom) == pytest.approx(expected, abs=1e-4 if freedom >= 12 else 0.03)

    def test_the_opposite_throughout_tells_nothing(self) -> None:
        assert kappa_interval([(0, 4), (4, 0)]) == (-1.0, 1.0)

    @pytest.mark.long
    def test_covers_the_truth_about_as_often_as_it_says(self) -> None:
        """Scorer and person read the same call with an error of 10 points each; the truth by a very large sample."""
        chance = random.Random(20260301)

        def sample(n: int) -> list[Pair]:
            found = []
            for _ in range(n):
                call = chance.gauss(65, 18)
                scorer, person = (min(100.0, max(0.0, chance.gauss(call, 10))) for _ in range(2))
                found.append(Pair(scorer, person))
            return found

        truth = quadratic_kappa((level(one.scorer), level(one.person)) for one in sample(40_000))
        assert truth is not None
        covered = 0
        for _ in range(200):
            interval = agreement(sample(30)).kappa_interval
            assert interval is not None
            covered += interval[0] <= truth <= interval[1]
        assert 0.90 <= covered / 200 <= 0.99


class TestCertificate:
    def test_doubtful_cases_are_shown_apart_from_the_random_sample(self) -> None:
        sample = pairs((80, 82), (50, 45), (92, 95))
        doubtful = pairs((90, 40), (30, 70), reason="low_confidence")
        found = certificate("claude:m:r:p", "discovery", [*doubtful, *sample])
        assert list(found.by_reason) == ["low_confidence", "sample"]
        assert found.sample == agreement(sample)
        assert found.by_reason["low_confidence"] == agreement(doubtful)
        assert (found.overall.n, found.overall.within, found.sample.within) == (5, 0.6, 1.0)
        assert not found.stops_counting

    def test_stability_is_the_scorer_against_itself(self) -> None:
        found = stability([(80, 80), (70, 82), (60, 55), (90, 100)])
        assert (found.n, found.mean_difference, found.within) == (4, 6.75, 0.75)
        assert found.within_interval == pytest.approx((0.3006, 0.9544), abs=5e-5)
        assert stability([]).mean_difference is None

    @pytest.mark.parametrize("score", [-1, 100.5, float("nan"), float("inf")])
    def test_what_is_no_score_is_refused(self, score: float) -> None:
        with pytest.raises(ValueError, match="is no score; 0 to 100 points"):
            Pair(score, 50)
        with pytest.raises(ValueError, match="is no score"):
            stability([(50, score)])


POINTS = st.integers(0, 10_000).map(lambda hundredths: hundredths / 100)
PAIRS = st.lists(
    st.builds(Pair, POINTS, POINTS, st.sampled_from(["sample", "low_confidence", "contested"])), max_size=40
)
SEVENTY_TRIES = settings(max_examples=examples(70), deadline=None)


@SEVENTY_TRIES
@given(PAIRS, st.integers())
def test_bounds(reviewed: list[Pair], seed: int) -> None:
    found = certificate("one", "discovery", reviewed)
    assert sum(part.n for part in found.by_reason.values()) == found.overall.n == len(reviewed)
    for one in (found.overall, *found.by_reason.values()):
        assert one.kappa is None or -1 <= one.kappa <= 1
        if one.kappa_interval is not None:
            assert -1 <= one.kappa_interval[0] <= one.kappa_interval[1] <= 1
        assert (one.within_interval is None) == (one.n < FEWEST_PAIRS)
        assert one.kappa_interval is None or one.n >= FEWEST_PAIRS
        if one.within is not None and one.within_interval is not None:
            assert one.bias is not None
            assert one.mean_difference is not None
            assert 0 <= one.within_interval[0] <= one.within + 1e-12
            assert one.within <= one.within_interval[1] + 1e-12 <= 1 + 2e-12
            assert abs(one.bias) <= one.mean_difference + 1e-9 <= 100 + 1e-9


@SEVENTY_TRIES
@given(PAIRS, st.integers(), st.integers(0, 2**32))
def test_any_order_gives_the_same_certificate(reviewed: list[Pair], seed: int, order: int) -> None:
    shuffled = list(reviewed)
    random.Random(order).shuffle(shuffled)
    first, second = (certificate("one", "closing", some) for some in (reviewed, shuffled))
    assert first == second


@SEVENTY_TRIES
@given(PAIRS)
def test_scorer_and_person_are_treated_alike(reviewed: list[Pair]) -> None:
    one = agreement(reviewed)
    other = agreement([Pair(pair.person, pair.scorer) for pair in reviewed])
    assert (one.kappa, one.within) == (other.kappa, other.within)
    assert one.bias is None or other.bias == pytest.approx(-one.bias, abs=1e-9)


@SEVENTY_TRIES
@given(st.lists(POINTS, min_size=1, max_size=40), st.integers())
def test_perfect_agreement_is_one_wherever_kappa_is_defined(scores: list[float], seed: int) -> None:
    found = agreement([Pair(score, score) for score in scores])
    assert found.kappa == (1.0 if len({level(score) for score in scores}) > 1 else None)
    assert found.kappa_interval is None or (found.kappa_interval[1] == 1.0 > found.kappa_interval[0])
    assert (found.within, found.bias, found.mean_difference) == (1.0, 0.0, 0.0)
