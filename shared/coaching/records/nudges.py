"""Keeps whom the coach has nudged, and what a day's messages are expected to cost. In the integrations' database:

coach_nudges/<digest of the learner>   the last nudge, what somebody was told of already, whether they answer
coach_days/<day>                       how many messages the coach began, by how they went, and their expected cost
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from shared.coaching.domain.inbound import Category
from shared.coaching.domain.nudges import NudgeKind
from shared.coaching.domain.templates import Via
from shared.kernel.field_values import FieldValue
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Document, Documents, Put, Query, Reader, Transaction, Where

T = TypeVar("T")

KEPT: Final = timedelta(days=400)
MOST_TOLD: Final = 400
"""Things that somebody was told of once; the oldest give way, and are no news by then."""


class Given(Record, frozen=True, kw_only=True):
    """One nudge. day: the learner's; outgoing_id: the message, where it went over WhatsApp"""

    kind: NudgeKind
    why: str
    day: date
    at: datetime
    via: Via
    outgoing_id: str | None = None
    inbox: str | None = None


class NudgeState(Record, frozen=True, kw_only=True):
    """Holds what decides about a learner's next nudge.

    told:             what they were told of once
    unanswered_since: when the first nudge went that nothing came after; None while they answer
    handed_over_at:   when their mentor got them instead, until they write
    """

    employee_id: str
    last: Given | None = None
    told: tuple[str, ...] = ()
    unanswered_since: datetime | None = None
    handed_over_at: datetime | None = None
    expires_at: datetime

    def answered(self, active_at: datetime | None) -> NudgeState:
        """Returns it as it is after somebody's last sign of life: what came after that still stands."""
        if active_at is None:
            return self
        since, handed = self.unanswered_since, self.handed_over_at
        return self.changed(
            unanswered_since=None if since is not None and since <= active_at else since,
            handed_over_at=None if handed is not None and handed <= active_at else handed,
        )

    def given(self, nudge: Given, tells: str | None) -> NudgeState:
        """Returns it after a nudge."""
        told = self.told if tells is None else (*self.told, tells)[-MOST_TOLD:]
        since = self.unanswered_since or nudge.at
        return self.changed(last=nudge, told=told, unanswered_since=since, expires_at=nudge.at + KEPT)


class Sent(Record, frozen=True, kw_only=True):
    """Counts messages of one kind that the coach began. price: expected of each; None: nobody has said"""

    about: str
    via: Via
    category: Category
    count: int
    price: float | None


class CoachDay(Record, frozen=True, kw_only=True):
    """Counts the messages that the coach began on a day (UTC), by what and how."""

    day: date
    sent: Mapping[str, Sent] = {}
    expires_at: datetime

    def with_one(self, about: str, via: Via, category: Category, price: float | None) -> CoachDay:
        """Returns it with one message more."""
        key = f"{about} {via} {category} {price}"
        known = self.sent.get(key) or Sent(about=about, via=via, category=category, count=0, price=price)
        return self.changed(sent={**self.sent, key: known.changed(count=known.count + 1)})


class NudgeRecords:
    """Reads and writes nudges.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of(self, employee_id: str, now: datetime, reader: Reader | None = None) -> NudgeState:
        """Returns what is known of a learner."""
        found = (reader or self._documents).get(_path(employee_id))
        return NudgeState(employee_id=employee_id, expires_at=now + KEPT) if found is None else NudgeState.read(found)

    def day(self, day: date, now: datetime, reader: Reader | None = None) -> CoachDay:
        """Returns what was sent on a day."""
        found = (reader or self._documents).get(_day_path(day))
        return CoachDay(day=day, expires_at=now + KEPT) if found is None else CoachDay.read(found)

    def days(self, first: date, last: date) -> list[CoachDay]:
        """Returns the days of a period on which something was sent; of at most 62."""
        where = [Where("day", ">=", first.isoformat()), Where("day", "<=", last.isoformat())]
        found = self._documents.query(Query("coach_days", where, [("day", "asc")], limit=62))
        return list(CoachDay.readable(found))

    @staticmethod
    def put_of(changed: NudgeState | CoachDay) -> Put:
        """Returns what is written of it."""
        path = _path(changed.employee_id) if isinstance(changed, NudgeState) else _day_path(changed.day)
        return Put(path, changed.stored())

    def change(self, work: Callable[[Transaction], T]) -> T:
        """Runs reads and writes that happen together (see the port)."""
        return self._documents.transact(work)


def nudges_id_of(said: Mapping[str, FieldValue]) -> str:
    """Returns under which id a learner's nudges stand. Raises KeyError for what are none."""
    return digest("nudged", str(said["employee_id"]))


def united_nudges(there: Document, coming: Document) -> dict[str, FieldValue]:
    """Returns what decides about the next nudge of somebody who had two records: whatever either was told, they were.

    there: what stands under the id that stays
    """
    stays, goes = NudgeState.read(there), NudgeState.read(coming)
    given = [one.last for one in (goes, stays) if one.last is not None]
    return stays.changed(
        last=max(given, key=lambda one: one.at, default=None),
        told=tuple(dict.fromkeys((*goes.told, *stays.told)))[-MOST_TOLD:],
        unanswered_since=_earliest(stays.unanswered_since, goes.unanswered_since),
        handed_over_at=_earliest(stays.handed_over_at, goes.handed_over_at),
        expires_at=max(stays.expires_at, goes.expires_at),
    ).stored()


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one is not None), default=None)


def _path(employee_id: str) -> str:
    return f"coach_nudges/{nudges_id_of({'employee_id': employee_id})}"


def _day_path(day: date) -> str:
    return f"coach_days/{day.isoformat()}"
