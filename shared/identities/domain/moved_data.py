"""Puts a person's new id in place of a former one, in what a document or a conversation says of people.

It is replaced in the fields that are declared to hold people (see shared.people.domain.person_fields), and nowhere
else: a call `1042` is not employee 1042, and what people wrote stays as they wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.conversations.domain.conversation import Conversation
from shared.kernel.field_values import FieldValue
from shared.people.domain.person_fields import ANYWHERE, CLOSED, VOICES, fields_of, holds_person, is_address

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

    def data(self, collection: str, data: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
        """Returns a document's content under the new id; texts that are JSON are such content, too."""
        return self._within(fields_of(collection), data)

    def conversation(self, said: Conversation) -> Conversation:
        """Returns what was said with the new id for the person's address and voice; the words stay as they were, since
        quotes point into them."""
        return replace(
            said,
            parties=tuple(
                replace(party, email=self._moved(party.email), speaker_id=self._voice(party.speaker_id))
                for party in said.parties
            ),
            turns=tuple(replace(turn, speaker_id=self._voice(turn.speaker_id)) for turn in said.turns),
        )

    def _moved(self, value: Any) -> Any:
        return self.employee_id if self.is_former(value) else value

    def _voice(self, value: Any) -> Any:
        return self._moved(value) if is_address(self.former_id) else value

    def _within(self, fields: frozenset[str], data: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
        return {
            name: value if name in CLOSED else self._value(fields, name, value, holds_person(fields, name, data))
            for name, value in data.items()
        }

    def _value(self, fields: frozenset[str], name: str, value: Any, person: bool) -> Any:
        if isinstance(value, Mapping):
            return self._within(fields, value)
        if isinstance(value, list):
            return self._list(fields, name, value, person)
        if not isinstance(value, str):
            return value
        if person:
            return self._moved(value)
        return self._voice(value) if name in VOICES else self._text(value)

    def _text(self, text: str) -> str:
        if text[:1] not in ("{", "[") or self.former_id.casefold() not in text.casefold():
            return text
        try:
            said = json.loads(text)
        except ValueError:
            return text  # begins like JSON and is none
        moved = self._value(ANYWHERE, "", said, False)
        return text if moved == said else json.dumps(moved, ensure_ascii=False, separators=(",", ":"))

    def _list(self, fields: frozenset[str], name: str, value: list[Any], person: bool) -> list[Any]:
        there = name in _ONCE_A_PERSON and any(_person_of(one, person) == self.employee_id for one in value)
        kept = [one for one in value if not (there and self.is_former(_person_of(one, person)))]
        moved = [self._value(fields, "", one, person) for one in kept]
        return sorted(moved) if name == "employees" and all(isinstance(one, str) for one in moved) else moved


def _person_of(element: Any, person: bool) -> Any:
    """Returns whom an element of a list stands for. person: the list is one of people's ids"""
    return element.get("employee_id") if isinstance(element, Mapping) else element if person else None
