"""The proofs of learning run on sizes that take seconds. Who wins is not judged here, only that it is told as it is."""

from __future__ import annotations

from dataclasses import replace
from math import log
from random import Random

import numpy as np
import pytest

from shared.learning.domain.recall import cards
from tests.proofs import feed, recall
from tests.proofs.forgetting import GATEWAY_DAYS, USUAL, WORLDS, Answer, people


@pytest.fixture(scope="module")
def small() -> recall.Foretold:
    return recall.measure(USUAL, 12, 8)


def test_people_are_the_same_for_the_same_seed_and_their_answers_a_day_apart() -> None:
    found = list(people(USUAL, 5, 6, 90, seed=3))
    assert found == list(people(USUAL, 5, 6, 90, seed=3)) != list(people(USUAL, 5, 6, 90, seed=4))
    for history in (history for mine in found for history in mine):
        assert len(history) >= 2
        assert history[0].days == 0
        assert all(one.days >= 1 for one in history[1:])
        assert history[-1].days <= GATEWAY_DAYS


def test_answers_are_drawn_by_the_chances_that_the_simulator_tells() -> None:
    """Each world's answers come as often right as their chances say, and a guess makes none less likely."""
    for world in WORLDS:
        said = [one for mine in people(world, 60, 20, 120, seed=5) for history in mine for one in history[1:]]
        chances = np.array([one.chance for one in said])
        error = np.sqrt((chances * (1 - chances)).sum()) / len(said)
        assert np.mean([one.right for one in said]) == pytest.approx(chances.mean(), abs=4 * error)
        assert chances.min() >= world.guess


def test_people_differ_and_forget_more_the_longer_they_wait() -> None:
    by_person = [
        np.mean([one.right for history in mine for one in history[1:]]) for mine in people(USUAL, 60, 20, 120, seed=6)
    ]
    assert np.std(by_person) > 0.03
    once = [history[1] for mine in people(USUAL, 200, 20, 1, seed=6) for history in mine]
    soon = np.mean([one.right for one in once if one.days <= 5])
    late = np.mean([one.right for one in once if one.days > 60])
    assert soon > late + 0.2


def test_contestants_say_what_they_are_said_to_say() -> None:
    history = [
        Answer(0, True, 0.5),
        Answer(1, True, 0.5),
        Answer(3, False, 0.5),
        Answer(2, True, 0.5),
        Answer(4, True, 1.0),
    ]
    assert [*recall.by_table(history)] == pytest.approx([0.9**1, 0.9 ** (3 / 3), 0.9**2, 0.9 ** (4 / 3)])
    assert [*recall.by_sm2(history)] == pytest.approx([0.9**1, 0.9 ** (3 / 6), 0.9**2, 0.9**4])
    longer = [Answer(0, True, 0.5), *[Answer(1, True, 0.5)] * 4]
    assert [*recall.by_sm2(longer)] == pytest.approx([0.9, 0.9 ** (1 / 6), 0.9 ** (1 / 15), 0.9 ** (1 / 37.5)])
    assert [*recall.by_table([*longer, Answer(1, True, 0.5)])][-1] == pytest.approx(0.9 ** (1 / 14))
    assert [*recall.by_constant(history)] == [0.9] * 4
    assert [*recall.by_simulator(history)] == [0.5, 0.5, 0.5, 1.0]
    first = next(recall.by_fsrs([Answer(0, True, 1.0), Answer(2, True, 1.0)]))
    assert first == pytest.approx(0.9, abs=0.02), "stability after a first right answer is 2.3 days"


def test_log_loss_power_and_area_are_what_their_definitions_say() -> None:
    said, right = np.array([0.8, 0.6, 0.6, 0.2]), np.array([True, True, False, False])
    assert [*recall.losses(said, right)] == pytest.approx([-log(0.8), -log(0.6), -log(0.4), -log(0.8)])
    assert recall.losses(np.array([0.0]), np.array([True]))[0] == pytest.approx(-log(0.001))
    assert recall.told_apart(said, right) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    half = np.full(400, 0.9)
    came = np.arange(400) % 2 == 0
    assert 0.9 ** recall.best_power(half, came) == pytest.approx(0.5, abs=1e-3), "the share that was right"


def test_no_contestant_beats_the_simulator_and_all_foretell_the_same_answers(small: recall.Foretold) -> None:
    for result in (small.next_answer, small.gateway):
        oracle = result.named(recall.SIMULATOR)
        assert [one.name for one in result.contestants] == [name for name, _ in recall.CONTESTANTS]
        for one in result.contestants:
            assert len(one.losses) == result.people
            assert one.loss_in_hindsight <= one.loss + 1e-9
            assert one.loss > oracle.loss - 0.02
    assert small.gateway.answers == 12 * 8
    assert sum(one.answers for one in small.said) == small.next_answer.answers + small.gateway.answers


def test_the_same_seed_gives_the_same_table_and_the_caveat_stands_in_it(small: recall.Foretold) -> None:
    told = recall.report([small])
    assert told == recall.report([recall.measure(USUAL, 12, 8)])
    assert told.startswith(recall.CAVEAT)
    assert "made up" in recall.CAVEAT


def test_whoever_fsrs_loses_to_is_told(small: recall.Foretold) -> None:
    """By the intervals of the differences, whichever way they come out."""
    result = small.next_answer
    fsrs = result.named("FSRS")
    better = replace(
        result.named("constant"), losses=fsrs.losses - 0.1 - 0.001 * np.arange(12), hindsight=fsrs.hindsight
    )
    worse = replace(result.named("SM-2"), losses=fsrs.losses + 0.1, hindsight=fsrs.hindsight + 0.2)
    told = recall.lost(replace(result, contestants=(fsrs, better, worse)))
    assert told == ("As assumed: FSRS loses to constant, beats SM-2; in hindsight it beats SM-2, is alike to constant.")


def test_feeds_are_the_same_bytes_in_another_process_and_another_order() -> None:
    found = feed.measure(8, 12)
    assert found.same == len(found.first.digests) == 8
    assert len(set(found.first.digests)) > 1, "they are not all alike"
    assert found.first.reviews > 8
    assert found.first.items > 8
    assert "| 8 of 8 |" in feed.report([found])


def test_a_feed_that_came_out_otherwise_would_be_counted() -> None:
    one = feed.Pass([1.0, 1.0], [1.0, 1.0], ["a", "b"], 2, 2)
    assert feed.Measured(1, one, replace(one, digests=["a", "c"])).same == 1


def test_feeds_of_the_proof_offer_every_reason() -> None:
    known = feed.lessons_of(20, Random(1))
    reasons = set()
    for reviews in feed.learners(12, known):
        folded = cards(reviews, feed.ZONE)
        reasons |= {one.reason for one in feed.feed_of(known, feed.COMPETENCIES, folded)}
    assert reasons >= {"safety", "review", "gap"}
