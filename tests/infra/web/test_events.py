"""Reads lines of events, and refuses what cannot be sent."""

from __future__ import annotations

from typing import Any

import pytest

from infra.web.events import (
    FIELD_OBSERVATIONS,
    LEARNING_ACTIVITIES,
    VALIDATION_EVENTS,
    Line,
    Reject,
    path_of,
    read_lines,
)


class TestReadingLines:
    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({"event_type": "role_play", "timestamp": "…"}, VALIDATION_EVENTS),
            ({"event_id": "evt_abc123"}, VALIDATION_EVENTS),
            ({"observation_source": "gong", "source_id": "call-1"}, FIELD_OBSERVATIONS),
            ({"content_id": "healthcare-discovery-primer", "activity_type": "podcast"}, LEARNING_ACTIVITIES),
            ({"employee_id": "joe@augmentcode.com"}, None),
            ({"event_id": "evt", "observation_id": "obs"}, None),
        ],
    )
    def test_recognises_a_bare_body_by_its_fields(self, body: dict[str, Any], path: str | None) -> None:
        assert path_of(body) == path

    def test_takes_both_shapes_and_skips_empty_lines(self) -> None:
        text = ['{"path": "/api/v1/field-observations", "body": {"a": 1}}\n', "\n", '{"event_id": "e"}\n']
        assert list(read_lines(text)) == [
            Line(1, FIELD_OBSERVATIONS, {"a": 1}),
            Line(3, VALIDATION_EVENTS, {"event_id": "e"}),
        ]

    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            ("{", "not JSON"),
            ('{"event_id": "e", "overall_score": NaN}', "NaN"),
            ("[" * 100_000, "not JSON"),
            ("[1]", "no JSON object"),
            ('{"employee_id": "joe"}', "not recognised"),
            ('{"path": "/api/v1/employees/import", "body": {}}', "accepted are"),
            ('{"path": "/api/v1/validation-events", "body": 7}', "no JSON object"),
            ('{"event_id": "\\ud800"}', "not JSON"),
            ('{"event_id": "\udcff"}', "not JSON"),
        ],
    )
    def test_gives_the_reason_for_a_line_that_cannot_be_sent(self, raw: str, reason: str) -> None:
        (reject,) = read_lines([raw])
        assert isinstance(reject, Reject)
        assert (reject.number, reject.status) == (1, 0)
        assert reason in str(reject.problem["detail"])
