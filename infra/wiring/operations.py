"""Builds health, dead letters, replay and activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.call_pipeline import call_pipeline
from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.first_sight import first_sight
from infra.wiring.intake import intake
from infra.wiring.model_gate import model_gate
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.dead_letters import dead_letters
from infra.wiring.ports.documents import documents
from infra.wiring.ports.files import files
from infra.wiring.ports.storage_probe import storage_probe
from infra.wiring.taxonomy import taxonomy

if TYPE_CHECKING:
    from shared.kernel.access import Caller
    from shared.operations.usecases.activity import Activity
    from shared.operations.usecases.dead_letters import DeadLetterDesk
    from shared.operations.usecases.health import Health
    from shared.operations.usecases.quarantined_input import QuarantinedInputs
    from shared.operations.usecases.waiting import CountWaiting


class OperationsUseCases(Wiring):
    """Makes each use case of operations when it is first asked for."""

    @wired
    def health(self) -> Health:
        from shared.operations.records import HealthRecords
        from shared.operations.usecases.health import Health

        on = self._on
        return Health(HealthRecords(documents(on)), model_gate(on), storage_probe(on), on.clock)

    @wired
    def waiting(self) -> CountWaiting:
        from shared.operations.usecases.waiting import CountWaiting
        from shared.platform.records.quarantine import QuarantineRecords

        on = self._on
        # Only the embedded bus tells what waits.
        queued = getattr(bus(on), "backlog", None)
        quarantine = QuarantineRecords(documents(on))
        return CountWaiting(dead_letters(on), quarantine, taxonomy(on).unmapped, queued, on.clock)

    @wired
    def activity(self) -> Activity:
        from shared.operations.usecases.activity import Activity

        on = self._on
        return Activity(documents(on), people(on).in_sight, on.once(first_sight), platform(on).audit)

    @wired
    def dead_letters(self) -> DeadLetterDesk:
        from shared.operations.usecases.dead_letters import DeadLetterDesk

        return DeadLetterDesk(dead_letters(self._on), platform(self._on).audit)

    @wired
    def quarantined(self) -> QuarantinedInputs:
        from infra.wiring.learning import learning
        from shared.learning.usecases.take_answers import OPERATION as ANSWER
        from shared.operations.usecases.quarantined_input import QuarantinedInputs
        from shared.operations.usecases.taking_in import take_in
        from shared.platform.contract import Replayed
        from shared.platform.records.quarantine import QuarantinedInput, QuarantineRecords

        on = self._on

        def answered(item: QuarantinedInput, raw: bytes, caller: Caller) -> Replayed:
            result = learning(on).answers.again(item.sent_by, raw)
            return Replayed(status=200, answer=result.model_dump(mode="json"))

        again = take_in(lambda: intake(on).take_in, lambda: call_pipeline(on).reanalyse_call, {ANSWER: answered})
        return QuarantinedInputs(QuarantineRecords(documents(on)), files(on), platform(on).audit, again)


def operations(on: Environment) -> OperationsUseCases:
    """Returns the use cases of operations on an environment."""
    return on.once(OperationsUseCases)
