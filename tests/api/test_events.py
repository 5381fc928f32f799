"""What becomes of events over HTTP: which count, which stand, and which are the same."""

from __future__ import annotations

from typing import Any

from tests.harness.api_client import JOE, ApiClient, role_play


def exam(number: int, *, passed: bool, **more: Any) -> dict[str, Any]:
    """A certification exam that a rule asks for: one at 85 or above, for 365 days."""
    scores = [{"competency": "security_and_compliance", "score": 85}]
    return role_play(number, score=85, passed=passed, event_type="certification_exam", competency_scores=scores, **more)


def row_of(api: ApiClient, competency: str) -> dict[str, Any]:
    rows = api.get(f"employees/{JOE}/skills", competency=competency).json["skills"]
    found: dict[str, Any] = next(row for row in rows if row["context"] is None)
    return found


class TestFailedEvents:
    def test_a_failed_exam_above_the_bar_does_not_validate(self, api: ApiClient) -> None:
        answer = api.post("validation-events", exam(1, passed=False)).json

        assert [update["status"] for update in answer["skill_updates"]] == ["in_progress"]
        assert row_of(api, "security_and_compliance")["status"] == "in_progress"
        api.record(exam(2, passed=True))
        assert row_of(api, "security_and_compliance")["status"] == "validated"

    def test_a_failed_exam_does_not_recertify(self, api: ApiClient) -> None:
        api.record(exam(1, passed=True, days_ago=350))
        first = row_of(api, "security_and_compliance")
        api.record(exam(2, passed=False, days_ago=1))
        again = row_of(api, "security_and_compliance")

        assert first["status"] == again["status"] == "validated"
        assert again["expires_at"] == first["expires_at"]
        api.record(exam(3, passed=True, days_ago=0))
        assert row_of(api, "security_and_compliance")["expires_at"] > first["expires_at"]

    def test_a_failed_event_counts_in_the_rating_and_is_no_attempt(self, api: ApiClient) -> None:
        api.record(*(role_play(n, score=90) for n in range(2)), role_play(2, score=75, passed=False))
        row = row_of(api, "discovery")

        assert (row["status"], row["validation_events"], row["current_rating"]) == ("in_progress", 3, 85)
        api.record(role_play(3, score=90))
        assert row_of(api, "discovery")["status"] == "validated"
