"""Keeps who learns by which standard, since when and until when, and what lets them begin.

enrolments/<employee id>         what a learner is held to, what they agreed to, their breaks
invitations/<invitation id>      one way in, once: the link is made of this id and a key that no store has
authorisations/<id>              what somebody may do at work, alone or under supervision, and until when
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Final, Literal, TypeVar

from shared.kernel.field_values import FieldValue
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record, Versioned
from shared.learning.domain.breaks import Break, on_break
from shared.ports.documents import Create, Document, Documents, Put, Query, Transaction, Where

MOST_OF_ONE: Final = 100
"""Of a learner's authorisations, that are looked through."""
MOST_ENDING: Final = 300
"""Authorisations of some people that end in one month, that are looked through: those that end first."""
NOON: Final = time(12)
"""UTC, of a day that somebody began elsewhere: the same day from twelve hours west of it to eleven east."""
IN_ONE_QUERY: Final = 30
COUNTED: Final = 500
"""Learners of one standard are counted up to here."""
COUNTED_BESIDE: Final = 25
"""Likewise, where many versions stand beside each other and have more learners than COUNTED."""

Moment = TypeVar("Moment", date | None, datetime | None)
BreakReason = Literal["agreed_leave", "parental_leave", "illness", "change_of_employer", "other"]
Scope = Literal["alone", "supervised"]


class Consent(Record, frozen=True, kw_only=True):
    """Says what a learner answered to which version of the text."""

    version: int
    agreed: bool
    at: datetime


class KeptBreak(Record, frozen=True, kw_only=True):
    """Keeps a break. begins, ends: its first and last day; None: nobody knows yet"""

    begins: date
    ends: date | None
    reason: BreakReason
    recorded_by: str
    recorded_at: datetime


class Enrolment(Record, frozen=True, kw_only=True):
    """Keeps what a learner is held to, whatever is published later.

    standard, revision: which version, and which text of it; plan: the assessment plan's key, None while there is none
    started_on:  since when they learned by it elsewhere, before they were invited
    gateway_on:  the day on which all is to be known; milestone: a stage of the framework, by which time is measured
    invitation_id: the one that counts; joined_at: when it was opened
    first_lesson_at: when the first lesson was finished
    reached: the day on which each milestone was reached, by its name; what expires later takes nothing of it back
    """

    employee_id: str
    framework_id: str
    standard: str
    revision: int
    plan: str | None = None
    started_on: date | None = None
    gateway_on: date | None = None
    milestone: str
    employer_id: str | None = None
    invited_by: str
    invited_at: datetime
    invitation_id: str | None = None
    joined_at: datetime | None = None
    consents: tuple[Consent, ...] = ()
    breaks: tuple[KeptBreak, ...] = ()
    first_lesson_at: datetime | None = None
    reached: Mapping[str, date] = {}

    @property
    def consented(self) -> Consent | None:
        """Returns what the learner agreed to, if that is what they said last."""
        return self.consents[-1] if self.consents and self.consents[-1].agreed else None

    @property
    def begun_on(self) -> datetime | None:
        """Returns when learning began: with the first consent, or before that elsewhere; None while nobody agreed."""
        agreed = next((one.at for one in self.consents if one.agreed), None)
        if agreed is None or self.started_on is None:
            return agreed
        return min(agreed, datetime.combine(self.started_on, NOON, UTC))

    @property
    def away(self) -> tuple[Break, ...]:
        """Returns the breaks."""
        return tuple(Break(one.begins, one.ends, one.reason) for one in self.breaks)

    def is_away(self, day: date) -> bool:
        """Tells whether a day lies in a break."""
        return on_break(self.away, day)


def may_keep(enrolment: Enrolment | None) -> bool:
    """Tells whether anything new of somebody may be kept: who is enrolled has to have agreed, and not withdrawn."""
    return enrolment is None or enrolment.consented is not None


class Invitation(Record, frozen=True, kw_only=True):
    """Keeps one way in. opened_at: None while nobody came by it"""

    invitation_id: str
    employee_id: str
    invited_by: str
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None = None


class Authorisation(Record, frozen=True, kw_only=True):
    """Keeps what somebody may do. begins, ends: the first and last day of it; revoked_at: when it was taken back"""

    authorisation_id: str
    employee_id: str
    activity: str
    scope: Scope
    begins: date
    ends: date
    given_by: str
    given_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None


class EnrolmentRecords:
    """Reads and writes enrolments and invitations."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, employee_id: str) -> Enrolment | None:
        """Returns a learner's enrolment."""
        found = self.versioned(employee_id)
        return None if found is None else found.record

    def versioned(self, employee_id: str) -> Versioned[Enrolment] | None:
        """Returns a learner's enrolment for a write that must not overtake another."""
        document = self._documents.get(_path(employee_id)) if is_document_name(employee_id) else None
        return None if document is None else Versioned(Enrolment.read(document), document.version)

    def many(self, employee_ids: Iterable[str]) -> Mapping[str, Enrolment]:
        """Returns the enrolments that there are, by employee id."""
        paths = [_path(one) for one in sorted(set(employee_ids)) if is_document_name(one)]
        return Enrolment.by_id(self._documents.get_many(paths).values())

    def page(self, limit: int, after: str | None) -> list[Enrolment]:
        """Returns at most `limit` enrolments behind an employee id, in the order of ids."""
        position = None if after is None else [after, after]
        query = Query("enrolments", order_by=[("employee_id", "asc")], limit=limit, after=position)
        return list(Enrolment.readable(self._documents.query(query)))

    def of_employer(self, employer_id: str, limit: int) -> list[Enrolment]:
        """Returns some enrolments of an employer's apprentices."""
        found = self._documents.query(Query("enrolments", [Where("employer_id", "==", employer_id)], limit=limit))
        return sorted(Enrolment.readable(found), key=lambda one: one.employee_id)

    def pinned(self, standard: str) -> list[tuple[int, str | None]]:
        """Returns the text's revision and the plan of each learner of a version of a standard, of at most COUNTED."""
        fields = ["revision", "plan"]
        found = self._documents.query(
            Query("enrolments", [Where("standard", "==", standard)], limit=COUNTED, fields=fields)
        )
        return [(int(one.data["revision"]), one.data.get("plan")) for one in found]

    def pinned_to(self, standards: Iterable[str]) -> dict[str, tuple[int, bool]]:
        """Returns how many learners each version of some standards has, by key, and whether there may be more.

        Of thirty versions together COUNTED are read; where that is not all, of each COUNTED_BESIDE.
        """
        wanted = sorted(set(standards))
        found: dict[str, tuple[int, bool]] = {}
        for start in range(0, len(wanted), IN_ONE_QUERY):
            some = wanted[start : start + IN_ONE_QUERY]
            query = Query("enrolments", [Where("standard", "in", some)], limit=COUNTED, fields=["standard"])
            held = Counter(str(one.data["standard"]) for one in self._documents.query(query))
            whole = held.total() < COUNTED
            found |= {one: (held[one], False) if whole else self._counted(one) for one in some}
        return found

    def _counted(self, standard: str) -> tuple[int, bool]:
        query = Query("enrolments", [Where("standard", "==", standard)], limit=COUNTED_BESIDE, fields=["standard"])
        found = len(self._documents.query(query))
        return found, found >= COUNTED_BESIDE

    def put(self, enrolment: Enrolment, *, over: str | None, invitation: Invitation | None = None) -> None:
        """Writes an enrolment, with the invitation to it. over: the stamp of what it replaces, None for a new one

        Raises AlreadyExists, PreconditionFailed where somebody else was faster.
        """
        path = _path(enrolment.employee_id)
        kept = Create(path, enrolment.stored()) if over is None else Put(path, enrolment.stored(), if_version=over)
        way_in = [] if invitation is None else [Create(_way(invitation.invitation_id), invitation.stored())]
        self._documents.commit([kept, *way_in])

    def note_first_lesson(self, employee_id: str, at: datetime) -> None:
        """Notes when a first lesson was finished: the earliest that is told stands, in whatever order they come."""

        def work(transaction: Transaction) -> None:
            document = transaction.get(_path(employee_id))
            if document is None:
                return
            kept = Enrolment.read(document)
            if kept.first_lesson_at is None or at < kept.first_lesson_at:
                transaction.write(Put(document.path, kept.changed(first_lesson_at=at).stored()))

        self._documents.transact(work)

    def note_milestone(self, employee_id: str, milestone: str, day: date) -> None:
        """Notes when a milestone was reached: the earliest day that is told stands, in whatever order they come."""

        def work(transaction: Transaction) -> None:
            document = transaction.get(_path(employee_id))
            kept = None if document is None else Enrolment.read(document)
            if document is None or kept is None:
                return
            known = kept.reached.get(milestone)
            if known is None or day < known:
                reached = {**kept.reached, milestone: day}
                transaction.write(Put(document.path, kept.changed(reached=reached).stored()))

        self._documents.transact(work)

    def go_on(self, employee_id: str, before: Collection[str], milestone: str) -> bool:
        """Lets a learner go on with a milestone; tells whether it is theirs now. before: of which one it follows"""

        def work(transaction: Transaction) -> bool:
            document = transaction.get(_path(employee_id))
            if document is None:
                return False
            kept = Enrolment.read(document)
            if kept.milestone not in {*before, milestone}:
                return False
            if kept.milestone != milestone:
                transaction.write(Put(document.path, kept.changed(milestone=milestone).stored()))
            return True

        return self._documents.transact(work)

    def invitation(self, invitation_id: str) -> Invitation | None:
        """Returns an invitation."""
        document = self._documents.get(_way(invitation_id)) if is_document_name(invitation_id) else None
        return None if document is None else Invitation.read(document)

    def open_once(self, invitation_id: str, now: datetime) -> bool:
        """Notes that somebody comes by an invitation; False where somebody has, or it is not the one that counts."""

        def work(transaction: Transaction) -> bool:
            document = transaction.get(_way(invitation_id))
            invitation = None if document is None else Invitation.read(document)
            if invitation is None or invitation.opened_at is not None or invitation.expires_at <= now:
                return False
            enrolled = transaction.get(_path(invitation.employee_id))
            enrolment = None if enrolled is None else Enrolment.read(enrolled)
            if enrolment is None or enrolment.invitation_id != invitation_id:
                return False
            joined = enrolment.joined_at or now
            transaction.write(
                Put(_way(invitation_id), invitation.changed(opened_at=now).stored()),
                Put(_path(invitation.employee_id), enrolment.changed(joined_at=joined).stored()),
            )
            return True

        return self._documents.transact(work)


class AuthorisationRecords:
    """Reads and writes authorisations."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, authorisation_id: str) -> Versioned[Authorisation] | None:
        """Returns an authorisation."""
        path = f"authorisations/{authorisation_id}"
        document = self._documents.get(path) if is_document_name(authorisation_id) else None
        return None if document is None else Versioned(Authorisation.read(document), document.version)

    def of(self, employee_id: str) -> list[Authorisation]:
        """Returns a person's authorisations, those that end last first: at most MOST_OF_ONE."""
        query = Query("authorisations", [Where("employee_id", "==", employee_id)], [("ends", "desc")], MOST_OF_ONE)
        return list(Authorisation.readable(self._documents.query(query)))

    def not_over(self, employee_id: str, today: date) -> list[Authorisation]:
        """Returns those of a person's that end on a day or after it, the next first: at most MOST_OF_ONE."""
        where = [Where("employee_id", "==", employee_id), Where("ends", ">=", today.isoformat())]
        query = Query("authorisations", where, [("ends", "asc")], MOST_OF_ONE)
        return list(Authorisation.readable(self._documents.query(query)))

    def ending(self, employee_ids: Iterable[str], first: date, last: date) -> list[Authorisation]:
        """Returns the authorisations of some people that end from one day to another, the next first.

        What is over, or ends later, takes no place of theirs. Of each thirty people at most MOST_ENDING.
        """
        wanted = sorted(set(employee_ids))
        found: list[Authorisation] = []
        for start in range(0, len(wanted), IN_ONE_QUERY):
            where = [
                Where("employee_id", "in", wanted[start : start + IN_ONE_QUERY]),
                Where("ends", ">=", first.isoformat()),
                Where("ends", "<=", last.isoformat()),
            ]
            query = Query("authorisations", where, [("ends", "asc")], MOST_ENDING)
            found += Authorisation.readable(self._documents.query(query))
        return sorted(found, key=lambda one: (one.ends, one.authorisation_id))

    def add(self, authorisation: Authorisation) -> None:
        """Keeps a new one. Raises AlreadyExists for one that is given already."""
        self._documents.commit([Create(_of(authorisation), authorisation.stored())])

    def put(self, authorisation: Authorisation, *, over: str) -> None:
        """Writes a changed one. Raises PreconditionFailed where somebody else was faster."""
        self._documents.commit([Put(_of(authorisation), authorisation.stored(), if_version=over)])


def united_enrolments(there: Document, coming: Document) -> dict[str, FieldValue]:
    """Returns what somebody is held to who had two records. there: what stands under the id that stays

    The record that stays says what they are held to, the other one where that alone was agreed to. What happened under
    either happened: consents by their time, breaks, the first lesson, milestones.
    """
    stays, goes = Enrolment.read(there), Enrolment.read(coming)
    pinned, other = (goes, stays) if goes.consented and not stays.consented else (stays, goes)
    consents = {(one.at, one.version, one.agreed): one for one in (*stays.consents, *goes.consents)}
    return pinned.changed(
        employee_id=stays.employee_id,
        started_on=_earliest(stays.started_on, goes.started_on),
        joined_at=_earliest(stays.joined_at, goes.joined_at),
        first_lesson_at=_earliest(stays.first_lesson_at, goes.first_lesson_at),
        consents=tuple(consents[key] for key in sorted(consents)),
        breaks=_one_after_another((*pinned.breaks, *other.breaks)),
        reached=_first_days(stays.reached, goes.reached),
    ).stored()


def _earliest(first: Moment, second: Moment) -> Moment:
    return min((one for one in (first, second) if one is not None), default=None)


def _first_days(*told: Mapping[str, date]) -> dict[str, date]:
    names = sorted({name for one in told for name in one})
    return {name: min(one[name] for one in told if name in one) for name in names}


def _one_after_another(breaks: Iterable[KeptBreak]) -> tuple[KeptBreak, ...]:
    """Returns breaks of which none lies over another: of two that do, one from the first day to the last."""
    found: list[KeptBreak] = []
    for one in sorted(breaks, key=lambda each: each.begins):
        last = found[-1] if found else None
        if last is None or (last.ends is not None and last.ends < one.begins):
            found.append(one)
        elif last.ends is not None:
            found[-1] = last.changed(ends=None if one.ends is None else max(one.ends, last.ends))
    return tuple(found)


def _path(employee_id: str) -> str:
    return f"enrolments/{employee_id}"


def _way(invitation_id: str) -> str:
    return f"invitations/{invitation_id}"


def _of(authorisation: Authorisation) -> str:
    return f"authorisations/{authorisation.authorisation_id}"
