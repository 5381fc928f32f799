"""Tells a learner that a milestone is reached: once, whichever of their messages comes first after it."""

from __future__ import annotations

from shared.coaching.domain.outbound import Content
from shared.coaching.domain.replies import Replies
from shared.coaching.records.celebrations import Celebration, Celebrations
from shared.coaching.usecases.turn import Turn
from shared.learning.usecases.learners import Learners


class Celebrate:
    """Knows whether the milestone by which a learner's time is measured is reached: by the day that is kept of it."""

    def __init__(self, learners: Learners, celebrations: Celebrations, replies: Replies) -> None:
        self._learners = learners
        self._celebrations = celebrations
        self._replies = replies

    def reached(self, turn: Turn) -> tuple[str | None, tuple[Content, ...]]:
        """Returns the milestone that is reached, and what is said of it with the answer to this message.

        What pages, lists and the nudge call reached is reached here, too, also when something of it is forgotten later.
        """
        enrolment = self._learners.own(turn.caller).enrolment
        if enrolment is None or enrolment.milestone not in enrolment.reached:
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
