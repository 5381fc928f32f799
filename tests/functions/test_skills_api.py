"""The API's other routes: people, profiles and everything that administrators do."""

from __future__ import annotations

from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE
from tests.harness.crash_harness import ADMINISTRATOR
from tests.harness.sent_events import role_play


def test_a_profile_is_read(deployed: Deployed) -> None:
    deployed.recorded(role_play("e1", employee=JOE))
    deployed.calls.world.deliver()
    status, answer = deployed.ask("skills_api", "GET", f"/api/v1/employees/{JOE}/skills", who=ADMINISTRATOR.email)
    assert (status, answer["employee_id"]) == (200, JOE)


def test_practice_at_eighty_says_little_of_the_field_bar_of_75(deployed: Deployed) -> None:
    for number in range(5):
        deployed.recorded(role_play(f"e{number}", employee=JOE, score=80))
    deployed.calls.world.deliver()
    _, answer = deployed.ask("skills_api", "GET", f"/api/v1/employees/{JOE}/skills?view=all", who=ADMINISTRATOR.email)
    (skill,) = [row for row in answer["skills"] if row["context"] is None and row["current_rating"] is not None]
    low, high = skill["interval"]
    assert (skill["current_rating"], skill["confidence"]) == (80, "medium")
    assert low < 75 < high
    assert 0.55 < skill["likely_ready"] < 0.75


def test_nobody_reads_without_a_token_or_without_the_right(deployed: Deployed) -> None:
    path = f"/api/v1/employees/{JOE}/skills"
    assert deployed.ask("skills_api", "GET", path, who=None)[0] == 401
    assert deployed.ask("skills_api", "GET", path, who="mia@example.com")[0] == 403


def test_what_another_function_serves_is_answered_with_its_methods(deployed: Deployed) -> None:
    assert deployed.ask("skills_api", "GET", "/api/v1/validation-events", who=ADMINISTRATOR.email)[0] in (404, 405)
