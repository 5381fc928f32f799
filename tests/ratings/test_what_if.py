"""What an activity would do is what the profile says once it has happened."""

from __future__ import annotations

import numpy as np
import pytest

from shared.frameworks.domain.parameters import Parameters
from shared.kernel.context import encode_skill
from shared.observations.domain.observation import Observation
from shared.ratings.domain.contexts import Expected
from shared.ratings.domain.gaps import Gap, gaps
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.what_if import would_be
from tests.ratings.builders import GENERAL_DISCOVERY, TODAY, field, framework, practice, state

SALES = framework(GENERAL_DISCOVERY, competencies=("discovery",), core=("discovery",))


def projection(*events: Observation) -> Projection:
    return Projection(state(*events), SALES, Parameters(), TODAY)


def gap_of(seen: Projection) -> Gap:
    return gaps(seen.rows(), SALES, Expected(), TODAY)[0]


@pytest.mark.parametrize("seed", range(30))
def test_it_is_what_the_profile_says_afterwards(seed: int) -> None:
    chance = np.random.default_rng(seed)
    events = [
        (field if chance.random() < 0.4 else practice)(float(chance.integers(40, 75)), TODAY - int(chance.integers(80)))
        for _ in range(int(chance.integers(1, 5)))
    ]
    seen = projection(*events)
    then = would_be(seen, gap_of(seen))
    done = (field if then.observed else practice)(then.score / 100, TODAY)
    really = projection(*events, done).row("discovery", "")
    shown = ("rating", "preliminary", "level", "low", "high", "confidence", "status")
    assert [getattr(then.after, name) for name in shown] == [getattr(really, name) for name in shown]
    assert then.before == seen.row("discovery", "")


def test_practice_moves_nothing_where_the_field_has_spoken() -> None:
    seen = projection(*[field(60, TODAY - n) for n in range(1, 5)])
    gap = gap_of(seen)
    then = would_be(seen, gap)
    if not then.observed:
        assert not then.moves
    assert encode_skill(gap.context) == ""
