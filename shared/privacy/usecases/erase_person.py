"""Erases one person: everything about them goes, in steps that may be cut off and done again at any point.

The steps go through every collection of both databases, document by document (a document that merely names the person
is found only so), the calls' words, undelivered messages and the warehouse. Each part of a step is committed together
with how far it is and what it counted, so that a step that is repeated counts nothing twice.

Then a second look, two hours later, for what was on its way while the first went through: requests and deliveries in
flight, messages that the warehouse had not written, rows in BigQuery's streaming buffer. With it the run's knowledge of
whom it erased goes, and with that the salt of the pseudonym.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.kernel.errors import Retryable
from shared.kernel.log_events import LogEvent
from shared.platform.records.changes import Changes
from shared.ports.ambient import Clock, Log
from shared.privacy.domain.erasure import Erasing, is_named
from shared.privacy.records.erasures import IntegrationsLook, LiveLook, OpenErasure, State
from shared.privacy.usecases.clean_database import CleanDatabase
from shared.privacy.usecases.clean_document import CleanDocument, Stores
from shared.privacy.usecases.erasure_runs import ErasureRuns

SECOND_LOOK_AFTER = timedelta(hours=2)
LOOKS = 2
LONG_WAIT_SECONDS = 600
"""What asks for more patience than this waits outside the queue's own attempts."""
PAGES_A_TASK = 40
MOST_LETTERS = 10_000


@dataclass(frozen=True, slots=True)
class Stand:
    """Says where a run stands after its work. gone: there is no such run"""

    run_id: str
    state: State | Literal["gone"]


class ErasePerson:
    """Does the work of erasures."""

    def __init__(self, stores: Callable[[], Stores], runs: ErasureRuns, clock: Clock, log: Log) -> None:
        """Takes `stores`: asked for when there is work"""
        self._stores = stores
        self._runs = runs
        self._clock = clock
        self._log = log

    def work(self, run_id: str) -> Stand:
        """Does a run's next steps, at most 4,000 documents of them, and asks for the rest.

        Raises Retryable: done again, it goes on where it was.
        """
        run, now = self._runs.records.open(run_id), self._clock.now()
        if run is None:
            return self._over(run_id)
        if run.state == "waiting":
            if run.second_look_at is not None and now < run.second_look_at:
                self._runs.enqueue(run)
                return Stand(run_id, "waiting")
            run = self._runs.records.look_again(run, now)
        stores = self._stores()
        person = _person(stores, run)
        if not self._clean(stores, run, person):
            self._runs.go_on(run)
            return Stand(run_id, "running")
        # Where nobody else works there are no gaps for want of evidence any more, of anybody.
        Changes(stores.documents).enter(self._clock.now, "places")
        self._discard_letters(stores, run, person)
        try:
            self._erase_rows(stores, run, person)
        except Retryable as error:
            if error.after_seconds < LONG_WAIT_SECONDS:
                raise
            self._runs.go_on(run, run_at=now + timedelta(seconds=error.after_seconds))
            return Stand(run_id, "running")
        if run.look < LOOKS:
            stores.scrub()
            self._runs.wait(run, now + SECOND_LOOK_AFTER)
            return Stand(run_id, "waiting")
        self._finish(stores, run_id)
        stores.scrub()
        return Stand(run_id, "finished")

    def _over(self, run_id: str) -> Stand:
        """Says what became of a run that is not open; one that has finished is delivered again where the stores could
        not be scrubbed."""
        if self._runs.records.get(run_id) is None:
            return Stand(run_id, "gone")
        self._stores().scrub()
        return Stand(run_id, "finished")

    def _clean(self, stores: Stores, run: OpenErasure, person: Erasing) -> bool:
        """Goes through both databases, as far as one task may; whether this look is through them."""
        stores.name_theirs(person.ids)
        clean = CleanDocument(stores, person)
        live = LiveLook(stores.documents, run)
        pages = CleanDatabase(stores.documents, live, run.look, clean.live).go(PAGES_A_TASK)
        if not pages:
            return False
        kept = IntegrationsLook(stores.integrations, run)
        return CleanDatabase(stores.integrations, kept, run.look, clean.kept_by_integrations).go(pages) > 0

    def _discard_letters(self, stores: Stores, run: OpenErasure, person: Erasing) -> None:
        """Discards what could not be delivered and names the person. The ids are written down first, so that those
        which are gone already when this is repeated are counted once."""
        known = self._fresh(run.run_id).progress.letters
        found = {
            letter.letter_id
            for letter in stores.dead_letters.list(limit=MOST_LETTERS)
            if is_named(person, [letter.data, letter.attributes, letter.reason])
        }
        self._runs.records.note_letters(run, sorted(found.union(known.ids if known else ())))
        for letter_id in sorted(found):
            stores.dead_letters.discard(letter_id)

    def _erase_rows(self, stores: Stores, run: OpenErasure, person: Erasing) -> None:
        """Erases from the warehouse; what there was is counted and written down first, for the same reason."""
        if self._fresh(run.run_id).progress.warehouse is None:
            counted = Counter[str]()
            for one in person.ids:
                counted.update(stores.warehouse.mentions(one))
            self._runs.records.note_rows(run, counted)
        for one in person.ids:
            stores.warehouse.erase(one, person.pseudonym)

    def _finish(self, stores: Stores, run_id: str) -> None:
        """Puts the report in place of everything that the run knew."""
        run = self._fresh(run_id)
        kept = IntegrationsLook(stores.integrations, run)
        report = run.report.changed(integrations=kept.report())
        self._runs.records.finish(run, self._clock.now(), report)
        kept.forget()
        self._log.event(LogEvent.ERASURE_FINISHED, run_id=run_id)

    def _fresh(self, run_id: str) -> OpenErasure:
        run = self._runs.records.open(run_id)
        if run is None:
            raise Retryable("another delivery has finished this run")
        return run


def _person(stores: Stores, run: OpenErasure) -> Erasing:
    """Returns whom a run erases. A name that somebody else has, too, is theirs as well and stays."""
    name = run.name
    if name is not None:
        same = stores.employees.named(name, limit=2)
        name = None if any(one.employee_id != run.employee_id for one in same) else name
    return Erasing(run.employee_id, run.pseudonym, name, run.former)
