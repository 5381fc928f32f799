"""Builds the use cases of identities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.identities.usecases.follow_moves import FollowMoves
    from shared.identities.usecases.move_runs import MoveRuns
    from shared.identities.usecases.release_id import ReleaseId
    from shared.identities.usecases.start_move import StartMove


class IdentitiesUseCases(Wiring):
    """Makes each use case of identities when it is first asked for."""

    @wired
    def start_move(self) -> StartMove:
        from shared.identities.usecases.start_move import StartMove

        on = self._on
        return StartMove(documents(on), self.runs, platform(on).audit, on.clock, on.ids)

    @wired
    def release_id(self) -> ReleaseId:
        from shared.identities.usecases.release_id import ReleaseId

        on = self._on
        return ReleaseId(documents(on), self.runs, platform(on).audit, on.clock, on.ids)

    @wired
    def moves(self) -> FollowMoves:
        from shared.identities.usecases.follow_moves import FollowMoves

        return FollowMoves(self.runs.records, people(self._on).aliases)

    @wired
    def runs(self) -> MoveRuns:
        """Moves runs on; moving itself is the business of one function."""
        from shared.identities.records import MoveRecords
        from shared.identities.usecases.move_runs import MoveRuns

        return MoveRuns(MoveRecords(documents(self._on)), tasks(self._on), self._on.clock)


def identities(on: Environment) -> IdentitiesUseCases:
    """Returns the use cases of identities on an environment."""
    return on.once(IdentitiesUseCases)
