"""Invites people to learn by a standard, and pins what they are held to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from shared.frameworks.domain.framework import Framework, framework_for
from shared.frameworks.plan_records import PlanRecords
from shared.frameworks.standard_records import StandardRecords
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, NotFound, Rejected
from shared.kernel.records import Versioned
from shared.learning.enrolment_contract import EnrolmentBody, EnrolmentView
from shared.learning.enrolment_records import Enrolment, EnrolmentRecords, Invitation
from shared.learning.usecases.enrolment_views import enrolment_view
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases.place_in_framework import PlaceInFramework
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.platform.usecases.notices import Notifications
from shared.ports.ambient import Clock, Ids
from shared.ports.documents import AlreadyExists, PreconditionFailed

INVITATION_LASTS: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Pins:
    """Holds what a learner can be held to: standards with their texts, plans, frameworks with their stages."""

    standards: StandardRecords
    plans: PlanRecords
    configuration: Configuration


@dataclass(frozen=True, slots=True)
class Telling:
    """Holds what an invitation is made of and told by."""

    notices: Notifications
    audit: Audit
    clock: Clock
    ids: Ids


class Enrol:
    """Enrols for whoever runs the training."""

    def __init__(
        self,
        employees: EmployeeRecords,
        enrolments: EnrolmentRecords,
        pins: Pins,
        placing: PlaceInFramework,
        telling: Telling,
    ) -> None:
        self._employees = employees
        self._placing = placing
        self._enrolments = enrolments
        self._pins = pins
        self._telling = telling

    def invite(self, caller: Caller, body: EnrolmentBody) -> EnrolmentView:
        """Pins a learner to a standard's version, its text and plan, and mails them a link that lets them in, once.

        Invited again before they answered, somebody is held to what is said now, and only the new link works; what
        happened meanwhile stays: breaks, that they came, their first lesson.
        Who works by another framework is put on the standard's, where that is asked for.
        Raises Forbidden, NotFound, Rejected, Conflict for who has answered already.
        """
        require(caller, "enrolments.write")
        employee = self._learner(body.employee_id)
        known = self._enrolments.versioned(employee.employee_id)
        if known is not None and known.record.consents:
            raise Conflict(
                f"{employee.employee_id} is enrolled on {known.record.standard} and has answered; that stays",
                field="employee_id",
            )
        enrolment = _keeping(known, self._enrolment(caller, employee, body))
        invitation = _invitation(enrolment)
        self._telling.audit.record(
            caller, AuditAction.LEARNER_INVITED, subject=employee.employee_id, detail=enrolment.standard
        )
        self._put(enrolment, known, invitation)
        # Not before: where the enrolment is refused, nobody is put on another framework by it.
        if enrolment.framework_id != employee.framework_id:
            employee = self._placing.place(caller, employee, enrolment.framework_id)
        self._tell(enrolment, invitation)
        return enrolment_view(employee, enrolment, self._pins.plans, enrolment.invited_at.date(), reasons=True)

    def _learner(self, employee_id: str) -> Employee:
        employee = self._employees.find(employee_id)
        if employee is None or not employee.active:
            raise NotFound(f"there is no active employee {employee_id[:80]!r}", field="employee_id")
        if employee.role != "employee":
            # A link in a mail lets in whoever has it: into no more than a learner's own.
            raise Rejected(
                f"employee_id: {employee.employee_id} is of the role {employee.role}; only employees are invited",
                field="employee_id",
            )
        return employee

    def _enrolment(self, caller: Caller, employee: Employee, body: EnrolmentBody) -> Enrolment:
        framework = self._framework(employee, body)
        if body.milestone not in framework.required_by_stage:
            stages = ", ".join(framework.required_by_stage) or "none"
            raise Rejected(f"milestone: the framework's stages are {stages}", field="milestone")
        return Enrolment(
            employee_id=employee.employee_id,
            framework_id=framework.framework_id,
            standard=body.standard,
            revision=self._revision(body),
            plan=self._plan(body),
            started_on=self._started(body),
            gateway_on=body.gateway_on,
            milestone=body.milestone,
            employer_id=self._employer(body.employer_id),
            invited_by=caller.employee_id or caller.email,
            invited_at=self._telling.clock.now(),
            invitation_id=self._telling.ids.new(),
        )

    def _framework(self, employee: Employee, body: EnrolmentBody) -> Framework:
        """Returns the framework by which they will learn: their own, or, where they are to change, the standard's."""
        own = self._pins.configuration.framework(employee.framework_id)
        if own.is_for(body.standard):
            return own
        other = framework_for(body.standard, self._pins.configuration.frameworks())
        if body.change_framework and other is not None:
            return other
        of = own.standard or "no standard"
        then = "they change to this standard's only where that is asked for" if other else "nobody has begun this one's"
        raise Rejected(
            f"standard: {employee.employee_id} works by the framework {own.framework_id}, which is for {of}; {then}",
            field="standard",
        )

    def _started(self, body: EnrolmentBody) -> date | None:
        started_on, gateway_on = body.started_on, body.gateway_on
        if started_on is not None and started_on > self._telling.clock.now().date():
            raise Rejected(
                "started_on: is a day to come; leave it out, and they begin when they agree", field="started_on"
            )
        if started_on is not None and gateway_on is not None and gateway_on <= started_on:
            raise Rejected(f"gateway_on: must be after {started_on}, when they started", field="gateway_on")
        return started_on

    def _revision(self, body: EnrolmentBody) -> int:
        found = self._pins.standards.get(body.standard, body.revision)
        if found is None:
            what = "is not kept here; import it first" if body.revision is None else f"has no revision {body.revision}"
            field = "standard" if body.revision is None else "revision"
            raise Rejected(f"{field}: {body.standard} {what}", field=field)
        return found.record.revision

    def _plan(self, body: EnrolmentBody) -> str | None:
        if body.plan is None:
            kept = self._pins.plans.of(body.standard)
            return kept[-1].key if kept else None
        found = self._pins.plans.get(body.plan)
        if found is None or found.standard != body.standard:
            raise Rejected(f"plan: {body.plan} is no assessment plan of {body.standard}", field="plan")
        return found.key

    def _employer(self, employer_id: str | None) -> str | None:
        if employer_id is None:
            return None
        employer = self._employees.find(employer_id)
        if employer is None or employer.role != "employer" or not employer.active:
            raise Rejected(f"employer_id: {employer_id} is nobody of the role employer", field="employer_id")
        return employer.employee_id

    def _put(self, enrolment: Enrolment, known: Versioned[Enrolment] | None, invitation: Invitation) -> None:
        try:
            self._enrolments.put(enrolment, over=None if known is None else known.stamp, invitation=invitation)
        except (AlreadyExists, PreconditionFailed):
            raise Conflict(f"{enrolment.employee_id} is being enrolled by somebody else; look again") from None

    def _tell(self, enrolment: Enrolment, invitation: Invitation) -> None:
        found = self._pins.standards.get(enrolment.standard)
        facts = {
            "by": enrolment.invited_by,
            "title": enrolment.standard if found is None else found.record.title,
            "until": invitation.expires_at.date().isoformat(),
            "invitation": invitation.invitation_id,
        }
        self._telling.notices.tell(enrolment.employee_id, "learning.invited", facts, once=invitation.invitation_id)


def _keeping(known: Versioned[Enrolment] | None, fresh: Enrolment) -> Enrolment:
    """Returns a new enrolment with what happened under the one that it takes the place of."""
    if known is None:
        return fresh
    before = known.record
    return fresh.changed(joined_at=before.joined_at, breaks=before.breaks, first_lesson_at=before.first_lesson_at)


def _invitation(enrolment: Enrolment) -> Invitation:
    return Invitation(
        invitation_id=enrolment.invitation_id or "",
        employee_id=enrolment.employee_id,
        invited_by=enrolment.invited_by,
        created_at=enrolment.invited_at,
        expires_at=enrolment.invited_at + INVITATION_LASTS,
    )
