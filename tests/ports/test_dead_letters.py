"""The `DeadLetters` port: what could not be delivered is kept with its reason, and can be delivered again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from shared.ports.messages import DeadLetter, DeadLetters, Message
from tests.ports.harness import ATTEMPTS, TOPIC, PoisonedBus


def letters_when(letters: DeadLetters, count: int, *, timeout: float = 30) -> Sequence[DeadLetter]:
    """The dead letters, once there are so many."""
    deadline = time.monotonic() + timeout
    while True:
        found = letters.list()
        if len(found) >= count:
            return found
        assert time.monotonic() < deadline, f"{len(found)} of {count} dead letters came in {timeout} s"
        time.sleep(0.05)


class TestDeadLetters:
    def test_a_poison_message_ends_here_with_its_reason_and_blocks_nobody(self, dead_letters: PoisonedBus) -> None:
        began = datetime.now(UTC)
        dead_letters.listener.refuse(ATTEMPTS)
        dead_letters.bus.publish(TOPIC, [Message({"text": "gift"}, {"colour": "green"})])
        (letter,) = letters_when(dead_letters.letters, 1)
        assert letter.data == {"text": "gift"}
        assert letter.attributes == {"colour": "green"}
        assert letter.attempts == ATTEMPTS
        assert TOPIC in letter.subscription
        assert letter.reason
        assert "gift" not in letter.reason
        a_second = timedelta(seconds=1)
        assert began - a_second <= letter.published_at <= letter.failed_at <= datetime.now(UTC) + a_second
        assert dead_letters.letters.get(letter.letter_id) == letter
        dead_letters.bus.publish(TOPIC, [Message({"text": "wholesome"})])
        assert [delivery.data for delivery in dead_letters.listener.received(1)] == [{"text": "wholesome"}]

    def test_a_replayed_letter_is_delivered_again_and_gone(self, dead_letters: PoisonedBus) -> None:
        dead_letters.listener.refuse(ATTEMPTS)
        dead_letters.bus.publish(TOPIC, [Message({"text": "gift"}, {"colour": "green"})])
        (letter,) = letters_when(dead_letters.letters, 1)
        assert dead_letters.letters.replay(letter.letter_id)
        (delivery,) = dead_letters.listener.received(1)
        assert delivery.data == {"text": "gift"}
        assert delivery.attributes == {"colour": "green"}
        assert list(dead_letters.letters.list()) == []
        assert not dead_letters.letters.replay(letter.letter_id)

    def test_a_discarded_letter_is_gone(self, dead_letters: PoisonedBus) -> None:
        dead_letters.listener.refuse(ATTEMPTS)
        dead_letters.bus.publish(TOPIC, [Message({"text": "gift"})])
        (letter,) = letters_when(dead_letters.letters, 1)
        assert dead_letters.letters.discard(letter.letter_id)
        assert not dead_letters.letters.discard(letter.letter_id)
        assert dead_letters.letters.get(letter.letter_id) is None
        assert list(dead_letters.letters.list()) == []

    def test_an_unknown_letter_is_no_letter(self, dead_letters: PoisonedBus) -> None:
        assert dead_letters.letters.get("unheard-of") is None
        assert not dead_letters.letters.replay("unheard-of")
        assert not dead_letters.letters.discard("unheard-of")
