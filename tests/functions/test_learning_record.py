"""A finished quick check becomes one validation event, however often its answers are told of."""

from __future__ import annotations

from typing import Any

from infra.wiring.learning import learning
from shared.kernel.access import Caller
from shared.learning.contract import LessonsBody
from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE, CallEnvironment
from tests.harness.crash_harness import ADMINISTRATOR, Fuse
from tests.harness.sent_events import NOON
from tests.learning.lesson_files import answer_body, lesson_body

LEARNER = Caller(email=JOE, role="employee", employee_id=JOE)
REVIEWED = {"reviewer": {"name": "Sam Safe", "role": "Head of training", "reviewed_on": "2025-01-05"}}
SELLING: dict[str, Any] = {"framework_id": "sales_engineering", "competencies": ["discovery"], **REVIEWED}


def answered(deployed: Deployed, *rights: bool) -> dict[str, Any]:
    """Joe answers the questions of a lesson, one after the other; the fact that tells of it."""
    on = CallEnvironment(deployed.calls, Fuse(), None)
    on.ports["clips"] = deployed.calls.files
    use_cases = learning(on)
    body = LessonsBody.model_validate({"lessons": [lesson_body(**SELLING)]})
    use_cases.publish.publish(ADMINISTRATOR, body)
    answers = [answer_body(number, NOON.isoformat(), right=right) for number, right in enumerate(rights, 1)]
    use_cases.answers.take(LEARNER, {"answers": answers})
    return [data for topic, data in deployed.calls.world.facts if topic == "answers-recorded"][-1]


def events(deployed: Deployed) -> list[dict[str, Any]]:
    """What was posted, each event once."""
    return list({one["event_id"]: one for one in deployed.calls.posted}.values())


def test_a_finished_check_is_one_event(deployed: Deployed) -> None:
    fact = answered(deployed, True, False)
    assert deployed.again_after_a_failure("learning_record", fact) == (200, None)
    assert deployed.deliver("learning_record", fact) == (200, None)
    (event,) = events(deployed)
    assert (event["employee_id"], event["overall_score"], event["passed"]) == (JOE, 50, False)
    assert event["competency_scores"] == [{"competency": "discovery", "score": 50}]
    assert event["timestamp"] == NOON.isoformat()


def test_a_check_that_is_not_finished_is_none(deployed: Deployed) -> None:
    fact = answered(deployed, True)
    assert deployed.deliver("learning_record", fact) == (200, None)
    assert events(deployed) == []


def test_who_is_gone_is_recorded_no_more(deployed: Deployed) -> None:
    fact = answered(deployed, True, True)
    assert deployed.deliver("learning_record", fact | {"employee_id": "gone@example.com"}) == (200, None)
    assert events(deployed) == []


def test_what_is_no_answer_is_quarantined_and_blocks_nobody(deployed: Deployed) -> None:
    assert deployed.deliver("learning_record", {}) == (200, None)
    assert deployed.quarantined() == ["learning_record"]
