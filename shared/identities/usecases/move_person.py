"""Moves everything of one id to another one, in steps that may be cut off and done again at any point.

As an erasure does, it goes through every collection of both databases, document by document, then through the
warehouse; and looks again two hours later, for what was on its way under the former id while it went through first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.identities.domain.moved_data import Moving
from shared.identities.records import Move, MoveLook, State
from shared.identities.usecases.move_document import OWN, MoveDocument, Stores
from shared.identities.usecases.move_runs import MoveRuns
from shared.kernel.errors import Retryable
from shared.kernel.log_events import LogEvent
from shared.people.aliases import Aliases
from shared.people.records import EmployeeRecords
from shared.people.usecases.write_employees import WriteEmployees
from shared.ports.ambient import Clock, Log
from shared.privacy.usecases.clean_database import CleanDatabase

SECOND_LOOK_AFTER = timedelta(hours=2)
LOOKS = 2
LONG_WAIT_SECONDS = 600
"""What asks for more patience than this waits outside the queue's own attempts."""
PAGES_A_TASK = 40


@dataclass(frozen=True, slots=True)
class Stand:
    """Says where a run stands after its work. gone: there is no such run"""

    run_id: str
    state: State | Literal["gone"]


class MovePerson:
    """Does the work of moves."""

    def __init__(
        self, stores: Callable[[], Stores], runs: MoveRuns, writing: WriteEmployees, clock: Clock, log: Log
    ) -> None:
        """Takes `stores`: asked for when there is work"""
        self._stores = stores
        self._runs = runs
        self._writing = writing
        self._clock = clock
        self._log = log

    def work(self, run_id: str) -> Stand:
        """Does a run's next steps, at most 4,000 documents of them, and asks for the rest.

        Raises Retryable: done again, it goes on where it was.
        """
        run, now = self._runs.records.get(run_id), self._clock.now()
        if run is None:
            return Stand(run_id, "gone")
        if run.state == "finished":
            return self._forget(self._stores(), run)
        if run.state == "waiting":
            if run.second_look_at is not None and now < run.second_look_at:
                self._runs.enqueue(run)
                return Stand(run_id, "waiting")
            run = self._runs.records.change(run, state="running", look=run.look + 1, moved_at=now)
        stores = self._stores()
        alias = Aliases(stores.documents).get(run.former_id)
        if alias is None:
            return self._finish(stores, run)  # the person has been erased meanwhile, under all their ids
        self._tell(stores, run)
        if not self._go_through(stores, run):
            self._runs.go_on(run)
            return Stand(run_id, "running")
        try:
            stores.warehouse.move(run.former_id, run.employee_id)
        except Retryable as error:
            if error.after_seconds < LONG_WAIT_SECONDS:
                raise
            self._runs.go_on(run, run_at=now + timedelta(seconds=error.after_seconds))
            return Stand(run_id, "running")
        if run.look == LOOKS:
            return self._finish(stores, run)
        until = now + SECOND_LOOK_AFTER
        changed = self._changed(stores, run)
        waiting = self._runs.records.change(run, state="waiting", moved_at=now, second_look_at=until, documents=changed)
        self._runs.enqueue(waiting)
        return Stand(run_id, "waiting")

    def _tell(self, stores: Stores, run: Move) -> None:
        """Tells how the records stand, and has the person rated, as a look begins: who began may have died before."""
        if MoveLook(stores.documents, run).place() is not None:
            return
        person = stores.employees.get(run.employee_id)
        if person is not None:
            led = EmployeeRecords.led_by_in(stores.documents, run.employee_id)
            self._writing.publish([person, *led])
        self._runs.rate(run)

    def _go_through(self, stores: Stores, run: Move) -> bool:
        """Goes through both databases, as far as one task may; whether this look is through them."""
        one = MoveDocument(stores, Moving(run.former_id, run.employee_id))
        live, kept = _looks(stores, run)
        pages = CleanDatabase(stores.documents, live, run.look, one.live, OWN).go(PAGES_A_TASK)
        if not pages:
            return False
        return CleanDatabase(stores.integrations, kept, run.look, one.kept_by_integrations, OWN).go(pages) > 0

    def _finish(self, stores: Stores, run: Move) -> Stand:
        """Has the person rated from all that has been moved, and ends the run."""
        now = self._clock.now()
        self._runs.rate(run.changed(state="finished"))
        self._runs.records.change(
            run, state="finished", moved_at=now, finished_at=now, documents=self._changed(stores, run)
        )
        self._log.event(LogEvent.MOVE_FINISHED, run_id=run.run_id)
        return self._forget(stores, run)

    @staticmethod
    def _forget(stores: Stores, run: Move) -> Stand:
        """Forgets how far the looks were, once what they counted stands in the run."""
        for look in _looks(stores, run):
            look.forget()
        return Stand(run.run_id, "finished")

    @staticmethod
    def _changed(stores: Stores, run: Move) -> int:
        return sum(look.changed() for look in _looks(stores, run))


def _looks(stores: Stores, run: Move) -> tuple[MoveLook, MoveLook]:
    return MoveLook(stores.documents, run), MoveLook(stores.integrations, run)
