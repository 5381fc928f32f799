"""Transcripts: what was said, in a bucket of its own, for twelve months; nothing else holds a word of it.

    conversations/<source>/<source id>.json
    analyses/<source>/<source id>/<employee id>/<analysis version>.json

    kept/<source>/<source id>               when the words were first kept
    due/<day>/<source>/<source id>          empty: on that day their year is over

Reads ask `kept`, so that they refuse what is too old even before the bucket's own rule (which lags by a day) has
deleted it. The sweep lists the days of `due` since it was last done, and reads nothing that is not due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.conversation import Conversation
from shared.conversations.wire.stored_conversation import (
    decode_analysis,
    decode_conversation,
    encode_analysis,
    encode_conversation,
)
from shared.ports.ambient import Clock, Files

KEPT = timedelta(days=365)
"""From the day on which the words were first kept; the bucket's rule says the same."""
JSON = "application/json"


class TranscriptStore:
    """Keeps, reads and forgets conversations and what analysts quoted from them. Every method may raise Retryable."""

    def __init__(self, files: Files, clock: Clock) -> None:
        self._files = files
        self._clock = clock

    def keep(self, source: str, conversation: Conversation) -> None:
        """Keeps a conversation; keeping it again does not prolong its life."""
        name = _conversation(source, conversation.call_id)
        born = _born(source, conversation.call_id)
        if self._files.read(born) is None:
            now = self._clock.now()
            # First what leads the sweep here: words without it would stay for ever.
            self._files.write(_due(now, source, conversation.call_id), b"", content_type="text/plain")
            self._files.write(born, now.isoformat().encode(), content_type="text/plain")
        self._files.write(name, encode_conversation(conversation), content_type=JSON)

    def conversation(self, source: str, source_id: str) -> Conversation | None:
        """The conversation; None when it was never kept, has been forgotten, or is over a year old."""
        if self.expires_at(source, source_id) is None:
            return None
        raw = self._files.read(_conversation(source, source_id))
        return None if raw is None else decode_conversation(raw)

    def expires_at(self, source: str, source_id: str) -> datetime | None:
        """When the words go; None when there are none (any more)."""
        born = self._files.read(_born(source, source_id))
        if born is None:
            return None
        end = datetime.fromisoformat(born.decode()) + KEPT
        return end if end > self._clock.now() else None

    def keep_analysis(self, source: str, employee_id: str, version: int, analysis: CallAnalysis) -> None:
        """Keeps an analysis with its quotes and reasons."""
        name = _analysis(source, analysis.call_id, employee_id, version)
        self._files.write(name, encode_analysis(analysis), content_type=JSON)

    def analysis(self, source: str, source_id: str, employee_id: str, version: int) -> CallAnalysis | None:
        """An analysis; None when there is none, or the words are gone."""
        if self.expires_at(source, source_id) is None:
            return None
        raw = self._files.read(_analysis(source, source_id, employee_id, version))
        return None if raw is None else decode_analysis(raw)

    def latest_analysis(self, source: str, source_id: str, employee_id: str) -> CallAnalysis | None:
        """The analysis of the highest version; None when there is none, or the words are gone."""
        names = self._files.list(f"analyses/{_safe(source)}/{_safe(source_id)}/{_safe(employee_id)}/")
        if not names or self.expires_at(source, source_id) is None:
            return None
        raw = self._files.read(max(names))
        return None if raw is None else decode_analysis(raw)

    def forget(self, source: str, source_id: str) -> int:
        """Deletes a conversation and its analyses; how many files there were. May be done again after a crash."""
        born = _born(source, source_id)
        kept = self._files.read(born)
        due = [] if kept is None else [_due(datetime.fromisoformat(kept.decode()), source, source_id)]
        # What leads to the day goes last: done again, nothing is left over.
        return self._delete([*self._words(_safe(source), _safe(source_id)), *due, born])

    def _words(self, source: str, source_id: str) -> list[str]:
        """Names of all that was said or quoted. source, source_id: as names have them."""
        return [*self._files.list(f"analyses/{source}/{source_id}/"), f"conversations/{source}/{source_id}.json"]

    def _delete(self, names: Sequence[str]) -> int:
        """Deletes files in this order; how many there were."""
        present = [name for name in names if self._files.read(name) is not None]
        for name in present:
            self._files.delete(name)
        return len(present)

    def forget_analyses_of(self, source: str, source_id: str, employee_id: str) -> int:
        """Deletes one person's analyses of a conversation; how many there were."""
        names = self._files.list(f"analyses/{_safe(source)}/{_safe(source_id)}/{_safe(employee_id)}/")
        for name in names:
            self._files.delete(name)
        return len(names)

    def rewrite(
        self,
        source: str,
        source_id: str,
        conversation: Callable[[Conversation], Conversation],
        words: Callable[[str], str],
    ) -> None:
        """Changes what is kept of a conversation, for ever: what was said by `conversation`, analyses of it (as JSON
        text) by `words`. What is over a year old goes instead. May be done again."""
        raw = self._files.read(_conversation(source, source_id))
        if raw is not None and self.expires_at(source, source_id) is None:
            self.forget(source, source_id)
            return
        if raw is not None:
            changed = encode_conversation(conversation(decode_conversation(raw)))
            self._files.write(_conversation(source, source_id), changed, content_type=JSON)
        for name in self._files.list(f"analyses/{_safe(source)}/{_safe(source_id)}/"):
            analysis = self._files.read(name)
            if analysis is not None:
                self._files.write(name, words(analysis.decode()).encode(), content_type=JSON)

    def sweep(self, since: date | None = None, *, most: int = 500) -> int:
        """Deletes what is over a year old, where no bucket's rule does; how many conversations went, at most `most`.

        since: the day of the last sweep that left nothing due. None: there was none, so the days are taken from what
        says when each conversation was kept, which reads all of it once.
        """
        if since is None:
            for name in self._files.list("kept/"):
                born = self._files.read(name)
                if born is not None:
                    _, source, source_id = name.split("/")
                    self._files.write(_due_of(datetime.fromisoformat(born.decode()), source, source_id), b"")
        gone = 0
        for name in self._due_names(since):
            _, _, source, source_id = name.split("/")
            born = self._files.read(f"kept/{source}/{source_id}")
            if born is None or _due_of(datetime.fromisoformat(born.decode()), source, source_id) != name:
                # Forgotten half-way, or kept anew on another day, which has a name of its own.
                self._files.delete(name)
            elif datetime.fromisoformat(born.decode()) + KEPT <= self._clock.now():
                # What leads here goes last: the next sweep finishes what this one began.
                self._delete([*self._words(source, source_id), f"kept/{source}/{source_id}", name])
                gone += 1
                if gone == most:
                    break
        return gone

    def _due_names(self, since: date | None) -> Iterator[str]:
        today = self._clock.now().date()
        if since is None:
            yield from (name for name in self._files.list("due/") if name.split("/")[1] <= today.isoformat())
            return
        for days in range((today - since).days + 1):
            yield from self._files.list(f"due/{since + timedelta(days=days)}/")


def _conversation(source: str, source_id: str) -> str:
    return f"conversations/{_safe(source)}/{_safe(source_id)}.json"


def _born(source: str, source_id: str) -> str:
    return f"kept/{_safe(source)}/{_safe(source_id)}"


def _due(kept: datetime, source: str, source_id: str) -> str:
    return _due_of(kept, _safe(source), _safe(source_id))


def _due_of(kept: datetime, source: str, source_id: str) -> str:
    """source, source_id: as names have them."""
    return f"due/{(kept + KEPT).astimezone(UTC).date()}/{source}/{source_id}"


def _analysis(source: str, source_id: str, employee_id: str, version: int) -> str:
    return f"analyses/{_safe(source)}/{_safe(source_id)}/{_safe(employee_id)}/{version:09d}.json"


def _safe(part: str) -> str:
    """A part of a name, without slashes of its own."""
    return quote(part, safe="@.-_")
