"""Nudges learners, one a day at most, and hands who is silent for a week to their mentor: page after page of them.

With the first page each hand-over that is open is passed on to whoever answers by now.

Every step may come twice and in any order: what a learner got on a day is written with the message itself, and what
is carried out beyond that has a name of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared.coaching.domain.nudges import (
    EVENING,
    Nudge,
    Silence,
    Situation,
    asks_what_is_shown,
    is_out_of_question,
    is_silent,
    nudge_of,
)
from shared.coaching.domain.sending_errors import verdict
from shared.coaching.messages import NudgeTask
from shared.coaching.records.celebrations import Celebration, Celebrations
from shared.coaching.records.identities import Person
from shared.coaching.records.nudges import Given, NudgeRecords, NudgeState
from shared.coaching.usecases.begin_message import BeginMessage
from shared.coaching.usecases.begin_nudges import ask_for_page
from shared.coaching.usecases.contacts import Contacts, Waking
from shared.coaching.usecases.hand_over import HandOvers
from shared.coaching.usecases.tell_answerer import Said
from shared.kernel.errors import UnreadableRecord
from shared.kernel.ids import digest
from shared.learning.enrolment_records import Enrolment
from shared.learning.usecases.tell_day import LearningDay, TellDay
from shared.notifications.domain.timing import Hours
from shared.platform.usecases.notices import Notifications
from shared.ports.ambient import Clock
from shared.ports.documents import Transaction
from shared.ports.messages import TaskQueue

PAGE: Final = 50
"""Learners of one task: each may be rated for it."""


@dataclass(frozen=True, slots=True)
class Hands:
    """Holds what a nudge is given with. tasks: of the rounds"""

    beginning: BeginMessage
    notices: Notifications
    hand_overs: HandOvers
    tasks: TaskQueue
    celebrations: Celebrations


@dataclass(frozen=True, slots=True)
class Whom:
    """Finds who is reached, and when they may be disturbed."""

    contacts: Contacts
    waking: Waking


class NudgeLearners:
    """Goes over learners."""

    def __init__(self, days: TellDay, whom: Whom, nudges: NudgeRecords, hands: Hands, clock: Clock) -> None:
        self._days = days
        self._whom = whom
        self._nudges = nudges
        self._hands = hands
        self._clock = clock

    def page(self, task: NudgeTask) -> Mapping[str, int]:
        """Goes over one page, having asked for the next; returns how many came to what. Raises Retryable."""
        enrolments, following = self._days.page(PAGE, task.after)
        if following is not None:
            ask_for_page(self._hands.tasks, NudgeTask(run=task.run, after=following))
        counts: Counter[str] = Counter()
        if task.after is None and (passed_on := self._hands.hand_overs.pass_on()):
            counts["passed_on"] = passed_on
        for one in enrolments:
            try:
                counts[self._one(one)] += 1
            except UnreadableRecord:  # whoever has a damaged record keeps no other back
                counts["unreadable"] += 1
        return dict(sorted(counts.items()))

    def _one(self, enrolment: Enrolment) -> str:
        """Does what is to be done about one learner now; returns what that was."""
        now, employee_id = self._clock.now(), enrolment.employee_id
        person = self._whom.contacts.agreed(employee_id)
        if person is None or person.stopped:
            return "not_agreed"
        reached = None if enrolment.consented is None else self._whom.waking.of(employee_id)
        if reached is None:
            return "not_learning"
        kept, today = self._nudges.of(employee_id, now), now.astimezone(reached.hours.zone).date()
        if kept.last is not None and kept.last.day >= today:
            self._carry(employee_id, kept.last)
            return "nudged_before"
        # Who can get nothing now costs no look at what they learned.
        if is_out_of_question(_calendar(now, enrolment, reached.hours)):
            return "nothing"
        day = self._days.of(enrolment)
        if day is None:
            return "not_learning"
        state = kept.answered(_last_sign(person, day))
        situation = _situation(now, day, reached.hours, state)
        if is_silent(situation.silence) and not situation.silence.handed_over:
            return self._hand_over(employee_id, person, day, now)
        if asks_what_is_shown(situation):
            situation = replace(situation, shown=day.shown)
        nudge = nudge_of(situation)
        return "nothing" if nudge is None else self._give(person, day, nudge, now)

    def _hand_over(self, employee_id: str, person: Person, day: LearningDay, now: datetime) -> str:
        known = self._nudges.of(employee_id, now)
        since = known.answered(_last_sign(person, day)).unanswered_since
        if since is None or known.handed_over_at is not None:
            return "nothing"
        silence = digest("silent", employee_id, since.isoformat())
        self._hands.hand_overs.open(employee_id, "silent", Said(f"silent-{silence}", "", since))

        def work(transaction: Transaction) -> None:
            state = self._nudges.of(employee_id, now, transaction)
            transaction.write(self._nudges.put_of(state.changed(handed_over_at=now)))

        self._nudges.change(work)
        return "handed_over"

    def _give(self, person: Person, day: LearningDay, nudge: Nudge, now: datetime) -> str:
        """Writes a nudge and that it was given, at once; then has it carried out."""
        employee_id = day.employee.employee_id
        if nudge.kind == "milestone" and not self._celebrated(day, nudge, now):
            return "celebrated_before"
        outgoing_id = digest("nudge", employee_id, day.today.isoformat())
        planned = self._hands.beginning.planned(person, nudge.kind, nudge.why, nudge.button, now)

        def work(transaction: Transaction) -> Given:
            state = self._nudges.of(employee_id, now, transaction).answered(_last_sign(person, day))
            if state.last is not None and state.last.day >= day.today:
                return state.last
            given = Given(
                kind=nudge.kind,
                why=nudge.why,
                day=day.today,
                at=now,
                via=planned.way,
                outgoing_id=None if planned.way == "notice" else outgoing_id,
                inbox=person.inboxes[0],
            )
            writes = self._hands.beginning.writes(transaction, planned, person, outgoing_id, now)
            transaction.write(self._nudges.put_of(state.given(given, nudge.tells)), *writes)
            return given

        given = self._nudges.change(work)
        self._carry(employee_id, given)
        return f"{given.kind}_{given.via}"

    def _celebrated(self, day: LearningDay, nudge: Nudge, now: datetime) -> bool:
        """Tells whether a milestone is this nudge's to celebrate, and not told of by an answer already."""
        employee_id, milestone = day.employee.employee_id, str(nudge.tells).partition(":")[2]
        celebration = Celebration(
            employee_id=employee_id,
            framework_id=day.employee.framework_id,
            milestone=milestone,
            wamid=f"nudge {milestone}",
            at=now,
        )
        if self._hands.celebrations.claim(celebration):
            return True

        def work(transaction: Transaction) -> None:
            state = self._nudges.of(employee_id, now, transaction)
            transaction.write(self._nudges.put_of(state.changed(told=(*state.told, str(nudge.tells)))))

        self._nudges.change(work)
        return False

    def _carry(self, employee_id: str, given: Given) -> None:
        """Has a nudge reach somebody; over the notices where WhatsApp does not, or did not take it."""
        beginning, now = self._hands.beginning, self._clock.now()
        if given.outgoing_id is not None and given.inbox is not None:
            sent = beginning.sent(given.outgoing_id)
            if sent is None or sent.state != "failed":
                beginning.deliver(given.inbox, given.outgoing_id)
                return
            if verdict(sent.error_code) == "stopped" or not self._awake(employee_id, now):
                return
        self._hands.notices.tell(
            employee_id, "coach.nudge", {"title": given.why}, once=f"nudge {given.day.isoformat()}"
        )

    def _awake(self, employee_id: str, now: datetime) -> bool:
        reached = self._whom.waking.of(employee_id)
        return reached is not None and reached.hours.awake(now) == now


def _last_sign(person: Person, day: LearningDay) -> datetime | None:
    """Returns when somebody wrote or learned last."""
    return max((one for one in (person.last_inbound_at, day.active_at) if one is not None), default=None)


def _calendar(now: datetime, enrolment: Enrolment, hours: Hours) -> Situation:
    """Returns what the calendar alone says about somebody who agreed."""
    away = enrolment.is_away(now.astimezone(hours.zone).date())
    return Situation(now=now, zone=hours.zone, reachable=True, awake=hours.awake(now) == now, on_break=away)


def _situation(now: datetime, day: LearningDay, hours: Hours, state: NudgeState) -> Situation:
    """Returns what decides about somebody who agreed, but for what is shown."""
    evening = datetime.combine(day.today, EVENING, day.zone).astimezone(now.tzinfo)
    since = state.unanswered_since
    silent_since = None if since is None else since.astimezone(day.zone).date()
    return Situation(
        now=now,
        zone=day.zone,
        reachable=True,
        awake=hours.awake(now) == now,
        on_break=day.on_break,
        learned_today=day.streak.today,
        streak=day.streak.days,
        freezes=day.streak.freezes,
        evening_is_quiet=hours.awake(evening) != evening,
        nudged_on=None if state.last is None else state.last.day,
        overdue=day.overdue,
        due=day.due,
        lessons=day.lessons,
        reached=day.reached,
        told=state.told,
        silence=Silence(
            since=silent_since,
            expected=0 if silent_since is None else day.expected_since(silent_since),
            handed_over=state.handed_over_at is not None,
        ),
    )
