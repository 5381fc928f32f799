"""Reads the configuration in force, frameworks and rating parameters, and remembers it for a while.

A function remembers a framework for half a minute, so that an event does not pay for reading it. A rating written
with an older version than one that is already there is refused and done again with the newer one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.parameters import Parameters
from shared.frameworks.domain.review_settings import ReviewSettings
from shared.frameworks.records import CertificateRecords, FrameworkRecords, ScorerFigures, SettingsRecords
from shared.kernel.errors import NotFound
from shared.kernel.reading import is_document_name
from shared.ports.ambient import Clock
from shared.ports.documents import Documents

T = TypeVar("T")

REMEMBERED = timedelta(seconds=30)


class Configuration:
    """Reads frameworks and parameters, remembering each for 30 seconds."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._framework_records = FrameworkRecords(documents)
        self._certificate_records = CertificateRecords(documents)
        self._settings = SettingsRecords(documents)
        self._clock = clock
        self._memory: dict[str, tuple[datetime, object]] = {}
        self._frameworks: dict[str, tuple[str, Framework]] = {}

    def framework(self, framework_id: str, *, fresh: bool = False) -> Framework:
        """Returns the version in force, the very same object for as long as that has not changed; raises NotFound."""

        def read() -> Framework:
            known = is_document_name(framework_id)
            found = self._framework_records.get(framework_id) if known else None
            if found is None:
                raise NotFound(f"there is no framework {framework_id[:60]!r}", field="framework_id")
            kept = self._frameworks.get(framework_id)
            if kept is None or kept[0] != found.stamp:
                kept = self._frameworks[framework_id] = (found.stamp, found.record.content())
            return kept[1]

        return self._remembered(f"framework {framework_id}", read, fresh)

    def is_for_standard(self, framework_id: str) -> bool:
        """Tells whether a framework is in force that is for an official standard."""
        try:
            return self.framework(framework_id).standard is not None
        except NotFound:
            return False

    def frameworks(self) -> list[Framework]:
        """Returns every framework in force, by id."""
        return [self.framework(one.framework_id) for one in self._framework_records.all()]

    def parameters(self, *, fresh: bool = False) -> Parameters:
        """Returns the rating parameters in force; the shipped defaults until others are published."""
        return self._remembered("parameters", lambda: self._settings.parameters() or Parameters(), fresh)

    def reviews(self, *, fresh: bool = False) -> ReviewSettings:
        """Returns how scores are reviewed; the shipped defaults until others are set."""
        return self._remembered("reviews", lambda: self._settings.reviews() or ReviewSettings(), fresh)

    def certificates(self) -> list[ScorerFigures]:
        """Returns every scorer's certificate (see certify.py)."""
        return self._remembered("certificates", self._certificate_records.all, fresh=False)

    def certified(self, scorer_id: str) -> frozenset[str]:
        """Returns the competencies that people's reviews certify a scorer for."""
        return frozenset().union(*(one.certified for one in self.certificates() if one.scorer == scorer_id))

    def forget(self) -> None:
        """Has the next reads go to live state."""
        self._memory.clear()

    def _remembered(self, name: str, read: Callable[[], T], fresh: bool) -> T:
        now = self._clock.now()
        known = self._memory.get(name)
        if known is not None and not fresh and now - known[0] < REMEMBERED:
            return known[1]  # type: ignore[return-value]
        value = read()
        self._memory[name] = (now, value)
        return value
