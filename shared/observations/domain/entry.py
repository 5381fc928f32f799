"""Encodes the entries of an employee's state: one immutable text per event, and what it says.

The text is a JSON array, so that all entries of a state are decoded by one call in C:
[at, kind, source, source_id, human, analysis, activity, status, contexts, scores, received, place, passed], where
contexts is a list of form-encoded observed contexts and scores a flat list (word for a competency, hundredths, index
into contexts, …), sorted, so that equal observations have equal texts. Texts of before 2026-11-29 end with the scores.
Nothing but this module knows the order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, cast

from shared.kernel.days import SECONDS_PER_DAY

NO_SCORE: Final = -1
"""Evidence without a number (a completed lesson without a quiz)."""
FIELD, PRACTICE, LEARNING = range(3)
"""Kinds of entries; `observation.KINDS` has their names."""
COUNTED, PENDING_REVIEW, REJECTED, VOID = range(4)
"""Statuses of entries; `observation.STANDINGS` has their names."""


class Entry(NamedTuple):
    """One event about one person.

    at:       when it happened, in whole seconds since 1970-01-01 UTC
    human:    0 for none, else the rank of a person's decision; analysis: version of the analysis, or a progress
    contexts: form-encoded observed contexts; scores: (word, hundredths, index into contexts) one after the other
    received: when the first request with it was accepted, in milliseconds since 1970-01-01 UTC, 0 for nobody knows;
              place: in that request
    passed:   0 for an activity that the person has failed
    text:     all of that as the state has it; of an entry that lost scores (`scorer_exclusion`), as it was before
    """

    at: int
    kind: int
    source: str
    source_id: str
    human: int
    analysis: int
    activity: str
    status: int
    contexts: Sequence[str]
    scores: Sequence[Any]
    received: int = 0
    place: int = 0
    passed: int = 1
    text: str = ""

    @property
    def day(self) -> int:
        return self.at // SECONDS_PER_DAY

    @property
    def words(self) -> Sequence[str]:
        """Returns the words for competencies, one per score."""
        return self.scores[::3]

    @property
    def places(self) -> Sequence[int]:
        """Returns per score the index of its context."""
        return self.scores[2::3]

    @property
    def rank(self) -> tuple[int, int, int, int, str]:
        """Ranks entries about the same, of which the highest counts: a person's decision, the analysis, the receipt.

        The text decides only between those that came in at the same millisecond.
        """
        return self.human, self.analysis, self.received, self.place, self.text

    @property
    def has_receipt(self) -> bool:
        """Tells whether it says when it was received; those of before 2026-11-29 do not."""
        return self.received > 0

    def encoded(self) -> tuple[str, str]:
        """Returns (key, text) as the state keeps them."""
        said = self[:-1] if self[_OLDER:-1] != _UNSAID else self[:_OLDER]
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return entry_key(text), text


_FIELDS: Final = len(Entry._fields)
_OLDER: Final = Entry._fields.index("received")
_UNSAID: Final = (0, 0, 1)
"""What an entry means that ends with its scores."""
_make = partial(tuple.__new__, Entry)


def entry_key(text: str) -> str:
    """Returns the name of an entry: a prefixed hash of its text (96 bits; field names may not start with a digit)."""
    return "o" + hashlib.sha256(text.encode()).hexdigest()[:24]


def decode_entries(texts: Sequence[str]) -> list[Entry]:
    """Decodes entries, in their order. Raises ValueError or TypeError for what is none."""
    from orjson import loads  # not before the first answer

    arrays = loads(f"[{','.join(texts)}]")
    if len(arrays) != len(texts):
        raise ValueError("the text of an entry is not one array")
    try:
        for array, text in zip(arrays, texts, strict=True):
            if len(array) == _OLDER:
                array.extend(_UNSAID)
            array.append(text)
    except (AttributeError, TypeError):
        raise ValueError("the text of an entry is no array") from None
    if set(map(len, arrays)) - {_FIELDS}:
        raise ValueError("an entry has other fields than entries have")
    return cast(list[Entry], list(map(_make, arrays)))


def entries_since(texts: Iterable[str], at: int) -> list[Entry]:
    """Returns what happened at a moment or later, decoding little else: a text begins with its time."""
    first = f"[{at}"
    return [entry for entry in decode_entries([text for text in texts if text >= first]) if entry.at >= at]


def with_status(text: str, status: int) -> str:
    """Returns an entry's text under another status. No state has what is void: the ledger alone keeps it."""
    (entry,) = decode_entries([text])
    return entry._replace(status=status).encoded()[1]


def without_void(texts: Iterable[str]) -> list[str]:
    """Returns the texts of those entries whose events are not void."""
    texts = list(texts)
    return [text for text, entry in zip(texts, decode_entries(texts), strict=True) if entry.status != VOID]


def canonical_bytes(entries: Mapping[str, str]) -> bytes:
    """Returns a state as bytes: the same set gives the same bytes whatever order it was built in."""
    return json.dumps(dict(sorted(entries.items())), ensure_ascii=False, separators=(",", ":")).encode()


def merged(*states: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    """Returns the union of states."""
    union: dict[str, str] = {}
    for state in states:
        union.update(state)
    return union
