"""A copy that follows the log of changes misses nothing, and would without the log's horizon."""

from __future__ import annotations

from datetime import timedelta

from tests.proofs import mirror


def test_copies_are_the_export_while_two_processes_post_and_scores_open() -> None:
    outcome = mirror.run(2.5, 5)

    assert outcome.differs == (0, 0)
    assert outcome.done.total() > outcome.done["refused"]
    assert outcome.told["opened"]


def test_without_a_horizon_what_is_committed_late_is_missed() -> None:
    outcome = mirror.run(2.5, 5, horizon=timedelta(), stalled=1)

    assert any(outcome.differs)
