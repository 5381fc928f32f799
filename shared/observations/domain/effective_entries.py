"""Chooses the effective entries of a state: of several about the same source and source id, the one that counts.

The highest (human decision, analysis version, receipt) counts and replaces the others whole. Receipts are part of the
entries, so any order of delivery gives the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter, itemgetter

from shared.observations.domain.entry import REJECTED, Entry, decode_entries

Moment = tuple[int, str]
"""(at, text): the order of entries."""

_SUBJECT_FIELDS = [Entry._fields.index(name) for name in ("kind", "source", "source_id")]
_SUBJECT = itemgetter(*_SUBJECT_FIELDS)
_MOMENT = attrgetter("at", "text")
_AT = itemgetter(Entry._fields.index("at"))
_STATUS = itemgetter(Entry._fields.index("status"))


class EffectiveEntries:
    """A state's entries, decoded once, by what they are about; it grows."""

    __slots__ = ("_chosen",)

    def __init__(self, texts: Iterable[str]) -> None:
        entries = decode_entries(list(texts))
        by_field = list(zip(*entries, strict=True)) or [()] * len(Entry._fields)
        subjects = zip(*[by_field[place] for place in _SUBJECT_FIELDS], strict=True)
        self._chosen: dict[tuple[int, str, str], Entry] = dict(zip(subjects, entries, strict=True))
        if len(self._chosen) < len(entries):
            self._chosen = {}
            for entry in entries:
                self.add(entry)

    def add(self, entry: Entry) -> None:
        """Takes in one more entry."""
        known = self._chosen.setdefault(_SUBJECT(entry), entry)
        if known.rank < entry.rank:
            self._chosen[_SUBJECT(entry)] = entry

    def about(self, kind: int, source: str, source_id: str) -> Entry | None:
        """Returns the entry that counts of those under a source's id; None when nothing is known under it."""
        return self._chosen.get((kind, source, source_id))

    def of_kind(self, kind: int) -> list[Entry]:
        """Returns the effective entries of one kind, rejected ones included, in no order."""
        return [entry for subject, entry in self._chosen.items() if subject[0] == kind]

    def newest(self) -> dict[int, Moment]:
        """Returns by kind the moment of what comes last, rejected or not; a kind without entries is not there."""
        found: dict[int, Moment] = {}
        for entry in self._chosen.values():
            found[entry.kind] = max(found.get(entry.kind, (entry.at, "")), (entry.at, entry.text))
        return found

    def in_order(self, *, rejected: bool = False) -> list[Entry]:
        """Returns the effective entries in order of time and text, without the rejected ones.

        rejected: with them: a rejection must be remembered, else what it replaced would return.
        """
        entries = list(self._chosen.values())
        if not rejected and REJECTED in set(map(_STATUS, entries)):
            entries = [entry for entry in entries if entry.status != REJECTED]
        entries.sort(key=_AT if len(set(map(_AT, entries))) == len(entries) else _MOMENT)
        return entries


def effective_entries(entries: Mapping[str, str]) -> dict[str, str]:
    """Returns the effective entries of a state, by key; the result keeps no order of arrival."""
    keys = {text: key for key, text in reversed(list(entries.items()))}
    found = {keys[entry.text]: entry.text for entry in EffectiveEntries(entries.values()).in_order(rejected=True)}
    return dict(sorted(found.items()))
