"""An organisation in which everything has happened that a page tells of: what waits, went wrong, was granted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.declarations.pipeline import Retry
from infra.demonstration import learning_standards
from infra.local.mail_outbox import LocalMailOutbox
from infra.wiring.evidence import evidence
from infra.wiring.learning import learning
from infra.wiring.taxonomy import taxonomy
from shared.evidence.usecases.take_evidence import Sending
from shared.kernel.access import ROLES, Caller
from shared.kernel.errors import Malformed
from shared.learning.contract import LessonsBody
from shared.learning.enrolment_records import (
    Authorisation,
    AuthorisationRecords,
    Consent,
    Enrolment,
    EnrolmentRecords,
)
from shared.notifications.domain.letter import Letter, Part
from shared.observations.contract import FieldObservation, ValidationEvent
from shared.observations.usecases.interpret import sent
from shared.ports.documents import Put
from shared.ports.messages import Message
from shared.taxonomy.contract import StandardsFile
from shared.taxonomy.plan_contract import PlansFile
from tests.evidence.sending import JPEG
from tests.harness.browser import Person
from tests.learning.lesson_files import lesson_body
from tests.portal.call_samples import analysed_call
from tests.portal.conftest import ADMINISTRATION, House

UNDECLARED = 40
"""Words for one dimension that nobody has declared: about as many as forty calls bring."""


def live_in(house: House) -> dict[str, str]:
    """Lets all of it happen; returns whom and what it happened to, by the variable of an address."""
    joe = house.people["employee"][0]
    analysed_call(house, joe, "call-walked")
    house.platform.health.check()
    house.platform.quarantine.keep("record_validation_event", b"{", Malformed("cut off"), sent_by="x@example.com")
    _odd_events(house, joe)
    _dead_letter(house)
    file_id = _standards(house)
    learner = house.people["employee"][-5]
    _learner(house, learner)
    _photo(house, learner)
    lesson = _lesson(house)
    for role in ("employee", "manager", "administrator"):
        _mail(house, house.people[role][0])
    return {"run_id": _administration(house, joe), "employee_id": learner, "lesson_id": lesson, "file_id": file_id}


def _standards(house: House) -> str:
    """The synthetic standards and their plans, and a file with defects that waits for its second step; its id."""
    on = taxonomy(house.platform.on)
    file = StandardsFile.model_validate({"standards": list(learning_standards.standards())})
    on.import_standards.take_in(ADMINISTRATION, file, dry_run=False)
    plans = PlansFile.model_validate({"plans": list(learning_standards.plans())})
    on.assessment_plans.take_in(ADMINISTRATION, plans, dry_run=False)
    wrong = [{**one, "title": " ", "level": None} for one in learning_standards.standards()]
    return on.standards_files.keep(ADMINISTRATION, json.dumps(wrong).encode())


def _learner(house: House, employee_id: str) -> None:
    """Somebody who learns, and may do something: of a framework without a standard, so that no route invites them."""
    now = house.parts.clock.now()
    enrolment = Enrolment(
        employee_id=employee_id,
        framework_id="sales_engineering",
        standard="ST9901@1.0",
        revision=1,
        plan="ST9901@1.0_2.0",
        milestone="gateway",
        employer_id=who(house, "employer"),
        invited_by=employee_id,
        invited_at=now - timedelta(days=60),
        consents=(Consent(version=1, agreed=True, at=now - timedelta(days=59)),),
    )
    EnrolmentRecords(house.parts.documents).put(enrolment, over=None)
    record = house.platform.employee(employee_id).changed(mentor_id=who(house, "mentor"))
    house.parts.documents.commit([Put(f"employees/{employee_id}", record.stored())])
    day = now.date()
    AuthorisationRecords(house.parts.documents).add(
        Authorisation(
            authorisation_id="walked",
            employee_id=employee_id,
            activity="Joint at 11 kV",
            scope="supervised",
            begins=day - timedelta(days=30),
            ends=day + timedelta(days=9),
            given_by=employee_id,
            given_at=now,
        )
    )


def _photo(house: House, employee_id: str) -> None:
    """What a learner sent of their work: more than their own page tells of one competency."""
    learner = Caller(email=employee_id, role="employee", employee_id=employee_id)
    for number in range(4):
        sending = Sending(key=f"walked-{number}", kind="photo", competencies=("discovery",))
        evidence(house.platform.on).taking.take(learner, sending, JPEG + bytes([number]))


def _lesson(house: House) -> str:
    """What the learner is taught: of the profession that everybody of the organisation has."""
    reviewer = {"name": "Rhea Novak", "role": "Enablement", "reviewed_on": house.parts.clock.now().date().isoformat()}
    lesson = lesson_body(
        "ask_before_you_show", framework_id="sales_engineering", competencies=["discovery"], reviewer=reviewer
    )
    published = learning(house.platform.on).publish.publish(
        ADMINISTRATION, LessonsBody.model_validate({"lessons": [lesson]})
    )
    return published.lessons[0].lesson_id


def _mail(house: House, employee_id: str) -> None:
    """What somebody was told by e-mail."""
    part = Part("Prepare for a meeting", (("Due", "Friday"),), ("https://portal.example/preparation", "Prepare"))
    settings = "https://portal.example/notifications/settings"
    LocalMailOutbox(house.parts.documents, house.parts.clock).send(
        Letter(f"mail-{employee_id}", employee_id, employee_id, part.sentence, (part,), settings, None)
    )


def who(house: House, role: str) -> str:
    """Returns somebody of that role: one who has it, else an engineer to whom it is to be given."""
    has = house.people.get(role)
    return has[0] if has else house.people["employee"][-3 - ROLES.index(role) % 3]


def as_role(house: House, role: str) -> Person:
    """Somebody of that role: one who has it, else an engineer who is given it."""
    if house.people.get(role):
        return house.visit(role)
    record = house.platform.employee(who(house, role))
    house.parts.documents.commit([Put(f"employees/{record.employee_id}", record.changed(role=role).stored())])
    person = house.stranger()
    person.sign_in(record.employee_id)
    return person


def _odd_events(house: House, joe: str) -> None:
    """A score of an unknown competency, and observations with words that no dimension knows."""
    common: dict[str, Any] = {"employee_id": joe, "timestamp": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}
    house.platform.events.one(
        sent(
            ValidationEvent,
            {
                **common,
                "event_type": "role_play",
                "event_source": "voice-roleplay",
                "overall_score": 80,
                "passed": True,
                "competency_scores": [{"competency": "whiteboarding_skill", "score": 80}],
            },
        ),
        ADMINISTRATION,
    )
    for first in range(0, UNDECLARED, 10):
        seen = {
            **common,
            "observation_source": "crm-import",
            "source_id": f"undeclared-{first}",
            "context": {"buyer_personas": [f"head_of_number_{number}" for number in range(first, first + 10)]},
            "competency_scores": [{"competency": "discovery", "score": 70, "evidence": "She asked"}],
        }
        house.platform.events.one(sent(FieldObservation, seen), ADMINISTRATION)


def _dead_letter(house: House) -> None:
    queue = house.parts.queue
    queue.publish("observation-recorded", [Message({"event_id": "poison"}, {})])
    channel = next(name for name in queue.backlog() if name.startswith("rating_update"))
    for delivery in queue.lease(channel, 10_000, 30):
        if "poison" in delivery.data:
            assert queue.refuse(delivery, Retry(1, 1, 1), "ValueError: poison")
        else:
            queue.release([delivery])


def _administration(house: House, joe: str) -> str:
    """A webhook, a grant with its notices, and a period that is analysed again: its run."""
    administrator = house.visit("administrator")
    manager = house.platform.employee(joe).manager_id or ""
    today = datetime.now(UTC).date().isoformat()
    for page, form in (
        (
            "/webhooks",
            {"address": "https://hooks.example.com/skills", "description": "A mirror", "skill.changed": "yes"},
        ),
        ("/access/grant", {"employee_id": joe, "to": manager, "purpose": "Coaching on discovery", "days": "30"}),
        ("/calls/analyses", {"from": today, "to": today}),
    ):
        administrator.get("/access")
        shown = administrator.post(page, form)
        assert shown.status_code in (200, 303), (page, shown.get_data(as_text=True))
    return shown.headers["Location"].rpartition("/")[2]
