"""Says what follows a milestone that a learner has reached, and lets them go on with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.errors import NotFound
from shared.learning.enrolment_records import Enrolment, EnrolmentRecords
from shared.learning.usecases.learners import Learners
from shared.learning.usecases.note_milestones import NoteMilestones


@dataclass(frozen=True, slots=True)
class Following:
    """Says what follows. kind: a stage of the same framework, or another framework; name: in plain words"""

    kind: Literal["stage", "framework"]
    key: str
    name: str


class GoOn:
    """Reads what the framework names, and moves a learner on to a stage; a framework is for who enrols people."""

    def __init__(
        self,
        learners: Learners,
        enrolments: EnrolmentRecords,
        configuration: Configuration,
        noting: NoteMilestones,
    ) -> None:
        self._learners = learners
        self._enrolments = enrolments
        self._configuration = configuration
        self._noting = noting

    def following(self, caller: Caller) -> Following | None:
        """Returns what follows the caller's milestone; None while it is not reached, and where nothing does.

        Raises Forbidden for who is no learner.
        """
        enrolment = self._learners.own(caller).enrolment
        if enrolment is None or enrolment.milestone not in enrolment.reached:
            return None
        return self._after(enrolment)

    def go_on(self, caller: Caller, milestone: str) -> Following | None:
        """Lets the caller go on with a stage that follows theirs; asked again it changes nothing more.

        Returns the stage; None where it does not follow what they have reached. Whether it is reached already, by what
        they have shown before, is looked at. Raises Forbidden for who is no learner, Retryable.
        """
        learner = self._learners.own(caller)
        enrolment = learner.enrolment
        if enrolment is None:
            return None
        stages = self._configuration.framework(enrolment.framework_id).next_stage
        before = [one for one, following in stages.items() if following == milestone and one in enrolment.reached]
        if not before or not self._enrolments.go_on(learner.employee_id, before, milestone):
            return None
        self._noting.note(learner.employee_id)
        return Following("stage", milestone, milestone.replace("_", " "))

    def _after(self, enrolment: Enrolment) -> Following | None:
        framework = self._configuration.framework(enrolment.framework_id)
        stage = framework.next_stage.get(enrolment.milestone)
        if stage is not None:
            return Following("stage", stage, stage.replace("_", " "))
        if framework.next_framework is None:
            return None
        try:
            name = self._configuration.framework(framework.next_framework).name
        except NotFound:  # it is not published yet
            return None
        return Following("framework", framework.next_framework, name)
