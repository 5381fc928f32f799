"""What a profile recommends says what is next, and asks for no validation that stands."""

from __future__ import annotations

from shared.frameworks.domain.parameters import Parameters
from shared.ratings.domain.contexts import Expected
from shared.ratings.domain.gaps import gaps
from shared.ratings.domain.projection import Projection
from shared.ratings.usecases.show_profile import recommended
from tests.ratings.builders import GENERAL_DISCOVERY, TODAY, field, framework, state

SALES = framework(GENERAL_DISCOVERY, competencies=("discovery",), core=("discovery",))


def test_who_is_validated_and_below_the_bar_is_asked_for_no_validation() -> None:
    seen = Projection(state(*[field(77, TODAY - n) for n in range(4)]), SALES, Parameters(), TODAY)
    assert seen.row("discovery", "").status == "validated"
    (gap,) = gaps(seen.rows(), SALES, Expected(), TODAY)
    assert "validation" not in recommended(gap, seen).reason


def test_who_is_not_hears_what_the_rule_misses() -> None:
    seen = Projection(state(field(77, TODAY)), SALES, Parameters(), TODAY)
    (gap,) = gaps(seen.rows(), SALES, Expected(), TODAY)
    assert recommended(gap, seen).reason.endswith(" for validation.")
