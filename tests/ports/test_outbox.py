"""The `Outbox` port: what is accepted is committed, then delivered; what is refused is neither."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.kernel.json_values import Json
from shared.ports.documents import AlreadyExists, Create, DocumentTooLarge, Merge, PreconditionFailed, Put, Query, Write
from shared.ports.messages import Message
from tests.ports.harness import TOPIC, AcceptingStore, Delivery, Died


def event(number: int) -> list[Write]:
    return [Create(f"events/e{number}", {"n": number}), Merge("states/one", {"seen": {f"e{number}": number}})]


def message(number: int) -> list[Message]:
    return [Message({"n": number}, {"about": f"{number}"})]


class TestOutbox:
    def test_what_is_accepted_is_written_and_delivered(self, accepting: AcceptingStore) -> None:
        accepting.outbox.accept(event(1), TOPIC, message(1))
        written = accepting.documents.get_many(["events/e1", "states/one"])
        assert {path: document.data for path, document in written.items()} == {
            "events/e1": {"n": 1},
            "states/one": {"seen": {"e1": 1}},
        }
        assert accepting.listener.received(1) == [Delivery({"n": 1}, {"about": "1"})]

    def test_text_of_any_kind_arrives_as_it_was(self, accepting: AcceptingStore) -> None:
        data: dict[str, Json] = {"text": "naïve 日本語 🧰 \"'\\", "nested": {"list": [1, 2.5, None, True], "empty": {}}}
        accepting.outbox.accept([Put("things/a", data)], TOPIC, [Message(data, {"unicode": "é"})])
        found = accepting.documents.get("things/a")
        assert found is not None
        assert found.data == data
        assert accepting.listener.received(1) == [Delivery(data, {"unicode": "é"})]

    def test_what_exists_already_is_neither_written_nor_delivered(self, accepting: AcceptingStore) -> None:
        accepting.outbox.accept(event(1), TOPIC, message(1))
        with pytest.raises(AlreadyExists):
            accepting.outbox.accept(
                [Merge("states/one", {"seen": {"twice": 1}}), Create("events/e1", {"n": 0})], TOPIC, message(2)
            )
        accepting.outbox.accept(event(3), TOPIC, message(3))
        assert sorted(delivery.data["n"] for delivery in accepting.listener.received(2)) == [1, 3]
        state = accepting.documents.get("states/one")
        assert state is not None
        assert state.data == {"seen": {"e1": 1, "e3": 3}}

    def test_a_changed_document_and_one_too_large_are_refused_as_by_a_commit(self, accepting: AcceptingStore) -> None:
        accepting.documents.commit([Put("things/a", {"n": 1})])
        before = accepting.documents.get("things/a")
        assert before is not None
        accepting.documents.commit([Put("things/a", {"n": 2})])
        with pytest.raises(PreconditionFailed):
            accepting.outbox.accept([Put("things/a", {"n": 3}, if_version=before.version)], TOPIC, message(1))
        with pytest.raises(DocumentTooLarge):
            accepting.outbox.accept([Put("things/b", {"text": "x" * 1_100_000})], TOPIC, message(2))
        accepting.outbox.accept(event(3), TOPIC, message(3))
        assert [delivery.data["n"] for delivery in accepting.listener.received(1)] == [3]
        assert accepting.documents.get("things/b") is None

    def test_a_merge_that_stores_null_is_delivered_as_well(self, accepting: AcceptingStore) -> None:
        accepting.outbox.accept([Merge("things/a", {"given": None})], TOPIC, message(1))
        found = accepting.documents.get("things/a")
        assert found is not None
        assert found.data == {"given": None}
        assert accepting.listener.received(1) == [Delivery({"n": 1}, {"about": "1"})]

    def test_many_at_once_lose_nothing_and_each_learns_its_own_fate(self, accepting: AcceptingStore) -> None:
        """Each of forty events comes twice at the same time: one of both is accepted."""

        def accept(number: int) -> bool:
            try:
                accepting.outbox.accept(event(number), TOPIC, message(number))
            except AlreadyExists:
                return False
            return True

        with ThreadPoolExecutor(8) as threads:
            accepted = list(threads.map(accept, [number for number in range(40) for _ in range(2)]))
        assert [sum(accepted[2 * number : 2 * number + 2]) for number in range(40)] == [1] * 40
        assert sorted(delivery.data["n"] for delivery in accepting.listener.received(40)) == list(range(40))
        state = accepting.documents.get("states/one")
        assert state is not None
        assert len(state.data["seen"]) == 40

    def test_what_is_noted_and_then_left_by_its_process_is_published_once_by_a_sweep(
        self, accepting: AcceptingStore
    ) -> None:
        accepting.outbox.accept([*event(1), *event(2)[:1]], TOPIC, [*message(1), *message(2)], noted=True)
        assert [one.data["n"] for one in accepting.listener.received(2)] in ([1, 2], [2, 1])
        assert accepting.outbox.sweep() == 0
        assert accepting.documents.query(Query("unpublished")) == []
        long: list[Message] = [Message({"n": number, "text": "é" * 200_000}) for number in (3, 4, 5)]
        with pytest.raises(Died):
            accepting.dying.accept(event(3), TOPIC, long, noted=True)
        assert accepting.documents.get("events/e3") is not None
        accepting.restart()
        accepting.outbox.sweep()
        assert sorted(one.data["n"] for one in accepting.listener.received(5)) == [1, 2, 3, 4, 5]
        assert accepting.outbox.sweep() == 0

    def test_an_undeclared_topic_is_a_mistake(self, accepting: AcceptingStore) -> None:
        with pytest.raises(Exception, match=r"(?i)topic( 'no-such-topic' is)? not (found|declared)"):
            accepting.outbox.accept([Put("things/a", {"n": 1})], "no-such-topic", message(1))
