"""Builds what takes e-mail threads in."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.discovery import discovery
from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.ports.documents import documents

if TYPE_CHECKING:
    from shared.call_pipeline.usecases.email_threads import EmailThreads


class ThreadUseCases(Wiring):
    """Makes what takes a thread in when it is first asked for."""

    @wired
    def threads(self) -> EmailThreads:
        from shared.call_pipeline.usecases.email_threads import EmailThreads
        from shared.call_pipeline.usecases.thread_people import ThreadPeople

        on, said = self._on, conversations(self._on)
        return EmailThreads(ThreadPeople(documents(on)), said.call_records, said.transcripts, discovery(on).tasks)

    @property
    def home_domains(self) -> Collection[str]:
        """Returns the domains of the company's own addresses."""
        return self._on.connected.call_settings.home_domains


def call_threads(on: Environment) -> ThreadUseCases:
    """Returns what takes e-mail threads in on an environment."""
    return on.once(ThreadUseCases)
