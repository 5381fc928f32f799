"""Names what is stored of a call or e-mail thread: what the platform knows and has done about it, never a word of it.

A record lives in the integrations' database, `calls/<source>-<call id>`, and moves through its states
(see shared.conversations.domain.call_state).

`analysis` counts the requests to analyse the call, 0 for the first. A task that is about an earlier request than the
record's has nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import UNSET, UnsetType, field

from shared.conversations.domain.call_name import CallName, record_id
from shared.conversations.domain.call_state import MOST_TRIES, How, State
from shared.conversations.domain.cost import Usage
from shared.conversations.domain.recorded_call import RecordedCall
from shared.kernel.errors import NotFound
from shared.kernel.pages import Page, Position, page_of
from shared.kernel.records import Record
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, Create, Documents, Put, Query, Transaction, Where

CallContext = Mapping[str, str | tuple[str, ...] | Mapping[str, tuple[str, ...] | None]]
"""What is known about a call's deal, by the names that a field observation's `context` has for it."""


class CallDeal(Record, frozen=True, kw_only=True):
    """Says which deal a call belongs to. how: the link was found"""

    deal_id: str | None = None
    account_name: str | None = None
    how: How = "unmatched"


class CallParticipant(Record, frozen=True, kw_only=True):
    """One of our people in a call. attended: not said of threads"""

    employee_id: str
    speaker_id: str | None
    spoke: bool
    attended: bool | UnsetType = UNSET
    framework_id: str


class CallResult(Record, frozen=True, kw_only=True):
    """Says what came of a call for one employee.

    observation_id: None where nothing was posted; then there are neither scores nor waiting, or none that count
    waiting:        competencies whose score waits for a person
    """

    employee_id: str
    observation_id: str | None
    scores: Mapping[str, int | float] | UnsetType = UNSET
    standing: str
    waiting: tuple[str, ...] | UnsetType = UNSET

    @property
    def points(self) -> Mapping[str, int | float]:
        """Returns points by competency; none where nothing was scored."""
        return {} if self.scores is UNSET else self.scores

    @property
    def pending_review(self) -> tuple[str, ...]:
        """Returns the competencies whose score waits for a person."""
        return () if self.waiting is UNSET else self.waiting


class FormerSpeaker(Record, frozen=True, kw_only=True):
    """Somebody whom a voice was taken for. observation_id: of what was posted about them last; None: nothing was"""

    employee_id: str
    observation_id: str | None


class SpeakerCorrection(Record, frozen=True, kw_only=True):
    """Says whose a voice is, in a person's words, for this and every later analysis of the call.

    to:  an employee's id; None: nobody of ours. was: whom it was taken for before
    by:  an employee's id, or a service's address
    """

    speaker_id: str
    to: str | None
    was: tuple[FormerSpeaker, ...]
    by: str
    at: datetime
    reason: str


class FormerDeal(Record, frozen=True, kw_only=True):
    """Says which deal a call belonged to before, and until when."""

    deal: CallDeal
    until: datetime


class CallRecord(Record, frozen=True, kw_only=True):
    """One call or e-mail thread.

    employees: everyone of ours who was invited or present; participants: those of them who took part
    route:     how the last analysis was asked for; rounds: how many message batches it has been in
    tries:     how often the recorder did not have it yet
    paid:      answers that may be read several times, and are paid for once
    corrected: one for each voice whose person has been corrected
    scope, language: as the recorder says; customers: whether anybody of outside took part; set_aside: how many
               sentences could not be read, where there are any. Unset until it is fetched
    former_deals: since it was first described, the oldest first
    asked_again_at: when a person last asked for another analysis of it
    """

    record_id: str
    source: str
    call_id: str
    state: State = "discovered"
    started_at: datetime
    scheduled_at: datetime | None = None
    discovered_at: datetime
    updated_at: datetime
    url: str | None = None
    title: str | None = None
    duration_seconds: int = 0
    employees: tuple[str, ...] = ()
    participants: tuple[CallParticipant, ...] = ()
    deal: CallDeal = CallDeal()
    deal_link: How = "unmatched"
    context: CallContext = field(default_factory=dict)
    analysis: int = 0
    route: str | None = None
    batch_id: str | None = None
    rounds: int = 0
    tries: int = 0
    scorer: str | None = None
    usage: Usage | None = None
    cost_usd: float | None = None
    observations: tuple[CallResult, ...] = ()
    last_error: str | None = None
    paid: tuple[str, ...] | UnsetType = UNSET
    corrected: tuple[SpeakerCorrection, ...] | UnsetType = UNSET
    scope: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    customers: bool | UnsetType = UNSET
    set_aside: int | UnsetType = UNSET
    former_deals: tuple[FormerDeal, ...] | UnsetType = UNSET
    asked_again_at: datetime | UnsetType = UNSET

    @property
    def formerly(self) -> tuple[FormerDeal, ...]:
        """Returns which deals it belonged to before."""
        return () if self.former_deals is UNSET else self.former_deals

    @property
    def corrections(self) -> tuple[SpeakerCorrection, ...]:
        """Returns what people have said about whose voices are whose."""
        return () if self.corrected is UNSET else self.corrected

    @property
    def voices(self) -> dict[str, str | None]:
        """Returns whose the corrected voices are: speaker to employee, or to nobody of ours."""
        return {one.speaker_id: one.to for one in self.corrections}

    @property
    def misheard(self) -> dict[str, FormerSpeaker]:
        """Returns, by employee, those who were taken for a speaker and are none."""
        speaking = {one.employee_id for one in self.speakers} | {one.to for one in self.corrections}
        former = {one.employee_id: one for correction in self.corrections for one in correction.was}
        return {employee_id: one for employee_id, one in former.items() if employee_id not in speaking}

    @property
    def given_up(self) -> bool:
        """Tells whether what was waited for did not come in time: should it come after all, the call is taken up."""
        return self.tries >= MOST_TRIES and self.state in ("failed", "nobody")

    @property
    def name(self) -> CallName:
        """Returns what the call is called."""
        return CallName(self.source, self.title, self.deal.account_name, self.started_at)

    @property
    def speakers(self) -> tuple[CallParticipant, ...]:
        """Returns the employees to be scored: who spoke."""
        return tuple(one for one in self.participants if one.spoke)


class CallRecords:
    """Reads and writes call records.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    def discover(self, source: str, call: RecordedCall, employees: Sequence[str]) -> CallRecord | None:
        """Notes a call that nobody knew; None when it was known already."""
        record = self.blank(source, call.call_id, call.started).changed(
            scheduled_at=call.scheduled,
            url=call.url,
            title=call.title,
            duration_seconds=call.duration_seconds,
            employees=tuple(sorted(employees)),
        )
        return record if self.create(record) else None

    def blank(self, source: str, call_id: str, started: datetime) -> CallRecord:
        """Returns a new record, which is not written yet."""
        now = self._clock.now()
        return CallRecord(
            record_id=record_id(source, call_id),
            source=source,
            call_id=call_id,
            started_at=started,
            discovered_at=now,
            updated_at=now,
        )

    def create(self, record: CallRecord) -> bool:
        """Writes a new record; False when there is one."""
        try:
            self._documents.commit([Create(_path(record.record_id), record.stored())])
        except AlreadyExists:
            return False
        return True

    def get(self, identity: str) -> CallRecord:
        """Reads a record. Raises NotFound."""
        document = self._documents.get(_path(identity))
        if document is None:
            raise NotFound(f"there is no call {identity[:80]!r}; calls are named <source>-<its id>", field="call_id")
        return CallRecord.read(document)

    def find(self, identities: Iterable[str]) -> dict[str, CallRecord]:
        """Reads those records that exist, by their ids."""
        found = self._documents.get_many([_path(identity) for identity in identities])
        return CallRecord.by_id(found.values())

    def names(self, identities: Iterable[str]) -> dict[str, CallName]:
        """Returns what those that exist are called, by their ids."""
        return {identity: record.name for identity, record in self.find(identities).items()}

    def change(self, identity: str, work: Callable[[CallRecord], CallRecord | None]) -> tuple[CallRecord, bool]:
        """Changes a record in a transaction: `work` takes it and gives the changed one, or None to leave it.

        Returns the record afterwards, and whether it changed. Raises NotFound.
        """

        def transact(transaction: Transaction) -> tuple[CallRecord, bool]:
            document = transaction.get(_path(identity))
            if document is None:
                raise NotFound(f"there is no call {identity[:80]!r}", field="call_id")
            known = CallRecord.read(document)
            wanted = work(known)
            if wanted is None:
                return known, False
            now = self._clock.now()
            changed = wanted.changed(updated_at=now)
            if wanted.deal != known.deal and (known.state != "discovered" or known.deal != CallDeal()):
                former = FormerDeal(deal=known.deal, until=now)
                changed = changed.changed(former_deals=(*known.formerly, former))
            transaction.write(Put(_path(identity), changed.stored()))
            return changed, True

        return self._documents.transact(transact)

    def page(
        self,
        *,
        employee_id: str | None = None,
        state: State | None = None,
        deal_link: How | None = None,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        after: Position | None = None,
    ) -> Page[CallRecord]:
        """Reads records, the latest call first; every condition that is given holds."""
        where: list[Where] = []
        if employee_id is not None:
            where.append(Where("employees", "array_contains", employee_id))
        where += [
            Where(name, "==", value)
            for name, value in (("state", state), ("deal_link", deal_link), ("source", source))
            if value is not None
        ]
        if since is not None:
            where.append(Where("started_at", ">=", since))
        if until is not None:
            where.append(Where("started_at", "<", until))
        found = self._documents.query(
            Query("calls", where=where, order_by=[("started_at", "desc")], limit=limit + 1, after=after)
        )
        return page_of(CallRecord, found, limit, "started_at")


def _path(identity: str) -> str:
    return f"calls/{identity}"
