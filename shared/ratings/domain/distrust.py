"""Scores that do not count because their scorer has agreed with people too little on a competency.

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
from shared.observations.domain.observation import COUNTED, FIELD, KINDS, STANDINGS

Entry = tuple[int, str, list[Any]]
"""(at in seconds, text, array) of an entry that stands."""


class LeftOut(NamedTuple):
    """A score that does not count. context: encoded, as observed; at: in seconds"""

    at: int
    scorer: str
    competency: str
    context: str


class Distrust:
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

    def kept(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries without such scores; one with no other score is left out whole."""
        found = ((at, text, self.of(array)) for at, text, array in entries)
        return [(at, text, array) for at, text, array in found if array is not None]

    def of(self, array: list[Any]) -> list[Any] | None:
        """An entry without such scores (the very same where it has none); None when there is no other."""
        at, kind, _, _, human, analysis, _, standing, contexts, flat = array
        if human or KINDS[kind] != FIELD or STANDINGS[standing] != COUNTED:
            return array
        scorers = self._competencies.get(scorer_number(analysis))
        if scorers is None:
            return array
        remaining: list[Any] = []
        for index in range(0, len(flat), 3):
            competency = self._framework.competency_named(flat[index])
            if competency in scorers:
                context = contexts[flat[index + 2]]
                self.left_out.append(LeftOut(at, scorers[competency], competency, context))
            else:
                remaining += flat[index : index + 3]
        if len(remaining) == len(flat):
            return array
        return [*array[:9], remaining] if remaining else None


def counted(left_out: Sequence[LeftOut]) -> dict[str, int]:
    """How many scores of each scorer there are, by its name."""
    found: dict[str, int] = {}
    for one in sorted(left_out):
        found[one.scorer] = found.get(one.scorer, 0) + 1
    return dict(sorted(found.items()))
