"""Builds what is known and kept of conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.transcripts import transcripts

if TYPE_CHECKING:
    from shared.conversations.records import CallRecords
    from shared.conversations.usecases.deals_in_force import DealsInForce
    from shared.conversations.usecases.observed_calls import ObservedCalls
    from shared.conversations.usecases.transcripts import TranscriptStore


class ConversationsUseCases(Wiring):
    """Makes each use case of conversations when it is first asked for."""

    @wired
    def transcripts(self) -> TranscriptStore:
        from shared.conversations.usecases.transcripts import TranscriptStore

        return TranscriptStore(transcripts(self._on), self._on.clock)

    @wired
    def call_records(self) -> CallRecords:
        from shared.conversations.records import CallRecords

        return CallRecords(integrations(self._on), self._on.clock)

    @wired
    def deals(self) -> DealsInForce:
        from shared.conversations.usecases.deals_in_force import DealsInForce

        return DealsInForce(self.call_records)

    @wired
    def observed_calls(self) -> ObservedCalls:
        from shared.conversations.usecases.observed_calls import ObservedCalls

        return ObservedCalls(self.call_records)


def conversations(on: Environment) -> ConversationsUseCases:
    """Returns the use cases of conversations on an environment."""
    return on.once(ConversationsUseCases)
