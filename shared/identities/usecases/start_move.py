"""Starts a move: a person gets another id, or two records become one person.

One commit decides. In it the record and the state go from the former id to the other one, who reported to the former
reports to the other, and the former id becomes an alias; from then on whatever comes in under it counts for the person.
What else names the former id follows, document by document (see `move_person`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.identities.records import Kind, Move, MoveRecords
from shared.identities.usecases.follow_moves import shown
from shared.identities.usecases.move_runs import MoveRuns
from shared.kernel.access import Caller, is_own, require
from shared.kernel.errors import Conflict, Forbidden, NotFound, Rejected, TooLarge
from shared.observations.state_records import States, StoredState
from shared.people.aliases import Alias, Aliases
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.audit import AuditRecord
from shared.platform.records.changes import change
from shared.platform.records.tombstones import Tombstones
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Ids
from shared.ports.documents import Documents, DocumentTooLarge, Transaction, Write

if TYPE_CHECKING:
    from shared.identities.contract import MoveRun

MOST_LED = 300
"""People who report to one: they are written in one commit."""
_DEEPEST = 50
"""Steps of a reporting line that are climbed."""
_ACTIONS = {"rename": AuditAction.EMPLOYEE_RENAMED, "merge": AuditAction.EMPLOYEES_MERGED}


@dataclass(frozen=True, slots=True)
class Asked:
    """Says what is asked for. former_id goes, employee_id is where it leads to"""

    kind: Kind
    former_id: str
    employee_id: str
    reason: str


class StartMove:
    """Takes requests to move somebody."""

    def __init__(self, documents: Documents, runs: MoveRuns, audit: Audit, clock: Clock, ids: Ids) -> None:
        self._documents = documents
        self._tombstones = Tombstones(documents)
        self._runs = runs
        self._audit = audit
        self._clock = clock
        self._ids = ids

    def rename(self, caller: Caller, employee_id: str, new_id: str, reason: str) -> MoveRun:
        """Gives a person another id, which nobody else has or had; the run. Asking again finds the same.

        employee_id: that they have now, which goes; under one that has gone a request that comes late would undo what
        was asked after it. Raises Forbidden, NotFound, Rejected, Conflict.
        """
        return self._start(caller, Asked("rename", employee_id, new_id, reason))

    def merge(self, caller: Caller, employee_id: str, into: str, reason: str) -> MoveRun:
        """Makes one person of two records, of which the second stays; the run. Asking again finds the same.

        employee_id: as in a rename; into: any id of the one that stays. Raises Forbidden, NotFound, Rejected, Conflict.
        """
        into = Aliases(self._documents).now_called(into) or into
        return self._start(caller, Asked("merge", employee_id, into, reason))

    def _start(self, caller: Caller, asked: Asked) -> MoveRun:
        require(caller, "people.move")
        field = "new_id" if asked.kind == "rename" else "into"
        if asked.former_id == asked.employee_id:
            raise Rejected(f"{field}: this is the id of the path; name the other one", field=field)
        if any(character in asked.employee_id for character in '"\\'):
            raise Rejected(
                f"{field}: an id that people are moved to has no quotation mark and no backslash", field=field
            )
        if is_own(caller, asked.former_id) or is_own(caller, asked.employee_id):
            raise Forbidden("another administrator moves you: your record is what lets you start this")
        if asked.kind == "rename" and self._tombstones.get(asked.employee_id):
            raise Conflict("new_id: whoever had this id has been erased; choose another one", field=field)
        said = f"{asked.former_id} is {asked.employee_id} now: {asked.reason}"
        record = self._audit.draft(caller, _ACTIONS[asked.kind], subject=asked.employee_id, detail=said)
        step = _Step(asked, self._begun(caller, asked), record, self._audit, self._clock)
        try:
            run_id, new = self._documents.transact(step.take)
        except DocumentTooLarge:
            raise TooLarge("both together are more than one person's state can hold", field=field) from None
        run = self._runs.records.get(run_id)
        if run is None:
            raise NotFound(f"there is no move {run_id[:60]!r}", field="run_id")
        if new:
            self._audit.tell([record])
        if run.state == "running":
            self._runs.enqueue(run)
        return shown(run)

    def _begun(self, caller: Caller, asked: Asked) -> Move:
        now = self._clock.now()
        return Move(
            run_id=self._ids.new(),
            kind=asked.kind,
            former_id=asked.former_id,
            employee_id=asked.employee_id,
            reason=asked.reason,
            requested_by=caller.employee_id or caller.email,
            requested_at=now,
            state="running",
            moved_at=now,
            second_look_at=None,
            finished_at=None,
            look=1,
            documents=0,
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """Decides a move, in one transaction."""

    asked: Asked
    run: Move
    record: AuditRecord
    audit: Audit
    clock: Clock

    def take(self, transaction: Transaction) -> tuple[str, bool]:
        """Returns the run, and whether it is a new one."""
        known = self._known(transaction)
        if known is not None:
            return known, False
        former, other = self._people(transaction)
        led = self._led(transaction)
        state = States(transaction).get(former.employee_id)
        if state is None:
            raise Conflict(
                "this record has no state, as an erasure leaves it; nothing can be moved", field="employee_id"
            )
        now = self.clock.now()
        decided = [*self._aliases(transaction, state, now), *self._person(transaction, former, other, state, now)]
        self.audit.within(transaction, self.record)
        transaction.write(
            self.run.created(),
            *decided,
            *EmployeeRecords.removal(former.employee_id, now),
            change(now, "person", employee_id=self.asked.employee_id).written(),
            *self._led_now(led, now),
        )
        return self.run.run_id, True

    def _known(self, transaction: Transaction) -> str | None:
        """Returns the run of an earlier request for the same. Raises Conflict."""
        asked = self.asked
        gone = Aliases(transaction).get(asked.former_id)
        if gone is None:
            return None
        if gone.employee_id == asked.employee_id:
            return gone.run_id
        raise Conflict(
            f"this id has been given up: it leads to {gone.employee_id!r}; what moves is named by the id that it has "
            "now, so that a request that comes late undoes nothing",
            field="employee_id",
        )

    def _people(self, transaction: Transaction) -> tuple[Employee, Employee | None]:
        """Returns who goes, and into whose record. Raises NotFound, Conflict."""
        asked = self.asked
        former = EmployeeRecords.get_in(transaction, asked.former_id)
        if former is None:
            raise NotFound(f"there is no employee {asked.former_id[:80]!r}", field="employee_id")
        other = EmployeeRecords.get_in(transaction, asked.employee_id)
        alias = Aliases(transaction).get(asked.employee_id)
        for run in MoveRecords.unfinished_in(transaction):
            # Several may go to one person at a time; what is still arriving does not go on from there.
            if asked.former_id == run.employee_id:
                raise Conflict(
                    f"another move of this person is under way (run {run.run_id}); ask again when it is done"
                )
        if asked.kind == "rename":
            if other is not None:
                raise Conflict("new_id: somebody has this id; merge the two if they are one person", field="new_id")
            if alias is not None:
                self._refuse_others(transaction, alias)
            return former, None
        if other is None:
            leads = f"; it leads to {alias.employee_id!r}" if alias else ""
            raise NotFound(f"into: there is no employee {asked.employee_id[:80]!r}{leads}", field="into")
        if other.framework_id != former.framework_id:
            raise Conflict(
                f"into: one is rated by {former.framework_id!r}, the other by {other.framework_id!r}; give both the "
                "same framework first",
                field="into",
            )
        self._refuse_circle(transaction, other)
        return former, other

    def _refuse_others(self, transaction: Transaction, alias: Alias) -> None:
        """Raises Conflict where a former id is none to return to: another person's, or that of a record that went into
        this one, which keeps its own number for what comes under it."""
        former_id = self.asked.former_id
        if alias.employee_id != former_id:
            raise Conflict(f"new_id: this was an id of {alias.employee_id!r}, and leads there", field="new_id")
        state = States(transaction).get(former_id)
        if state is not None and alias.number != (state.number or former_id):
            raise Conflict("new_id: this is the id of a record that was merged into this one", field="new_id")

    def _refuse_circle(self, transaction: Transaction, other: Employee) -> None:
        """Raises Conflict where whom the record goes into reports, over others, to the one that goes."""
        above, steps = other.manager_id, 0
        while above is not None and above != other.employee_id and steps < _DEEPEST:
            if above == self.asked.former_id:
                raise Conflict(
                    "into: this person reports to the other one, and would report to themselves; change their manager "
                    "first",
                    field="into",
                )
            one = EmployeeRecords.get_in(transaction, above)
            above, steps = (one.manager_id if one else None), steps + 1

    def _aliases(self, transaction: Transaction, state: StoredState, now: datetime) -> list[Write]:
        asked, run_id = self.asked, self.run.run_id
        number = state.number or asked.former_id
        gone = Alias(alias=asked.former_id, employee_id=asked.employee_id, number=number, run_id=run_id, moved_at=now)
        earlier = [
            # Who returns to an id that they had has it again: it leads nowhere else.
            one.forgotten() if one.alias == asked.employee_id else one.changed(employee_id=asked.employee_id).written()
            for one in Aliases(transaction).of(asked.former_id)
        ]
        return [gone.written(), *earlier]

    def _person(
        self, transaction: Transaction, former: Employee, other: Employee | None, state: StoredState, now: datetime
    ) -> list[Write]:
        """Returns the writes that leave one person under the id that stays."""
        employee_id = self.asked.employee_id
        if other is None:
            name = employee_id if former.name == former.employee_id else former.name
            record = former.changed(employee_id=employee_id, name=name, updated_at=now)
            moved = States(transaction).moved(state, employee_id)
            return [EmployeeRecords.written(_not_led_by(record, former.employee_id, employee_id)), moved]
        its = States(transaction).get(employee_id)
        if its is None:
            raise Conflict("into: this record has no state, as an erasure leaves it", field="into")
        record = _not_led_by(other, former.employee_id, employee_id).changed(updated_at=now)
        return [EmployeeRecords.written(record), States.united(its, state, now)]

    def _led(self, transaction: Transaction) -> list[Employee]:
        """Returns those who report to the former id, or have it as mentor. Raises Conflict where they are too many."""
        both = {self.asked.former_id, self.asked.employee_id}
        led = EmployeeRecords.led_by_in(transaction, self.asked.former_id)
        if len(led) > MOST_LED:
            raise Conflict(f"{len(led)} people report to this person; at most {MOST_LED} can be moved at once")
        return [one for one in led if one.employee_id not in both]

    def _led_now(self, led: list[Employee], now: datetime) -> Iterator[Write]:
        """Yields the writes by which they are led by the other id."""
        for one in led:
            yield EmployeeRecords.written(_led_by(one, self.asked.former_id, self.asked.employee_id, now))
            yield change(now, "person", employee_id=one.employee_id).written()


def _led_by(one: Employee, former_id: str, employee_id: str, now: datetime) -> Employee:
    manager = employee_id if one.manager_id == former_id else one.manager_id
    mentor = employee_id if one.mentor_id == former_id else one.mentor_id
    return one.changed(manager_id=manager, mentor_id=mentor, updated_at=now)


def _not_led_by(one: Employee, *ids: str) -> Employee:
    """Returns a record that does not say that somebody leads themselves."""
    return one.changed(
        manager_id=None if one.manager_id in ids else one.manager_id,
        mentor_id=None if one.mentor_id in ids else one.mentor_id,
    )
