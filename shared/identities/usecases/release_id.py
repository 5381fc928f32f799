"""Releases an id that a person had before: from then on it is nobody's, and whoever comes with it is somebody else.

What came in under it, and has been moved, stays with the person who had it.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.identities.contract import FormerId, FormerIds
from shared.identities.records import Move, MoveRecords, released
from shared.identities.usecases.move_runs import MoveRuns
from shared.kernel.access import Caller, is_own, require
from shared.kernel.errors import Conflict, Forbidden, NotFound
from shared.observations.state_records import States
from shared.people.aliases import Alias, Aliases
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.audit import AuditRecord
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Ids
from shared.ports.documents import Documents, Transaction


class ReleaseId:
    """Gives up former ids."""

    def __init__(self, documents: Documents, runs: MoveRuns, audit: Audit, clock: Clock, ids: Ids) -> None:
        self._documents = documents
        self._runs = runs
        self._audit = audit
        self._clock = clock
        self._ids = ids

    def release(self, caller: Caller, employee_id: str, former_id: str, reason: str) -> FormerIds:
        """Gives up one of a person's former ids; those that are left. Asking again changes nothing.

        Raises Forbidden, NotFound (it is none of theirs), Conflict (what came in under it is still being moved).
        """
        require(caller, "people.move")
        if is_own(caller, employee_id):
            raise Forbidden("another administrator releases an id of yours: it may be what you sign in by")
        aliases = Aliases(self._documents)
        present = aliases.now_called(employee_id) or employee_id
        said = f"{former_id} is not {present} any more: {reason}"
        record = self._audit.draft(caller, AuditAction.EMPLOYEE_ID_RELEASED, subject=present, detail=said)
        step = _Step(present, former_id, self._ids.new(), record, self._audit, self._clock)
        run = self._documents.transact(step.take)
        if run is not None:
            self._audit.tell([record])
            # Of a run that has finished nothing is left to do; who keeps a journal of moves hears of it by the task.
            self._runs.enqueue(run, again=True)
        return former_ids(present, aliases)


@dataclass(frozen=True, slots=True)
class _Step:
    """Decides a release, in one transaction. number: what will stand for whoever comes with the id"""

    employee_id: str
    former_id: str
    number: str
    record: AuditRecord
    audit: Audit
    clock: Clock

    def take(self, transaction: Transaction) -> Move | None:
        """Returns the run in which the id had been given up; None for an id that has been released before."""
        alias = Aliases(transaction).kept(self.former_id)
        if alias is None or alias.employee_id != self.employee_id:
            leads = f"; it leads to {alias.employee_id!r}" if alias is not None and alias.leads else ""
            raise NotFound(
                f"{self.former_id[:80]!r} is no former id of {self.employee_id[:80]!r}{leads}", field="former_id"
            )
        if not alias.leads:
            return None
        run = MoveRecords.get_in(transaction, alias.run_id)
        if run is None or run.state != "finished":
            raise Conflict(
                f"what came in under this id is still being moved (run {alias.run_id}); ask again when it is done",
                field="former_id",
            )
        self._write(transaction, alias, run)
        return run

    def _write(self, transaction: Transaction, alias: Alias, run: Move) -> None:
        state = States(transaction).get(self.employee_id)
        self.audit.within(transaction, self.record)
        transaction.write(
            alias.changed(released=self.number).written(),
            released(run, self.clock.now()),
            *([] if state is None else [States.released(state, self.former_id)]),
        )


def former_ids(employee_id: str, aliases: Aliases) -> FormerIds:
    """Returns a person's former ids, in their order."""
    return FormerIds(
        employee_id=employee_id,
        former_ids=[
            FormerId(former_id=one.alias, given_up_at=one.moved_at, run_id=one.run_id)
            for one in aliases.of(employee_id)
        ],
    )
