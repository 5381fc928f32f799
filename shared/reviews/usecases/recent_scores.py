"""Counts how much of what an analyst has scored lately counts, and how much waits for a person."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.frameworks.records import CertificateRecords
from shared.observations.records import Ledger
from shared.reviews.contract import RecentScores
from shared.reviews.usecases.review_item import fact_of

CALLS = 200
"""Newest field observations that are looked through."""


@dataclass(slots=True)
class _Counted:
    """Gathers one scorer's scores: (competency, whether it waits) of each."""

    calls: int = 0
    scores: list[tuple[str, bool]] = field(default_factory=list)

    def view(self, scorer: str, certified: frozenset[str]) -> RecentScores:
        competencies = {name for name, _ in self.scores}
        return RecentScores(
            scorer=scorer,
            calls=self.calls,
            scores=len(self.scores),
            waiting=sum(waits for _, waits in self.scores),
            competencies=len(competencies),
            counting=len({name for name, waits in self.scores if not waits}),
            certified=len(competencies & certified),
        )


class ReadRecentScores:
    """Reads the newest analyses."""

    def __init__(self, ledger: Ledger, certificates: CertificateRecords) -> None:
        self._ledger = ledger
        self._certificates = certificates

    def all(self) -> list[RecentScores]:
        """Returns each scorer's of the newest calls, the one that scored last first."""
        counted: dict[str, _Counted] = {}
        for event in self._ledger.latest("field", CALLS, None).items:
            fact = fact_of(event.message)
            if fact.human or fact.scorer is None or event.standing == "void":
                continue
            of_scorer = counted.setdefault(fact.scorer, _Counted())
            waiting = {one.competency for one in fact.waiting}
            of_scorer.calls += 1
            of_scorer.scores += [(name, True) for name in sorted(waiting)]
            of_scorer.scores += [(one.competency, False) for one in fact.scores if one.competency not in waiting]
        certified = {one.scorer: one.certified for one in self._certificates.all()} if counted else {}
        return [one.view(scorer, certified.get(scorer, frozenset())) for scorer, one in counted.items()]
