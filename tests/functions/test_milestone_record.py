"""The day of a milestone is kept once, however often a changed skill or an answer tells of it."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from infra.wiring.frameworks import frameworks
from infra.wiring.taxonomy import taxonomy
from shared.frameworks.contract import FrameworkBody
from shared.learning.enrolment_records import Consent, Enrolment, EnrolmentRecords
from tests.functions.conftest import Deployed
from tests.functions.test_learning_record import answered
from tests.functions.test_skill_webhooks import FACT, SKILL
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


SHOWS = {"competency": "discovery", "status": "validated", "validated_on": SHOWN.date().isoformat()}
CHANGED: dict[str, Any] = {**FACT, "skills": [{**SKILL, **SHOWS}]}
"""What is published when discovery is shown."""
LEARNED = {"learner_reviews", "lessons"}
"""What is dear to read: all that is taught and all that was answered."""


def reached(deployed: Deployed) -> Any:
    return deployed.stored(f"enrolments/{JOE}").get("reached")


def test_it_is_kept_once_with_the_day_on_which_it_was_shown(deployed: Deployed) -> None:
    enrol(deployed)
    assert deployed.deliver("milestone_record", CHANGED) == (200, None)
    assert not reached(deployed), "nothing is shown yet"
    qualified(deployed)
    assert deployed.again_after_a_failure("milestone_record", CHANGED) == (200, None)
    assert deployed.deliver("milestone_record", CHANGED) == (200, None)
    assert reached(deployed) == {"qualification": SHOWN.date().isoformat()}


def test_a_change_that_completes_nothing_is_not_looked_into(deployed: Deployed) -> None:
    enrol(deployed)
    qualified(deployed)
    for skill in ({**SKILL}, {**SKILL, **SHOWS, "context": {"industry": "fintech"}}, {**SKILL, "status": "expired"}):
        assert deployed.read_for("milestone_record", {**FACT, "skills": [skill]}) == set()
    another = {**FACT, "skills": [{**SKILL, **SHOWS, "competency": "negotiation"}]}
    assert not deployed.read_for("milestone_record", another) & LEARNED
    assert not reached(deployed)
    assert deployed.read_for("milestone_record", CHANGED) > LEARNED
    assert set(reached(deployed)) == {"qualification"}
    assert deployed.read_for("milestone_record", CHANGED) == {"employees", "enrolments"}, "no earlier day can be found"


def test_while_one_of_its_skills_is_not_shown_nobody_reads_lessons_and_answers(deployed: Deployed) -> None:
    enrol(deployed)
    assert not deployed.read_for("milestone_record", CHANGED) & LEARNED
    assert deployed.deliver("learning_record", answered(deployed, True, True)) == (200, None)
    assert not reached(deployed)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_day_that_is_learned_to_be_earlier_stands_whatever_is_told_first(
    deployed: Deployed, order: tuple[int, ...]
) -> None:
    enrol(deployed)
    qualified(deployed)
    days = [SHOWN.date() + timedelta(days=later) for later in range(3)]
    facts = [{**FACT, "skills": [{**SKILL, **SHOWS, "validated_on": day.isoformat()}]} for day in days]
    EnrolmentRecords(deployed.calls.world.store).note_milestone(JOE, "qualification", days[1])
    for place in order:
        assert deployed.deliver("milestone_record", facts[place]) == (200, None)
    assert reached(deployed) == {"qualification": SHOWN.date().isoformat()}


def test_an_answer_that_completes_it_notes_it_as_well(deployed: Deployed) -> None:
    enrol(deployed)
    qualified(deployed)
    assert deployed.deliver("learning_record", answered(deployed, True, True)) == (200, None)
    assert set(reached(deployed)) == {"qualification"}


def test_what_only_the_learner_sees_and_who_is_not_enrolled_note_nothing(deployed: Deployed) -> None:
    qualified(deployed)
    assert deployed.deliver("milestone_record", CHANGED) == (200, None)
    enrol(deployed)
    assert deployed.deliver("milestone_record", CHANGED | {"sight": "employee"}) == (200, None)
    assert not reached(deployed)


def test_what_is_no_change_is_quarantined_and_blocks_nobody(deployed: Deployed) -> None:
    assert deployed.deliver("milestone_record", {}) == (200, None)
    assert deployed.quarantined() == ["milestone_record"]
