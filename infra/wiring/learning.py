"""Builds the use cases of learning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from shared.learning.enrolment_records import EnrolmentRecords
    from shared.learning.records import LessonRecords
    from shared.learning.usecases.go_on import GoOn
    from shared.learning.usecases.keep_clips import KeepClips
    from shared.learning.usecases.learners import Kept, Learners
    from shared.learning.usecases.list_lessons import ListLessons
    from shared.learning.usecases.note_milestones import NoteMilestones
    from shared.learning.usecases.open_feed import OpenFeed
    from shared.learning.usecases.own_answers import OwnAnswers
    from shared.learning.usecases.publish_lessons import PublishLessons
    from shared.learning.usecases.record_checks import RecordChecks
    from shared.learning.usecases.show_mastery import ShowMastery
    from shared.learning.usecases.take_answers import TakeAnswers
    from shared.learning.usecases.tell_day import TellDay
    from shared.learning.usecases.watch_phones import WatchPhones
    from shared.learning.usecases.withdraw_lesson import WithdrawLesson
    from shared.people.records import Employee


class LearningUseCases(Wiring):
    """Makes each use case of learning when it is first asked for."""

    @wired
    def feed(self) -> OpenFeed:
        from shared.learning.usecases.open_feed import OpenFeed

        return OpenFeed(self.learners, self.kept, frameworks(self._on).configuration, self._on.clock)

    @wired
    def answers(self) -> TakeAnswers:
        from shared.learning.usecases.take_answers import TakeAnswers

        on = self._on
        return TakeAnswers(self.learners, self.kept, bus(on), lambda: platform(on).quarantine, on.clock)

    @wired
    def phones(self) -> WatchPhones:
        from infra.wiring.evidence import evidence
        from shared.learning.phone_item_records import PhoneItemRecords
        from shared.learning.usecases.watch_phones import WatchPhones

        on = self._on
        held = PhoneItemRecords(documents(on))
        return WatchPhones(self.learners, self.kept, held, evidence(on).keeping.arrived, on.clock)

    @wired
    def own_answers(self) -> OwnAnswers:
        from shared.learning.usecases.own_answers import OwnAnswers

        return OwnAnswers(self.learners, self.kept, self._on.clock)

    @wired
    def lessons(self) -> ListLessons:
        from shared.learning.usecases.list_lessons import ListLessons

        return ListLessons(self._taught, frameworks(self._on).configuration)

    @wired
    def publish(self) -> PublishLessons:
        from shared.learning.usecases.publish_lessons import PublishLessons

        on = self._on
        return PublishLessons(self._taught, frameworks(on).configuration, self.clips, platform(on).audit, on.clock)

    @wired
    def withdrawal(self) -> WithdrawLesson:
        from shared.learning.usecases.withdraw_lesson import WithdrawLesson

        on = self._on
        return WithdrawLesson(self._taught, frameworks(on).configuration, platform(on).audit, on.clock)

    @wired
    def clips(self) -> KeepClips:
        from infra.wiring.ports.clips import clips
        from shared.learning.usecases.keep_clips import KeepClips

        return KeepClips(clips(self._on))

    @wired
    def checks(self) -> RecordChecks:
        from infra.wiring.ports.observations import validations
        from shared.learning.usecases.record_checks import RecordChecks

        on = self._on
        return RecordChecks(people(on).records, self.kept, frameworks(on).configuration, validations(on), on.log)

    @wired
    def milestones(self) -> NoteMilestones:
        from infra.wiring.ratings import ratings
        from shared.learning.usecases.note_milestones import NoteMilestones

        on = self._on
        return NoteMilestones(self.learners, people(on).records, self.kept, ratings(on).projecting, on.clock)

    @wired
    def going_on(self) -> GoOn:
        from shared.learning.usecases.go_on import GoOn

        return GoOn(self.learners, self._enrolled, frameworks(self._on).configuration, self.milestones)

    @wired
    def learners(self) -> Learners:
        """Finds learners and their calendars."""
        from shared.learning.usecases.learners import Learners

        return Learners(people(self._on).records, self._enrolled, self.zone_of)

    @wired
    def zone_of(self) -> Callable[[Employee], tzinfo]:
        """Finds the zone whose calendar days are a person's."""
        from infra.wiring.ports.work_calendar import work_calendar
        from shared.notifications.records import PreferenceRecords
        from shared.people.domain.whereabouts import zone_in_force

        on = self._on
        chosen, otherwise = PreferenceRecords(documents(on)), work_calendar(on.connected.settings).zone

        def zone_of(employee: Employee) -> tzinfo:
            return zone_in_force(chosen.zone_of(employee.employee_id), employee.zone, otherwise=otherwise)

        return zone_of

    @wired
    def kept(self) -> Kept:
        """Keeps lessons and answers, and who is enrolled."""
        from shared.learning.answer_records import AnswerRecords
        from shared.learning.usecases.learners import Kept

        return Kept(self._taught, AnswerRecords(documents(self._on), self._on.ids), self._enrolled)

    @wired
    def mastery(self) -> ShowMastery:
        from infra.wiring.enrolment import enrolment
        from infra.wiring.evidence import evidence
        from infra.wiring.ratings import ratings
        from shared.learning.usecases.evidence_behind import EvidenceBehind
        from shared.learning.usecases.show_mastery import ShowMastery, Sources

        on = self._on
        sources = Sources(self.kept, EvidenceBehind(self.kept, evidence(on).pieces))
        return ShowMastery(self.learners, enrolment(on).access, sources, ratings(on).projecting, on.clock)

    @wired
    def day(self) -> TellDay:
        from infra.wiring.ratings import ratings
        from shared.learning.usecases.tell_day import TellDay

        on = self._on
        return TellDay(self.learners, people(on).records, self.kept, ratings(on).projecting, on.clock)

    @wired
    def _enrolled(self) -> EnrolmentRecords:
        from shared.learning.enrolment_records import EnrolmentRecords

        return EnrolmentRecords(documents(self._on))

    @wired
    def _taught(self) -> LessonRecords:
        from shared.learning.records import LessonRecords

        return LessonRecords(documents(self._on))


def learning(on: Environment) -> LearningUseCases:
    """Returns the use cases of learning on an environment."""
    return on.once(LearningUseCases)
