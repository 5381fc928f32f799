"""Marks when a conversation's words were first kept, and on which day their year is over.

    kept/<source>/<source id>               when the words were first kept
    due/<day>/<source>/<source id>          empty: on that day their year is over

Reads ask `kept`, so that they refuse what is too old even before the bucket's own rule (which lags by a day) has
deleted it. The sweep lists the days of `due` since it was last done, and reads nothing that is not due.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

from shared.ports.ambient import Clock, Files

KEPT = timedelta(days=365)
"""From the day on which the words were first kept; the bucket's rule says the same."""

Named = tuple[str, str]
"""(source, source id) as files' names have them."""


def named(source: str, source_id: str) -> Named:
    """Returns how a conversation's files are named."""
    return safe(source), safe(source_id)


def safe(part: str) -> str:
    """Returns a part of a file's name, without slashes of its own."""
    return quote(part, safe="@.-_")


class TranscriptMarkers:
    """Writes, reads and deletes marks. Every method may raise Retryable."""

    def __init__(self, files: Files, clock: Clock) -> None:
        self._files = files
        self._clock = clock

    def mark(self, one: Named, since: datetime | None = None) -> None:
        """Marks a conversation as kept from then on, or from now on; one that is marked keeps its day."""
        if self._files.read(_born(one)) is None:
            since = since or self._clock.now()
            # First what leads the sweep here: words without it would stay for ever.
            self._files.write(_due(since, one), b"", content_type="text/plain")
            self._files.write(_born(one), since.isoformat().encode(), content_type="text/plain")

    def lasts(self, since: datetime) -> bool:
        """Tells whether the year that began then is not over."""
        return since + KEPT > self._clock.now()

    def expires_at(self, one: Named) -> datetime | None:
        """Returns when a conversation's words go; None when there are none (any more)."""
        kept = self._kept(one)
        return kept + KEPT if kept is not None and self.lasts(kept) else None

    def names(self, one: Named) -> list[str]:
        """Returns a conversation's marks. What leads to the day goes last: deleted again, nothing is left over."""
        kept = self._kept(one)
        return [*([] if kept is None else [_due(kept, one)]), _born(one)]

    def due(self, since: date | None) -> Iterator[Named]:
        """Yields the conversations whose year is over, and deletes marks that lead nowhere.

        since: the day of the last sweep that left nothing due. None: there was none, so the days are taken from what
        says when each conversation was kept, which reads all of it once.
        """
        if since is None:
            self._mark_days()
        for name in self._due_names(since):
            _, _, source, source_id = name.split("/")
            kept = self._kept((source, source_id))
            if kept is None or _due(kept, (source, source_id)) != name:
                # Forgotten half-way, or kept anew on another day, which has a name of its own.
                self._files.delete(name)
            elif kept + KEPT <= self._clock.now():
                yield source, source_id

    def _mark_days(self) -> None:
        for name in self._files.list("kept/"):
            _, source, source_id = name.split("/")
            kept = self._kept((source, source_id))
            if kept is not None:
                self._files.write(_due(kept, (source, source_id)), b"")

    def _due_names(self, since: date | None) -> Iterator[str]:
        today = self._clock.now().date()
        if since is None:
            yield from (name for name in self._files.list("due/") if name.split("/")[1] <= today.isoformat())
            return
        for days in range((today - since).days + 1):
            yield from self._files.list(f"due/{since + timedelta(days=days)}/")

    def _kept(self, one: Named) -> datetime | None:
        born = self._files.read(_born(one))
        return None if born is None else datetime.fromisoformat(born.decode())


def _born(one: Named) -> str:
    return f"kept/{one[0]}/{one[1]}"


def _due(kept: datetime, one: Named) -> str:
    return f"due/{(kept + KEPT).astimezone(UTC).date()}/{one[0]}/{one[1]}"
