"""Decides whose part in a call somebody may see, and who may act on a call."""

from __future__ import annotations

from shared.conversations.records import CallRecord
from shared.kernel import access
from shared.kernel.access import Caller, Permission
from shared.kernel.errors import Forbidden
from shared.people.usecases.open_profile import OpenProfile


class CallSight:
    """Knows the relation between viewers and the employees of a call."""

    def __init__(self, people: OpenProfile) -> None:
        self._people = people

    def visible(self, caller: Caller, record: CallRecord) -> frozenset[str]:
        """Returns those of a call's employees whose profile the caller may open."""
        if sees_all(caller):
            return frozenset(record.employees)
        return self._people.visible_to(caller, record.employees)

    def sees(self, caller: Caller, record: CallRecord) -> bool:
        """Tells whether the caller may see a call; leaves no record, since nothing of it is shown yet."""
        return sees_all(caller) or bool(self.visible(caller, record))

    def check_seen(self, caller: Caller, record: CallRecord) -> None:
        """Raises Forbidden for who may see none of a call's employees."""
        if not self.sees(caller, record):
            raise Forbidden("you may see calls of your own, and of those whose profile you may open")

    def check_acts(self, caller: Caller, record: CallRecord, permission: Permission) -> None:
        """Raises Forbidden for who lacks the permission, and for a manager none of whose reports took part."""
        access.require(caller, permission)
        if not (caller.is_service or caller.role in {"administrator", "enablement"}):
            self.check_seen(caller, record)


def sees_all(caller: Caller) -> bool:
    """Tells whether everyone's profile, and so everyone's calls, are in the caller's sight."""
    if "histories.read" not in caller.permissions:
        return False
    return caller.role is None or access.PROFILE_SIGHT[caller.role] == "everyone"
