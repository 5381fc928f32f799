"""Tells a learner that a milestone is reached: once, whichever of their messages comes first after it."""

from __future__ import annotations

from shared.coaching.domain.outbound import Content
from shared.coaching.domain.replies import Replies
from shared.coaching.records.celebrations import Celebration, Celebrations
from shared.coaching.usecases.turn import Turn
from shared.frameworks.usecases.configuration import Configuration
from shared.learning.usecases.learners import Learners
from shared.learning.usecases.show_mastery import ShowMastery


class Celebrate:
    """Knows whether the milestone by which a learner's time is measured is reached."""

    def __init__(
        self,
        learners: Learners,
        mastery: ShowMastery,
        configuration: Configuration,
        celebrations: Celebrations,
        replies: Replies,
    ) -> None:
        self._learners = learners
        self._mastery = mastery
        self._configuration = configuration
        self._celebrations = celebrations
        self._replies = replies

    def reached(self, turn: Turn) -> tuple[str | None, tuple[Content, ...]]:
        """Returns the milestone that is reached, and what is said of it with the answer to this message.

        Every competency of it is shown now: skills by what people saw, nothing by what a machine makes of answers.
        """
        enrolment = self._learners.own(turn.caller).enrolment
        if enrolment is None:
            return None, ()
        framework = self._configuration.framework(enrolment.framework_id)
        wanted = framework.required_by_stage.get(enrolment.milestone, ())
        if not wanted:
            return None, ()
        shown = {one.competency for one in self._mastery.own(turn.caller).items if one.attained == "shown"}
        if not shown.issuperset(wanted):
            return None, ()
        name = enrolment.milestone.replace("_", " ")
        celebration = Celebration(
            employee_id=turn.learner,
            framework_id=enrolment.framework_id,
            milestone=enrolment.milestone,
            wamid=turn.message.wamid,
            at=turn.now,
        )
        if not self._celebrations.claim(celebration):
            return name, ()
        return name, (self._replies.say("milestone", "whats_next", "progress", milestone=name),)
