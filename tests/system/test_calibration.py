"""From conversations that were posted to what the night learns of them, over HTTP, on the embedded platform."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.harness.embedded_platform import embedded_platform
from tests.harness.google_platform import ask

JOE, ADA = "joe@example.com", "ada@example.com"
CSV = f"name,email,role\nJoe,{JOE},employee\nAda,{ADA},administrator\n"
CALLS = 36


def test_a_night_learns_from_conversations_and_the_next_rating_says_with_what(tmp_path: Path) -> None:
    with embedded_platform(tmp_path, io.StringIO()) as house:
        assert ask(house, "POST", "/api/v1/employees/import", CSV).status == 200
        for number in range(CALLS):
            when = datetime.now(UTC) - timedelta(days=2 * number, hours=1)
            call = {
                "employee_id": JOE,
                "observation_source": "visit",
                "source_id": f"v{number}",
                "timestamp": when.isoformat(),
                "competency_scores": [{"competency": "discovery", "score": 60 + 7 * number % 5}],
            }
            posted = ask(house, "POST", "/api/v1/field-observations", call, account="voice-roleplay", function="ingest")
            assert posted.status == 201, posted.value
        assert house.runtime.settle(60)
        before = ask(house, "GET", "/api/v1/calibration").value
        assert (before["version"], {one["learnt"] for one in before["competencies"]}) == (1, {False})
        for schedule in ("warehouse-refresh", "calibration", "calibration", "nightly-recalculation"):
            house.clock(schedule)
            assert house.runtime.settle(60)
        after = ask(house, "GET", "/api/v1/calibration").value
        discovery = next(one for one in after["competencies"] if one["competency"] == "discovery")
        assert (after["version"], discovery["learnt"], discovery["observations"]) == (2, True, CALLS)
        assert discovery["sigma"] < before["default"]["sigma"] == 12
        assert after["scorers"] == [
            {"scorer": "visit", "learnt": False, "bias": 0.0, "error": 4.0, "pairs": 0, "since_version": None}
        ]
        rated = house.runtime.parts.documents.get(f"ratings/{JOE}")
        assert rated is not None
        assert rated.data["parameters_version"] == 2
        assert not ask(house, "GET", "/api/v1/dead-letters").value["items"]
