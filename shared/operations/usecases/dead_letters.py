"""Shows what could not be delivered, delivers it again, and gives it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit

if TYPE_CHECKING:
    from shared.operations.contract import DeadLetterDetail, DeadLetterItem
    from shared.ports.messages import DeadLetters


class DeadLetterDesk:
    """Lets an administrator decide about dead letters. Their words are shown, and who has seen them is recorded."""

    def __init__(self, letters: DeadLetters, audit: Audit) -> None:
        self._letters = letters
        self._audit = audit

    def list(self, caller: Caller, *, limit: int) -> list[DeadLetterItem]:
        """Returns what is known about the letters; nothing of their content. Raises Forbidden."""
        from shared.operations.contract import DeadLetterItem

        require(caller, "operations.read")
        return [
            DeadLetterItem.model_validate(letter, from_attributes=True) for letter in self._letters.list(limit=limit)
        ]

    def show(self, caller: Caller, letter_id: str) -> DeadLetterDetail:
        """Returns a letter with its content. Raises Forbidden, NotFound."""
        from shared.operations.contract import DeadLetterDetail

        require(caller, "operations.read")
        letter = self._letters.get(letter_id)
        if letter is None:
            raise _gone(letter_id)
        self._audit.record(caller, AuditAction.DEAD_LETTER_VIEWED, subject=letter_id)
        return DeadLetterDetail.model_validate(letter, from_attributes=True)

    def replay(self, caller: Caller, letter_id: str) -> None:
        """Delivers a letter again, to the subscription or queue that failed. Raises Forbidden, NotFound."""
        require(caller, "operations.write")
        self._audit.record(caller, AuditAction.DEAD_LETTER_REPLAYED, subject=letter_id)
        if not self._letters.replay(letter_id):
            raise _gone(letter_id)

    def discard(self, caller: Caller, letter_id: str) -> None:
        """Gives a letter up. Raises Forbidden, NotFound."""
        require(caller, "operations.write")
        self._audit.record(caller, AuditAction.DEAD_LETTER_DISCARDED, subject=letter_id)
        if not self._letters.discard(letter_id):
            raise _gone(letter_id)


def _gone(letter_id: str) -> NotFound:
    return NotFound(f"there is no dead letter {letter_id[:80]!r}", field="letter_id")
