"""A scorer's certificate: known values, worked by hand and published, and what can never happen."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.agreement import (
    LEAST_KAPPA,
    RETURN_KAPPA,
    SAMPLE,
    Agreement,
    Pair,
    _student,
    agreement,
    certificate,
    kappa_interval,
    level,
    quadratic_kappa,
    stability,
    verdict,
)


def pairs(*scores: tuple[float, float], reason: str = SAMPLE) -> list[Pair]:
    return [Pair(scorer, person, reason) for scorer, person in scores]


def figures(*scores: tuple[float, float]) -> Agreement:
    return agreement(pairs(*scores))


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
        """Levels (4,4) (3,4) (2,1) (0,1): observed (0 + 1 + 1 + 1) / 4; by chance, over the sixteen combinations of
        4, 3, 2, 0 with 4, 4, 1, 1, the squares 0 0 9 9, 1 1 4 4, 4 4 1 1, 16 16 1 1 sum to 72: 72 / 16.
        1 − 0.75 / 4.5 = 0.8333."""
        found = figures((95, 92), (80, 90), (70, 55), (20, 45))
        assert found.kappa == pytest.approx(5 / 6)
        assert (found.n, found.bias, found.mean_difference) == (4, -4.25, 13.25)  # 3, −10, 15, −25
        assert found.within == 0.5

    def test_everything_in_one_level_has_no_kappa_and_no_verdict(self) -> None:
        found = figures(*[(80, 82)] * 40)
        assert (found.kappa, found.kappa_interval, found.verdict) == (None, None, "undecided")
        assert (found.within, found.stops_counting) == (1.0, False)

    def test_all_but_one_in_one_level_is_undecided_too(self) -> None:
        """A third of the resamples leaves the odd one out and has no kappa."""
        found = figures(*[(80, 82)] * 39, (80, 60))
        assert (found.kappa, found.kappa_interval, found.verdict) == (0.0, None, "undecided")

    def test_a_scorer_that_always_says_the_same_has_kappa_nought(self) -> None:
        found = figures(*[(70, person) for person in (20, 45, 65, 80, 95)] * 8)
        assert found.kappa == 0.0
        assert found.verdict == "stops_counting"

    def test_the_opposite_of_the_person_is_minus_one(self) -> None:
        assert quadratic_kappa([(0, 4), (4, 0)]) == -1.0

    def test_no_pair_no_figure(self) -> None:
        assert figures() == Agreement(0, None, None, None, None, None, None)
        assert figures().verdict == "too_few"


class TestVerdict:
    GOOD = ((95, 92), (80, 78), (65, 70), (50, 55), (20, 30))

    def test_needs_thirty(self) -> None:
        bad = [(20.0, 95.0), (95.0, 20.0), (50.0, 80.0), (80.0, 50.0)] * 7
        assert figures(*bad, (20, 95)).verdict == "too_few"
        assert figures(*bad, (20, 95), (95, 20)).verdict == "stops_counting"

    def test_a_scorer_that_agrees_counts(self) -> None:
        assert figures(*self.GOOD * 6).verdict == "counts"

    def test_it_is_the_lower_end_that_decides(self) -> None:
        """Good on twenty-six, wild on four: kappa above 0.4, but not surely."""
        found = figures(*self.GOOD * 5, self.GOOD[0], *[(95, 20), (20, 95)] * 2)
        assert found.kappa is not None
        assert found.kappa_interval is not None
        assert found.kappa_interval[0] < 0.4 < found.kappa
        assert found.stops_counting

    @pytest.mark.parametrize(
        ("low", "stopped", "expected"),
        [
            (LEAST_KAPPA - 0.001, False, "stops_counting"),
            (LEAST_KAPPA - 0.001, True, "stops_counting"),
            (LEAST_KAPPA, False, "counts"),
            (LEAST_KAPPA, True, "recovering"),
            (RETURN_KAPPA - 0.001, False, "counts"),
            (RETURN_KAPPA - 0.001, True, "recovering"),
            (RETURN_KAPPA, True, "counts"),
        ],
    )
    def test_who_has_stopped_comes_back_only_clearly_above_the_line(
        self, low: float, stopped: bool, expected: str
    ) -> None:
        assert verdict(30, (low, 0.9), stopped=stopped) == expected
        assert verdict(29, (low, 0.9), stopped=stopped) == "too_few"
        assert verdict(30, None, stopped=stopped) == "undecided"


class TestInterval:
    def test_golden(self) -> None:
        """A change here changes every published certificate."""
        scores = [((7 * i) % 101, (7 * i + (i * i) % 23 - 11) % 101) for i in range(40)]
        found = agreement(pairs(*scores))
        assert found.kappa == pytest.approx(0.7119, abs=5e-5)
        assert found.kappa_interval == pytest.approx((0.2648, 0.9071), abs=5e-5)

    def test_by_hand(self) -> None:
        """Levels (0,0) (1,1) (0,1) (1,0) have kappa 0; without one of the first two −0.5, of the others 0.4. From their
        mean, −0.05, each is 0.45 away: s² = 3/4 · 4 · 0.45². t(3) = 3.158: tanh(3.158 · 0.7794) = 0.9856."""
        found = kappa_interval([(0, 0), (1, 1), (0, 1), (1, 0)])
        assert found == pytest.approx((-0.9856, 0.9856), abs=5e-5)

    @pytest.mark.parametrize(("freedom", "expected"), [(3, 3.1824), (12, 2.1788), (29, 2.0452), (99, 1.9842)])
    def test_students_t(self, freedom: int, expected: float) -> None:
        assert _student(freedom) == pytest.approx(expected, abs=1e-4 if freedom >= 12 else 0.03)

    def test_the_opposite_throughout_tells_nothing(self) -> None:
        assert kappa_interval([(0, 4), (4, 0)]) == (-1.0, 1.0)

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

        truth = agreement(sample(40_000)).kappa
        assert truth is not None
        covered = 0
        for _ in range(400):
            interval = agreement(sample(30)).kappa_interval
            assert interval is not None
            covered += interval[0] <= truth <= interval[1]
        assert 0.93 <= covered / 400 <= 0.98


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
SEVENTY_TRIES = settings(max_examples=70, deadline=None)


@SEVENTY_TRIES
@given(PAIRS, st.integers())
def test_bounds(reviewed: list[Pair], seed: int) -> None:
    found = certificate("one", "discovery", reviewed)
    assert sum(part.n for part in found.by_reason.values()) == found.overall.n == len(reviewed)
    for one in (found.overall, *found.by_reason.values()):
        assert one.kappa is None or -1 <= one.kappa <= 1
        if one.kappa_interval is not None:
            assert -1 <= one.kappa_interval[0] <= one.kappa_interval[1] <= 1
        if one.within is not None:
            assert one.within_interval is not None
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
    assert found.kappa_interval in (None, (1.0, 1.0))
    assert (found.within, found.bias, found.mean_difference) == (1.0, 0.0, 0.0)
