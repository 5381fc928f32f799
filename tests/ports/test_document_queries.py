"""Queries behind the documents port."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.ports.documents import (
    Documents,
    Put,
    Query,
    Where,
)
from tests.ports.stored import ids


def events() -> list[Put]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Put(
            f"events/e{number:02d}",
            {
                "person": f"p{number % 2}",
                "kind": ["field", "validation", "learning"][number % 3],
                "at": start + timedelta(hours=number // 4),
                "score": number * 1.5,
                "held": number % 5 == 0,
                "tags": [f"t{number % 4}", "all"],
                "payload": {"large": "x" * 100},
            },
        )
        for number in range(24)
    ]


class TestQuery:
    @pytest.fixture(autouse=True)
    def _events(self, documents: Documents) -> None:
        documents.commit(events())

    def test_reads_one_collection_and_not_those_below(self, documents: Documents) -> None:
        documents.commit([Put("events/e00/parts/x", {"person": "p0"}), Put("other/e99", {"person": "p0"})])
        assert ids(documents, Query("events")) == [f"e{number:02d}" for number in range(24)]
        assert ids(documents, Query("events/e00/parts")) == ["x"]
        assert ids(documents, Query("nothing")) == []

    def test_conditions_hold_together(self, documents: Documents) -> None:
        found = ids(documents, Query("events", where=[Where("person", "==", "p1"), Where("kind", "==", "field")]))
        assert found == ["e03", "e09", "e15", "e21"]

    def test_orders_by_a_time_with_ties_in_the_direction_of_the_ids(self, documents: Documents) -> None:
        query = Query("events", where=[Where("person", "==", "p0")], order_by=[("at", "desc")], limit=5)
        assert ids(documents, query) == ["e22", "e20", "e18", "e16", "e14"]

    @pytest.mark.parametrize("direction", ["asc", "desc"])
    def test_pages_over_ties_show_each_document_once(self, documents: Documents, direction: Any) -> None:
        seen: list[str] = []
        after: list[Any] | None = None
        while True:
            page = documents.query(
                Query(
                    "events",
                    where=[Where("person", "==", "p0")],
                    order_by=[("at", direction)],
                    limit=5,
                    after=after,
                )
            )
            if not page:
                break
            seen += [document.id for document in page]
            after = [page[-1].data["at"], page[-1].id]
        everything = [f"e{number:02d}" for number in range(0, 24, 2)]
        assert seen == (everything if direction == "asc" else everything[::-1])

    def test_some_people_s_of_a_range_are_ordered_and_cut_over_all_of_them(self, documents: Documents) -> None:
        """What lies before the range takes no place of what lies in it, whoever's it is."""
        where = [Where("person", "in", ["p0", "p1"]), Where("score", ">=", 30), Where("score", "<=", 34.5)]
        assert ids(documents, Query("events", where, [("score", "asc")], 3)) == ["e20", "e21", "e22"]
        of_one = [Where("person", "in", ["p1", "nobody"]), *where[1:]]
        assert ids(documents, Query("events", of_one, [("score", "desc")], 3)) == ["e23", "e21"]

    def test_pages_without_an_order_go_by_id(self, documents: Documents) -> None:
        assert ids(documents, Query("events", limit=3, after=["e20"])) == ["e21", "e22", "e23"]

    def test_ranges(self, documents: Documents) -> None:
        noon = datetime(2026, 1, 1, 3, tzinfo=UTC)
        query = Query(
            "events",
            where=[Where("person", "==", "p0"), Where("at", ">=", noon), Where("at", "<", noon + timedelta(hours=1))],
            order_by=[("at", "asc")],
        )
        assert ids(documents, query) == ["e12", "e14"]
        query = Query("events", where=[Where("score", ">", 33), Where("score", "<=", 34.5)])
        assert ids(documents, query) == ["e23"]

    def test_in(self, documents: Documents) -> None:
        query = Query("events", where=[Where("kind", "in", ["field", "learning", "unheard of"])])
        assert ids(documents, query) == [f"e{number:02d}" for number in range(24) if number % 3 != 1]

    def test_array_contains(self, documents: Documents) -> None:
        assert ids(documents, Query("events", where=[Where("tags", "array_contains", "t3")])) == [
            f"e{number:02d}" for number in range(3, 24, 4)
        ]
        assert ids(documents, Query("events", where=[Where("kind", "array_contains", "field")])) == []

    def test_a_condition_compares_within_a_type(self, documents: Documents) -> None:
        documents.commit(
            [
                Put("mixed/bool", {"v": True}),
                Put("mixed/int", {"v": 1}),
                Put("mixed/float", {"v": 1.0}),
                Put("mixed/text", {"v": "1"}),
                Put("mixed/none", {"v": None}),
                Put("mixed/time", {"v": datetime(2026, 1, 1, tzinfo=UTC)}),
                Put("mixed/without", {"w": 1}),
            ]
        )

        def matching(operator: Any, value: Any) -> list[str]:
            return sorted(ids(documents, Query("mixed", where=[Where("v", operator, value)])))

        assert matching("==", True) == ["bool"]
        assert matching("==", 1) == ["float", "int"]
        assert matching("==", "1") == ["text"]
        assert matching("==", None) == ["none"]
        assert matching("<", 5) == ["float", "int"]
        assert matching(">", datetime(2025, 1, 1, tzinfo=UTC)) == ["time"]
        assert matching(">=", "") == ["text"]
        assert matching("in", [1, "1"]) == ["float", "int", "text"]

    def test_documents_without_a_sort_field_are_left_out(self, documents: Documents) -> None:
        documents.commit([Put("mixed/a", {"v": 2}), Put("mixed/b", {"v": 1}), Put("mixed/c", {"w": 0})])
        assert ids(documents, Query("mixed", order_by=[("v", "asc")])) == ["b", "a"]

    def test_a_mask_reads_only_some_fields(self, documents: Documents) -> None:
        documents.commit([Put("events/e00", {"person": "p0", "nothing": None})])
        found = documents.query(Query("events", where=[Where("person", "==", "p0")], fields=["score", "nothing"]))
        assert found[0].data == {"nothing": None}
        assert found[1].data == {"score": 3.0}
