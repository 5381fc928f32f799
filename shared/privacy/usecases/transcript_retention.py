"""Deletes transcripts that are over a year old, once a day.

In the cloud the bucket's own rule does so as well; on one machine nobody else does.
"""

from __future__ import annotations

from datetime import timedelta

from shared.conversations.usecases.transcripts import TranscriptStore
from shared.ports.ambient import Clock
from shared.ports.documents import Documents
from shared.privacy.records.retention import SweepMark, SweepMarks

EVERY = timedelta(days=1)
MOST_AT_ONCE = 500


class TranscriptRetention:
    """Deletes what is too old. May raise Retryable."""

    def __init__(self, documents: Documents, transcripts: TranscriptStore, clock: Clock) -> None:
        self._marks = SweepMarks(documents)
        self._transcripts = transcripts
        self._clock = clock

    def daily(self) -> int:
        """Deletes once a day; how many conversations went.

        Looks at the days since it last left nothing due, and goes on at the next call when there were more than 500.
        """
        now = self._clock.now()
        mark = self._marks.get()
        if mark is not None and now - mark.at < EVERY:
            return 0
        since = None if mark is None else mark.at.date()
        gone = self._transcripts.sweep(since, most=MOST_AT_ONCE)
        if gone < MOST_AT_ONCE:
            self._marks.put(SweepMark(at=now))
        return gone
