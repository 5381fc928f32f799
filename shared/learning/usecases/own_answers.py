"""Tells which questions somebody has answered today, so that none is asked twice while another one waits."""

from __future__ import annotations

from shared.kernel.access import Caller
from shared.learning.usecases.learners import Kept, Learners
from shared.ports.ambient import Clock


class OwnAnswers:
    """Reads the caller's own answers."""

    def __init__(self, learners: Learners, kept: Kept, clock: Clock) -> None:
        self._learners = learners
        self._kept = kept
        self._clock = clock

    def of_today(self, caller: Caller) -> frozenset[tuple[str, str]]:
        """Returns the (lesson id, question id) of what was answered on the learner's calendar day. Raises Forbidden."""
        learner = self._learners.own(caller)
        today = self._clock.now().astimezone(learner.zone).date()
        reviews = self._kept.answers.of(learner.employee_id)
        return frozenset(
            (one.question.lesson_id, one.question.question_id) for one in reviews if one.day(learner.zone) == today
        )
