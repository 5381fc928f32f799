"""Leaves out scores whose scorer has agreed with people too little on a competency.

`Parameters.untrusted` names (scorer, competency) pairs. Of entries of the field that no person has decided about and
that such a scorer has analysed, the scores of that competency are left out; everything else of the entry stays. An
entry does not name its scorer: its analysis's version holds the scorer's number. A number of 0 is no number
(a source that does not count its scorers), so nothing is left out by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from shared.conversations.domain.analysis_version import scorer_number
from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.parameters import Untrusted
from shared.observations.domain.entry import COUNTED, FIELD, Entry


class LeftOut(NamedTuple):
    """A score that does not count. context: encoded, as observed; at: in seconds"""

    at: int
    scorer: str
    competency: str
    context: str


class ScorerExclusion:
    """Takes scores of untrusted scorers out of entries, and remembers which.

    left_out: in the order in which the entries came
    """

    __slots__ = ("_competencies", "_framework", "left_out")

    def __init__(self, untrusted: Iterable[Untrusted], framework: Framework) -> None:
        self._framework = framework
        self._competencies: dict[int, dict[str, str]] = {}
        for one in untrusted:
            if one.number > 0:
                self._competencies.setdefault(one.number, {})[one.competency] = one.scorer
        self.left_out: list[LeftOut] = []

    def remaining(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Returns the entries without such scores; one with no other score is left out whole."""
        if not self._competencies:
            return entries
        return [kept for entry in entries if (kept := self._remaining(entry)) is not None]

    def _remaining(self, entry: Entry) -> Entry | None:
        """Returns the entry without such scores (the very same where it has none); None when there is no other."""
        if entry.human or entry.kind != FIELD or entry.status != COUNTED:
            return entry
        scorers = self._competencies.get(scorer_number(entry.analysis))
        if scorers is None:
            return entry
        kept: list[Any] = []
        for word, hundredths, place in zip(entry.words, entry.scores[1::3], entry.places, strict=True):
            competency = self._framework.competency_named(word)
            if competency in scorers:
                self.left_out.append(LeftOut(entry.at, scorers[competency], competency, entry.contexts[place]))
            else:
                kept += (word, hundredths, place)
        if len(kept) == len(entry.scores):
            return entry
        return entry._replace(scores=kept) if kept else None


def by_scorer(left_out: Iterable[LeftOut]) -> dict[str, int]:
    """Counts the scores of each scorer, by its name."""
    found: dict[str, int] = {}
    for one in sorted(left_out):
        found[one.scorer] = found.get(one.scorer, 0) + 1
    return dict(sorted(found.items()))
