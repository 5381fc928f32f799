"""Keeps what people are to do, and what they did of it.

assignments/<id>        what one person is to do: for one deal's next meeting, by a rule about skills, or by hand
deal_plans/<deal id>    what follows from a deal as it was told last, until and after it is done
settings/assignments    which rules assign without a deal, and when people are reminded; the defaults without it
settings/carried_over   {at}: when everybody's assignments were last in the warehouse, all of them
settings/hold_out       the trial that is on, or was last; nothing while there never was one
trial_deals/<deal id>   on which side of a trial a deal fell, from before anything was assigned for it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from shared.enablement.domain.assignment_state import AssignmentType, Because, State, Trigger
from shared.enablement.domain.content import ContentItem
from shared.enablement.domain.hold_out import Arm
from shared.enablement.domain.preparation import Priority
from shared.kernel.ids import digest
from shared.kernel.pages import Page, Position, page_of
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.ports.documents import Create, Document, Documents, Put, Query, Reader, Transaction, Where

_TRIAL, _SETTINGS, _CARRIED = "settings/hold_out", "settings/assignments", "settings/carried_over"
MOST_OF_ONE = 100
"""Of a person, that are looked through when something is done: those due last."""
MOST_OPEN = 100
"""Of a deal: one for each who ever worked on it, and each meeting."""


class Activity(Record, frozen=True, kw_only=True):
    """One thing to do. relevant: what the person said of it, once

    competency: the gap's that it was chosen for; None where somebody chose it by hand
    done_at: None while it is not done; done_by: the event that says so; None where the person alone did
    """

    content_id: str
    title: str
    activity_type: str
    url: str | None
    minutes: int
    reason: str
    competency: str | None = None
    done_at: datetime | None = None
    relevant: bool | None = None
    done_by: str | None = None


class Assignment(Record, frozen=True, kw_only=True):
    """Keeps what somebody is to do.

    deal_id, account, meeting_at: of a deal's alone; revision: the deal's, by which it was written last
    trigger, trigger_reason: why it was assigned; why: in a sentence; given_by: who did, where a person did
    competency, context: that it is about, where it is about one skill; context as `encode_skill` has it
    next_step_at: when it is to be looked at, so that somebody is told; None where nobody will be
    reminded_at, escalated_at: when the person was reminded, and their manager told that nothing is done
    """

    assignment_id: str
    employee_id: str
    deal_id: str | None = None
    account: str | None = None
    meeting_at: datetime | None = None
    revision: int = 0
    state: State
    assignment_type: AssignmentType
    trigger: Trigger = "deal"
    trigger_reason: str
    why: str | None = None
    given_by: str | None = None
    competency: str | None = None
    context: str | None = None
    priority: Priority
    due_at: datetime
    activities: tuple[Activity, ...]
    created_at: datetime
    closed_at: datetime | None = None
    because: Because | None = None
    next_step_at: datetime | None = None
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None

    @property
    def minutes_left(self) -> int:
        """Returns how long what is not done takes."""
        return sum(one.minutes for one in self.activities if one.done_at is None)

    def closed(self, at: datetime, because: Because) -> Assignment:
        """Returns the assignment closed."""
        state: State = "done" if because == "completed" else "cancelled"
        return self.changed(state=state, closed_at=at, because=because, next_step_at=None)

    def reopened(self, at: datetime) -> Assignment:
        """Returns the assignment open again."""
        return self.changed(state="open", closed_at=None, because=None, next_step_at=at)

    def renewed(self, plan: Assignment) -> Assignment:
        """Returns the assignment as a later plan has it: what was done stays, and is not asked for again."""
        done = {one.content_id: one for one in self.activities if one.done_at is not None}
        asked = tuple(done.get(one.content_id, one) for one in plan.activities)
        kept = tuple(one for name, one in done.items() if name not in {each.content_id for each in plan.activities})
        renewed = plan.changed(
            activities=(*kept, *asked),
            created_at=self.created_at,
            reminded_at=self.reminded_at,
            escalated_at=self.escalated_at,
        )
        return renewed if renewed.minutes_left else renewed.closed(self.closed_at or plan.created_at, "completed")


def activity_of(item: ContentItem, reason: str, competency: str | None = None) -> Activity:
    """Returns an item as something to do. reason: why, in a sentence; competency: that it is for"""
    return Activity(
        content_id=item.content_id,
        title=item.title,
        activity_type=item.activity_type,
        url=item.url,
        minutes=item.minutes,
        reason=reason,
        competency=competency,
    )


class DealPlan(Record, frozen=True, kw_only=True):
    """Keeps what follows from a deal. revision: the deal's; assignment: None where there is nothing to do

    manager_message: None where no manager is told; unmapped: words that the framework does not know
    """

    deal_id: str
    revision: int
    assignment: Assignment | None
    manager_message: str | None
    unmapped: tuple[str, ...]


class DealPlans:
    """Reads and writes what follows from deals."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, deal_id: str) -> DealPlan | None:
        """Returns what follows from a deal."""
        found = self._documents.get(f"deal_plans/{deal_id}")
        return None if found is None else DealPlan.read(found)

    def many(self, deal_ids: Iterable[str]) -> dict[str, DealPlan]:
        """Returns what follows from some deals, by their ids."""
        found = self._documents.get_many([f"deal_plans/{one}" for one in dict.fromkeys(deal_ids)])
        return {one.deal_id: one for one in DealPlan.readable(found.values())}

    @staticmethod
    def written(plan: DealPlan) -> Put:
        """Returns the write of a plan, which belongs to the deal's own."""
        return Put(f"deal_plans/{plan.deal_id}", plan.stored())


class AssignmentRecords:
    """Reads and writes assignments."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, assignment_id: str, reader: Reader | None = None) -> Assignment | None:
        """Returns an assignment."""
        if not is_document_name(assignment_id):
            return None
        found = (reader or self._documents).get(_path(assignment_id))
        return None if found is None else Assignment.read(found)

    def many(self, assignment_ids: Iterable[str]) -> dict[str, Assignment]:
        """Returns the assignments that exist, by their ids."""
        found = self._documents.get_many([_path(one) for one in dict.fromkeys(assignment_ids)])
        return {one.assignment_id: one for one in Assignment.readable(found.values())}

    def page(self, employee_id: str, *, limit: int, after: Position | None = None) -> Page[Assignment]:
        """Returns a person's assignments, the latest due first."""
        found = self._documents.query(
            Query(
                "assignments",
                [Where("employee_id", "==", employee_id)],
                order_by=[("due_at", "desc")],
                limit=limit + 1,
                after=after,
            )
        )
        return page_of(Assignment, found, limit, "due_at")

    def latest(self, employee_id: str, reader: Reader | None = None) -> list[Assignment]:
        """Returns a person's assignments, the latest due first, as many as somebody can have at a time."""
        of = [Where("employee_id", "==", employee_id)]
        query = Query("assignments", of, order_by=[("due_at", "desc")], limit=MOST_OF_ONE)
        return list(Assignment.readable((reader or self._documents).query(query)))

    def due_since(self, since: datetime, *, limit: int) -> Iterator[list[Assignment]]:
        """Yields everybody's assignments that are due from a moment on, page by page. limit: of a page"""
        for page in _pages(self._documents, "assignments", "due_at", since, limit):
            yield list(Assignment.readable(page))

    def carried_at(self) -> datetime | None:
        """Returns when they were last carried into the warehouse, all of them; None where they never were."""
        found = self._documents.get(_CARRIED)
        at: datetime | None = None if found is None else found.data["at"]
        return at

    def note_carried(self, at: datetime) -> None:
        """Notes that all of them are in the warehouse as they were at a moment."""
        self._documents.commit([Put(_CARRIED, {"at": at})])

    def open_of_deal(self, deal_id: str) -> list[Assignment]:
        """Returns the open assignments for a deal."""
        where = [Where("deal_id", "==", deal_id), Where("state", "==", "open")]
        return list(Assignment.readable(self._documents.query(Query("assignments", where, limit=MOST_OPEN))))

    @staticmethod
    def created(assignment: Assignment) -> Create:
        """Returns the write of a new assignment."""
        return Create(_path(assignment.assignment_id), assignment.stored())

    @staticmethod
    def written(assignment: Assignment) -> Put:
        """Returns the write of one that was read in the same transaction."""
        return Put(_path(assignment.assignment_id), assignment.stored())

    def to_look_at(self, now: datetime, *, limit: int) -> list[Assignment]:
        """Returns open assignments of which somebody may have to be told by now, those due for it first."""
        where = [Where("state", "==", "open"), Where("next_step_at", "<=", now)]
        query = Query("assignments", where, order_by=[("next_step_at", "asc")], limit=limit)
        return list(Assignment.readable(self._documents.query(query)))

    def change(self, assignment_id: str, work: Callable[[Assignment | None], Assignment | None]) -> Assignment | None:
        """Writes what some work makes of an assignment; nothing where it makes None. Returns what was written."""

        def within(transaction: Transaction) -> Assignment | None:
            after = work(self.get(assignment_id, transaction))
            if after is not None:
                transaction.write(Put(_path(assignment_id), after.stored()))
            return after

        return self._documents.transact(within)


class AssignmentSettings(Record, frozen=True, kw_only=True):
    """Says which rules assign without a deal, how much, and when people are reminded (see the contract)."""

    on: bool = False
    off: tuple[Trigger, ...] = ()
    most_open: int = 2
    cooldown_days: int = 30
    remind_after: float = 0.5
    escalate: bool = True


class SettingsRecords:
    """Reads and writes these settings."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, reader: Reader | None = None) -> AssignmentSettings:
        """Returns what is in force; the defaults until something else is."""
        found = (reader or self._documents).get(_SETTINGS)
        return AssignmentSettings() if found is None else AssignmentSettings.read(found)

    @staticmethod
    def written(settings: AssignmentSettings) -> Put:
        """Returns the write of these settings."""
        return Put(_SETTINGS, settings.stored())


class Trial(Record, frozen=True, kw_only=True):
    """A trial of what preparation does. key: secret; of the lot. since: when it was turned on or off last"""

    trial_id: str
    key: str
    on: bool
    since: datetime


class TrialDeal(Record, frozen=True, kw_only=True):
    """Keeps on which side of a trial a deal fell, for good.

    released_at: when a deal that was held out became one that nothing is withheld from
    """

    deal_id: str
    trial_id: str
    arm: Arm
    drawn_at: datetime
    released_at: datetime | None = None

    @property
    def withheld(self) -> bool:
        return self.arm == "held_out" and self.released_at is None


class TrialRecords:
    """Reads and writes trials and their deals."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def trial(self, reader: Reader | None = None) -> Trial | None:
        """Returns the trial that is on, or was last."""
        found = (reader or self._documents).get(_TRIAL)
        return None if found is None else Trial.read(found)

    @staticmethod
    def trial_written(trial: Trial) -> Put:
        """Returns the write of a trial."""
        return Put(_TRIAL, trial.stored())

    def deal(self, deal_id: str) -> TrialDeal | None:
        """Returns how a deal was drawn; None for one that never was."""
        found = self._documents.get(f"trial_deals/{deal_id}")
        return None if found is None else TrialDeal.read(found)

    def many(self, deal_ids: Iterable[str]) -> dict[str, TrialDeal]:
        """Returns how some deals were drawn, by their ids."""
        found = self._documents.get_many([f"trial_deals/{one}" for one in dict.fromkeys(deal_ids)])
        return {one.deal_id: one for one in TrialDeal.readable(found.values())}

    def withheld_since(self, since: datetime, *, limit: int) -> Iterator[list[TrialDeal]]:
        """Yields the deals from which preparation is withheld, drawn from a moment on, page by page."""
        for page in _pages(self._documents, "trial_deals", "drawn_at", since, limit):
            yield [one for one in TrialDeal.readable(page) if one.withheld]

    @staticmethod
    def deal_written(drawn: TrialDeal, *, known: bool) -> Create | Put:
        """Returns the write of a deal's side. known: it was drawn before"""
        path, stored = f"trial_deals/{drawn.deal_id}", drawn.stored()
        return Put(path, stored) if known else Create(path, stored)

    def page(self, *, limit: int, after: Position | None = None) -> Page[TrialDeal]:
        """Returns the deals that were drawn, the latest first."""
        query = Query("trial_deals", order_by=[("drawn_at", "desc")], limit=limit + 1, after=after)
        found = self._documents.query(query)
        return page_of(TrialDeal, found, limit, "drawn_at")


def _pages(documents: Documents, collection: str, field: str, since: datetime, limit: int) -> Iterator[list[Document]]:
    after: list[datetime | str] | None = None
    while True:
        query = Query(collection, [Where(field, ">=", since)], [(field, "asc")], limit, after)
        found = documents.query(query)
        yield found
        if len(found) < limit:
            return
        after = [found[-1].data[field], found[-1].id]


def assignment_id(deal_id: str, employee_id: str, number: int) -> str:
    """Returns the id of a person's preparation for a deal. number: 1 for the first meeting"""
    return f"assign_{digest('assignment', deal_id, employee_id, str(number))}"


def _path(name: str) -> str:
    return f"assignments/{name}"
