"""Shows what a learner is held to, takes in what they agree to, and notes their breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, tzinfo
from typing import Final

from shared.frameworks.plan_records import PlanRecords
from shared.kernel.access import SMALLEST_GROUP, Caller, is_own, require
from shared.kernel.errors import Conflict, Forbidden, Rejected
from shared.learning.domain.breaks import Break
from shared.learning.domain.breaks_in_order import with_break
from shared.learning.domain.consent import CURRENT, TEXTS
from shared.learning.enrolment_contract import (
    BreakBody,
    ConsentBody,
    EnrolmentView,
    LearnerList,
    PinnedLearners,
    PinnedNumber,
    PinnedText,
)
from shared.learning.enrolment_records import COUNTED, Consent, Enrolment, EnrolmentRecords, KeptBreak
from shared.learning.usecases.enrolment_views import enrolment_view, learner_head
from shared.learning.usecases.learner_access import LearnerAccess
from shared.people.records import Employee
from shared.platform.domain.audit_actions import AuditAction
from shared.ports.ambient import Clock
from shared.ports.documents import PreconditionFailed

MOST_BREAKS: Final = 50
MOST_CONSENTS: Final = 50


class KeepEnrolment:
    """Shows, for whom the relation allows; changes, for the learner and for who runs the training.

    zone_of: whose calendar days are a learner's
    """

    def __init__(
        self,
        access: LearnerAccess,
        enrolments: EnrolmentRecords,
        plans: PlanRecords,
        zone_of: Callable[[Employee], tzinfo],
        clock: Clock,
    ) -> None:
        self._access = access
        self._enrolments = enrolments
        self._plans = plans
        self._zone_of = zone_of
        self._clock = clock

    def show(self, caller: Caller, employee_id: str) -> EnrolmentView:
        """Returns what a learner is held to. Raises NotFound, Forbidden."""
        employee, enrolment = self._access.open(caller, employee_id, page="enrolment")
        return self._view(caller, employee, enrolment)

    def list(self, caller: Caller, limit: int, after: str | None) -> LearnerList:
        """Returns a page of the learners in the caller's sight. Raises Forbidden."""
        found = self._access.in_sight(caller, limit + 1, after)
        shown = [learner_head(employee, enrolment, self._today(employee)) for employee, enrolment in found[:limit]]
        self._access.audit.read(caller, AuditAction.LEARNERS_LISTED, [one.employee_id for one in shown])
        return LearnerList(learners=shown, next_cursor=shown[-1].employee_id if len(found) > limit else None)

    def consent(self, caller: Caller, employee_id: str, body: ConsentBody) -> EnrolmentView:
        """Takes in what a learner answers to the text; theirs alone, and what they said before stays beside it.

        Raises NotFound, Forbidden, Rejected for a text that is not in force, Conflict.
        """
        require(caller, "learning.own")
        if not is_own(caller, employee_id):
            raise Forbidden("only learners themselves agree", field="employee_id")
        employee, _ = self._access.known(employee_id)
        if body.version not in TEXTS or (body.agreed and body.version != CURRENT):
            raise Rejected(f"version: the text in force is {CURRENT}; show it again", field="version")
        entry = Consent(version=body.version, agreed=body.agreed, at=self._clock.now())

        def answered(enrolment: Enrolment) -> Enrolment:
            last = enrolment.consents[-1:]
            if last and (last[0].version, last[0].agreed) == (entry.version, entry.agreed):
                return enrolment
            if len(enrolment.consents) >= MOST_CONSENTS:
                raise Rejected(f"agreed: that was changed {MOST_CONSENTS} times; speak to whoever runs the training")
            return enrolment.changed(consents=(*enrolment.consents, entry))

        words = f"version {body.version}, {'agreed' if body.agreed else 'not agreed'}"
        return self._changed(caller, employee, answered, (AuditAction.LEARNER_CONSENTED, words))

    def note_break(self, caller: Caller, employee_id: str, body: BreakBody) -> EnrolmentView:
        """Notes a break, or another end of the one that begins on that day.

        Raises NotFound, Forbidden, Rejected for one that lies over another, Conflict.
        """
        require(caller, "enrolments.write")
        employee, _ = self._access.known(employee_id)
        now, by = self._clock.now(), caller.employee_id or caller.email

        def rested(enrolment: Enrolment) -> Enrolment:
            ordered = with_break(enrolment.away, Break(body.begins, body.ends, body.reason))
            if len(ordered) > MOST_BREAKS:
                raise Rejected(f"begins: there are {MOST_BREAKS} breaks already", field="begins")
            new = KeptBreak(begins=body.begins, ends=body.ends, reason=body.reason, recorded_by=by, recorded_at=now)
            kept = {one.begins: one for one in enrolment.breaks}
            if new.changed(recorded_by="", recorded_at=now) in [
                one.changed(recorded_by="", recorded_at=now) for one in enrolment.breaks
            ]:
                return enrolment
            kept[body.begins] = new
            return enrolment.changed(breaks=tuple(kept[one.begins] for one in ordered))

        words = f"from {body.begins} to {body.ends or 'an open end'}"
        return self._changed(caller, employee, rested, (AuditAction.BREAK_NOTED, words))

    def pinned(self, caller: Caller, standard: str) -> PinnedLearners:
        """Returns how many learners are held to a version of a standard, and to which of its texts and plans.

        Under five, no number is told, nor any from which one could be reckoned. Raises Forbidden.
        """
        require(caller, "standards.read")
        found = self._enrolments.pinned(standard)
        texts = sorted(Counter(found).items(), key=lambda one: (one[0][0], one[0][1] or ""))
        apart = told_apart([number for _, number in texts]) if len(found) >= SMALLEST_GROUP else []
        return PinnedLearners(
            standard=standard,
            learners=_told(len(found)),
            more=len(found) >= COUNTED,
            texts=[
                PinnedText(revision=revision, plan=plan, learners=number)
                for ((revision, plan), _), number in zip(texts, apart, strict=False)
            ],
        )

    def pinned_to(self, caller: Caller, standards: Iterable[str]) -> dict[str, PinnedNumber]:
        """Returns how many learners are held to each of some versions; under five, no number. Raises Forbidden."""
        require(caller, "standards.read")
        found = self._enrolments.pinned_to(standards)
        return {key: PinnedNumber(learners=_told(each), more=more) for key, (each, more) in found.items()}

    def _changed(
        self,
        caller: Caller,
        employee: Employee,
        change: Callable[[Enrolment], Enrolment],
        act: tuple[AuditAction, str],
    ) -> EnrolmentView:
        known = self._enrolments.versioned(employee.employee_id)
        if known is None:
            raise Conflict(f"{employee.employee_id} is not enrolled any more")
        after = change(known.record)
        if after != known.record:
            self._access.audit.record(caller, act[0], subject=employee.employee_id, detail=act[1])
            try:
                self._enrolments.put(after, over=known.stamp)
            except PreconditionFailed:
                raise Conflict("somebody else has changed this enrolment meanwhile; look again") from None
        return self._view(caller, employee, after)

    def _view(self, caller: Caller, employee: Employee, enrolment: Enrolment) -> EnrolmentView:
        reasons = is_own(caller, employee.employee_id) or "enrolments.write" in caller.permissions
        return enrolment_view(employee, enrolment, self._plans, self._today(employee), reasons=reasons)

    def _today(self, employee: Employee) -> date:
        return self._clock.now().astimezone(self._zone_of(employee)).date()


def told_apart(numbers: Sequence[int]) -> list[int | None]:
    """Returns the parts of a sum that is told: all, or, where one is under five, none of them.

    Whoever knew some of them, and how those that are withheld were chosen, could reckon the rest. Nothing is returned
    where the number of parts alone would say what each is.
    """
    if min(numbers, default=SMALLEST_GROUP) >= SMALLEST_GROUP:
        return list(numbers)
    return [] if sum(numbers) == len(numbers) else [None] * len(numbers)


def _told(number: int) -> int | None:
    return number if number >= SMALLEST_GROUP else None
