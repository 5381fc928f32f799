"""Shows how far moves are, and what ids people had before."""

from __future__ import annotations

from shared.identities.contract import FormerIds, MoveRun
from shared.identities.records import Move, MoveRecords
from shared.identities.usecases.release_id import former_ids
from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.people.aliases import Aliases


class FollowMoves:
    """Finds runs, and former ids, for who may move somebody."""

    def __init__(self, records: MoveRecords, aliases: Aliases) -> None:
        self._records = records
        self._aliases = aliases

    def one(self, caller: Caller, run_id: str) -> MoveRun:
        """Returns a run and how far it is. Raises Forbidden, NotFound."""
        require(caller, "people.move")
        run = self._records.get(run_id)
        if run is None:
            raise NotFound(f"there is no move {run_id[:60]!r}", field="run_id")
        return shown(run)

    def of(self, caller: Caller, employee_id: str) -> list[MoveRun]:
        """Returns the runs by which a person's former ids were given up, the newest first. Raises Forbidden."""
        require(caller, "people.move")
        runs = self._records.many(alias.run_id for alias in self._aliases.of(employee_id))
        return [shown(run) for run in sorted(runs, key=lambda one: one.requested_at, reverse=True)]

    def former_ids(self, caller: Caller, employee_id: str) -> FormerIds:
        """Returns the ids that a person had before, by any of them. Raises Forbidden."""
        require(caller, "people.move")
        return former_ids(self._aliases.now_called(employee_id) or employee_id, self._aliases)


def shown(run: Move) -> MoveRun:
    """Shows a run."""
    return MoveRun.model_validate(run, from_attributes=True)
