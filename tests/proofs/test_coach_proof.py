"""The proof of the coach runs on a size that takes seconds."""

from __future__ import annotations

from tests.proofs import coach


def test_shuffled_and_repeated_webhooks_are_answered_once_each_and_in_order() -> None:
    found = coach.order(120, 6, 8, alive=False, most_seconds=120)
    assert (found.answers, found.misplaced, found.messages) == ({1: 48}, 0, 48)


def test_while_they_come_each_is_answered_once() -> None:
    assert coach.order(120, 6, 8, alive=True, most_seconds=120).answers == {1: 48}


def test_every_request_of_a_short_run_is_answered_and_timed() -> None:
    took = coach.speed(3.0)
    assert len(took.webhook) == len(took.one_commit) == 40
    assert min(*took.webhook, *took.one_commit) > 0
