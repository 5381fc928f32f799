"""The day of a milestone is kept once, however often a changed skill or an answer tells of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from infra.wiring.frameworks import frameworks
from infra.wiring.taxonomy import taxonomy
from shared.frameworks.contract import FrameworkBody
from shared.learning.enrolment_records import Consent, Enrolment, EnrolmentRecords
from tests.functions.conftest import Deployed
from tests.functions.test_learning_record import answered
from tests.functions.test_skill_webhooks import FACT
from tests.harness.call_world import JOE, CallEnvironment
from tests.harness.crash_harness import ADMINISTRATOR, Fuse
from tests.harness.sent_events import NOON, call, role_play

BEGUN = NOON - timedelta(days=60)
SHOWN = NOON - timedelta(days=20)
"""Open to others at once."""


def enrol(deployed: Deployed) -> None:
    enrolment = Enrolment(
        employee_id=JOE,
        framework_id="sales_engineering",
        standard="ST9901@1.0",
        revision=1,
        milestone="qualification",
        invited_by="enid@example.com",
        invited_at=BEGUN,
        consents=(Consent(version=1, agreed=True, at=BEGUN),),
    )
    with_stage(deployed)
    EnrolmentRecords(deployed.calls.world.store).put(enrolment, over=None)


def with_stage(deployed: Deployed) -> None:
    """The framework has a stage that discovery alone shows."""
    on = CallEnvironment(deployed.calls, Fuse(), None)
    framework = frameworks(on).configuration.framework("sales_engineering")
    staged = framework.to_dict() | {"required_by_stage": {"qualification": ["discovery"]}}
    body = FrameworkBody.model_validate_json(json.dumps(staged))
    taxonomy(on).publish_frameworks.publish("sales_engineering", body, ADMINISTRATOR)


def qualified(deployed: Deployed) -> None:
    """Joe shows in practice and in the field what the milestone asks for."""
    for number in range(3):
        deployed.recorded(role_play(f"s{number}", employee=JOE, score=95, at=SHOWN))
        deployed.recorded(call(f"c{number}", employee=JOE, scores={"discovery": 90}, reviewed=1, at=SHOWN))


def reached(deployed: Deployed) -> Any:
    return deployed.stored(f"enrolments/{JOE}").get("reached")


def test_it_is_kept_once_with_the_day_on_which_it_was_shown(deployed: Deployed) -> None:
    enrol(deployed)
    assert deployed.deliver("milestone_record", FACT) == (200, None)
    assert not reached(deployed), "nothing is shown yet"
    qualified(deployed)
    assert deployed.again_after_a_failure("milestone_record", FACT) == (200, None)
    assert deployed.deliver("milestone_record", FACT) == (200, None)
    assert reached(deployed) == {"qualification": SHOWN.date().isoformat()}


def test_an_answer_that_completes_it_notes_it_as_well(deployed: Deployed) -> None:
    enrol(deployed)
    qualified(deployed)
    assert deployed.deliver("learning_record", answered(deployed, True, True)) == (200, None)
    assert set(reached(deployed)) == {"qualification"}


def test_what_only_the_learner_sees_and_who_is_not_enrolled_note_nothing(deployed: Deployed) -> None:
    qualified(deployed)
    assert deployed.deliver("milestone_record", FACT) == (200, None)
    enrol(deployed)
    assert deployed.deliver("milestone_record", FACT | {"sight": "employee"}) == (200, None)
    assert not reached(deployed)


def test_what_is_no_change_is_quarantined_and_blocks_nobody(deployed: Deployed) -> None:
    assert deployed.deliver("milestone_record", {}) == (200, None)
    assert deployed.quarantined() == ["milestone_record"]
