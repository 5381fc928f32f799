"""How alike one's skills are: learnt from scores that hold other noise, and used by the headline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shared.frameworks.domain.parameters import Factor, Lean, Parameters
from shared.frameworks.domain.published_parameters import rounded, same_numbers
from shared.ratings.domain.calibration_scores import CompetencyScores
from shared.ratings.domain.likely_ready import LIKENESS, CoreLevel, of_person, together
from shared.ratings.domain.skills_together import LEAST_PEOPLE, factor_of

NAMES = ("closing", "discovery", "listening", "value")


def worlds(correlation: float, people: int, seed: int, *, shared_noise: float = 0.5) -> dict[str, CompetencyScores]:
    """Scores of people whose levels go together so, 12 calls each; half of a call's noise is in all of its scores."""
    chance = np.random.default_rng(seed)
    calls = 12
    factor, of_call = chance.normal(0, 1, people), chance.normal(0, 1, (people, calls))
    found = {}
    for name in NAMES:
        own = chance.normal(0, 1, people)
        level = 72 + 7 * (np.sqrt(correlation) * factor + np.sqrt(1 - correlation) * own)
        noise = np.sqrt(shared_noise) * of_call + np.sqrt(1 - shared_noise) * chance.normal(0, 1, (people, calls))
        score = (level[:, None] + 11 * noise).ravel()
        person, day = np.arange(people).repeat(calls), 20_000 + np.tile(np.arange(calls) * 7, people)
        nothing = np.zeros(len(score), np.int64)
        found[name] = CompetencyScores(person, day, score, nothing > 0, nothing, ("gong",))
    return found


@pytest.mark.parametrize("correlation", [0.0, 0.1, 0.3, 0.6, 0.85])
def test_finds_the_correlation_of_levels_and_not_that_of_a_calls_scores(correlation: float) -> None:
    learnt = [factor_of(worlds(correlation, 150, seed), {}).likeness for seed in range(6)]
    assert np.mean(learnt) == pytest.approx(correlation, abs=0.08)


def test_the_default_stands_until_thirty_people_and_draws_few_to_it() -> None:
    assert factor_of(worlds(0.9, LEAST_PEOPLE - 1, 1), {}) == Factor()
    assert factor_of({"closing": worlds(0.9, 100, 1)["closing"]}, {}) == Factor()
    assert factor_of({}, {}) == Factor()
    few, many = (np.mean([factor_of(worlds(0.8, people, s), {}).likeness for s in range(6)]) for people in (30, 200))
    assert 0.3 < few < many


def test_a_competency_that_only_practice_saw_changes_nothing() -> None:
    world = worlds(0.3, 40, 5)
    practised = replace(world["closing"], practice=world["closing"].practice | True)
    without = {name: one for name, one in world.items() if name != "closing"}
    assert factor_of({**without, "closing": practised}, {}).likeness == pytest.approx(factor_of(without, {}).likeness)


def test_a_scorers_lean_and_the_order_of_scores_change_nothing() -> None:
    world = worlds(0.3, 60, 3)
    found = factor_of(world, {})
    leaning = {name: replace(one, score=one.score + 6) for name, one in world.items()}
    assert factor_of(leaning, {"gong": Lean(6.0, 1.0, 40)}).likeness == pytest.approx(found.likeness)
    turned = {
        name: replace(one, person=one.person[::-1], day=one.day[::-1], score=one.score[::-1])
        for name, one in world.items()
    }
    assert factor_of(turned, {}).likeness == pytest.approx(found.likeness)
    assert found.people == 60


def test_levels_that_do_not_differ_say_nothing() -> None:
    flat = {name: replace(one, score=np.full(len(one), 70.0)) for name, one in worlds(0.3, 40, 1).items()}
    assert factor_of(flat, {}) == Factor()


def test_it_is_published_rounded_and_a_count_alone_is_no_change() -> None:
    learnt = rounded(Parameters(factor=Factor(0.41239, 44)))
    assert learnt.factor == Factor(0.412, 44)
    assert same_numbers(learnt, replace(learnt, factor=Factor(0.412, 45)))
    assert not same_numbers(learnt, replace(learnt, factor=Factor(0.413, 44)))


def test_the_more_alike_ones_skills_are_the_more_are_ready_in_all_at_once_and_the_wider_the_interval() -> None:
    levels = [CoreLevel(7600.0, 600.0, 0.0, 7500.0)] * 5
    teams = [together([of_person(levels, likeness)] * 40) for likeness in (0.0, 0.1, LIKENESS, 0.6, 0.9)]
    assert [team.number for team in teams] == sorted(team.number for team in teams)
    assert teams[0].number == pytest.approx(40 * 0.5662**5, abs=0.05)
    assert teams[2].number == together([of_person(levels)] * 40).number


def test_the_error_says_how_far_what_was_learnt_lies_from_the_truth() -> None:
    found = [factor_of(worlds(0.5, 60, seed), {}) for seed in range(20)]
    within = [abs(one.likeness - 0.5) <= 2 * one.uncertainty for one in found]
    assert sum(within) >= 16
    assert all(0 < one.uncertainty < Factor().uncertainty for one in found)
    assert factor_of(worlds(0.5, 200, 1), {}).uncertainty < factor_of(worlds(0.5, 40, 1), {}).uncertainty
