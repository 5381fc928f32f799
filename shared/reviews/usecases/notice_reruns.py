"""Notices calls that one scorer has analysed twice: how far it agrees with itself is part of its certificate."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.conversations.domain.analysis_version import requests_before, scorer_number
from shared.kernel.pages import Position
from shared.observations.messages import ObservationRecorded
from shared.observations.records import Ledger
from shared.ports.ambient import Clock
from shared.ports.documents import Documents
from shared.reviews.domain.review import Analysed
from shared.reviews.records import Rerun, RerunRecords
from shared.reviews.usecases.review_item import analysed, fact_of

LOOKED_BACK = timedelta(days=3)
"""A call's second analysis is noticed by the nights of these days, so that one that fails loses nothing."""
MOST_TIME = timedelta(seconds=30)
GROWING = frozenset({"email"})
"""Sources whose conversations go on: a second analysis is of more words, and says nothing about stability."""


class NoticeReruns:
    """Notes second analyses of the last days beside the first."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._ledger = Ledger(documents)
        self._reruns = RerunRecords(documents)
        self._clock = clock

    def part(self, begun_at: datetime, after: Position | None) -> Position | None:
        """Notes those calls that one scorer has analysed again, of as many as there is time for, in the days before a
        night began; returns where the next part begins, None after the last. after: where the part before ended"""
        late = self._clock.now() + MOST_TIME
        while True:
            messages, after = self._ledger.messages_since(begun_at - LOOKED_BACK, after)
            for message in messages:
                self._notice(fact_of(message))
            if after is None or self._clock.now() >= late:
                return after

    def _notice(self, message: ObservationRecorded) -> None:
        if message.human or message.scorer is None or requests_before(message.analysis) == 0:
            return
        if message.standing == "void":
            return
        if message.source in GROWING:
            return
        ledger = self._ledger.of_call(message.source, message.source_id, message.employee_id)
        before = [
            analysed(fact)
            for fact in (fact_of(event.message) for event in ledger)
            if not fact.human and fact.scorer == message.scorer and fact.analysis < message.analysis
        ]
        if not before:
            return
        first = max(before, key=lambda one: (one.analysis, one.event_id))
        scores = _side_by_side(first, analysed(message))
        if scores:
            rerun = Rerun(scorer=message.scorer, number=scorer_number(message.analysis), scores=scores)
            self._reruns.put(message.event_id, rerun)


def _side_by_side(first: Analysed, second: Analysed) -> dict[str, tuple[float, float]]:
    before = {score.competency: score.score for score in first.scores}
    return {
        score.competency: (before[score.competency], score.score)
        for score in second.scores
        if score.competency in before
    }
