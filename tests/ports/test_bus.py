"""The `Bus` port: what is published is delivered, at least once."""

from __future__ import annotations

import json
import threading

import pytest

from shared.kernel.json_values import Json
from shared.ports.messages import Message
from tests.ports.harness import TOPIC, Delivery, ListenedBus


def numbers(deliveries: list[Delivery]) -> set[int]:
    return {delivery.data["n"] for delivery in deliveries}


class TestBus:
    def test_a_message_arrives_with_its_data_and_attributes(self, bus: ListenedBus) -> None:
        data: dict[str, Json] = {
            "text": "naïve 日本語 🧰",
            "nested": {"list": [1, 2.5, None, True], "empty": {}},
            "quote": "\"'\\",
        }
        bus.bus.publish(TOPIC, [Message(data, {"revision": "17", "unicode": "é"})])
        assert bus.listener.received(1) == [Delivery(data, {"revision": "17", "unicode": "é"})]

    def test_a_message_whose_publisher_has_its_text_already_arrives_like_any_other(self, bus: ListenedBus) -> None:
        data: dict[str, Json] = {"text": "naïve 日本語 🧰", "score": 83.0, "nothing": None}
        bus.bus.publish(TOPIC, [Message(data, text=json.dumps(data))])
        assert bus.listener.received(1) == [Delivery(data, {})]

    def test_attributes_may_be_absent(self, bus: ListenedBus) -> None:
        bus.bus.publish(TOPIC, [Message({"n": 1})])
        assert bus.listener.received(1) == [Delivery({"n": 1}, {})]

    def test_all_messages_of_a_batch_arrive(self, bus: ListenedBus) -> None:
        bus.bus.publish(TOPIC, [Message({"n": number}) for number in range(250)])
        assert numbers(bus.listener.received(250)) == set(range(250))

    def test_publishing_nothing_is_fine(self, bus: ListenedBus) -> None:
        bus.bus.publish(TOPIC, [])
        bus.bus.publish(TOPIC, [Message({"n": 1})])
        assert numbers(bus.listener.received(1)) == {1}

    def test_a_refused_message_is_delivered_again(self, bus: ListenedBus) -> None:
        bus.listener.refuse(2)
        bus.bus.publish(TOPIC, [Message({"n": 1})])
        assert numbers(bus.listener.received(1)) == {1}
        assert bus.listener.refused >= 2

    def test_publishers_in_many_threads_lose_nothing(self, bus: ListenedBus) -> None:
        def publish(start: int) -> None:
            for number in range(start, start + 10):
                bus.bus.publish(TOPIC, [Message({"n": number})])

        threads = [threading.Thread(target=publish, args=(10 * number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert numbers(bus.listener.received(80)) == set(range(80))

    def test_an_undeclared_topic_is_a_mistake(self, bus: ListenedBus) -> None:
        with pytest.raises(Exception, match=r"(?i)topic( 'no-such-topic' is)? not (found|declared)"):
            bus.bus.publish("no-such-topic", [Message({"n": 1})])
