"""Decides what becomes of a document that is about somebody who is erased, or that names them.

A document about the person goes. In one about others, or about the platform, every mention is replaced by a pseudonym
that nothing can be traced back from (its salt is destroyed with the run), and the person leaves the lists they are in.

An id is a mention in a field that holds people (see shared.people.domain.person_fields); an e-mail address is one in
every text, and a word in what people wrote. `90` is a score and `discovery` a skill wherever else they stand, and of
JSON nothing but its texts is touched.

What this cannot do: recognise a person who is described and not named, a nickname, a given name alone in free text, or
an id of digits alone in what people wrote, where it is a number. A full name is only replaced when it has two words or
more, and nobody else of the organisation has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast
from urllib.parse import quote

from shared.conversations.domain.conversation import Conversation, Party
from shared.kernel.field_values import FieldValue
from shared.people.domain.person_fields import (
    ANYWHERE,
    CLOSED,
    UNDER_THEIR_ID,
    fields_of,
    holds_person,
    is_address,
)
from shared.platform.domain.audit_actions import SAYS_WHO

REMOVED = "[removed]"
"""What stands in place of a name, and of what an erased person said in a call of others."""

NAMING_IS_ENOUGH: frozenset[str] = frozenset({"quarantine", "dead_letters", "delivery_failures", "idempotency_keys"})
"""Collections of undigested input, and of answers kept for a day: a document that names the person goes whole."""
CONFIGURATION: frozenset[str] = frozenset(
    {"frameworks", "framework_versions", "parameters", "lessons", "lesson_versions"}
)
"""Where words are the organisation's, and a person is at most the one who changed something: names stay."""
_EMPTIED = ("manager_id", "mentor_id")
_OURS = CLOSED | {"answer"}
"""Fields in which people wrote nothing: words there are the product's."""
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

    def is_one(self, value: Any) -> bool:
        """Tells whether a value is one of the person's ids, in upper case or in lower."""
        return isinstance(value, str) and value.casefold() in self._folded

    def mentions(self, text: str, *, names: bool = True) -> bool:
        """Tells whether a text has an address of the person's (as such, or as URLs write it) or, with `names`, the full
        name. Another id is too little to take the whole of it away for."""
        return self._has(self._address, text, names)

    def may_be_named(self, raw: str) -> bool:
        """Tells likewise of raw input, of which nobody knows what its words are."""
        return self._has(self._id, raw, names=True)

    def cleaned(self, text: str, *, names: bool = True, whole: bool = False, ours: bool = False) -> str:
        """Returns the text with the pseudonym in place of the ids, and without the full name. whole: numbers are ids
        there as well; ours: nobody wrote it"""
        pattern = self._id if whole else self._address if ours else self._mention(text)
        text = text if pattern is None else pattern.sub(self.pseudonym, text)
        return self._name.sub(REMOVED, text) if names and self._name is not None else text

    def masked(self, text: str) -> str:
        """Returns the text with ■ for each character of the id, the name and the given name: as long as before, so that
        what points into it (turn and span of a quote) still does."""
        for pattern in (self._mention(text), self._name, self._given):
            if pattern is not None:
                text = pattern.sub(lambda found: "■" * len(found.group()), text)
        return text

    def masked_json(self, text: str) -> str:
        """Returns JSON in which each text is masked."""
        said = json.loads(text)
        masked = _each_text(said, self.masked)
        return text if masked == said else json.dumps(masked, ensure_ascii=False, separators=(",", ":"))

    def _has(self, pattern: re.Pattern[str] | None, text: str, names: bool) -> bool:
        found = pattern is not None and bool(pattern.search(text))
        return found or (names and self._name is not None and bool(self._name.search(text)))

    def _mention(self, text: str) -> re.Pattern[str] | None:
        """Returns what is a mention in a text: a single word may be anything that is called so."""
        return self._word if "://" in text or any(character.isspace() for character in text) else self._address

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(one.casefold() for one in self.ids)

    @cached_property
    def _id(self) -> re.Pattern[str] | None:
        return _finding(self.ids)

    @cached_property
    def _address(self) -> re.Pattern[str] | None:
        return _finding(one for one in self.ids if is_address(one))

    @cached_property
    def _word(self) -> re.Pattern[str] | None:
        return _finding(one for one in self.ids if not one.isdigit())

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


def _finding(ids: Iterable[str]) -> re.Pattern[str] | None:
    """Returns what finds ids that stand for themselves, as such or as URLs write them; None for none."""
    forms = {form for one in ids for form in (one, quote(one, safe=""))}
    written = "|".join(re.escape(form) for form in sorted(forms))
    # A line break in JSON text is a backslash and an n: a letter that is no part of the address.
    begin, end = r"(?:(?<=\\[nrtbf])|(?<![\w.%+@-]))", r"(?![\w@-]|\.\w)"
    return re.compile(f"{begin}(?:{written}){end}", re.IGNORECASE) if forms else None


def is_about(person: Erasing, collection: str, identity: str, data: Mapping[str, FieldValue]) -> bool:
    """Tells whether a document goes with the person. Audit records never do: they are cleaned."""
    if collection == "audit":
        return False
    if (collection in UNDER_THEIR_ID and person.is_one(identity)) or person.mentions(identity, names=False):
        return True
    if any(data.get(name) in person.ids for name in _BELONGS.get(collection, ("employee_id",))):
        return True
    concerned = data.get("employees")
    if collection == "escalations" and isinstance(concerned, list) and concerned:  # an empty one concerns nobody
        return all(one in person.ids for one in concerned)
    return collection in NAMING_IS_ENOUGH and is_named(person, data, fields_of(collection))


def cleaned_document(person: Erasing, collection: str, data: Mapping[str, FieldValue]) -> dict[str, FieldValue] | None:
    """Returns the document without the person; None when it does not mention them.

    A call that nobody of the organisation took part in any more loses its title and its link as well.
    """
    kept = data
    cleaning = _Cleaning(person, fields_of(collection), collection not in CONFIGURATION)
    if collection == "audit":
        if "people" in data:  # who was seen stands there as well, and by the pseudonym
            seen = cast(list[str], data["people"])
            kept = {**data, "people": [person.pseudonym if person.is_one(one) else one for one in seen]}
        if data.get("action") in SAYS_WHO:
            kept = {**kept, "detail": person.cleaned(str(data.get("detail") or ""), whole=True) or None}
    found = cleaning.mapping(kept)
    if collection == "calls" and data.get("employees") and not found.get("employees"):
        found |= {"title": None, "url": None, "state": "nobody"}
    return None if found == data else found


@dataclass(frozen=True, slots=True)
class _Cleaning:
    """Takes the person out of a document's content.

    fields: those that hold people; names: full names go, too; ours: people wrote nothing in it
    """

    person: Erasing
    fields: frozenset[str]
    names: bool
    ours: bool = False

    def mapping(self, data: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
        cleaned: dict[str, FieldValue] = {}
        for name, inner in data.items():
            if name in _EMPTIED and self.person.is_one(inner):
                cleaned[name] = None
            else:
                kept = self.person.cleaned(name, names=self.names, ours=True)
                within = replace(self, ours=True) if name in _OURS else self
                cleaned[kept] = within._value(inner, holds_person(self.fields, name, data))
        return cleaned

    def _value(self, value: FieldValue, of_people: bool) -> FieldValue:
        if isinstance(value, str):
            return self.person.pseudonym if of_people and self.person.is_one(value) else self._text(value)
        if isinstance(value, Mapping):
            return self.mapping(value)
        if isinstance(value, list):
            return [self._value(inner, of_people) for inner in value if not self._stands_for(inner, of_people)]
        return value

    def _text(self, text: str) -> str:
        said = _json(text)
        if said is None:
            return self.person.cleaned(text, names=self.names, ours=self.ours)
        cleaned = replace(self, fields=ANYWHERE)._value(said, of_people=False)
        return text if cleaned == said else json.dumps(cleaned, ensure_ascii=False, separators=(",", ":"))

    def _stands_for(self, value: Any, of_people: bool) -> bool:
        """Tells whether an element of a list stands for the person."""
        if isinstance(value, Mapping):
            return self.person.is_one(value.get("employee_id"))
        return self.person.is_one(value) and (of_people or is_address(value))


def is_named(person: Erasing, value: Any, fields: frozenset[str] = ANYWHERE, *, in_field: bool = False) -> bool:
    """Tells whether something names the person. in_field: it stands in a field that holds people"""
    if isinstance(value, bytes):
        text = value.decode("utf-8", errors="replace")
        said = _json(text)
        return person.may_be_named(text) if said is None else is_named(person, said)
    if isinstance(value, str):
        said = _json(value)
        if said is not None:
            return is_named(person, said)
        return (in_field and person.is_one(value)) or person.mentions(value)
    if isinstance(value, Mapping):
        return any(
            person.mentions(name) or is_named(person, inner, fields, in_field=holds_person(fields, name, value))
            for name, inner in value.items()
        )
    if isinstance(value, list | tuple):
        return any(is_named(person, inner, fields, in_field=in_field) for inner in value)
    return in_field and person.is_one(str(value))  # a number where there should be an id


def _json(text: str) -> Any:
    """Returns what JSON says; None for a text that is none."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _each_text(inner, change) for name, inner in value.items()}
    return [_each_text(inner, change) for inner in value] if isinstance(value, list) else value


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
