"""The configuration in force: frameworks and rating parameters, read from live state and remembered for a while.

A function remembers a framework for half a minute, so that an event does not pay for reading it. A rating written
with an older version than one that is already there is refused and done again with the newer one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from shared.frameworks.domain.framework import Framework, framework_from_dict
from shared.frameworks.domain.parameters import Parameters, Untrusted
from shared.kernel.errors import NotFound
from shared.kernel.reading import is_document_name
from shared.ports.ambient import Clock
from shared.ports.documents import Documents, Query

if TYPE_CHECKING:
    from shared.frameworks.domain.review_settings import ReviewSettings

T = TypeVar("T")

REMEMBERED = timedelta(seconds=30)
DEFAULT_FRAMEWORK = "sales_engineering"
REVIEW_SETTINGS = "settings/reviews"
CERTIFICATES = Query("certificates")


class Configuration:
    """Reads frameworks and parameters, remembering each for 30 seconds."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock
        self._memory: dict[str, tuple[datetime, object]] = {}
        self._frameworks: dict[str, tuple[str, Framework]] = {}

    def framework(self, framework_id: str, *, fresh: bool = False) -> Framework:
        """The version in force, the very same object for as long as that has not changed; raises NotFound."""

        def read() -> Framework:
            known = is_document_name(framework_id)
            document = self._documents.get(f"frameworks/{framework_id}") if known else None
            if document is None:
                raise NotFound(f"there is no framework {framework_id[:60]!r}", field="framework_id")
            kept = self._frameworks.get(framework_id)
            if kept is None or kept[0] != document.version:
                kept = self._frameworks[framework_id] = (
                    document.version,
                    framework_from_dict(document.data["framework"]),
                )
            return kept[1]

        return self._remembered(f"framework {framework_id}", read, fresh)

    def parameters(self, *, fresh: bool = False) -> Parameters:
        """The rating parameters in force; the shipped defaults until others are published."""

        def read() -> Parameters:
            document = self._documents.get("parameters/current")
            if document is None:
                return Parameters()
            untrusted = tuple(Untrusted(**one) for one in document.data.get("untrusted", ()))
            return Parameters(**{**document.data, "untrusted": untrusted})

        return self._remembered("parameters", read, fresh)

    def reviews(self, *, fresh: bool = False) -> ReviewSettings:
        """How scores are reviewed; the shipped defaults until others are set."""

        def read() -> ReviewSettings:
            from shared.frameworks.domain.review_settings import ReviewSettings

            document = self._documents.get(REVIEW_SETTINGS)
            return ReviewSettings() if document is None else ReviewSettings(**document.data)

        return self._remembered("reviews", read, fresh)

    def certificates(self) -> list[dict[str, Any]]:
        """Every scorer's certificate (see certify.py), as stored."""

        def read() -> list[dict[str, Any]]:
            return [document.data for document in self._documents.query(CERTIFICATES)]

        return self._remembered("certificates", read, fresh=False)

    def forget(self) -> None:
        """The next reads go to live state."""
        self._memory.clear()

    def _remembered(self, name: str, read: Callable[[], T], fresh: bool) -> T:
        now = self._clock.now()
        known = self._memory.get(name)
        if known is not None and not fresh and now - known[0] < REMEMBERED:
            return known[1]  # type: ignore[return-value]
        value = read()
        self._memory[name] = (now, value)
        return value
