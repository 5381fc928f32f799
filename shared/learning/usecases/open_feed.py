"""Shows a learner what to do next, and why."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.learning.domain.feed import Cards, FeedItem, finished, order
from shared.learning.domain.lesson import Lesson
from shared.learning.domain.mastery import Known, gaps, masteries
from shared.learning.domain.recall import cards
from shared.learning.domain.streak import streak
from shared.learning.usecases.learners import Kept, Learners
from shared.learning.usecases.lesson_views import card, names_of
from shared.ports.ambient import Clock

if TYPE_CHECKING:
    from datetime import date

    from shared.learning.contract import FeedItemView, FeedView, ProgressView

MOST_SHOWN = 20
"""Items: half an hour of lessons."""


class OpenFeed:
    """Orders the lessons of the learner's framework by what the learner has answered."""

    def __init__(self, learners: Learners, kept: Kept, configuration: Configuration, clock: Clock) -> None:
        self._learners = learners
        self._kept = kept
        self._configuration = configuration
        self._clock = clock

    def open(self, caller: Caller) -> FeedView:
        """Returns the caller's own feed; of the framework's lessons alone. Raises Forbidden, NotFound."""
        from shared.learning.contract import FeedView, StreakView

        learner = self._learners.own(caller)
        today = self._clock.now().astimezone(learner.zone).date()
        framework = self._configuration.framework(learner.framework_id)
        lessons = [one.lesson for one in self._kept.lessons.of_framework(learner.framework_id)]
        reviews = self._kept.answers.of(learner.employee_id)
        known = cards(reviews, learner.zone)
        done = finished(lessons, known)
        lacking = gaps(masteries(framework.competencies, lessons, {}, Known(known, today)))
        items = order(lessons, known, lacking, done, today)
        going = streak({one.day(learner.zone) for one in reviews}, today, learner.breaks)
        return FeedView(
            as_of=today,
            learner=learner.employee.name,
            framework_id=learner.framework_id,
            agreed=learner.agreed,
            streak=StreakView(days=going.days, freezes=going.freezes, longest=going.longest, today=going.today),
            progress=_progress(lessons, known, done, today),
            competency_names=names_of(framework, framework.by_competency),
            items=[_item(one, framework) for one in items[:MOST_SHOWN]],
        )


def _progress(lessons: Collection[Lesson], known: Cards, done: Collection[str], today: date) -> ProgressView:
    from shared.learning.contract import ProgressView

    keys = [key for lesson in lessons for key in lesson.keys]
    seen = [known[key] for key in keys if key in known]
    return ProgressView(
        lessons=len(lessons),
        finished=len(done),
        questions=len(keys),
        seen=len(seen),
        due=sum(one.is_due(today) for one in seen),
    )


def _item(item: FeedItem, framework: Framework) -> FeedItemView:
    from shared.learning.contract import FeedItemView

    shown = card(item.lesson, framework, {key.question_id for key in item.asked})
    fields = {name: getattr(shown, name) for name in type(shown).model_fields}
    return FeedItemView(**fields, reason=item.reason, why=item.why)
