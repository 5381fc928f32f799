"""Builds the use cases of notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.channels import channels, mail_outbox
from infra.wiring.ports.documents import documents
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.notifications.domain.one_click import OneClick
    from shared.notifications.messages import NotifyTask
    from shared.notifications.records import NotificationDeliveries, PreferenceRecords
    from shared.notifications.usecases.notify_queue import NotifyQueue
    from shared.notifications.usecases.plan_deliveries import PlanDeliveries
    from shared.notifications.usecases.reach import Reach
    from shared.notifications.usecases.send import Send
    from shared.notifications.usecases.show_outbox import ShowOutbox
    from shared.platform.records.notices import NoticeRecords


class NotificationsUseCases(Wiring):
    """Makes each use case of notifications when it is first asked for."""

    def take_step(self, task: NotifyTask) -> None:
        """Does what a task asks for. Raises Retryable."""
        {"notice": self.planning.plan, "summary": self.planning.gather, "delivery": self.sending.attempt}[task.step](
            task
        )

    @wired
    def planning(self) -> PlanDeliveries:
        from shared.notifications.usecases.plan_deliveries import PlanDeliveries

        return PlanDeliveries(self._notices, self._deliveries, self._reach, self._queue, self._on.clock)

    @wired
    def sending(self) -> Send:
        from shared.notifications.usecases.pause_channel import PauseChannel
        from shared.notifications.usecases.send import Ambient, Send
        from shared.notifications.usecases.write_letter import WriteLetter

        on = self._on
        writing = WriteLetter(self._notices, self._reach, self._links)
        pausing = PauseChannel(self._reach, platform(on).notifications, on.log)
        return Send(self._deliveries, writing, self._queue, pausing, Ambient(on.clock, on.log))

    @wired
    def outbox(self) -> ShowOutbox:
        from shared.notifications.usecases.show_outbox import ShowOutbox

        return ShowOutbox(mail_outbox(self._on), platform(self._on).audit)

    @wired
    def _links(self) -> OneClick:
        from shared.notifications.domain.one_click import OneClick

        return OneClick(self._on.secrets.get("unsubscribe-key"), self._on.portal_url)

    @wired
    def _reach(self) -> Reach:
        from infra.wiring.ports.work_calendar import work_calendar
        from shared.notifications.usecases.reach import Reach

        on = self._on
        zone = work_calendar(on.connected.settings).zone
        return Reach(self._preferences, people(on).records, channels(on), zone)

    @wired
    def _queue(self) -> NotifyQueue:
        from shared.notifications.usecases.notify_queue import NotifyQueue

        return NotifyQueue(tasks(self._on))

    @wired
    def _notices(self) -> NoticeRecords:
        from shared.platform.records.notices import NoticeRecords

        return NoticeRecords(documents(self._on))

    @wired
    def _deliveries(self) -> NotificationDeliveries:
        from shared.notifications.records import NotificationDeliveries

        return NotificationDeliveries(documents(self._on))

    @wired
    def _preferences(self) -> PreferenceRecords:
        from shared.notifications.records import PreferenceRecords

        return PreferenceRecords(documents(self._on))


def notifications(on: Environment) -> NotificationsUseCases:
    """Returns the use cases of notifications on an environment."""
    return on.once(NotificationsUseCases)
