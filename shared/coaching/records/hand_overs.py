"""Keeps what is handed over from the coach to a person. In the integrations' database:

coach_hand_overs/<digest of the message's id>   who answers whom, why, what both wrote; the words go when it is closed
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.coaching.domain.hand_over import BESIDE, Outcome, Reason, Speaker, keeps_silent
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Documents, Put, Query, Reader, Transaction, Where

KEPT: Final = timedelta(days=400)
MOST_LINES: Final = 60
"""Of one hand-over; the oldest but the first give way."""
MOST_WAMIDS: Final = 200
IN_ONE_QUERY: Final = 30


class Line(Record, frozen=True, kw_only=True):
    """Keeps what one of them wrote. line_id: of the same act always the same; reached: it has gone out

    tells: whoever answers is told of it by itself, beside being shown it; evidence_id: as what the file is kept
    """

    line_id: str
    speaker: Speaker
    text: str
    at: datetime
    by: str | None = None
    reached: bool = True
    tells: bool = False
    evidence_id: str | None = None


class HandOver(Record, frozen=True, kw_only=True):
    """Keeps one hand-over.

    answerer_id: who was told last: the mentor, otherwise the manager; None where administrators were
    wamids:      the messages that led to it and were added to it
    wanted:      a person was asked for, or is needed, whatever else it is about
    last_at:     when either wrote last; resumed_at: when the learner went on with the coach, while it stays open
    """

    hand_over_id: str
    employee_id: str
    answerer_id: str | None
    reason: Reason
    wanted: bool = False
    wamids: tuple[str, ...]
    opened_at: datetime
    last_at: datetime
    open: bool = True
    lines: tuple[Line, ...] = ()
    resumed_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    outcome: Outcome | None = None
    expires_at: datetime

    def silences(self, now: datetime) -> bool:
        """Tells whether the coach keeps silent."""
        wanted = self.wanted or self.reason not in BESIDE
        return self.open and wanted and keeps_silent(self.last_at, self.resumed_at, now)

    def has(self, line_id: str) -> bool:
        """Tells whether something was written to it already."""
        return any(one.line_id == line_id for one in self.lines)

    def with_line(self, line: Line) -> HandOver:
        """Returns it with what somebody wrote; once."""
        if self.has(line.line_id):
            return self
        lines = (*self.lines, line)
        kept = lines if len(lines) <= MOST_LINES else (lines[0], *lines[-(MOST_LINES - 1) :])
        return self.changed(lines=kept, last_at=max(self.last_at, line.at))

    def tells(self, line_id: str) -> bool:
        """Tells whether whoever answers is told of something by itself."""
        return any(one.tells for one in self.lines if one.line_id == line_id)

    def waiting(self) -> tuple[Line, ...]:
        """Returns what the learner has not been given to read."""
        return tuple(one for one in self.lines if one.speaker == "answerer" and not one.reached)

    def with_reached(self, line_ids: Iterable[str]) -> HandOver:
        """Returns it as it is when some of what was written has gone out."""
        gone = set(line_ids)
        return self.changed(lines=tuple(one.changed(reached=one.reached or one.line_id in gone) for one in self.lines))

    def closed(self, by: str, outcome: Outcome, now: datetime) -> HandOver:
        """Returns it as it is when nobody answers any more: without its words."""
        return self.changed(open=False, lines=(), closed_at=now, closed_by=by, outcome=outcome)


def hand_over_path(hand_over_id: str) -> str:
    """Returns where a hand-over stands."""
    return f"coach_hand_overs/{hand_over_id}"


def hand_over_id_of(wamid: str) -> str:
    """Returns the id of the hand-over that a message leads to."""
    return digest("hand-over", wamid)


class HandOverRecords:
    """Reads and writes hand-overs.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, hand_over_id: str, reader: Reader | None = None) -> HandOver | None:
        """Returns a hand-over."""
        found = (reader or self._documents).get(hand_over_path(hand_over_id))
        return None if found is None else HandOver.read(found)

    def led_to_by(self, wamid: str, reader: Reader | None = None) -> HandOver | None:
        """Returns the hand-over that a message led to, or was added to."""
        return self._one([Where("wamids", "array_contains", wamid)], reader)

    def open_of(self, employee_id: str, reader: Reader | None = None) -> HandOver | None:
        """Returns the one of a learner that is open; None where there is none."""
        return self._one([Where("employee_id", "==", employee_id), Where("open", "==", True)], reader)

    def to_answer(self, answerer_id: str | None, *, limit: int) -> list[HandOver]:
        """Returns what somebody is to answer, the oldest first; None: what nobody but an administrator can."""
        where = [Where("answerer_id", "==", answerer_id), Where("open", "==", True)]
        query = Query("coach_hand_overs", where, [("opened_at", "asc")], limit=limit)
        return list(HandOver.readable(self._documents.query(query)))

    def open_of_any(self, employee_ids: Sequence[str]) -> list[HandOver]:
        """Returns those of some learners that are open."""
        found: list[HandOver] = []
        for start in range(0, len(employee_ids), IN_ONE_QUERY):
            where = [
                Where("employee_id", "in", list(employee_ids[start : start + IN_ONE_QUERY])),
                Where("open", "==", True),
            ]
            found += HandOver.readable(self._documents.query(Query("coach_hand_overs", where)))
        return found

    def open_page(self, limit: int, behind: HandOver | None = None) -> list[HandOver]:
        """Returns those that are open, whoever answers, the oldest first. behind: the last of the page before"""
        after = None if behind is None else [behind.stored()["opened_at"], behind.hand_over_id]
        where = [Where("open", "==", True)]
        query = Query("coach_hand_overs", where, [("opened_at", "asc")], limit=limit, after=after)
        return list(HandOver.readable(self._documents.query(query)))

    def newest(self, reasons: Sequence[Reason], *, limit: int) -> list[HandOver]:
        """Returns the newest for some reasons, closed ones too."""
        query = Query(
            "coach_hand_overs", [Where("reason", "in", sorted(reasons))], [("opened_at", "desc")], limit=limit
        )
        return list(HandOver.readable(self._documents.query(query)))

    @staticmethod
    def put(transaction: Transaction, hand_over: HandOver) -> None:
        """Writes one within a transaction."""
        transaction.write(Put(hand_over_path(hand_over.hand_over_id), hand_over.stored()))

    def _one(self, where: list[Where], reader: Reader | None) -> HandOver | None:
        found = (reader or self._documents).query(Query("coach_hand_overs", where, limit=1))
        return next(iter(HandOver.readable(found)), None)
