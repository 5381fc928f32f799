"""Shows what could not be delivered, delivers it again, and gives it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, NotFound
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit

if TYPE_CHECKING:
    from shared.operations.contract import DeadLetterDetail, DeadLetterItem, LettersReplayed
    from shared.ports.messages import DeadLetters

MOST_REPLAYED = 500
"""At once: each is a task that is made while somebody waits for the answer."""


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

    def replay_all(self, caller: Caller, subscription: str | None) -> LettersReplayed:
        """Has the latest letters delivered again: all, or those to one subscription or queue. Raises Forbidden.

        Those that nobody takes one by one stay, and are counted apart.
        """
        from shared.operations.contract import LettersReplayed

        require(caller, "operations.write")
        found = self._letters.list(limit=MOST_REPLAYED + 1, subscription=subscription)
        replayed = stay = 0
        self._audit.record(caller, AuditAction.DEAD_LETTER_REPLAYED, subject=subscription or "all")
        for letter in found[:MOST_REPLAYED]:
            try:
                replayed += self._letters.replay(letter.letter_id)
            except Conflict:
                stay += 1
        return LettersReplayed(replayed=replayed, stay=stay, more=len(found) > MOST_REPLAYED)

    def discard(self, caller: Caller, letter_id: str) -> None:
        """Gives a letter up. Raises Forbidden, NotFound."""
        require(caller, "operations.write")
        self._audit.record(caller, AuditAction.DEAD_LETTER_DISCARDED, subject=letter_id)
        if not self._letters.discard(letter_id):
            raise _gone(letter_id)


def _gone(letter_id: str) -> NotFound:
    return NotFound(f"there is no dead letter {letter_id[:80]!r}", field="letter_id")
