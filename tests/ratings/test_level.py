"""The level's filter: one row after the other as all at once, and what it is against plain arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.frameworks.domain.parameters import Lean, Noise
from shared.ratings.domain import level
from shared.ratings.domain.level import Filtered, Scores, columns_of, filtered
from tests.harness.speed import examples

Given = tuple[int, float, bool, int]
"""Day, score, whether practised, and the scorer."""

scores = st.tuples(
    st.integers(0, 90), st.sampled_from([0.0, 37.5, 75.0, 99.99, 100.0]), st.booleans(), st.integers(0, 1)
)
rows = st.lists(st.lists(scores, max_size=12).map(sorted), min_size=1, max_size=6)
noises = st.builds(Noise, sigma=st.floats(2, 20), likeness=st.floats(0, 0.8), drift=st.floats(0, 1))
LEANS = (Lean(2.0, 1.0, 30), Lean(error=4.0))


def run(people: Sequence[Sequence[Given]], noise: Noise, leans: Sequence[Lean] = LEANS) -> Filtered:
    counts = np.array([len(one) for one in people])
    every = [given for one in people for given in one]
    columns = Scores(
        counts.cumsum() - counts,
        counts,
        np.array([day for day, *_ in every], np.int64),
        np.array([score for _, score, *_ in every], np.float64),
        np.array([practised for *_, practised, _ in every], np.bool_),
        np.array([scorer for *_, scorer in every], np.int64),
    )
    since, until = np.zeros(len(people), np.int64), np.full(len(people), 95)
    return filtered(columns, columns_of([noise] * len(people)), leans, since, until)


@settings(max_examples=examples(150), deadline=None)
@given(rows, noises)
def test_few_rows_and_many_give_the_same_bytes(people: list[list[Given]], noise: Noise) -> None:
    alone = run(people, noise)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(level, "FEW_ROWS", -1)
        together = run(people, noise)
    assert [column.tobytes() for column in alone] == [column.tobytes() for column in together]


def test_two_scores_are_weighed_by_their_noise_and_the_populations() -> None:
    noise = Noise(sigma=12.0, drift=0.0, mean=75.0, spread=8.0)
    found = run([[(0, 60.0, False, 0), (0, 66.0, False, 0)]], noise, (Lean(),))
    precision = 1 / 64 + 2 / 144
    assert found.mean[0] == pytest.approx((75 / 64 + 126 / 144) / precision)
    assert found.variance[0] == pytest.approx(1 / precision)


def test_a_level_wanders_until_the_last_day_and_a_scorers_bias_is_taken_off() -> None:
    noise = Noise(sigma=12.0, drift=0.5, mean=75.0, spread=8.0)
    found = run([[(90, 80.0, False, 0)]], noise, (Lean(bias=5.0, error=2.0),))
    before = 64 + 0.25 * 90
    gain = before / (before + 144)
    assert found.mean[0] == pytest.approx(75 + gain * (80 - 5 - 75))
    assert found.shared[0] == pytest.approx((2 * gain) ** 2)
    assert found.variance[0] == pytest.approx(before * (1 - gain) + 0.25 * 5 + (2 * gain) ** 2)


def test_no_number_of_sessions_makes_practice_certain_of_the_field() -> None:
    noise = Noise(drift=0.0, spread=8.0, practice=12.0, transfer=10.0)
    found = run([[(0, 90.0, True, 0)] * 10_000], noise, (Lean(),))
    assert found.variance[0] == pytest.approx(1 / (1 / 64 + 1 / 100), rel=0.01)


def test_a_full_score_says_at_least() -> None:
    found = run([[(0, 100.0, False, 0)], [(0, 99.99, False, 0)]], Noise(mean=99.0), (Lean(),))
    assert found.mean[0] > 99
    assert found.variance[0] > found.variance[1]
