from __future__ import annotations

import numpy as np
import pytest

from shared.frameworks.domain.parameters import Factor, Lean, Noise, Parameters, Untrusted
from shared.ratings.domain import calibration
from shared.ratings.domain.calibration import LEAST_OBSERVATIONS, calibrated, lean_of
from shared.ratings.domain.calibration_scores import CompetencyScores

SCORERS = ("gong",)


def invented(
    people: int,
    calls: int,
    chance: np.random.Generator,
    *,
    sigma: float = 12.0,
    likeness: float = 0.0,
    lean: float = 0.0,
) -> CompetencyScores:
    """Returns scores of people whose levels are N(70, 6) and stay, one call a week."""
    level = chance.normal(70, 6, people)
    noise = chance.normal(0, 1, (people, calls))
    for at in range(1, calls):
        noise[:, at] = likeness * noise[:, at - 1] + np.sqrt(1 - likeness**2) * noise[:, at]
    score = np.clip(level[:, None] + sigma * noise + lean, 0, 100)
    return scores_of(score.ravel(), np.arange(people).repeat(calls), np.tile(np.arange(calls) * 7, people))


def scores_of(
    score: np.ndarray, person: np.ndarray, day: np.ndarray, practice: np.ndarray | None = None
) -> CompetencyScores:
    size = len(score)
    practised = np.zeros(size, np.bool_) if practice is None else practice
    return CompetencyScores(person, 20_000 + day, score.astype(float), practised, np.zeros(size, np.int64), SCORERS)


def learnt(scores: CompetencyScores, **leans: list[float]) -> Noise:
    return calibrated({"discovery": scores}, leans, Parameters()).noise_of("discovery")


@pytest.mark.parametrize("sigma", [6.0, 12.0, 18.0])
@pytest.mark.parametrize("likeness", [0.0, 0.5])
def test_finds_how_noisy_and_how_alike_conversations_are(sigma: float, likeness: float) -> None:
    found = learnt(invented(60, 24, np.random.default_rng(5), sigma=sigma, likeness=likeness))
    assert found.sigma == pytest.approx(sigma, rel=0.12)
    assert found.likeness == pytest.approx(likeness, abs=0.15)
    assert found.mean == pytest.approx(70, abs=3)
    assert found.spread == pytest.approx(6, abs=2.5)
    assert found.observations == 60 * 24


@pytest.mark.parametrize("seed", range(8))
def test_finds_none_where_neighbours_are_not_alike(seed: int) -> None:
    """At a high likeness the filter hardly moves, and any surprises fit: there is a second minimum."""
    assert learnt(invented(40, 24, np.random.default_rng(seed), sigma=8.0)).likeness < 0.2


def test_finds_what_practice_adds_and_how_noisy_it_is() -> None:
    chance, people, calls = np.random.default_rng(8), 80, 12
    level, added = chance.normal(70, 6, people), chance.normal(0, 4, people)
    practised = np.tile(np.arange(2 * calls) % 2 == 1, people)
    true = level.repeat(2 * calls) + practised * added.repeat(2 * calls)
    score = true + chance.normal(0, 1, len(true)) * np.where(practised, 5.0, 12.0)
    day = np.tile(np.arange(2 * calls) * 7, people)
    found = learnt(scores_of(np.clip(score, 0, 100), np.arange(people).repeat(2 * calls), day, practised))
    assert found.practice == pytest.approx(5, abs=1.5)
    assert found.transfer == pytest.approx(4, abs=2)
    assert found.sigma == pytest.approx(12, abs=1.5)


def test_without_practice_its_defaults_stand() -> None:
    found = learnt(invented(40, 12, np.random.default_rng(3), sigma=7))
    assert (found.practice, found.transfer) == (Noise().practice, Noise().transfer)


def test_a_population_is_learnt_of_scores_less_their_scorers_lean() -> None:
    scores = invented(60, 24, np.random.default_rng(5), lean=8.0)
    unknown = learnt(scores)
    known = learnt(scores, gong=[8.0 + one for one in (-3, 3) * 40])
    assert unknown.mean - known.mean == pytest.approx(8, abs=0.6)


def test_what_competencies_have_in_common_is_learnt_of_all_of_them() -> None:
    """Nobody wanders and all are alike: one competency alone tells little of it."""
    chance = np.random.default_rng(11)
    alone = [still(chance, mean) for mean in (60.0, 70.0, 80.0, 65.0, 75.0)]
    several = calibrated({f"c{place}": one for place, one in enumerate(alone)}, {}, Parameters())
    together = [several.noise_of(f"c{place}") for place in range(5)]
    assert np.mean([one.drift for one in together]) < np.mean([learnt(one).drift for one in alone])
    assert np.mean([one.spread for one in together]) < np.mean([learnt(one).spread for one in alone])
    assert [one.mean for one in together] == pytest.approx([60, 70, 80, 65, 75], abs=2)


def still(chance: np.random.Generator, mean: float) -> CompetencyScores:
    score = np.clip(mean + 10 * chance.normal(0, 1, 40 * 12), 0, 100)
    return scores_of(score, np.arange(40).repeat(12), np.tile(np.arange(12) * 8, 40))


def test_too_few_scores_leave_the_defaults() -> None:
    few = invented(1, LEAST_OBSERVATIONS - 1, np.random.default_rng(1), sigma=2)
    enough = invented(1, LEAST_OBSERVATIONS, np.random.default_rng(1), sigma=2)
    assert learnt(few) == Noise()
    assert learnt(enough).sigma < Noise().sigma


def test_the_order_of_scores_changes_nothing() -> None:
    scores = invented(20, 9, np.random.default_rng(6))
    mixed = np.random.default_rng(7).permutation(len(scores))
    day = scores.day[mixed]
    again = CompetencyScores(
        scores.person[mixed], day, scores.score[mixed], scores.practice[mixed], scores.scorer, SCORERS
    )
    assert learnt(again) == learnt(scores)


@pytest.mark.parametrize("score", [0.0, 50.0, 100.0])
@pytest.mark.parametrize(("people", "each"), [(1, 40), (40, 1), (4, 10)])
def test_scores_that_are_all_alike_give_parameters_all_the_same(score: float, people: int, each: int) -> None:
    day = np.tile(np.arange(each), people)
    found = learnt(scores_of(np.full(people * each, score), np.arange(people).repeat(each), day))
    assert 0 < found.sigma < 12
    assert 0 < found.drift < 5
    assert 0 < found.spread < 60
    assert 0 <= found.likeness <= 0.8


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_comes_out_as_no_number_is_not_learnt(monkeypatch: pytest.MonkeyPatch, value: float) -> None:
    scores = invented(30, 4, np.random.default_rng(1))
    monkeypatch.setattr(calibration, "noise_of", lambda *_: Noise(sigma=value, observations=120))
    monkeypatch.setattr(calibration, "factor_of", lambda *_: Factor(value, 30))
    monkeypatch.setattr(calibration, "_usual", lambda *_: Noise(mean=value))
    found = calibrated({"discovery": scores}, {"gong": [1.0, value]}, Parameters())
    assert (found.competencies, found.scorers, found.factor) == ({}, {}, Factor())


def test_many_scores_of_one_day_are_taken() -> None:
    scores = invented(4, 30, np.random.default_rng(2))
    found = learnt(scores_of(scores.score, scores.person, np.zeros(len(scores), np.int64)))
    assert 5 < found.sigma < 20


def test_the_version_and_who_may_not_score_stay() -> None:
    before = Parameters(version=7, untrusted=(Untrusted("gong", 2, "discovery"),), scorers={"gone": Lean(3, 1, 9)})
    after = calibrated({}, {}, before)
    assert (after.version, after.untrusted, after.scorers, after.competencies) == (7, before.untrusted, {}, {})


def test_nothing_is_learnt_of_a_scorer_without_blind_pairs() -> None:
    assert lean_of([]) == Lean(0.0, 4.0, 0)
    assert "gong" not in calibrated({}, {"gong": []}, Parameters()).scorers


def test_a_lean_is_drawn_to_none_by_few_pairs_and_found_by_many() -> None:
    """One pair: variance 1 / (1/16 + 1/100), its mean 5 times that over 100."""
    one = lean_of([5.0])
    assert one.error == pytest.approx((1 / (1 / 16 + 1 / 100)) ** 0.5, abs=1e-3)
    assert one.bias == pytest.approx(5.0 / 100 / (1 / 16 + 1 / 100), abs=1e-3)
    many = lean_of([3.0, 7.0] * 50)
    assert many.bias == pytest.approx(5.0, abs=0.05)
    assert many.error == pytest.approx(0.2, abs=0.01)
    assert many.pairs == 100
