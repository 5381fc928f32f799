"""Ratings: the table of the decisions, exact arithmetic, the stated properties, and what the interval covers."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.frameworks.domain.parameters import Noise, Parameters
from shared.kernel.rounding import half_up
from shared.ratings.domain.skill_rating import SkillRating, probability_above
from shared.ratings.domain.weights import WEIGHTS
from tests.harness.speed import examples
from tests.ratings.builders import TODAY, History, field, lesson, practice, rated, rated_together

SIGMA, DRIFT = 12.0, 0.35
Seen = list[tuple[int, int]]
"""(age in days, hundredths), oldest first."""

SCORES = st.one_of(st.integers(0, 10_000), st.sampled_from([0, 1, 5000, 9999, 10_000]))
AGES = st.integers(0, 90)


def kinds(least: int = 0, most: int = 12) -> st.SearchStrategy[Seen]:
    return st.lists(st.tuples(AGES, SCORES), min_size=least, max_size=most).map(lambda seen: sorted(seen, reverse=True))


def rating_of(field: Seen = [], validation: Seen = [], learning: Seen = []) -> SkillRating:  # noqa: B006
    return rated_together([(days(field), days(validation), days(learning))])[0]


def days(seen: Seen) -> list[tuple[int, int]]:
    return [(TODAY - age, score) for age, score in sorted(seen, key=lambda item: -item[0])]


def mean(seen: Seen) -> Fraction:
    return Fraction(sum(WEIGHTS[age] * score for age, score in seen), sum(WEIGHTS[age] for age, _ in seen))


def rounded(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def number(result: SkillRating) -> int:
    value = result.rating if result.rating is not None else result.preliminary
    assert value is not None
    return value


class TestTheTable:
    """One literal example per branch; every event is of today unless told."""

    @pytest.mark.parametrize(
        ("events", "rating", "preliminary", "confidence", "basis"),
        [
            ([], None, None, "unknown", "none"),
            ([lesson(None)], None, None, "unknown", "none"),
            ([lesson(88)], None, 8800, "unknown", "preliminary"),
            ([practice(71)], None, 7100, "unknown", "preliminary"),
            ([practice(71), lesson(10)], None, 7100, "unknown", "preliminary"),
            ([practice(70), practice(80)], 7500, None, "low", "validation"),
            ([practice(70), practice(80), lesson(0)], 7500, None, "low", "validation"),
            ([practice(70) for _ in range(4)], 7000, None, "low", "validation"),
            ([practice(70) for _ in range(5)], 7000, None, "medium", "validation"),
            ([field(61)], 6100, None, "low", "field_few"),
            ([field(61), lesson(99)], 6100, None, "low", "field_few"),
            ([field(60), field(70)], 6500, None, "low", "field_few"),
            ([field(60), practice(90)], 6900, None, "medium", "blend"),
            ([field(60), field(70), practice(90), practice(80), lesson(0)], 7100, None, "medium", "blend"),
            ([field(60), field(70), field(80)], 7000, None, "medium", "field"),
            ([field(60), field(70), field(80), practice(0)], 7000, None, "medium", "field"),
            ([field(70) for _ in range(9)], 7000, None, "medium", "field"),
            ([field(70) for _ in range(10)], 7000, None, "high", "field"),
        ],
    )
    def test_branches(
        self,
        events: list,  # type: ignore[type-arg]
        rating: int | None,
        preliminary: int | None,
        confidence: str,
        basis: str,
    ) -> None:
        row = rated(*events)

        assert (row.rating, row.preliminary, row.confidence, row.basis) == (rating, preliminary, confidence, basis)

    def test_recent_observations_weigh_more(self) -> None:
        row = rated(field(60, TODAY - 90), field(60, TODAY - 60), field(90, TODAY))

        assert row.rating == rounded(Fraction(650 * 6000 + 700 * 6000 + 1000 * 9000, 2350)) == 7277

    @pytest.mark.parametrize(
        ("age", "events", "confidence"),
        [
            (60, [field] * 10, "high"),
            (61, [field] * 10, "medium"),
            (61, [field] * 3, "low"),
            (61, [field], "unknown"),
            (61, [field, practice], "low"),
            (61, [practice] * 5, "low"),
            (61, [practice] * 2, "unknown"),
            (90, [field] * 10, "medium"),
        ],
    )
    def test_confidence_drops_a_step_when_the_newest_is_over_sixty_days_old(
        self,
        age: int,
        events: list,  # type: ignore[type-arg]
        confidence: str,
    ) -> None:
        assert rated(*[event(70, TODAY - age) for event in events]).confidence == confidence

    def test_one_new_observation_restores_it(self) -> None:
        assert rated(*[field(70, TODAY - 80) for _ in range(9)], field(70, TODAY - 60)).confidence == "high"

    def test_practice_that_does_not_count_is_not_new_evidence(self) -> None:
        assert rated(*[field(70, TODAY - 70) for _ in range(3)], practice(70, TODAY)).confidence == "low"

    def test_a_day_is_a_whole_utc_day(self) -> None:
        just_inside = field(70, TODAY - 90, second=0)
        just_outside = field(70, TODAY - 91, second=86_399)

        assert rated(just_inside).stale is False
        assert rated(just_outside).stale is True


class TestExactness:
    @settings(max_examples=examples(60))
    @given(st.integers(0, 10**12), st.integers(1, 10**9))
    @example(5, 10)
    @example(15, 10)
    @example(4999, 10_000)
    def test_half_up(self, numerator: int, denominator: int) -> None:
        assert half_up(numerator, denominator) == rounded(Fraction(numerator, denominator))

    @settings(max_examples=examples(80))
    @given(kinds(), kinds(), kinds(most=3))
    def test_equals_exact_fractions(self, field: Seen, validation: Seen, learning: Seen) -> None:
        result = rating_of(field, validation, learning)

        if len(field) >= 3 or (field and not validation):
            exact = mean(field)
        elif field:
            exact = Fraction(7, 10) * mean(field) + Fraction(3, 10) * mean(validation)
        elif len(validation) >= 2:
            exact = mean(validation)
        else:
            assert result.rating is None
            single = validation or learning
            assert result.preliminary == (rounded(mean(single)) if single else None)
            return
        assert result.rating == rounded(exact)


class TestProperties:
    @settings(max_examples=examples(80))
    @given(kinds(least=1), kinds(), kinds(most=3))
    def test_bounded_by_the_scores(self, field: Seen, validation: Seen, learning: Seen) -> None:
        scores = [score for _, score in field + validation]

        assert min(scores) <= number(rating_of(field, validation, learning)) <= max(scores)

    @settings(max_examples=examples(80))
    @given(kinds(least=3), kinds(), AGES, SCORES)
    def test_a_new_field_score_draws_the_rating_to_itself(
        self, field: Seen, validation: Seen, age: int, score: int
    ) -> None:
        before, after = (number(rating_of(seen, validation)) for seen in (field, [*field, (age, score)]))

        assert min(before, score) <= after <= max(before, score)

    @settings(max_examples=examples(80))
    @given(kinds(least=2), AGES, SCORES)
    def test_a_new_practice_score_draws_the_rating_to_itself(self, validation: Seen, age: int, score: int) -> None:
        before, after = (number(rating_of([], seen)) for seen in (validation, [*validation, (age, score)]))

        assert min(before, score) <= after <= max(before, score)

    def test_in_a_blend_it_draws_its_own_class(self) -> None:
        """With fixed shares of 70 and 30 no blend can have the property across its kinds: 60 is above the field's
        50 and below the blend's 65."""
        before = rating_of([(0, 5000)], [(0, 10_000)])
        after = rating_of([(0, 5000), (0, 6000)], [(0, 10_000)])

        assert (before.rating, after.rating) == (6500, 6850)

    @settings(max_examples=examples(80))
    @given(kinds(least=1), kinds(), st.data())
    def test_non_decreasing_in_every_score(self, field: Seen, validation: Seen, data: st.DataObject) -> None:
        both = [*field, *validation]
        index = data.draw(st.integers(0, len(both) - 1))
        age, score = both[index]
        both[index] = (age, data.draw(st.integers(score, 10_000)))
        raised = rating_of(both[: len(field)], both[len(field) :])

        assert number(raised) >= number(rating_of(field, validation))

    @settings(max_examples=examples(100))
    @given(kinds(), kinds(), kinds(most=3))
    def test_learning_never_moves_a_rating(self, field: Seen, validation: Seen, learning: Seen) -> None:
        without = rating_of(field, validation)

        if field or validation:
            found = rating_of(field, validation, learning)
            assert found._replace(learning=0, last_learning_at=None) == without


class TestLikelyReady:
    @pytest.mark.parametrize(
        ("level", "deviation", "probability"),
        [(8000, 500, 0.5), (8500, 500, 0.8413), (7000, 500, 0.0228), (7999, 0, 0.0), (8000, 0, 1.0)],
    )
    def test_is_the_normal_probability_of_being_at_the_bar(
        self, level: int, deviation: int, probability: float
    ) -> None:
        row = rating_of([(0, 8000)])._replace(level=level, deviation=deviation)

        assert probability_above(row, 8000) == pytest.approx(probability, abs=1e-4)

    def test_there_is_none_without_evidence(self) -> None:
        assert probability_above(rating_of(), 8000) is None


class TestSure:
    def test_ten_calls_are_of_high_confidence_while_the_interval_is_narrow(self) -> None:
        calls: list[History] = [([(TODAY, 7500)] * 10, [], [])]
        narrow, wide = (
            rated_together(calls, parameters=Parameters(default=Noise(sigma=sigma)))[0] for sigma in (12.0, 40.0)
        )

        assert (narrow.confidence, wide.confidence) == ("high", "medium")


@pytest.mark.long
class TestCoverage:
    """People's levels are N(75, 8) ninety days before, and wander; scores lie around them, and a scorer leans."""

    PEOPLE = 3000

    def share(self, fields: int, validations: int = 0, days_ago: int = 0, drift: float = 0.35) -> float:
        """The share of simulated people whose level of today the interval covers."""
        chance = Random(fields * 1000 + validations * 10 + days_ago)
        step = chance.gauss
        people: list[History] = []
        today: list[float] = []
        for _ in range(self.PEOPLE):
            levels = [step(75, 8)]
            for _ in range(90 + days_ago):
                levels.append(levels[-1] + step(0, 0.35))
            lean, added = step(0, 4), step(0, 10)

            def seen(count: int, more: float, levels: list[float] = levels) -> list[tuple[int, int]]:
                found = sorted(chance.randrange(91) for _ in range(count))
                scores = [min(100.0, max(0.0, step(levels[day] + more, 12))) for day in found]
                return [(TODAY - 90 + day, round(100 * score)) for day, score in zip(found, scores, strict=True)]

            people.append((seen(fields, lean), seen(validations, lean + added), []))
            today.append(100 * min(100.0, max(0.0, levels[-1])))
        parameters = Parameters(default=Noise(drift=drift))
        rows = rated_together(people, as_of=TODAY + days_ago, parameters=parameters)
        held = [(row.low or 0) <= level <= (row.high or 0) for row, level in zip(rows, today, strict=True)]
        return sum(held) / len(held)

    @pytest.mark.parametrize(("fields", "validations"), [(3, 0), (10, 0), (40, 0), (1, 3), (2, 8), (0, 6)])
    def test_the_eighty_percent_interval_covers_eighty_percent(self, fields: int, validations: int) -> None:
        assert 0.78 <= self.share(fields, validations) <= 0.83

    def test_a_stale_one_does_too(self) -> None:
        assert 0.78 <= self.share(5, days_ago=200) <= 0.83

    def test_without_the_drift_it_would_not(self) -> None:
        assert self.share(5, days_ago=400, drift=0.0) < 0.75
