"""Says which official standards somebody may look at."""

from __future__ import annotations

from collections.abc import Callable

from shared.frameworks.records import FrameworkRecords
from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.people.usecases.worlds import Worlds


class StandardsInSight:
    """Opens all to those who read standards, and to everybody else those of their own world, in all their versions."""

    def __init__(self, frameworks: FrameworkRecords, worlds: Worlds, pinned: Callable[[str], str | None]) -> None:
        """Takes `pinned`, which returns the standard that somebody is held to, None for who is not enrolled."""
        self._frameworks = frameworks
        self._worlds = worlds
        self._pinned = pinned

    def of(self, caller: Caller) -> frozenset[str] | None:
        """Returns the references of the standards that the caller may see; None: all. Raises Forbidden."""
        require(caller, "skills.read")
        if caller.is_service or "standards.read" in caller.permissions:
            return None
        found = {self._pinned(caller.employee_id)} if caller.employee_id else set()
        for framework_id in self._worlds.of(caller) or ():
            kept = self._frameworks.get(framework_id)
            found.add(None if kept is None else kept.record.content().standard)
        return frozenset(key.partition("@")[0] for key in found if key is not None)

    def open(self, caller: Caller, key: str) -> None:
        """Raises Forbidden; NotFound for a standard of another world, as for one that is not kept."""
        known = self.of(caller)
        if known is not None and key.partition("@")[0] not in known:
            raise NotFound(f"there is no standard {key[:80]!r} here", field="key")
