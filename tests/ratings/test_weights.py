"""The table of weights against exact arithmetic."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

from shared.frameworks.domain.parameters import Noise, Parameters
from shared.ratings.domain.weights import RATING_WINDOW_DAYS, WEIGHTS, WEIGHTS_VERSION


def exact(age: int) -> Decimal:
    """600 + 400 * 2^(-age / 30), to fifty digits."""
    with localcontext() as context:
        context.prec = 50
        return 600 + 400 * (Decimal(2) ** (Decimal(-age) / 30))


def test_every_weight_is_the_formula_rounded() -> None:
    assert len(WEIGHTS) == RATING_WINDOW_DAYS + 1
    assert list(WEIGHTS) == [int(exact(age).quantize(Decimal(1), ROUND_HALF_UP)) for age in range(91)]


def test_no_weight_in_the_window_is_a_tie_that_platforms_round_differently() -> None:
    assert all(exact(age) % 1 != Decimal("0.5") for age in range(91))


def test_halves_the_recency_part_every_thirty_days() -> None:
    assert [WEIGHTS[age] for age in (0, 30, 60, 90)] == [1000, 800, 700, 650]
    assert sorted(WEIGHTS, reverse=True) == list(WEIGHTS)


def test_parameters_have_a_noise_for_every_competency() -> None:
    parameters = Parameters(competencies={"discovery": Noise(sigma=9.5)})

    assert (parameters.noise_of("discovery").sigma, parameters.noise_of("closing").sigma) == (9.5, 12.0)
    assert (parameters.default.drift, WEIGHTS_VERSION) == (0.35, "recency-30-v6")
