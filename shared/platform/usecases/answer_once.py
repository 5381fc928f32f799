"""Answers a request that is sent again under the same Idempotency-Key as the first time, without doing it again.

What is done is answered from what was kept; what has failed is forgotten, so that the same request may succeed. A key
says nothing about what an event is: one that is known by its meaning is a duplicate under any key, and a conflict is
one, since only what succeeded is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.kernel.errors import Conflict, Rejected, Retryable, StillRunning
from shared.platform.records.kept_answers import KeptAnswer, KeptAnswers
from shared.ports.ambient import Clock

KEPT: Final = timedelta(hours=24)
LEASE: Final = timedelta(minutes=5)
"""After which a request that has not ended has died: longer than a function may take to answer."""
MOST_BYTES: Final = 900_000
"""Of an answer that is kept, as a document holds it. Those that can be longer, to lists of events and files, are to
requests that are harmless to repeat by themselves."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request under a key. fingerprint: of all that was sent; secret: its answer is not to be kept"""

    caller: str
    key: str
    fingerprint: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it goes out."""

    status: int
    headers: Mapping[str, str]
    body: str


class AnswerOnce:
    """Does what a request asks for once, for as long as its key is kept."""

    def __init__(self, answers: KeptAnswers, clock: Clock) -> None:
        self._answers = answers
        self._clock = clock

    def answer(self, sent: Sent, run: Callable[[], Answered]) -> Answered:
        """Returns the first answer, or runs the request and keeps its answer.

        Raises Rejected where the key was sent with something else, StillRunning while the first runs, and what `run`
        raises.
        """
        now = self._clock.now()
        begun = KeptAnswer(caller=sent.caller, fingerprint=sent.fingerprint, started_at=now, expires_at=now + KEPT)
        first = self._first(sent, begun)
        if first is not None:
            return first
        try:
            answer = run()
        except BaseException:
            self._forget(sent, begun)
            raise
        self._keep(sent, begun, answer)
        return answer

    def _first(self, sent: Sent, begun: KeptAnswer) -> Answered | None:
        if self._answers.begin(sent.key, begun):
            return None
        found = self._answers.get(sent.caller, sent.key)
        if found is None:  # it has failed this moment
            raise StillRunning(_AGAIN, field="Idempotency-Key")
        held = found.record
        if held.expires_at > begun.started_at:
            if held.fingerprint != sent.fingerprint:
                raise Rejected(
                    "Idempotency-Key: it was sent with another request; a key is of one request, with one body",
                    field="Idempotency-Key",
                )
            if held.withheld:
                raise Conflict(
                    "Idempotency-Key: this was done, and its answer showed a secret, which nobody is shown again; "
                    "look at what there is, and have the secret rotated",
                    field="Idempotency-Key",
                )
            if held.status is not None:
                return Answered(held.status, held.headers, held.body)
            if held.started_at + LEASE > begun.started_at:
                raise StillRunning(_AGAIN, field="Idempotency-Key")
        if not self._answers.begin(sent.key, begun, over=found.stamp):
            raise StillRunning(_AGAIN, field="Idempotency-Key")
        return None

    def _keep(self, sent: Sent, begun: KeptAnswer, answer: Answered) -> None:
        if not 200 <= answer.status < 300 or len(answer.body.encode()) > MOST_BYTES:
            self._forget(sent, begun)
            return
        if sent.secret:
            kept = begun.changed(status=answer.status, withheld=True)
        else:
            kept = begun.changed(status=answer.status, headers=dict(answer.headers), body=answer.body)
        # It is done. Where this cannot be kept now, the key stays taken for as long as the lease.
        with suppress(Retryable):
            self._answers.answered(sent.key, kept)

    def _forget(self, sent: Sent, begun: KeptAnswer) -> None:
        with suppress(Retryable):
            self._answers.failed(sent.key, begun)


_AGAIN = "Idempotency-Key: the first request with it is still running; send the same again in 2 s"
