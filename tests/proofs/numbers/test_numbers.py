"""A small instance of the proof: the product's interval holds what it says, where the formula before did not."""

from __future__ import annotations

import numpy as np
import pytest

from shared.frameworks.domain.parameters import Noise, Parameters
from tests.proofs.numbers.headline import headline
from tests.proofs.numbers.interval_coverage import coverage
from tests.proofs.numbers.losing import BOUNDS, share_losing
from tests.proofs.numbers.moving import falsely_apart, trends
from tests.proofs.numbers.product import shown
from tests.proofs.numbers.told import told
from tests.proofs.numbers.worlds import DAYS, World, live


def test_the_filter_holds_where_scores_hang_together_and_a_scorer_leans() -> None:
    world = World("likeness and a lean", likeness=0.5, scorer=6.0, calls=20)
    found = coverage(world, calibrations=2, chance=np.random.default_rng(4_711))
    assert found.intervals > 75
    # Binomial deviation of 80 intervals is 4.5 points; two calibrations share their errors.
    assert 0.64 <= found.share <= 0.95
    assert 0.64 <= found.product_share <= 0.95
    assert found.share_before < 0.6


def test_everybody_well_above_the_bar_is_nearly_everybody_ready() -> None:
    found = headline((82.0, 0.0), 0.0, np.random.default_rng(12), drift=0.0)
    assert found.true == 40
    assert found.likely >= 37


def test_the_headline_says_about_what_is_true() -> None:
    found = headline((80.0, 6.0), 4.0, np.random.default_rng(4))
    assert found.holds
    assert found.high - found.low < 16


def test_who_is_told_nine_tenths_is_above_the_bar_so_often() -> None:
    everybody, _ = told(8, 12, np.random.default_rng(5), lists=1)
    assert everybody.people > 30
    assert 0.75 <= everybody.above <= 1.0
    assert everybody.told == pytest.approx(0.9, abs=0.02)


def test_a_trend_is_seldom_false_and_finds_what_the_best_test_finds() -> None:
    found = trends(12.0, 0.3, 600, np.random.default_rng(7), calibrations=5)
    assert max(found.improving, found.declining) <= 0.15
    assert found.found >= 0.55
    assert found.found >= 0.8 * found.best


def test_who_practises_as_well_as_in_the_field_is_seldom_called_apart() -> None:
    assert falsely_apart(12.0, 0.3, 400, np.random.default_rng(8), each=6, calibrations=5) <= 0.08


@pytest.mark.parametrize("level", BOUNDS)
def test_the_field_ends_a_validation_that_it_does_not_bear_out(level: float) -> None:
    least, greatest = BOUNDS[level]
    share = share_losing(level, 120, np.random.default_rng(31), calls=8 if level == 60 else 32)
    # Binomial deviation of 120 people: 2 points at a share of 5 %, 4 at 30 %.
    assert least - 0.04 <= share <= greatest + 0.06


def test_scores_at_the_edge_lift_nobody() -> None:
    """Of people at 85 to 99 whose conversations are alike a third of the scores are 100; it was 2 points on average."""
    lives = live(World("", sigma=18, likeness=0.5, calls=40, begin=None), 150, np.random.default_rng(9))
    known = Noise(sigma=18, likeness=0.5, mean=92.0, spread=5.0)
    rows = shown(lives, Parameters(default=known))
    away = [(row.level or 0) / 100 - true for row, true in zip(rows, lives.levels[:, DAYS].tolist(), strict=True)]
    assert abs(np.mean(away)) < 1.0
