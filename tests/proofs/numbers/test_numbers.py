"""A small instance of the proof: the product's interval holds what it says, where the formula before did not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.proofs.numbers.headline import headline
from tests.proofs.numbers.interval_coverage import coverage
from tests.proofs.numbers.losing import BOUNDS, share_losing
from tests.proofs.numbers.worlds import World


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
    assert found.likely > 33


@pytest.mark.parametrize("level", BOUNDS)
def test_the_field_ends_a_validation_that_it_does_not_bear_out(level: float) -> None:
    least, greatest = BOUNDS[level]
    share = share_losing(level, 120, np.random.default_rng(31), calls=8 if level == 60 else 32)
    # Binomial deviation of 120 people: 2 points at a share of 5 %, 4 at 30 %.
    assert least - 0.04 <= share <= greatest + 0.06
