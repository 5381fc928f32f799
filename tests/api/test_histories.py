"""A person's events over HTTP: pages, filters, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.harness.api_client import (
    ADA,
    JOE,
    NOW,
    SARAH,
    ApiClient,
    call_seen,
    lesson,
    role_play,
)


class TestHistories:
    @pytest.fixture
    def told(self, api: ApiClient) -> ApiClient:
        at = (NOW - timedelta(days=3)).isoformat()
        ties = [role_play(n, timestamp=at, event_source=("a", "b")[n % 2]) for n in range(7)]
        api.record(*ties, role_play(10, days_ago=5), role_play(11, days_ago=1, employee=SARAH))
        quiz = [{"competency": "product_knowledge", "score": 70}]
        api.record(role_play(12, days_ago=2, competency_scores=quiz, event_type="multiple_choice_test"))
        api.record(call_seen(1), call_seen(2, analysis_metadata={"confidence_score": 0.2}), lesson(1))
        return api

    @staticmethod
    def pages(api: ApiClient, path: str, **query: Any) -> Iterator[list[dict[str, Any]]]:
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = api.get(path, **query, **more).json
            yield page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 9, 50])
    def test_pages_over_ties_show_everything_once_in_one_order(self, told: ApiClient, limit: int) -> None:
        path = f"validation-events/{JOE}"
        whole = told.get(path).json["items"]
        assert len(whole) == 9
        paged = [item for page in self.pages(told, path, limit=limit) for item in page]
        assert paged == whole
        moments = [item["occurred_at"] for item in whole]
        assert moments == sorted(moments, reverse=True)

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({}, 9),
            ({"source": "a"}, 4),
            ({"source": "b"}, 3),
            ({"source": "nobody"}, 0),
            ({"competency": "product_knowledge"}, 1),
            ({"competency": "discovery"}, 8),
            ({"competency": "Product_Expertise"}, 1),
            ({"competency": " DISCOVERY"}, 8),
            ({"since": (NOW - timedelta(days=3)).isoformat()}, 8),
            ({"until": (NOW - timedelta(days=3)).isoformat()}, 1),
            ({"since": "2026-02-09T13:00:00+01:00", "until": "2026-02-09T12:00:01Z"}, 7),
            ({"standing": "counted"}, 9),
            ({"standing": "held"}, 0),
            ({"source": "a", "competency": "discovery", "since": "2026-02-01T00:00:00Z"}, 4),
        ],
    )
    def test_filters(self, told: ApiClient, query: dict[str, str], count: int) -> None:
        assert len(told.get(f"validation-events/{JOE}", **query).json["items"]) == count
        assert (
            len([i for page in self.pages(told, f"validation-events/{JOE}", limit=2, **query) for i in page]) == count
        )

    @pytest.mark.parametrize("path", ["validation-events", "field-observations", "learning-activities"])
    def test_an_unknown_competency_is_refused_with_the_known_ones(self, told: ApiClient, path: str) -> None:
        refused = told.get(f"{path}/{JOE}", competency="underwater_basketry")
        assert (refused.status, refused.fields) == (422, ["competency"])
        assert "'underwater_basketry' is none of discovery, " in refused.json["detail"]

    def test_a_competency_is_one_of_the_persons_own_framework(self, told: ApiClient) -> None:
        told.put(f"employees/{JOE}", {"name": "Joe", "framework_id": "cable_jointing_demo"}, who=ADA)
        assert told.get(f"validation-events/{JOE}", competency="stress_control").json["items"] == []
        assert told.get(f"validation-events/{JOE}", competency="discovery").status == 422

    def test_each_kind_has_its_own(self, told: ApiClient) -> None:
        field = told.get(f"field-observations/{JOE}").json["items"]
        assert {item["standing"] for item in field} == {"counted", "held"}
        assert len(told.get(f"field-observations/{JOE}", standing="held").json["items"]) == 1
        (activity,) = told.get(f"learning-activities/{JOE}").json["items"]
        assert activity["payload"] == lesson(1)
        assert len(told.get(f"validation-events/{SARAH}").json["items"]) == 1

    def test_a_cursor_of_another_persons_history_shows_nobody_elses(self, told: ApiClient) -> None:
        cursor = told.get(f"validation-events/{JOE}", limit=1).json["next_cursor"]
        items = told.get(f"validation-events/{SARAH}", cursor=cursor).json["items"]
        assert {item["payload"]["employee_id"] for item in items} <= {SARAH}
