"""Updates ratings: from an employee's state to the published ratings.

The projection is written in one small transaction on the ratings document, with a revision and a list of what is
still to be published: the skills that changed, and the discrepancies between practice and field that began or ended
(see publish_pending). A projection of an older state, framework or parameters than the one that is there is refused.

Cost: two reads (state, ratings) and those of the person's calls that came in lately, which may be closed to others;
three writes (ratings, an entry of the log of changes, pending taken off), whatever the history.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.errors import Retryable
from shared.observations.state_records import States, StoredState
from shared.platform.records.changes import Change, change
from shared.ports.ambient import Clock
from shared.ports.documents import Documents, Transaction
from shared.privacy.usecases.first_sight import NONE_CLOSED, Closed, FirstSight
from shared.ratings.records import PlaceChange, RatingsRecords
from shared.ratings.usecases.ground import Ground, RatedState
from shared.ratings.usecases.next_ratings import Decided, NextRatings
from shared.ratings.usecases.publish_pending import PublishPending

MOST_KNOWN = 1_000
"""People of whom a process remembers what is closed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Tells what an update did: how much was published, the person's published revision, whether something changed, and
    whether the ratings rest on a newer state than the one that was given, and by how many days the clock was ahead that
    made those before, which are void.

    told_others: the revision of what others are told
    """

    employee_id: str
    published: int
    revision: int
    told_others: int
    changed: bool
    outdated: bool = False
    days_ahead: int = 0


class UpdateRatings:
    """Projects an employee's state and publishes what changed (see the module)."""

    def __init__(
        self,
        documents: Documents,
        publish_pending: PublishPending,
        configuration: Configuration,
        first_sight: FirstSight,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._publish_pending = publish_pending
        self._configuration = configuration
        self._first_sight = first_sight
        self._clock = clock
        # A burst's messages find the same state again and again: what is closed of it is looked up once.
        self._known_closed: dict[str, tuple[str, float, Closed]] = {}

    def update(self, employee_id: str) -> Outcome | None:
        """Rates an employee as of today and publishes what changed; None when there is no such employee.

        Raises Retryable: deliver the message again.
        """
        state = States(self._documents).get(employee_id)
        return None if state is None else self.update_from(state, passing_of_time=False)

    def update_from(
        self,
        state: StoredState,
        *,
        passing_of_time: bool,
        run_id: str | None = None,
        rated: RatedState | None = None,
    ) -> Outcome:
        """Rates an employee from a state already read.

        passing_of_time: nobody says that anything happened. Where state, framework and parameters are those of the
        ratings that are there, it was but a new day, and only changes of status, confidence, tier or discrepancy are
        published (the rest is in the daily snapshot), though all are written.
        run_id: the recalculation that asks: when it asks again, what it changed the first time is still a change.
        rated: what somebody has worked out before; used where it is of this state, day and configuration.
        """
        for fresh in (False, True):
            ground = Ground(
                state,
                self._configuration.framework(state.framework_id, fresh=fresh),
                self._configuration.parameters(fresh=fresh),
                self._clock.now(),
                lambda: self._closed(state),
            )
            following = NextRatings(ground, passing_of_time=passing_of_time, run_id=run_id, rated=rated)
            decided = self._write(following, state.employee_id)
            if decided is not None:
                self._publish_pending.publish(state.employee_id, decided.pending)
                number, revision = len(decided.pending), decided.revision
                outdated, ahead = decided.outdated, decided.days_ahead
                others = decided.told_others
                return Outcome(state.employee_id, number, revision, others, decided.changed, outdated, ahead)
        raise Retryable("the published ratings rest on a newer configuration than can be read")

    def without_closed(self, state: StoredState) -> StoredState:
        """Returns a state without the calls that are closed to others."""
        closed = self._closed(state)
        return state if closed.until is None else state.without(closed.calls)

    def _closed(self, state: StoredState) -> Closed:
        """Returns what is closed of a state: as it was found before, until the first of it opens."""
        hours = self._configuration.reviews().employee_first_hours
        stamp, then, closed = self._known_closed.get(state.employee_id, ("", hours, NONE_CLOSED))
        opened = closed.opens_at is not None and self._clock.now() >= closed.opens_at
        if (stamp, then) != (state.stamp, hours) or opened:
            closed = self._first_sight.closed(state)
            if len(self._known_closed) >= MOST_KNOWN:
                self._known_closed.clear()
            self._known_closed[state.employee_id] = state.stamp, hours, closed
        return closed

    def _write(self, following: NextRatings, employee_id: str) -> Decided | None:
        def work(transaction: Transaction) -> Decided | None:
            decided = following.after(RatingsRecords.get_in(transaction, employee_id))
            if decided is not None and decided.written is not None:
                entries = self._entries(transaction, employee_id, decided, decided.written.works_in)
                RatingsRecords.put_in(transaction, decided.written)
                transaction.write(*(entry.written() for entry in entries))
            return decided

        return self._documents.transact(work)

    def _entries(
        self, transaction: Transaction, employee_id: str, decided: Decided, works_in: Collection[str]
    ) -> list[Change | PlaceChange]:
        """Returns what enters the log of changes: the person, and everybody where the organisation has begun or ceased
        to work somewhere, which makes gaps or ends them; and what is kept of that."""
        now = self._clock.now()
        found: list[Change | PlaceChange] = []
        if decided.about:
            found.append(change(now, *decided.about, employee_id=employee_id))
        moved = [
            place
            for place in sorted(decided.moved)
            if not RatingsRecords.others_work_in(transaction, place, employee_id)
        ]
        if moved:
            found.append(change(now, "places"))
        found += [PlaceChange(place=place, at=now, begun=place in works_in) for place in moved]
        return found
