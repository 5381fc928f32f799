"""The `Calls` port over a folder of files that were exported from Gong: for a pilot without access to its interface.

A file is an answer of `/v2/calls/extensive` (`calls`), one of `/v2/calls/transcript` (`callTranscripts`), or both in
one object; its name ends in `.json`. Files may be added, replaced and removed at any time; of a call that several files
hold, the file changed last counts.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from shared.conversations.domain.conversation import Said
from shared.conversations.domain.recorded_call import RecordedCall, UnreadableCall
from shared.conversations.ports.calls import CallPage, CursorExpired, UnreadableAnswer
from shared.conversations.wire import gong_json
from shared.conversations.wire.gong_calls import CallsAnswer, parse_calls, parse_said
from shared.conversations.wire.gong_json import Unreadable
from shared.kernel.json_values import JsonObject

PAGE: Final = 100

_Stamp = tuple[int, int]
"""A file's time of change, in nanoseconds, and its size."""


@dataclass(frozen=True, slots=True)
class _Exported:
    """Holds what one file says; of the words only whose they are, since a year of them would fill the memory.

    unreadable: its calls that cannot be read; the file itself counts as one where it cannot
    """

    path: Path
    calls: tuple[RecordedCall, ...] = ()
    said_in: frozenset[str] = frozenset()
    unreadable: tuple[UnreadableCall, ...] = ()


class RecordedCalls:
    """Calls in a folder, which need not exist yet. Nothing limits the rate."""

    def __init__(self, folder: Path, *, page_size: int = PAGE):
        self._folder = folder
        self._page_size = page_size
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[_Stamp, _Exported]] = {}

    def page(self, since: datetime, until: datetime, cursor: str | None = None) -> CallPage:
        """Begins after the call that `cursor` names, so that files that come meanwhile repeat and skip nothing."""
        files = self._files()
        calls = {call.call_id: call for one in files for call in one.calls}
        wanted = sorted((_when(call), call_id) for call_id, call in calls.items() if since <= _when(call) < until)
        if cursor is not None:
            wanted = [one for one in wanted if one > _position(cursor)]
        page, more = wanted[: self._page_size], wanted[self._page_size :]
        return CallPage(
            calls=tuple(calls[call_id] for _, call_id in page),
            cursor=f"{page[-1][0].isoformat()} {page[-1][1]}" if more else None,
            # Their time is unknown, so that every listing's first page brings them; a quarantine knows them again.
            unreadable=tuple(odd for one in files for odd in one.unreadable) if cursor is None else (),
        )

    def call(self, call_id: str) -> RecordedCall | None:
        found: RecordedCall | UnreadableCall | None = None
        for one in self._files():
            found = next((odd for odd in one.unreadable if odd.call_id == call_id), found)
            found = next((call for call in one.calls if call.call_id == call_id), found)
        if isinstance(found, UnreadableCall):
            raise UnreadableAnswer(found.detail, field=found.place, raw=found.raw)
        return found

    def transcript(self, call_id: str) -> Said | None:
        for one in reversed(self._files()):
            if call_id in one.said_in:
                entry = _entries_said(_body(one.path)).get(call_id)
                if entry is not None:  # else the file has changed in this very moment
                    return _said(entry, call_id)
        return None

    def _files(self) -> list[_Exported]:
        """Returns what all files hold, the file changed last at the end; each is read once until it changes."""
        stamped = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                about = path.stat()
            except FileNotFoundError:
                continue  # removed since
            stamped.append(((about.st_mtime_ns, about.st_size), path))
        stamped.sort()
        with self._lock:
            known = {}
            for stamp, path in stamped:
                kept = self._read.get(path)
                known[path] = kept if kept is not None and kept[0] == stamp else (stamp, _exported(path))
            self._read = known
            return [known[path][1] for _, path in stamped]


def _exported(path: Path) -> _Exported:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return _Exported(path)
    try:
        body = gong_json.an_object(gong_json.read(raw), None)
        if "calls" not in body and "callTranscripts" not in body:
            raise Unreadable("`calls` or `callTranscripts` is missing.", field="calls")
        details = parse_calls(raw) if "calls" in body else CallsAnswer(())
        return _Exported(path, details.calls, frozenset(_entries_said(body)), details.unreadable)
    except Unreadable as error:
        odd = UnreadableCall(None, f"{path.name}: {error.detail}", error.field, raw)
        return _Exported(path, unreadable=(odd,))


def _body(path: Path) -> Any:
    try:
        return gong_json.read(path.read_bytes())
    except (FileNotFoundError, Unreadable):
        return None


def _entries_said(body: Any) -> dict[str, JsonObject]:
    """Reads the transcripts by the calls' ids, no further yet. Raises Unreadable when one lacks its id."""
    found: dict[str, JsonObject] = {}
    entries = body.get("callTranscripts") if isinstance(body, dict) else None
    for position, entry in enumerate(gong_json.a_list(entries or [], "callTranscripts")):
        entry = gong_json.an_object(entry, f"callTranscripts.{position}")
        found[gong_json.call_identifier(entry.get("callId"), f"callTranscripts.{position}.callId")] = entry
    return found


def _said(entry: JsonObject, call_id: str) -> Said | None:
    raw = gong_json.written({"callTranscripts": [entry]})
    try:
        return parse_said(raw, call_id)
    except Unreadable as error:
        raise UnreadableAnswer(error.detail, field=error.field, raw=raw) from None


def _when(call: RecordedCall) -> datetime:
    return call.scheduled or call.started


def _position(cursor: str) -> tuple[datetime, str]:
    moment, _, call_id = cursor.partition(" ")
    try:
        return datetime.fromisoformat(moment), call_id
    except ValueError:
        raise CursorExpired("the cursor is not one of ours") from None
