"""Our fold of reviews is FSRS: it is held beside an implementation of others' making, review by review."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from tests.harness.speed import examples
from tests.learning.others_fsrs import BEGUN, VERSION, After, History, compared, histories, installed, ours, theirs

EQUAL: Final = 1e-6

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def node_modules() -> Path:
    """Where ts-fsrs is installed; ./scripts/test installs it."""
    found = installed()
    if found is not None:
        return found
    message = (
        f"no Node.js here, or no ts-fsrs {VERSION} (set TS_FSRS to its node_modules): recall is NOT held beside it"
    )
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def test_every_review_leaves_the_same_stability_difficulty_recall_and_day_due(node_modules: Path) -> None:
    found = compared(histories(examples(400), seed=1), node_modules)
    assert found.reviews > 10 * found.histories
    assert found.apart < EQUAL
    assert found.other_days == 0


@pytest.mark.parametrize(
    "history",
    [
        [(0, True)] + [(1, True)] * 60,
        [(0, False)] + [(1, False)] * 60,
        [(0, True)] + [(365, True), (1, False)] * 20,
        [(0, False), (3650, True), (3650, False), (1, True)],
    ],
    ids=["always right", "always wrong", "in turns", "years apart"],
)
def test_histories_at_the_edge_are_the_same(history: History, node_modules: Path) -> None:
    assert compared([history], node_modules).apart < EQUAL


def test_a_day_more_or_another_answer_would_be_seen(node_modules: Path) -> None:
    """The comparison tells folds apart that are not of the same history."""
    history: History = [(0, True), (3, True), (9, False), (4, True)]
    ((*_, last),) = theirs([history], node_modules)
    assert ours(history)[-1].stability == pytest.approx(last.stability, rel=EQUAL)
    for other in ([*history[:3], (5, True)], [*history[:2], (9, True), (4, True)], history[:3]):
        mine: After = ours(other)[-1]
        assert mine.stability != pytest.approx(last.stability, rel=1e-3)


def test_histories_are_the_same_for_the_same_seed() -> None:
    assert histories(5, 2) == histories(5, 2) != histories(5, 3)
    assert all(days >= 1 for history in histories(50, 2) for days, _ in history[1:]), "a day apart or more"
    assert BEGUN.day == 1
