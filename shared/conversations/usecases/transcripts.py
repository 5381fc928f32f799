"""Keeps transcripts: what was said, in a bucket of its own, for twelve months; nothing else holds a word of it.

    conversations/<source>/<source id>.json
    analyses/<source>/<source id>/<employee id>/<analysis version>.json
    threads/<source>/<source id>/<SHA-256>: an export of a thread as it came, until it is read; then empty
    exports/<source>/<source id>: as an earlier version kept the last export; once it was read, its digest

Beside them stand the marks that say when the words go (see shared.conversations.usecases.transcript_markers).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Literal

from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.conversation import Conversation
from shared.conversations.usecases.transcript_markers import Named, TranscriptMarkers, named, safe
from shared.conversations.wire.stored_conversation import (
    decode_analysis,
    decode_conversation,
    encode_analysis,
    encode_conversation,
)
from shared.kernel.errors import Retryable
from shared.ports.ambient import Clock, Files

JSON = "application/json"
EXPORT = "application/octet-stream"
_READ = b"sha256 "


class TranscriptStore:
    """Keeps, reads and forgets conversations and what analysts quoted from them. Every method may raise Retryable."""

    def __init__(self, files: Files, clock: Clock) -> None:
        self._files = files
        self._marks = TranscriptMarkers(files, clock)

    def keep(self, source: str, conversation: Conversation, *, since: datetime | None = None) -> None:
        """Keeps a conversation; keeping it again does not prolong its life. since: when its words, which are lost, may
        first have been kept"""
        one = named(source, conversation.call_id)
        self._marks.mark(one, since)
        self._files.write(_conversation(one), encode_conversation(conversation), content_type=JSON)

    def may_hold(self, since: datetime) -> bool:
        """Tells whether words that were first kept then are still within their year."""
        return self._marks.lasts(since)

    def conversation(self, source: str, source_id: str) -> Conversation | None:
        """Returns a conversation; None when it was never kept, has been forgotten, or is over a year old."""
        raw = self._read(named(source, source_id), _conversation(named(source, source_id)))
        return None if raw is None else decode_conversation(raw)

    def keep_instead(self, source: str, known: Conversation | None, conversation: Conversation) -> bool:
        """Keeps a conversation in the place of what `conversation` gave, and tells whether it did: not where somebody
        else has changed it since."""
        one = named(source, conversation.call_id)
        raw = self._files.read(_conversation(one))
        held = None if raw is None or self._marks.expires_at(one) is None else decode_conversation(raw)
        if held != known:
            return False
        self._marks.mark(one)
        return self._files.replace(_conversation(one), raw, encode_conversation(conversation), content_type=JSON)

    def keep_export(self, source: str, source_id: str, export: bytes) -> None:
        """Keeps a thread as it came, beside its other exports, for the task that reads it; one that was read stays
        so."""
        one = named(source, source_id)
        self._marks.mark(one)
        self._files.replace(_export(one, export), None, export, content_type=EXPORT)

    def exports(self, source: str, source_id: str) -> tuple[bytes, ...]:
        """Returns what came of a thread and waits to be read, in an order that is not that of its coming."""
        one = named(source, source_id)
        if self._marks.expires_at(one) is None:
            return ()
        found = {
            raw for name in (*self._files.list(_exports(one)), _last_export(one)) if (raw := self._files.read(name))
        }
        return tuple(sorted((raw for raw in found if not raw.startswith(_READ)), key=_digest))

    def state_of_export(self, source: str, source_id: str, export: bytes) -> Literal["waiting", "read"] | None:
        """Tells whether this very export of a thread has come, and whether it has been read; None where it has not
        come."""
        one = named(source, source_id)
        if self._marks.expires_at(one) is None:
            return None
        raw, last = self._files.read(_export(one, export)), self._files.read(_last_export(one))
        if raw == b"" or last == _READ + _digest(export):
            return "read"
        return None if raw is None and last != export else "waiting"

    def export_was_read(self, source: str, source_id: str, export: bytes) -> None:
        """Forgets a thread as it came but for its digest: the same export has nothing new to say."""
        one = named(source, source_id)
        self._files.write(_export(one, export), b"", content_type=EXPORT)
        self._forget_last(one, export)

    def forget_export(self, source: str, source_id: str, export: bytes) -> None:
        """Deletes a thread as it came: nobody has read whose words are in it. May be done again."""
        one = named(source, source_id)
        if self._files.read(_export(one, export)):
            self._files.delete(_export(one, export))
        self._forget_last(one, export)

    def forget_exports(self, source: str, source_id: str) -> None:
        """Deletes whatever came of a thread and was not read. May be done again."""
        for export in self.exports(source, source_id):
            self.forget_export(source, source_id, export)

    def expires_at(self, source: str, source_id: str) -> datetime | None:
        """Returns when the words go; None when there are none (any more)."""
        return self._marks.expires_at(named(source, source_id))

    def keep_analysis(self, source: str, employee_id: str, version: int, analysis: CallAnalysis) -> None:
        """Keeps an analysis with its quotes and reasons."""
        name = _analysis(named(source, analysis.call_id), employee_id, version)
        self._files.write(name, encode_analysis(analysis), content_type=JSON)

    def analysis(self, source: str, source_id: str, employee_id: str, version: int) -> CallAnalysis | None:
        """Returns an analysis; None when there is none, or the words are gone."""
        one = named(source, source_id)
        raw = self._read(one, _analysis(one, employee_id, version))
        return None if raw is None else decode_analysis(raw)

    def latest_analysis(self, source: str, source_id: str, employee_id: str) -> CallAnalysis | None:
        """Returns the analysis of the highest version; None when there is none, or the words are gone."""
        one = named(source, source_id)
        names = self._files.list(_analyses(one, employee_id))
        raw = self._read(one, max(names)) if names else None
        return None if raw is None else decode_analysis(raw)

    def forget(self, source: str, source_id: str) -> int:
        """Deletes a conversation and its analyses; how many files there were. May be done again after a crash."""
        one = named(source, source_id)
        return self._delete([*self._words(one), *self._marks.names(one)])

    def forget_analyses_of(self, source: str, source_id: str, employee_id: str) -> int:
        """Deletes one person's analyses of a conversation; how many there were."""
        names = self._files.list(_analyses(named(source, source_id), employee_id))
        for name in names:
            self._files.delete(name)
        return len(names)

    def move_analyses(self, source: str, source_id: str, employee_id: str, to: str) -> None:
        """Keeps one person's analyses of a conversation under another id; one that is there stays. May be repeated."""
        one = named(source, source_id)
        for name in self._files.list(_analyses(one, employee_id)):
            moved = _analyses(one, to) + name.rsplit("/", 1)[1]
            content = self._files.read(name)
            if content is not None and self._files.read(moved) is None:
                self._files.write(moved, content, content_type=JSON)
            self._files.delete(name)

    def rewrite(
        self,
        source: str,
        source_id: str,
        conversation: Callable[[Conversation], Conversation],
        words: Callable[[str], str],
    ) -> None:
        """Changes what is kept of a conversation, for ever: what was said by `conversation`, analyses of it (as JSON
        text) by `words`. What is over a year old goes instead. May be done again."""
        one = named(source, source_id)
        raw = self._files.read(_conversation(one))
        if raw is not None and self._marks.expires_at(one) is None:
            self.forget(source, source_id)
            return
        if raw is not None:
            changed = encode_conversation(conversation(decode_conversation(raw)))
            if not self._files.replace(_conversation(one), raw, changed, content_type=JSON):
                raise Retryable("somebody else has changed this conversation meanwhile")
        for name in self._files.list(_analyses(one)):
            analysis = self._files.read(name)
            if analysis is not None:
                self._files.write(name, words(analysis.decode()).encode(), content_type=JSON)

    def sweep(self, since: date | None = None, *, most: int = 500) -> int:
        """Deletes what is over a year old, where no bucket's rule does; how many conversations went, at most `most`.

        since: the day of the last sweep that left nothing due; None: there was none
        """
        gone = 0
        for one in self._marks.due(since):
            # What leads here goes last: the next sweep finishes what this one began.
            *due, born = self._marks.names(one)
            self._delete([*self._words(one), born, *due])
            gone += 1
            if gone == most:
                break
        return gone

    def _read(self, one: Named, name: str) -> bytes | None:
        return None if self._marks.expires_at(one) is None else self._files.read(name)

    def _words(self, one: Named) -> list[str]:
        """Returns the names of all that was said or quoted."""
        exports = (*self._files.list(_exports(one)), _last_export(one))
        return [*self._files.list(_analyses(one)), _conversation(one), *exports]

    def _forget_last(self, one: Named, export: bytes) -> None:
        if self._files.read(_last_export(one)) == export:
            self._files.delete(_last_export(one))

    def _delete(self, names: Sequence[str]) -> int:
        """Deletes files in this order; how many there were."""
        present = [name for name in names if self._files.read(name) is not None]
        for name in present:
            self._files.delete(name)
        return len(present)


def _conversation(one: Named) -> str:
    return f"conversations/{one[0]}/{one[1]}.json"


def _exports(one: Named) -> str:
    return f"threads/{one[0]}/{one[1]}/"


def _export(one: Named, export: bytes) -> str:
    return _exports(one) + _digest(export).decode()


def _last_export(one: Named) -> str:
    return f"exports/{one[0]}/{one[1]}"


def _digest(export: bytes) -> bytes:
    return hashlib.sha256(export).hexdigest().encode()


def _analyses(one: Named, employee_id: str | None = None) -> str:
    return f"analyses/{one[0]}/{one[1]}/" + ("" if employee_id is None else f"{safe(employee_id)}/")


def _analysis(one: Named, employee_id: str, version: int) -> str:
    return f"{_analyses(one, employee_id)}{version:09d}.json"
