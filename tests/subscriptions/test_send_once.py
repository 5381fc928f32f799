"""An attempt that finds no place sends nothing; one that cannot give its place back has been made all the same."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from shared.kernel.errors import Retryable
from shared.ports.documents import Contended
from shared.subscriptions.ports.receivers import Received
from shared.subscriptions.usecases.send_once import SendOnce
from tests.functions.webhook_subscriber import Answers
from tests.harness.crash_harness import Notes, Watch

DELIVERY: Any = SimpleNamespace(delivery_id="msg_1", subscription_id="s1", attempts_made=0, body="{}")
SUBSCRIPTION: Any = SimpleNamespace(
    subscription_id="s1", address="https://a.example/", signing=lambda now: ["whsec_c2VjcmV0"]
)


class Places:
    """Places of which a test says what comes of asking."""

    def __init__(self, taken: bool | Exception, left: Exception | None = None) -> None:
        self.taken, self.left = taken, left

    def take(self, delivery: object, now: datetime, until: datetime) -> bool:
        if isinstance(self.taken, Exception):
            raise self.taken
        return self.taken

    def leave(self, delivery: object) -> None:
        if self.left is not None:
            raise self.left


def sent(places: Places) -> tuple[object, list[str]]:
    answers = Answers()
    made: Any = places
    came = SendOnce(made, answers, Watch(), Notes()).send(DELIVERY, SUBSCRIPTION)
    return came and came[1], answers.posted


@pytest.mark.parametrize("taken", [False, Contended("others want it")])
def test_without_a_place_nothing_is_sent(taken: bool | Exception) -> None:
    assert sent(Places(taken)) == (None, [])


@pytest.mark.parametrize("left", [None, Retryable("the store does not answer")])
def test_what_was_sent_is_told_whatever_becomes_of_the_place(left: Exception | None) -> None:
    assert sent(Places(True, left)) == (Received(204, 3), ["msg_1"])


def test_another_failure_of_the_store_has_the_task_come_again() -> None:
    with pytest.raises(Retryable):
        sent(Places(Retryable("the store does not answer")))
