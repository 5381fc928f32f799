"""Starts the erasure of one person.

Starting takes the person's record and state away and leaves a tombstone, all at once: from then on nothing about the
person is accepted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, NotFound, Rejected
from shared.kernel.unicode_form import folded
from shared.people.aliases import Aliases
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.tombstones import Tombstone, Tombstones, burial, tombstone_in
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Ids
from shared.ports.documents import Documents, Transaction
from shared.privacy.records.erasures import Counts, Erasure, OpenErasure, Progress, Report
from shared.privacy.usecases.erasure_runs import ErasureRuns

if TYPE_CHECKING:
    from shared.privacy.contract import ErasureRun


class StartErasure:
    """Takes requests to erase somebody."""

    def __init__(self, documents: Documents, runs: ErasureRuns, audit: Audit, clock: Clock, ids: Ids) -> None:
        self._documents = documents
        self._aliases = Aliases(documents)
        self._tombstones = Tombstones(documents)
        self._runs = runs
        self._audit = audit
        self._clock = clock
        self._ids = ids

    def start(self, caller: Caller, employee_id: str, confirm: str) -> ErasureRun:
        """Starts the erasure of a person, or finds the one under way; the run.

        confirm: the id once more. Raises Forbidden, NotFound, Rejected (the confirmation is another id).
        """
        from shared.privacy.usecases.follow_erasures import shown  # its contract; who is refused needs none of it

        require(caller, "erasure.run")
        confirmed = folded(confirm)
        alias = self._aliases.get(confirmed) if confirmed != employee_id else None
        if confirmed != employee_id and (alias is None or alias.employee_id != employee_id):
            raise Rejected("employee_id: repeat the id of the path; an erasure cannot be undone", field="employee_id")
        if caller.employee_id == employee_id:
            raise Forbidden("another administrator erases you: your record is what lets you start this")
        run = self._begin(caller, employee_id)
        self._audit.record(caller, AuditAction.ERASURE_STARTED, subject=run.run_id)
        if isinstance(run, OpenErasure):
            self._runs.enqueue(run)
        return shown(run)

    def _begin(self, caller: Caller, employee_id: str) -> Erasure:
        """Makes a run and everything that goes at once, or finds the run of an earlier request."""
        run_id, salt, own_salt = self._ids.new(), self._tombstones.salt(self._new_salt), self._ids.new()
        begun = partial(self._begun, caller, run_id, own_salt)

        def work(transaction: Transaction) -> str:
            tombstone = tombstone_in(transaction, salt, employee_id)
            record = EmployeeRecords.get_in(transaction, employee_id)
            if tombstone is not None:
                return tombstone.run_id
            if record is None:
                raise NotFound(f"there is no employee {employee_id[:80]!r}", field="employee_id")
            aliases = Aliases(transaction).of(employee_id)
            run = begun(record, [alias.alias for alias in aliases])
            gone = Tombstone(run_id=run_id, erased_at=run.requested_at)
            transaction.write(
                self._runs.records.creation(run),
                *(burial(salt, one_id, gone) for one_id in (employee_id, *run.former)),
                *(alias.forgotten() for alias in aliases),
                *EmployeeRecords.removal(employee_id, self._clock.now()),
            )
            return run_id

        known = self._documents.transact(work)
        run = self._runs.records.open(known) or self._runs.records.get(known)
        if run is None:
            raise NotFound(f"there is no erasure {known[:60]!r}", field="run_id")
        return run

    def _begun(self, caller: Caller, run_id: str, salt: str, record: Employee, former: Iterable[str]) -> OpenErasure:
        now, one = self._clock.now(), Counts(removed=1)
        return OpenErasure(
            run_id=run_id,
            state="running",
            requested_by=caller.employee_id or caller.email,
            requested_at=now,
            moved_at=now,
            second_look_at=None,
            finished_at=None,
            look=1,
            report=Report(documents={"employees": one, "states": one}),
            employee_id=record.employee_id,
            name=record.name,
            pseudonym=f"erased-{hashlib.sha256(f'{salt} {record.employee_id}'.encode()).hexdigest()[:20]}",
            progress=Progress(),
            former=tuple(former),
        )

    def _new_salt(self) -> str:
        return self._ids.new() + self._ids.new()
