"""Decides what becomes of a document that is about somebody who is erased, or that names them.

A document about the person goes. In one about others, or about the platform, every mention is replaced by a pseudonym
that nothing can be traced back from (its salt is destroyed with the run), and the person leaves the lists they are in.

What this cannot do: recognise a person who is described and not named, a nickname, or a given name alone in free text.
A full name is only replaced when it has two words or more, and nobody else of the organisation has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast
from urllib.parse import quote

from shared.conversations.domain.conversation import Conversation, Party
from shared.kernel.field_values import FieldValue

REMOVED = "[removed]"
"""What stands in place of a name, and of what an erased person said in a call of others."""

NAMING_IS_ENOUGH: frozenset[str] = frozenset({"quarantine", "dead_letters", "delivery_failures", "idempotency_keys"})
"""Collections of undigested input, and of answers kept for a day: a document that names the person goes whole."""
CONFIGURATION: frozenset[str] = frozenset({"frameworks", "framework_versions", "parameters"})
"""Where words are the organisation's, and a person is at most the one who changed something: names stay."""
_EMPTIED = ("manager_id", "mentor_id")
_BELONGS = {
    "sessions": ("email",),
    "transcript_grants": ("employee_id", "to"),
    "escalations": ("to",),
    "webhook_subscriptions": ("owner",),
}
"""By which field a document of a collection belongs to a person, where that is not `employee_id`."""


@dataclass(frozen=True)
class Erasing:
    """The person who is being erased.

    employee_id: also the e-mail address; name: None when it is not known, or somebody else has the same
    pseudonym:   stands for the person in what stays; the same throughout one run
    former:      ids that the person had before
    """

    employee_id: str
    pseudonym: str
    name: str | None = None
    former: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Returns every id that the person has or had."""
        return (self.employee_id, *self.former)

    def mentions(self, text: str, *, names: bool = True) -> bool:
        """Tells whether a text has the person's id (as such, or as URLs write it) or, with `names`, the full name."""
        return bool(self._id.search(text)) or (names and self._name is not None and bool(self._name.search(text)))

    def cleaned(self, text: str, *, names: bool = True) -> str:
        """Returns the text with the pseudonym in place of the id, and without the full name."""
        text = self._id.sub(self.pseudonym, text)
        return self._name.sub(REMOVED, text) if names and self._name is not None else text

    def masked(self, text: str) -> str:
        """Returns the text with ■ for each character of the id, the name and the given name: as long as before, so that
        what points into it (turn and span of a quote) still does."""
        for pattern in (self._id, self._name, self._given):
            if pattern is not None:
                text = pattern.sub(lambda found: "■" * len(found.group()), text)
        return text

    @cached_property
    def _id(self) -> re.Pattern[str]:
        forms = {form for one in self.ids for form in (one, quote(one, safe=""))}
        written = "|".join(re.escape(form) for form in sorted(forms))
        # A line break in JSON text is a backslash and an n: a letter that is no part of the address.
        begin, end = r"(?:(?<=\\[nrtbf])|(?<![\w.%+@-]))", r"(?![\w@-]|\.\w)"
        return re.compile(f"{begin}(?:{written}){end}", re.IGNORECASE)

    @cached_property
    def _name(self) -> re.Pattern[str] | None:
        words = (self.name or "").split()
        if len(words) < 2 or "@" in (self.name or ""):
            return None
        plain = r"\s+".join(re.escape(word) for word in words)
        escaped = r"\s+".join(re.escape(json.dumps(word)[1:-1]) for word in words)
        return re.compile(rf"(?:(?<=\\[nrtbf])|(?<!\w))(?:{plain}|{escaped})(?!\w)", re.IGNORECASE)

    @cached_property
    def _given(self) -> re.Pattern[str] | None:
        words = (self.name or "").split()
        if len(words) < 2 or len(words[0]) < 3:
            return None
        return re.compile(rf"(?<!\w){re.escape(words[0])}(?!\w)")


def is_about(person: Erasing, collection: str, identity: str, data: Mapping[str, FieldValue]) -> bool:
    """Tells whether a document goes with the person. Audit records never do: they are cleaned."""
    if collection == "audit":
        return False
    if person.mentions(identity, names=False):
        return True
    if any(data.get(name) in person.ids for name in _BELONGS.get(collection, ("employee_id",))):
        return True
    concerned = data.get("employees")
    if collection == "escalations" and isinstance(concerned, list) and concerned:  # an empty one concerns nobody
        return all(one in person.ids for one in concerned)
    return collection in NAMING_IS_ENOUGH and _mentioned(person, data)


def cleaned_document(person: Erasing, collection: str, data: Mapping[str, FieldValue]) -> dict[str, FieldValue] | None:
    """Returns the document without the person; None when it does not mention them.

    A call that nobody of the organisation took part in any more loses its title and its link as well.
    """
    names = collection not in CONFIGURATION
    kept = data
    if collection == "audit" and "people" in data:  # who was seen stands there as well, and by the pseudonym
        kept = {**data, "people": [person.cleaned(str(one), names=False) for one in cast(list[str], data["people"])]}
    found = _cleaned(person, kept, names)
    if collection == "calls" and data.get("employees") and not found.get("employees"):
        found |= {"title": None, "url": None, "state": "nobody"}
    return None if found == data else found


def _cleaned(person: Erasing, data: Mapping[str, FieldValue], names: bool) -> dict[str, FieldValue]:
    cleaned: dict[str, FieldValue] = {}
    for name, inner in data.items():
        if name in _EMPTIED and inner in person.ids:
            cleaned[name] = None
        else:
            cleaned[person.cleaned(name, names=names)] = _cleaned_value(person, inner, names)
    return cleaned


def _cleaned_value(person: Erasing, value: FieldValue, names: bool) -> FieldValue:
    if isinstance(value, str):
        return person.cleaned(value, names=names)
    if isinstance(value, Mapping):
        return _cleaned(person, value, names)
    if isinstance(value, list):
        return [_cleaned_value(person, inner, names) for inner in value if not _is_entry_of(person, inner)]
    return value


def _is_entry_of(person: Erasing, value: Any) -> bool:
    """Tells whether an element of a list stands for the person."""
    if isinstance(value, Mapping):
        return value.get("employee_id") in person.ids
    return value in person.ids


def _mentioned(person: Erasing, value: Any) -> bool:
    if isinstance(value, str):
        return person.mentions(value)
    if isinstance(value, bytes):
        return person.mentions(value.decode("utf-8", errors="replace"))
    if isinstance(value, Mapping):
        return any(person.mentions(name) or _mentioned(person, inner) for name, inner in value.items())
    if isinstance(value, list):
        return any(_mentioned(person, inner) for inner in value)
    return False


def without(
    person: Erasing, conversation: Conversation, speaker_ids: Collection[str] = (), others: Collection[str] = ()
) -> Conversation:
    """Returns a conversation of others as it is after one of its parties has been erased: the party is gone, their
    words are replaced, and their name is blacked out in what others said. Turns keep their places, times and lengths of
    others' words, so that evidence about others still points to what it stood on.

    speaker_ids: the person's, where the recording does not give the e-mail address
    others: voices that are others' whatever the recording says
    """
    own = [party for party in conversation.parties if _is_party(person, party)]
    voices = {*speaker_ids, *(party.speaker_id for party in own if party.speaker_id is not None)} - {*others}
    return replace(
        conversation,
        parties=tuple(
            replace(party, name=party.name and person.masked(party.name), speaker_id=_voice(person, party.speaker_id))
            for party in conversation.parties
            if party not in own and party.speaker_id not in voices
        ),
        turns=tuple(
            # In a thread a voice is an address: who spoke goes with what was said.
            replace(
                turn,
                speaker_id=_voice(person, turn.speaker_id),
                text=REMOVED if turn.speaker_id in voices else person.masked(turn.text),
            )
            for turn in conversation.turns
        ),
    )


def _voice(person: Erasing, speaker_id: str | None) -> str | None:
    return speaker_id and person.cleaned(speaker_id, names=False)


def _is_party(person: Erasing, party: Party) -> bool:
    if party.email is not None:
        return party.email.casefold() in {one.casefold() for one in person.ids}
    return party.name is not None and person.name is not None and party.name.casefold() == person.name.casefold()
