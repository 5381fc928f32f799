"""Says which learners may need help and why, and how long it takes them to reach a milestone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from shared.frameworks.domain.framework import Framework
from shared.kernel.access import SMALLEST_GROUP, Caller
from shared.kernel.days import date_of
from shared.learning.domain.at_risk import Situation, reasons
from shared.learning.domain.lesson import Lesson
from shared.learning.domain.mastery import BY_RECALL, Known, asked_about, masteries
from shared.learning.domain.milestone import Milestone, Spell, kaplan_meier, spell
from shared.learning.domain.recall import cards
from shared.learning.usecases.enrolment_views import state_of
from shared.learning.usecases.learner_access import LearnerAccess
from shared.learning.usecases.learners import Kept, Learner, Learners
from shared.learning.usecases.note_milestones import milestone_of, reached_by_now, shown_of
from shared.platform.domain.audit_actions import AuditAction
from shared.ports.ambient import Clock
from shared.ratings.usecases.project_person import ProjectedPerson, ProjectPerson

if TYPE_CHECKING:
    from shared.learning.enrolment_records import Enrolment
    from shared.learning.progress_contract import AtRiskList, LearnerProgress, MilestoneTime, MilestoneTimes
    from shared.ratings.domain.skill_rating import SkillRating

MOST_FOLLOWED: Final = 100
"""Learners whose time to a milestone is computed for one answer."""
SECONDS_A_DAY: Final = 86_400


class WatchLearners:
    """Watches the learners in the caller's sight; of calls that are not open to the caller yet nothing counts."""

    def __init__(
        self, learners: Learners, access: LearnerAccess, kept: Kept, projecting: ProjectPerson, clock: Clock
    ) -> None:
        self._learners = learners
        self._access = access
        self._kept = kept
        self._projecting = projecting
        self._clock = clock

    def at_risk(self, caller: Caller, limit: int, after: str | None) -> AtRiskList:
        """Returns a page of the learners in the caller's sight, by id, each with the reasons why they may need help.

        Who has not agreed yet, withdrew, or has left, is listed and not judged. Raises Forbidden.
        """
        from shared.learning.progress_contract import AtRiskList

        found = self._access.in_sight(caller, limit + 1, after)
        page = [self._learners.of(employee, enrolment) for employee, enrolment in found[:limit]]
        seen = self._projecting.several_seen_by(caller, [one.employee_id for one in page])
        taught: dict[str, list[Lesson]] = {}
        shown = [self._progress(one, enrolment, seen, taught) for one, (_, enrolment) in zip(page, found, strict=False)]
        people = [one.employee_id for one in shown]
        self._access.audit.read(caller, AuditAction.LEARNERS_LISTED, people, detail="at risk")
        more = people[-1] if len(found) > limit else None
        return AtRiskList(as_of=self._clock.now().date(), learners=shown, next_cursor=more)

    def one(self, caller: Caller, employee_id: str) -> LearnerProgress:
        """Returns likewise one learner whom the caller may see, which is on record. Raises NotFound, Forbidden."""
        employee, enrolment = self._access.open(caller, employee_id, page="progress")
        learner = self._learners.of(employee, enrolment)
        seen = self._projecting.several_seen_by(caller, [learner.employee_id])
        return self._progress(learner, enrolment, seen, {})

    def milestones(self, caller: Caller) -> MilestoneTimes:
        """Returns how long it takes to reach each milestone, over the first hundred learners in the caller's sight.

        Time is counted from the day on which a learner agreed, breaks apart. Who has not reached it is censored today,
        who withdrew or left on that day. Under five learners of a milestone nothing is told of it. Raises Forbidden.
        """
        from shared.learning.progress_contract import MilestoneTimes

        found = self._access.in_sight(caller, MOST_FOLLOWED + 1, None)
        page = [self._learners.of(employee, enrolment) for employee, enrolment in found[:MOST_FOLLOWED]]
        seen = self._projecting.several_seen_by(caller, [one.employee_id for one in page])
        spells: dict[tuple[str, str], list[Spell]] = {}
        named: dict[tuple[str, str], tuple[Framework, Milestone]] = {}
        taught: dict[str, list[Lesson]] = {}
        for one in page:
            person = seen.get(one.employee_id)
            if one.enrolment is None or one.enrolment.begun_on is None or person is None:
                continue
            framework = person.projection.framework
            # Who has gone on counts where they were, too: left out, the time would be that of who is slow.
            before = [name for name in one.enrolment.reached if name in framework.required_by_stage]
            for name in sorted({one.enrolment.milestone, *before}):
                milestone = milestone_of(framework, one.enrolment.changed(milestone=name))
                key = (one.framework_id, milestone.milestone_id)
                named[key] = (framework, milestone)
                spells.setdefault(key, []).append(self._spell(one, one.enrolment, person, milestone, taught))
        return MilestoneTimes(
            as_of=self._clock.now().date(),
            more=len(found) > MOST_FOLLOWED,
            milestones=[_time(*named[key], spells[key]) for key in sorted(spells)],
        )

    def _progress(
        self,
        learner: Learner,
        enrolment: Enrolment,
        seen: Mapping[str, ProjectedPerson],
        taught: dict[str, list[Lesson]],
    ) -> LearnerProgress:
        from shared.learning.progress_contract import LearnerProgress, ReasonView

        today = self._clock.now().astimezone(learner.zone).date()
        person = seen.get(learner.employee_id)
        situation = None if person is None else self._situation(learner, enrolment, person, taught, today)
        judged = learner.employee.active and enrolment.consented is not None
        why = reasons(situation) if situation is not None and judged else []
        known = () if situation is None else situation.masteries
        return LearnerProgress(
            employee_id=learner.employee_id,
            name=learner.employee.name,
            framework_id=learner.framework_id,
            standard=enrolment.standard,
            state=state_of(learner.employee, enrolment, today),
            gateway_on=enrolment.gateway_on,
            shown=sum(one.attained == "shown" for one in known),
            competencies=len(known),
            reasons=[ReasonView(risk=one.risk, why=one.why, competencies=list(one.competencies)) for one in why],
        )

    def _situation(
        self,
        learner: Learner,
        enrolment: Enrolment,
        person: ProjectedPerson,
        taught: dict[str, list[Lesson]],
        today: date,
    ) -> Situation:
        framework = person.projection.framework
        lessons_now = self._taught(framework, taught)
        answers = self._kept.answers.of(learner.employee_id)
        known = cards(answers, learner.zone)
        rows = person.projection.general()
        milestone = milestone_of(framework, enrolment)
        begun = enrolment.begun_on or enrolment.invited_at
        return Situation(
            today=today,
            begun=begun.astimezone(learner.zone).date(),
            last_active=max((one.day(learner.zone) for one in answers), default=None),
            hazards={key for asked in asked_about(lessons_now).values() for key in asked.hazards},
            cards=known,
            masteries=masteries(framework.competencies, lessons_now, rows, Known(known, today, enrolment.gateway_on)),
            breaks=enrolment.away,
            gateway=enrolment.gateway_on,
            milestone=milestone.competencies,
            due_on=enrolment.gateway_on if milestone.milestone_id == "gateway" else None,
            missing=_missing(framework, rows),
            last_observed=_last_observed(rows),
        )

    def _spell(
        self,
        learner: Learner,
        enrolment: Enrolment,
        person: ProjectedPerson,
        milestone: Milestone,
        taught: dict[str, list[Lesson]],
    ) -> Spell:
        """Returns how long one learner has learned until the milestone: the day that is kept, or that counts now."""
        begun, last = enrolment.begun_on, enrolment.consents[-1]
        until = self._clock.now() if last.agreed else last.at
        if not learner.employee.active:
            until = min(until, learner.employee.gone_since)
        today = self._clock.now().astimezone(learner.zone).date()
        reached = enrolment.reached.get(milestone.milestone_id)
        shown = shown_of(person, milestone) if reached is None else None
        if shown is not None:
            lessons = self._taught(person.projection.framework, taught)
            reached = reached_by_now(learner, shown, lessons, (self._kept, today))
        day = (begun or enrolment.invited_at).astimezone(learner.zone).date()
        return spell(day, reached, until.astimezone(learner.zone).date(), enrolment.away)

    def _taught(self, framework: Framework, taught: dict[str, list[Lesson]]) -> list[Lesson]:
        """Returns the lessons of a framework, read once for one answer."""
        name = framework.framework_id
        if name not in taught:
            taught[name] = [one.lesson for one in self._kept.lessons.of_framework(name)]
        return taught[name]


def _missing(framework: Framework, rows: Mapping[str, SkillRating]) -> dict[str, int]:
    """Returns how many field observations each skill's and behaviour's general rule still asks for."""
    found = {}
    for one in framework.competencies:
        general = next((rule for rule in framework.rules_of.get(one.competency, ()) if not rule.context), None)
        if one.category != BY_RECALL and general is not None and general.min_field_observations:
            row = rows.get(one.competency)
            found[one.competency] = general.min_field_observations - (0 if row is None else row.field)
    return found


def _last_observed(rows: Mapping[str, SkillRating]) -> date | None:
    seen = [one.last_field_at for one in rows.values() if one.last_field_at is not None]
    return date_of(max(seen) // SECONDS_A_DAY) if seen else None


def _time(framework: Framework, milestone: Milestone, spells: Sequence[Spell]) -> MilestoneTime:
    from shared.learning.progress_contract import MilestoneStep, MilestoneTime, ShareView

    told = len(spells) >= SMALLEST_GROUP
    curve = kaplan_meier(spells)
    median, low, high = curve.until() if told else (None, None, None)
    return MilestoneTime(
        framework_id=framework.framework_id,
        framework=framework.name,
        milestone=milestone.milestone_id,
        competencies=list(milestone.competencies),
        suppressed=not told,
        learners=curve.learners if told else None,
        reached=curve.reached if told else None,
        censored=curve.learners - curve.reached if told else None,
        median_days=median,
        median_low=low,
        median_high=high,
        steps=[
            MilestoneStep(
                days=one.days,
                going=one.going,
                reached=one.reached,
                share=ShareView(value=one.share.value, low=one.share.low, high=one.share.high),
            )
            for one in (curve.steps if told else ())
        ],
    )
