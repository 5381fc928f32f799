"""Shows what could not be taken in, takes it in again, and gives it up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, NotFound, Rejected
from shared.kernel.pages import Page, Position
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.quarantine import CALL, QuarantinedInput, QuarantineRecords
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Files

if TYPE_CHECKING:
    from shared.platform.contract import QuarantineItem, Replayed

TakeIn = Callable[[QuarantinedInput, bytes, Caller], "Replayed"]
"""(item, raw bytes, caller) → what the original request would come to now; raises Rejected."""


@dataclass(frozen=True, slots=True)
class WholeInput:
    """An input with its raw bytes: none any more of a discarded one. replayable: it can be taken in again from here"""

    item: QuarantinedInput
    raw: bytes
    replayable: bool


class QuarantinedInputs:
    """Lets an administrator decide about rejected input. Its raw words are shown, and who has seen them is recorded.

    take_in: by source, what takes an input of it in again
    """

    def __init__(self, records: QuarantineRecords, files: Files, audit: Audit, take_in: Mapping[str, TakeIn]) -> None:
        self._records = records
        self._files = files
        self._audit = audit
        self._take_in = take_in

    def list(self, caller: Caller, *, limit: int = 50, after: Position | None = None) -> Page[QuarantineItem]:
        """Returns what is known about the inputs, the newest first; nothing of their content. Raises Forbidden."""
        require(caller, "operations.read")
        from shared.platform.contract import QuarantineItem

        found = self._records.page(limit=limit, after=after)
        return found.each(lambda item: QuarantineItem.model_validate(item, from_attributes=True))

    def show(self, caller: Caller, quarantine_id: str) -> WholeInput:
        """Returns an input with its raw bytes. Raises Forbidden, NotFound."""
        require(caller, "operations.read")
        item, raw = self._whole(quarantine_id)
        self._audit.record(caller, AuditAction.QUARANTINE_VIEWED, subject=item.quarantine_id)
        replayable = item.source in self._take_in and (item.source != CALL or item.record_id is not None)
        return WholeInput(item, raw, replayable)

    def replay(self, caller: Caller, quarantine_id: str) -> tuple[QuarantinedInput, Replayed]:
        """Takes an input in again, and returns what it was and what came of it. One that is rejected again stays open.

        Raises Forbidden, NotFound, Conflict, Rejected.
        """
        require(caller, "operations.write")
        item, raw = self._whole(quarantine_id)
        if item.state == "discarded":
            raise Conflict("the item has been discarded")
        if item.source not in self._take_in:
            raise Conflict(f"input of {item.source} cannot be taken in again from here")
        self._audit.record(caller, AuditAction.QUARANTINE_REPLAYED, subject=quarantine_id)
        try:
            replayed = self._take_in[item.source](item, raw, caller)
        except Rejected as error:
            self._records.refuse_again(quarantine_id, error)
            raise
        self._records.settle(quarantine_id, "replayed")
        return item, replayed

    def discard(self, caller: Caller, quarantine_id: str) -> None:
        """Gives an input up and deletes its content. Raises Forbidden, NotFound."""
        require(caller, "operations.write")
        self._whole(quarantine_id)
        self._audit.record(caller, AuditAction.QUARANTINE_DISCARDED, subject=quarantine_id)
        self._records.settle(quarantine_id, "discarded")
        self._files.delete(quarantine_id)

    def _whole(self, quarantine_id: str) -> tuple[QuarantinedInput, bytes]:
        item = self._records.get(quarantine_id)
        raw = self._files.read(quarantine_id) if item else None
        if item is None or (raw is None and item.state != "discarded"):
            raise NotFound(f"nothing is quarantined as {quarantine_id[:64]!r}", field="quarantine_id")
        return item, raw or b""
