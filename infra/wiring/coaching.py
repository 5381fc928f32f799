"""Builds the coach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.learning import learning
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.messenger import is_connected, messenger
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.coaching.records.agreements import CoachAgreements
    from shared.coaching.records.nudges import NudgeRecords
    from shared.coaching.usecases.agree import Agree
    from shared.coaching.usecases.agreement import Agreement
    from shared.coaching.usecases.begin_message import BeginMessage
    from shared.coaching.usecases.begin_nudges import BeginNudges
    from shared.coaching.usecases.contacts import Contacts, Waking
    from shared.coaching.usecases.hand_over import HandOvers
    from shared.coaching.usecases.inbox_queue import InboxQueue
    from shared.coaching.usecases.leases import Leases
    from shared.coaching.usecases.nudge_learners import NudgeLearners
    from shared.coaching.usecases.oversee import Oversee
    from shared.coaching.usecases.send_outgoing import SendOutgoing
    from shared.coaching.usecases.take_in import CoachRecords, TakeIn
    from shared.coaching.usecases.write_to import WriteTo


class CoachingUseCases(Wiring):
    """Makes each use case of the coach when it is first asked for."""

    @wired
    def take_in(self) -> TakeIn:
        from shared.coaching.usecases.take_in import TakeIn

        return TakeIn(self.records, self.queue)

    @wired
    def agree(self) -> Agree:
        from shared.coaching.usecases.agree import Agree

        return Agree(self._agreements, self.records.identities, platform(self._on).audit, self._on.clock)

    @wired
    def hand_overs(self) -> HandOvers:
        from infra.coaching.shipped import shipped_replies
        from shared.coaching.records.hand_overs import HandOverRecords
        from shared.coaching.usecases.answerers import Answerers
        from shared.coaching.usecases.hand_over import HandOvers, Telling
        from shared.coaching.usecases.tell_answerer import TellAnswerer

        on, replies, notices = self._on, shipped_replies(), platform(self._on).notifications
        kept, answerers = integrations(on), Answerers(people(on).records)
        teller = TellAnswerer(answerers, self.writing, notices, replies, on.clock)
        telling = Telling(teller, notices, platform(on).audit, replies, on.clock)
        return HandOvers(kept, HandOverRecords(kept), self.writing, answerers, telling)

    @wired
    def writing(self) -> WriteTo:
        from shared.coaching.usecases.write_to import WriteTo

        return WriteTo(self.records, self._beginning)

    @wired
    def agreement(self) -> Agreement:
        from shared.coaching.usecases.agreement import Agreement

        return Agreement(self.agree, people(self._on).records, connected=lambda: is_connected(self._on))

    @wired
    def oversee(self) -> Oversee:
        from infra.coaching.shipped_templates import shipped_templates
        from shared.coaching.usecases.oversee import Kept, Oversee

        on, records = self._on, self.records
        kept = Kept(records.outgoing, records.templates, self._nudges, self._agreements, records.doubts)
        return Oversee(kept, self.hand_overs, shipped_templates(), on.clock, connected=lambda: is_connected(on))

    @wired
    def begin_nudges(self) -> BeginNudges:
        from shared.coaching.usecases.begin_nudges import BeginNudges

        return BeginNudges(tasks(self._on), self._on.clock)

    @wired
    def nudging(self) -> NudgeLearners:
        from shared.coaching.records.celebrations import Celebrations
        from shared.coaching.usecases.nudge_learners import Hands, NudgeLearners, Whom

        on = self._on
        whom = Whom(self._contacts, self._waking)
        celebrations = Celebrations(integrations(on))
        hands = Hands(self._beginning, platform(on).notifications, self.hand_overs, tasks(on), celebrations)
        return NudgeLearners(learning(on).day, whom, self._nudges, hands, on.clock)

    @wired
    def _beginning(self) -> BeginMessage:
        from infra.coaching.shipped_templates import shipped_templates
        from shared.coaching.usecases.begin_message import BeginMessage

        on = self._on
        return BeginMessage(
            self.records, self._nudges, self.queue, shipped_templates(), connected=lambda: is_connected(on)
        )

    @wired
    def _nudges(self) -> NudgeRecords:
        from shared.coaching.records.nudges import NudgeRecords

        return NudgeRecords(integrations(self._on))

    @wired
    def _contacts(self) -> Contacts:
        from shared.coaching.usecases.contacts import Contacts

        return Contacts(self._agreements, self.records.identities)

    @wired
    def _waking(self) -> Waking:
        from infra.wiring.ports.work_calendar import work_calendar
        from shared.coaching.usecases.contacts import Waking
        from shared.notifications.records import PreferenceRecords

        on = self._on
        return Waking(PreferenceRecords(documents(on)), people(on).records, work_calendar(on.connected.settings).zone)

    @wired
    def _agreements(self) -> CoachAgreements:
        from shared.coaching.records.agreements import CoachAgreements

        return CoachAgreements(integrations(self._on))

    @wired
    def records(self) -> CoachRecords:
        from shared.coaching.records.doubts import DoubtRecords
        from shared.coaching.records.identities import Identities
        from shared.coaching.records.inbox import Inbox
        from shared.coaching.records.outgoing import OutgoingRecords, TemplateRecords
        from shared.coaching.usecases.take_in import CoachRecords

        kept = integrations(self._on)
        outgoing, templates = OutgoingRecords(kept), TemplateRecords(kept)
        return CoachRecords(Inbox(kept), Identities(kept), outgoing, templates, DoubtRecords(kept))

    @wired
    def leases(self) -> Leases:
        from shared.coaching.usecases.leases import Leases

        return Leases(self.records)

    @wired
    def sending(self) -> SendOutgoing:
        from shared.coaching.usecases.send_outgoing import Ambient, SendOutgoing

        ambient = Ambient(self._on.clock, self._on.log)
        return SendOutgoing(self.records, self.leases, messenger(self._on), ambient)

    @wired
    def queue(self) -> InboxQueue:
        from shared.coaching.usecases.inbox_queue import InboxQueue

        return InboxQueue(tasks(self._on))


def coaching(on: Environment) -> CoachingUseCases:
    """Returns the coach on an environment."""
    return on.once(CoachingUseCases)
