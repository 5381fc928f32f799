"""Brings certificates up to date each night: how far every scorer agrees with the people who reviewed it.

What grows with the organisation, the last days' analyses in which calls are looked for that were analysed twice, is
shared out: a task looks at as many as there is time for and asks for the next, and the last one certifies.

A scorer whose agreement on a competency is under the line stops scoring it alone (see trust_scorers.py). It may again
once its agreement is clearly above the line (agreement.py's `verdict`); merely having too few pairs (reviews were
reopened, people erased) gives nothing back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from shared.analysts.domain.agreement import verdict
from shared.frameworks.records import CertificateRecords, CompetencyFigures, ScorerFigures
from shared.kernel.ids import digest
from shared.kernel.log_events import LogEvent
from shared.platform.records.changes import Changes
from shared.ports.ambient import Clock, Log
from shared.ports.documents import Documents
from shared.ports.messages import TaskQueue
from shared.reviews.messages import CertificationTask
from shared.reviews.records import RerunRecords, ReviewRecords
from shared.reviews.usecases.notice_reruns import NoticeReruns
from shared.reviews.usecases.scorer_evidence import ScorerEvidence, collected
from shared.reviews.usecases.trust_scorers import Doubted, TrustScorers

QUEUE, FUNCTION = "certifications", "certify_scorers"


@dataclass(frozen=True, slots=True)
class Certified:
    """Sums up a night. untrusted: how many competencies of scorers do not count; changed: whether that changed"""

    scorers: int
    untrusted: int
    changed: int


def ask_for_part(tasks: TaskQueue, task: CertificationTask) -> None:
    """Asks for one part of a night: once, also where it is asked for twice. Raises Retryable."""
    payload = task.model_dump(mode="json")
    tasks.enqueue(QUEUE, FUNCTION, payload, name=digest("certification", task.begun_at.isoformat(), str(task.part)))


class BeginCertifying:
    """Asks for a night's first part."""

    def __init__(self, tasks: TaskQueue, clock: Clock) -> None:
        self._tasks = tasks
        self._clock = clock

    def nightly(self) -> str:
        """Returns the hour in which the night began, by which a second trigger joins it. Raises Retryable."""
        begun_at = self._clock.now().replace(minute=0, second=0, microsecond=0)
        ask_for_part(self._tasks, CertificationTask(begun_at=begun_at))
        return begun_at.isoformat()


class Certify:
    """Computes certificates and lets them have their consequences. outside: the clock, and the log"""

    def __init__(
        self,
        documents: Documents,
        reruns: NoticeReruns,
        trust: TrustScorers,
        tasks: TaskQueue,
        outside: tuple[Clock, Log],
    ) -> None:
        self._reviews = ReviewRecords(documents)
        self._rerun_records = RerunRecords(documents)
        self._certificates = CertificateRecords(documents)
        self._changes = Changes(documents)
        self._reruns = reruns
        self._trust = trust
        self._tasks = tasks
        self._clock, self._log = outside

    def part(self, task: CertificationTask) -> CertificationTask | Certified:
        """Does one part of a night; returns the part that it asked for, or what came of the last. Raises Retryable."""
        ended = None if task.after_moment is None or task.after_id is None else (task.after_moment, task.after_id)
        following = self._reruns.part(task.begun_at, ended)
        if following is None:
            return self._all_certified()
        moment, event_id = following
        update = {"part": task.part + 1, "after_moment": moment, "after_id": event_id}
        next_part = task.model_copy(update=update)
        ask_for_part(self._tasks, next_part)
        return next_part

    def _all_certified(self) -> Certified:
        """Brings all certificates up to date."""
        evidence = collected(self._reviews, self._rerun_records)
        stopped = self._trust.stopped()
        untrusted: Doubted = set()
        trusted: Doubted = set()
        differs = False
        for scorer, of_scorer in sorted(evidence.items()):
            certified, differs_here = self._certified(scorer, of_scorer, stopped)
            differs |= differs_here
            for competency, figures in certified.competencies.items():
                if figures.verdict == "stops_counting":
                    untrusted.add((scorer, competency))
                elif figures.certified:
                    trusted.add((scorer, competency))
        numbers = {scorer: of_scorer.numbers for scorer, of_scorer in evidence.items()}
        if differs:
            self._changes.enter(self._clock.now, "scorers")
        changed = self._trust.publish(untrusted, trusted, numbers)
        self._trust.follow_up()
        self._log.event(LogEvent.SCORERS_CERTIFIED, scorers=len(evidence), untrusted=len(untrusted), changed=changed)
        return Certified(len(evidence), len(untrusted), int(changed))

    def _certified(
        self, scorer: str, evidence: ScorerEvidence, stopped: Collection[tuple[str, str]]
    ) -> tuple[ScorerFigures, bool]:
        """Writes the scorer's certificate as of now, computed anew where its evidence has changed, and tells whether it
        says something else than before.

        stopped: (scorer, competency) pairs that do not count alone so far
        """
        before = self._certificates.get(scorer)
        known = before.competencies if before else {}
        competencies: dict[str, CompetencyFigures] = {}
        for competency, of_competency in sorted(evidence.competencies.items()):
            figures = known.get(competency)
            if figures is None or figures.fingerprint != of_competency.fingerprint:
                figures = of_competency.figures(scorer, competency)
            given = verdict(figures.n, figures.kappa_interval, stopped=(scorer, competency) in stopped)
            competencies[competency] = figures.changed(verdict=given)
        certified = ScorerFigures(
            scorer=scorer,
            numbers=tuple(sorted(evidence.numbers)),
            computed_at=self._clock.now(),
            competencies=competencies,
        )
        self._certificates.put(certified)
        return certified, before is None or before.changed(computed_at=certified.computed_at) != certified
