"""Hands a learner over to a person, carries what both write, and gives the learner back to the coach.

Every act has a name of its own: the message that led to it, or the form that was sent. Done again it changes nothing,
and does what a crash has left: whoever is to answer is told, and what was written goes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.coaching.domain.hand_over import BESIDE, SAFETY, STOPPED, Outcome, Reason, graver, is_safety, outcomes_of
from shared.coaching.domain.outbound import Content, cut
from shared.coaching.domain.replies import Replies
from shared.coaching.records.hand_overs import (
    KEPT,
    MOST_WAMIDS,
    HandOver,
    HandOverRecords,
    Line,
    hand_over_id_of,
)
from shared.coaching.records.outgoing import Outgoing
from shared.coaching.usecases.answerers import Answerers
from shared.coaching.usecases.tell_answerer import Said, TellAnswerer
from shared.coaching.usecases.write_to import Address, WriteTo
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, Forbidden, NotFound, Rejected
from shared.kernel.ids import digest
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.platform.usecases.notices import Notifications
from shared.ports.ambient import Clock
from shared.ports.documents import Documents, Transaction

MOST_TEXT: Final = 900
"""Characters of an answer: it fits into a message with buttons, with the name of who wrote it."""
MOST_KEPT: Final = 1_000
"""Characters of what a learner wrote that whoever answers is shown."""
MOST_OPEN: Final = 200
"""That are looked through at once for whose they are by now."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Shows a hand-over to whoever answers. learner: their name"""

    hand_over: HandOver
    learner: str

    @property
    def stopped(self) -> bool:
        """Tells whether the chat was stopped."""
        return self.hand_over.reason in STOPPED

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Returns what a person may say came of it."""
        return outcomes_of(self.hand_over.reason)


@dataclass(frozen=True, slots=True)
class Telling:
    """Holds by what people are told, and what is said. answerer: tells whoever answers"""

    answerer: TellAnswerer
    notices: Notifications
    audit: Audit
    replies: Replies
    clock: Clock


class HandOvers:
    """Opens, answers and closes hand-overs. documents: the integrations' database"""

    def __init__(
        self,
        documents: Documents,
        records: HandOverRecords,
        writing: WriteTo,
        answerers: Answerers,
        telling: Telling,
    ) -> None:
        self._documents = documents
        self._records = records
        self._writing = writing
        self._answerers = answerers
        self._telling = telling

    def open(self, employee_id: str, reason: Reason, said: Said) -> HandOver:
        """Opens a hand-over, or adds to the one that is open, and tells whoever answers. Raises Retryable.

        What is added while the coach is silent is shown to them; danger, and what somebody is asked in for while the
        coach goes on, they are told of as of a new one. Whoever answers by now takes it from whoever did.
        """
        answerer = self._answerers.of(self._answerers.find(employee_id))
        now = self._telling.clock.now()

        def work(transaction: Transaction) -> tuple[HandOver, bool]:
            known = self._records.led_to_by(said.wamid, transaction)
            if known is not None:
                return known, known.tells(_line_id(said))
            present = self._records.open_of(employee_id, transaction)
            fresh = _fresh(employee_id, answerer, reason, said, now)
            why = reason if present is None else graver(present.reason, reason)
            wanted = reason not in BESIDE or (present is not None and present.wanted)
            opened = (present or fresh).changed(reason=why, wanted=wanted, answerer_id=answerer)
            other = present is not None and present.answerer_id != answerer
            tells = present is None or other or is_safety(reason) or not present.silences(now)
            line = _line_of(said).changed(tells=tells)
            opened = opened.with_line(line).changed(wamids=(*opened.wamids, said.wamid)[-MOST_WAMIDS:])
            self._records.put(transaction, opened)
            return opened, tells

        hand_over, notify = self._documents.transact(work)
        if hand_over.open:
            self._telling.answerer.tell(hand_over, reason, said, notify=notify)
        return hand_over

    def open_of(self, employee_id: str) -> HandOver | None:
        """Returns the hand-over of a learner that is open; for the coach, which shows it to nobody."""
        return self._records.open_of(employee_id)

    def answerer(self, hand_over: HandOver) -> str | None:
        """Returns the name of who answers by now; None where administrators do."""
        found = self._answerers.of(self._answerers.find(hand_over.employee_id))
        return None if found is None else self._answerers.names([found])[found]

    def of_mentor(self, caller: Caller, limit: int) -> list[Shown]:
        """Returns what the caller is to answer: danger before all else, then the oldest; an administrator also what
        nobody else can.

        Raises Forbidden.
        """
        require(caller, "hand_overs.answer")
        found: list[HandOver] = []
        if caller.employee_id:
            theirs = self._answerers.learners_beside(caller.employee_id)
            found += [*self._records.to_answer(caller.employee_id, limit=MOST_OPEN), *self._records.open_of_any(theirs)]
        if caller.role == "administrator":
            found += [*self._records.to_answer(None, limit=MOST_OPEN), *self._records.open_page(MOST_OPEN)]
        answering = self._answerers.of_many({one.employee_id for one in found})
        whose = {caller.employee_id} if caller.role != "administrator" else {caller.employee_id, None}
        own = {one.hand_over_id: one for one in found if answering[one.employee_id] in whose}
        return self._shown(caller, sorted(own.values(), key=_pressing)[:limit])

    def pass_on(self) -> int:
        """Has what is open told to whoever answers by now, once, where that is somebody else; returns how many.

        Told before it is written down: cut off, it is done again. Raises Retryable.
        """
        moved, page = 0, self._records.open_page(MOST_OPEN)
        while page:
            answering = self._answerers.of_many({one.employee_id for one in page})
            for one in page:
                answerer = answering[one.employee_id]
                if answerer != one.answerer_id:
                    self._pass_on(one.changed(answerer_id=answerer))
                    moved += 1
            page = self._records.open_page(MOST_OPEN, page[-1]) if len(page) == MOST_OPEN else []
        return moved

    def _pass_on(self, now_theirs: HandOver) -> None:
        learners = [one for one in now_theirs.lines if one.speaker == "learner"]
        # By the day: to whom it comes back later, they are told of it again.
        day = self._telling.clock.now().date()
        named = f"passed on|{now_theirs.hand_over_id}|{now_theirs.answerer_id}|{day}"
        said = Said(named, learners[-1].text if learners else "", now_theirs.last_at)
        self._telling.answerer.tell(now_theirs, now_theirs.reason, said, notify=True)

        def work(transaction: Transaction) -> None:
            known = self._records.get(now_theirs.hand_over_id, transaction)
            if known is not None and known.open:
                self._records.put(transaction, known.changed(answerer_id=now_theirs.answerer_id))

        self._documents.transact(work)

    def one(self, caller: Caller, hand_over_id: str) -> Shown:
        """Returns one that is open and the caller's to answer. Raises Forbidden, NotFound; Conflict for others."""
        found = self._answered_by(caller, hand_over_id)
        if not found.open:
            raise Conflict("this is closed: the learner is with the coach again", field="hand_over_id")
        return self._shown(caller, [found])[0]

    def safety_stops(self, caller: Caller, limit: int) -> list[Shown]:
        """Returns the newest that are about danger, with what came of them and no word of them. Raises Forbidden."""
        require(caller, "operations.read")
        found = self._records.newest(SAFETY, limit=limit)
        return self._shown(caller, [one.changed(lines=()) for one in found])

    def reply(self, caller: Caller, hand_over_id: str, text: str, *, once: str) -> HandOver:
        """Writes to the learner. once: what makes this answer the same as another one

        Raises Forbidden, NotFound; Rejected for no words or too many; Conflict for one that is closed; Retryable.
        """
        words = text.strip()
        if not words or len(words) > MOST_TEXT:
            raise Rejected(f"text: must have 1 to {MOST_TEXT} characters; this has {len(words)}", field="text")
        hand_over = self._answered_by(caller, hand_over_id)
        by, now = caller.employee_id or caller.email, self._telling.clock.now()
        line = Line(
            line_id=digest(hand_over_id, "answer", once), speaker="answerer", text=words, at=now, by=by, reached=False
        )
        if not hand_over.has(line.line_id):
            self._telling.audit.record(caller, AuditAction.HAND_OVER_ANSWERED, subject=hand_over.employee_id)
        names = self._answerers.names([by])
        content = self._telling.replies.say("answered_by", "back_to_coach", name=names.get(by, by), text=words)
        after, drafted = self._write(hand_over_id, line, content, now)
        if drafted is not None:
            self._writing.queue(drafted)
        else:
            self._telling.notices.tell(after.employee_id, "coach.answered", {"by": by}, once=line.line_id)
        return after

    def close(self, caller: Caller, hand_over_id: str, outcome: Outcome) -> HandOver:
        """Gives a learner back to the coach. Raises Forbidden, NotFound, Retryable; Rejected for no such outcome."""
        hand_over = self._answered_by(caller, hand_over_id)
        _require_fitting(outcome, hand_over.reason)
        by, now = caller.employee_id or caller.email, self._telling.clock.now()
        if hand_over.open:
            self._telling.audit.record(
                caller, AuditAction.HAND_OVER_CLOSED, subject=hand_over.employee_id, detail=outcome
            )
        closed = self._end(hand_over_id, by, outcome, now)
        content = self._telling.replies.say("hand_over_closed", "whats_next", "quiz_me", "talk_to_mentor")
        address = self._writing.address(closed.employee_id, now)
        fitting = self._writing.fitting(address, "settled", content)
        if address is not None and fitting is not None:
            self._writing.write(address, "settled", fitting, f"closed|{hand_over_id}", now)
        return closed

    def resume(self, employee_id: str, at: datetime) -> HandOver | None:
        """Lets a learner go on with the coach: what was stopped for safety stays open for whoever answers.

        Returns what was open; None where nothing was. Raises Retryable.
        """

        def work(transaction: Transaction) -> HandOver | None:
            known = self._records.open_of(employee_id, transaction)
            if known is None:
                return None
            if is_safety(known.reason):
                after = known.changed(resumed_at=max(at, known.last_at))
            else:
                after = known.closed(employee_id, "back_to_coach", at)
            self._records.put(transaction, after)
            return after

        return self._documents.transact(work)

    def send_waiting(self, employee_id: str, wamid: str) -> int:
        """Sends a learner who writes again what waited for it, each once; returns how many. wamid: of their message

        Raises Retryable.
        """
        known, now = self._records.open_of(employee_id), self._telling.clock.now()
        waiting = () if known is None else known.waiting()
        address = self._writing.address(employee_id, now) if waiting else None
        if address is None or known is None:
            return 0
        names = self._answerers.names(one.by for one in waiting if one.by)
        for line in waiting:
            who = names.get(line.by or "", "Your mentor")
            content = self._telling.replies.say("answered_by", "back_to_coach", name=who, text=line.text)
            self._writing.write(address, "answer", content, f"answer|{line.line_id}", now, wamid)

        def work(transaction: Transaction) -> None:
            present = self._records.get(known.hand_over_id, transaction)
            if present is not None and present.waiting():
                self._records.put(transaction, present.with_reached(one.line_id for one in waiting))

        self._documents.transact(work)
        return len(waiting)

    def _answered_by(self, caller: Caller, hand_over_id: str) -> HandOver:
        """Returns a hand-over that the caller may answer. Raises NotFound, Forbidden."""
        require(caller, "hand_overs.answer")
        found = self._records.get(hand_over_id)
        if found is None:
            raise NotFound(f"there is no hand-over {hand_over_id[:60]!r}", field="hand_over_id")
        if caller.employee_id is None:
            raise Forbidden("a person answers a learner, with a record here")
        answering = self._answerers.of(self._answerers.find(found.employee_id))
        if caller.role != "administrator" and answering != caller.employee_id:
            raise Forbidden("this learner is handed over to somebody else: their mentor, or their manager")
        return found

    def _shown(self, caller: Caller, found: Sequence[HandOver]) -> list[Shown]:
        people = [one.employee_id for one in found]
        self._telling.audit.read(caller, AuditAction.HAND_OVERS_LISTED, people)
        names = self._answerers.names(people)
        return [Shown(one, names.get(one.employee_id, one.employee_id)) for one in found]

    def _write(
        self, hand_over_id: str, line: Line, content: Content, now: datetime
    ) -> tuple[HandOver, Outgoing | None]:
        """Writes an answer and the message that carries it, at once; the message is None where it reaches nobody."""
        found = self._records.get(hand_over_id)
        address: Address | None = None if found is None else self._writing.address(found.employee_id, now)
        fitting = self._writing.fitting(address, "answer", content)
        drafted = (
            None
            if address is None or fitting is None
            else self._writing.draft(address, fitting, f"answer|{line.line_id}", now)
        )

        def work(transaction: Transaction) -> tuple[HandOver, Outgoing | None]:
            known = self._records.get(hand_over_id, transaction)
            if known is None:
                raise NotFound(f"there is no hand-over {hand_over_id[:60]!r}", field="hand_over_id")
            if known.has(line.line_id):
                sent = any(one.line_id == line.line_id and one.reached for one in known.lines)
                return known, drafted if sent else None
            if not known.open:
                raise Conflict("this is closed: the learner is with the coach again", field="hand_over_id")
            after = known.with_line(line.changed(reached=drafted is not None))
            writes = [] if drafted is None else self._writing.writes(transaction, "answer", drafted)
            self._records.put(transaction, after)
            transaction.write(*writes)
            return after, drafted

        return self._documents.transact(work)

    def _end(self, hand_over_id: str, by: str, outcome: Outcome, now: datetime) -> HandOver:
        def work(transaction: Transaction) -> HandOver:
            known = self._records.get(hand_over_id, transaction)
            if known is None:
                raise NotFound(f"there is no hand-over {hand_over_id[:60]!r}", field="hand_over_id")
            if not known.open:
                return known
            _require_fitting(outcome, known.reason)  # danger may have been added since it was looked at
            closed = known.closed(by, outcome, now)
            self._records.put(transaction, closed)
            return closed

        return self._documents.transact(work)


def _require_fitting(outcome: Outcome, reason: Reason) -> None:
    """Raises Rejected for what cannot come of a hand-over for this reason."""
    accepted = outcomes_of(reason)
    if outcome not in accepted:
        raise Rejected(f"outcome: is {outcome!r:.40}; accepted: {', '.join(accepted)}", field="outcome")


def _fresh(employee_id: str, answerer: str | None, reason: Reason, said: Said, now: datetime) -> HandOver:
    return HandOver(
        hand_over_id=hand_over_id_of(said.wamid),
        employee_id=employee_id,
        answerer_id=answerer,
        reason=reason,
        wamids=(),
        opened_at=now,
        last_at=now,
        expires_at=now + KEPT,
    )


def _line_id(said: Said) -> str:
    return digest("said", said.wamid)


def _pressing(one: HandOver) -> tuple[bool, datetime]:
    """Returns what is least of what somebody has to look at first."""
    return not is_safety(one.reason), one.opened_at


def _line_of(said: Said) -> Line:
    text = cut(said.text, MOST_KEPT)
    return Line(line_id=_line_id(said), speaker="learner", text=text, at=said.at, evidence_id=said.evidence_id)
