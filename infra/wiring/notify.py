"""Builds what plans and sends notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.notifications import NotificationsUseCases, notifications
from infra.wiring.platform import platform
from infra.wiring.ports.channels import channels
from infra.wiring.ports.documents import documents
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.notifications.messages import NotifyTask
    from shared.notifications.usecases.notify_queue import NotifyQueue
    from shared.notifications.usecases.plan_deliveries import PlanDeliveries
    from shared.notifications.usecases.send import Send
    from shared.platform.records.notices import NoticeRecords


class Notifying(Wiring):
    """Makes each step when a task asks for it first."""

    def take_step(self, task: NotifyTask) -> None:
        """Does what a task asks for. Raises Retryable."""
        {"notice": self.planning.plan, "summary": self.planning.gather, "delivery": self.sending.attempt}[task.step](
            task
        )

    @wired
    def planning(self) -> PlanDeliveries:
        from shared.notifications.usecases.plan_deliveries import PlanDeliveries

        return PlanDeliveries(self._notices, self._shown.deliveries, self._shown.reach, self._queue, self._on.clock)

    @wired
    def sending(self) -> Send:
        from shared.notifications.usecases.pause_channel import PauseChannel
        from shared.notifications.usecases.send import Outside, Send
        from shared.notifications.usecases.write_letter import WriteLetter

        on = self._on
        writing = WriteLetter(self._notices, self._shown.reach, self._shown.links, lambda: self._shown.invitation_links)
        pausing = PauseChannel(self._shown.reach, platform(on).notifications, on.log)
        return Send(self._shown.deliveries, writing, self._queue, pausing, Outside(channels(on), on.clock, on.log))

    @wired
    def _queue(self) -> NotifyQueue:
        from shared.notifications.usecases.notify_queue import NotifyQueue

        return NotifyQueue(tasks(self._on))

    @wired
    def _notices(self) -> NoticeRecords:
        from shared.platform.records.notices import NoticeRecords

        return NoticeRecords(documents(self._on))

    @wired
    def _shown(self) -> NotificationsUseCases:
        return notifications(self._on)


def notifying(on: Environment) -> Notifying:
    """Returns the steps of notifying on an environment."""
    return on.once(Notifying)
