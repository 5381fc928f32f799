"""Puts a person's new id in place of a former one, in whatever a document or a conversation holds.

Wherever a value is the id it is replaced, whatever its field is called: a collection that is added next year is covered
on the day it is added. What merely contains it stays: ids of senders' own, by which they correct an event, and what
people wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.conversations.domain.conversation import Conversation
from shared.kernel.field_values import FieldValue

_ONCE_A_PERSON = frozenset({"participants", "observations", "was", "employees", "employee_ids", "people"})
"""Lists that have each person once."""


@dataclass(frozen=True)
class Moving:
    """Names the id that goes and the one that it leads to."""

    former_id: str
    employee_id: str

    def is_former(self, value: Any) -> bool:
        """Tells whether a value is the former id, in upper case or in lower."""
        return isinstance(value, str) and value.casefold() == self.former_id.casefold()

    def data(self, data: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
        """Returns a document's content under the new id; texts that are JSON are such content, too."""
        return {self._moved(name): self._value(name, value) for name, value in data.items()}

    def conversation(self, said: Conversation) -> Conversation:
        """Returns what was said with the new id for the person's address and voice; the words stay as they were, since
        quotes point into them."""
        return replace(
            said,
            parties=tuple(
                replace(party, email=self._moved(party.email), speaker_id=self._moved(party.speaker_id))
                for party in said.parties
            ),
            turns=tuple(replace(turn, speaker_id=self._moved(turn.speaker_id)) for turn in said.turns),
        )

    def _moved(self, value: Any) -> Any:
        return self.employee_id if self.is_former(value) else value

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return self.data(value)
        if isinstance(value, list):
            return self._list(name, value)
        return value

    def _text(self, text: str) -> str:
        if text[:1] not in ("{", "[") or self.former_id.casefold() not in text.casefold():
            return self.employee_id if self.is_former(text) else text
        try:
            said = json.loads(text)
        except ValueError:
            return text  # begins like JSON and is none
        moved = self._value("", said)
        return text if moved == said else json.dumps(moved, ensure_ascii=False, separators=(",", ":"))

    def _list(self, name: str, value: list[Any]) -> list[Any]:
        there = name in _ONCE_A_PERSON and any(_person_of(one) == self.employee_id for one in value)
        moved = [self._value("", one) for one in value if not (there and self.is_former(_person_of(one)))]
        return sorted(moved) if name == "employees" and all(isinstance(one, str) for one in moved) else moved


def _person_of(element: Any) -> Any:
    return element.get("employee_id") if isinstance(element, Mapping) else element
