"""A task delivers one dead letter again."""

from __future__ import annotations

from tests.functions.conftest import Deployed


class Letters:
    """The `DeadLetters` port, as far as a replay needs it."""

    def __init__(self, *kept: str) -> None:
        self.kept = list(kept)

    def replay(self, letter_id: str) -> bool:
        if letter_id not in self.kept:
            return False
        self.kept.remove(letter_id)
        return True


def test_the_letter_is_delivered_and_a_second_task_of_it_finds_none(deployed: Deployed) -> None:
    letters = Letters("l1", "l2")
    deployed.ports["dead_letters"] = letters
    assert deployed.deliver("replay_letter", {"letter_id": "l1"}) == (200, {"found": True})
    assert deployed.deliver("replay_letter", {"letter_id": "l1"}) == (200, {"found": False})
    assert letters.kept == ["l2"]


def test_a_task_that_cannot_be_read_is_quarantined(deployed: Deployed) -> None:
    deployed.ports["dead_letters"] = Letters()
    assert deployed.deliver("replay_letter", {}) == (200, None)
    assert deployed.quarantined() == ["replay_letter"]
