"""Certificates: each night, how far every scorer agrees with the people who reviewed it, and what follows.

    certificates/<digest of the scorer>                         the figures per competency (`agreement`)
    certificates/<digest of the scorer>/certificate_days/<day>  the same as they were that day
    reruns/<event id>                                           a call analysed twice by a scorer, score beside score

A scorer whose agreement on a competency is under the line stops scoring it alone: `Parameters.untrusted` gets a new
version, new scores wait for a person (observing.py), and those that counted without one stop counting with the
recalculation that follows. It may again once its agreement is clearly above the line (agreement.py's `verdict`);
merely having too few pairs (reviews were reopened, people erased) gives nothing back.

Only decisions of this platform's reviews are evidence; one that arrived inside an observation is none.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from shared.analysts.domain.agreement import Agreement, Certificate, Pair, certificate, verdict
from shared.conversations.domain.analysis_version import requests_before, scorer_number
from shared.frameworks.domain.parameters import Parameters, Untrusted
from shared.frameworks.usecases.configuration import CERTIFICATES, Configuration
from shared.kernel.access import Caller
from shared.kernel.errors import NotFound
from shared.kernel.ids import digest
from shared.kernel.log_events import LogEvent
from shared.kernel.moments import text
from shared.kernel.reading import validated
from shared.observations.messages import ObservationRecorded
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Log
from shared.ports.documents import Document, Documents, Put, Query, Transaction, Where
from shared.ratings.usecases.recalculate import Recalculate
from shared.reviews.domain.review import Analysed
from shared.reviews.usecases.review_item import analysed, ledger_of

PAGE = 500
LOOKED_BACK = timedelta(days=3)
"""A call's second analysis is noticed by the nights of these days, so that one that fails loses nothing."""
ASKED_AGAIN = timedelta(days=2)
"""So long a recalculation that has not ended is asked for again: whoever started it may have died half-way."""
GROWING = frozenset({"email"})
"""Sources whose conversations go on: a second analysis is of more words, and says nothing about stability."""
METHOD = "bootstrap on Fisher's scale"
"""Of the intervals, in the fingerprint: figures by another method are computed anew."""
PLATFORM = Caller(email="certify-scorers")
"""Who acts, in the audit's records."""


@dataclass(slots=True)
class _Evidence:
    """What is known about one scorer in one competency. gone: scores that a person dropped or rejected, by which"""

    pairs: list[Pair] = field(default_factory=list)
    reruns: list[tuple[float, float]] = field(default_factory=list)
    gone: Counter[str] = field(default_factory=Counter)

    @property
    def fingerprint(self) -> str:
        """Tells whether the figures have to be computed again."""
        pairs = sorted((pair.scorer, pair.person, pair.reason) for pair in self.pairs)
        return digest(METHOD, json.dumps([pairs, sorted(self.reruns), sorted(self.gone.items())]))


class Certify:
    """Computes certificates and lets them have their consequences."""

    def __init__(
        self,
        documents: Documents,
        configuration: Configuration,
        recalculate: Recalculate,
        audit: Audit,
        clock: Clock,
        log: Log,
    ) -> None:
        self._documents = documents
        self._configuration = configuration
        self._recalculate = recalculate
        self._audit = audit
        self._clock = clock
        self._log = log

    def run(self) -> dict[str, int]:
        """Brings all certificates up to date: how many scorers there are, how many of their competencies do not count,
        and whether that changed (0 or 1)."""
        self._notice_reruns()
        evidence, numbers = self._evidence()
        stopped = {(one.scorer, one.competency) for one in self._configuration.parameters(fresh=True).untrusted}
        untrusted: set[tuple[str, str]] = set()
        trusted: set[tuple[str, str]] = set()
        for scorer, of_scorer in sorted(evidence.items()):
            document = self._certified(scorer, sorted(numbers[scorer]), of_scorer, stopped)
            for competency, figures in document["competencies"].items():
                if figures["verdict"] == "stops_counting":
                    untrusted.add((scorer, competency))
                elif figures["verdict"] == "counts":
                    trusted.add((scorer, competency))
        changed = self._publish(untrusted, trusted, numbers)
        self._follow_up()
        self._log.event(LogEvent.SCORERS_CERTIFIED, scorers=len(evidence), untrusted=len(untrusted), changed=changed)
        return {"scorers": len(evidence), "untrusted": len(untrusted), "changed": int(changed)}

    def certificates(self) -> list[dict[str, Any]]:
        """Every scorer's certificate, those with the most reviewed scores first, in the shape of the contract."""
        found = [document.data for document in self._documents.query(CERTIFICATES)]
        found.sort(key=lambda data: (-sum(one["n"] for one in data["competencies"].values()), data["scorer"]))
        return [certificate_view(data) for data in found]

    def history(self, certificate_id: str, *, days: int = 90) -> list[dict[str, Any]]:
        """A scorer's certificates of the last days, the newest first, in the shape of the contract. Raises NotFound."""
        found = self._documents.query(
            Query(f"certificates/{certificate_id}/certificate_days", order_by=[("day", "desc")], limit=days)
        )
        if not found:
            raise NotFound(f"there is no certificate {certificate_id[:64]!r}", field="certificate_id")
        return [certificate_view(document.data) for document in found]

    # Evidence

    def _evidence(self) -> tuple[dict[str, dict[str, _Evidence]], dict[str, set[int]]]:
        """(scorer → competency → evidence, scorer → the numbers under which it has analysed)."""
        evidence: dict[str, dict[str, _Evidence]] = {}
        numbers: dict[str, set[int]] = {}
        for item in self._decided():
            decision = item["decision"]
            of_scorer = evidence.setdefault(item["scorer"], {})
            numbers.setdefault(item["scorer"], set()).add(scorer_number(item["analysis"]))
            for one in decision["pairs"]:
                known = of_scorer.setdefault(one["competency"], _Evidence())
                if one["person"] is not None:
                    known.pairs.append(Pair(one["scorer"], one["person"], one["reason"]))
                else:
                    known.gone["rejected" if decision["decision"] == "rejected" else "dropped"] += 1
        for document in _pages(self._documents, "reruns"):
            data = document.data
            of_scorer = evidence.setdefault(data["scorer"], {})
            numbers.setdefault(data["scorer"], set()).add(data["number"])
            for competency, (first, second) in sorted(data["scores"].items()):
                of_scorer.setdefault(competency, _Evidence()).reruns.append((first, second))
        return evidence, numbers

    def _decided(self) -> Iterator[Mapping[str, Any]]:
        fields = ("scorer", "analysis", "decision")
        for document in _pages(self._documents, "reviews", [Where("state", "==", "decided")], fields):
            yield document.data

    def _notice_reruns(self) -> None:
        """Notes the calls of the last days that one scorer has analysed again."""
        since = self._clock.now() - LOOKED_BACK
        after: Sequence[Any] | None = None
        while True:
            page = self._documents.query(
                Query(
                    "events",
                    where=[Where("kind", "==", "field"), Where("received_at", ">=", since)],
                    order_by=[("received_at", "desc")],
                    limit=PAGE,
                    after=after,
                    fields=["message", "received_at"],
                )
            )
            for document in page:
                self._notice_rerun(validated(ObservationRecorded, json.loads(document.data["message"])))
            if len(page) < PAGE:
                return
            after = [page[-1].data["received_at"], page[-1].id]

    def _notice_rerun(self, message: ObservationRecorded) -> None:
        if message.human or message.scorer is None or requests_before(message.analysis) == 0:
            return
        if message.source in GROWING:
            return
        ledger = ledger_of(self._documents, message.source, message.source_id, message.employee_id)
        facts = [validated(ObservationRecorded, json.loads(document.data["message"])) for document in ledger]
        before = [
            analysed(fact)
            for fact in facts
            if not fact.human and fact.scorer == message.scorer and fact.analysis < message.analysis
        ]
        if not before:
            return
        first = max(before, key=lambda one: (one.analysis, one.event_id))
        scores = _side_by_side(first, analysed(message))
        if scores:
            data = {"scorer": message.scorer, "number": scorer_number(message.analysis), "scores": scores}
            self._documents.commit([Put(f"reruns/{message.event_id}", data)])

    # Certificates

    def _certified(
        self,
        scorer: str,
        numbers: list[int],
        evidence: Mapping[str, _Evidence],
        stopped: Collection[tuple[str, str]],
    ) -> dict[str, Any]:
        """The scorer's certificate as of now, computed anew where its evidence has changed.

        stopped: (scorer, competency) pairs that do not count alone so far
        """
        path = f"certificates/{certificate_id_of(scorer)}"
        document = self._documents.get(path)
        known = document.data["competencies"] if document else {}
        competencies: dict[str, Any] = {}
        for competency, of_competency in sorted(evidence.items()):
            fingerprint = of_competency.fingerprint
            before = known.get(competency)
            figures = (
                before
                if before and before["fingerprint"] == fingerprint
                else {
                    **_figures(certificate(scorer, competency, of_competency.pairs, of_competency.reruns)),
                    "dropped": of_competency.gone["dropped"],
                    "rejected": of_competency.gone["rejected"],
                    "fingerprint": fingerprint,
                }
            )
            given = verdict(figures["n"], figures["kappa_interval"], stopped=(scorer, competency) in stopped)
            competencies[competency] = {**figures, "verdict": given}
        now = self._clock.now()
        data = {"scorer": scorer, "numbers": numbers, "computed_at": now, "competencies": competencies}
        day = f"{path}/certificate_days/{now:%Y-%m-%d}"
        self._documents.commit([Put(path, data), Put(day, {**data, "day": f"{now:%Y-%m-%d}"})])
        return data

    # Consequences

    def _publish(
        self, untrusted: set[tuple[str, str]], trusted: set[tuple[str, str]], numbers: Mapping[str, set[int]]
    ) -> bool:
        """A new version of the parameters, if it is about others than so far that they do not score alone."""

        def pairs_of(parameters: Parameters) -> set[tuple[str, str]]:
            return {(one.scorer, one.competency) for one in parameters.untrusted}

        known = pairs_of(self._configuration.parameters(fresh=True))
        wanted = (known - trusted) | untrusted
        for scorer, competency in sorted(wanted ^ known):
            action = (
                AuditAction.SCORER_STOPPED_COUNTING
                if (scorer, competency) in wanted
                else AuditAction.SCORER_COUNTS_AGAIN
            )
            self._audit.record(PLATFORM, action, subject=scorer, detail=competency)

        def work(transaction: Transaction) -> bool:
            document = transaction.get("parameters/current")
            data = dict(document.data) if document else {}
            before = tuple(Untrusted(**one) for one in data.get("untrusted", ()))
            kept = [one for one in before if (one.scorer, one.competency) not in trusted]
            listed = {(one.scorer, one.number, one.competency) for one in kept}
            listed |= {(scorer, number, competency) for scorer, competency in untrusted for number in numbers[scorer]}
            if listed == {(one.scorer, one.number, one.competency) for one in before}:
                return False
            after = [asdict(Untrusted(*one)) for one in sorted(listed)]
            version = int(data.get("version", Parameters().version)) + 1
            transaction.write(Put("parameters/current", {**data, "version": version, "untrusted": after}))
            return True

        return self._documents.transact(work)

    def _follow_up(self) -> None:
        """Sees to it that everyone is recalculated under the parameters in force, whoever published them."""
        version = self._configuration.parameters(fresh=True).version
        if version == Parameters().version:
            return
        run_id = f"parameters-{version}"
        document = self._documents.get(f"recalculation_runs/{run_id}")
        if document is not None:
            old = self._clock.now() - document.data["started_at"] > ASKED_AGAIN
            if old or self._recalculate.progress(run_id)["state"] != "running":
                return
        self._recalculate.start(started_by=PLATFORM.email, run_id=run_id)


def certificate_id_of(scorer: str) -> str:
    """The id of a scorer's certificate."""
    return digest("scorer", scorer)


def certificate_view(data: Mapping[str, Any]) -> dict[str, Any]:
    """A stored certificate in the shape of the contract's CertificateView."""
    return {
        "certificate_id": certificate_id_of(data["scorer"]),
        "scorer": data["scorer"],
        "computed_at": text(data["computed_at"]),
        "competencies": [
            {"competency": competency, **{name: value for name, value in figures.items() if name != "fingerprint"}}
            for competency, figures in sorted(data["competencies"].items())
        ],
    }


def _figures(found: Certificate) -> dict[str, Any]:
    return {
        **_agreement(found.overall),
        "by_reason": [{"reason": reason, **_agreement(part)} for reason, part in found.by_reason.items()],
        "stability": {
            "n": found.stability.n,
            "mean_difference": _rounded(found.stability.mean_difference),
            "within": _rounded(found.stability.within),
            "within_interval": _interval(found.stability.within_interval),
        },
    }


def _agreement(part: Agreement) -> dict[str, Any]:
    return {
        "n": part.n,
        "kappa": _rounded(part.kappa),
        "kappa_interval": _interval(part.kappa_interval),
        "within": _rounded(part.within),
        "within_interval": _interval(part.within_interval),
        "bias": _rounded(part.bias),
        "mean_difference": _rounded(part.mean_difference),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _interval(bounds: Iterable[float] | None) -> list[float] | None:
    return None if bounds is None else [round(bound, 4) for bound in bounds]


def _side_by_side(first: Analysed, second: Analysed) -> dict[str, list[float]]:
    before = {score.competency: score.score for score in first.scores}
    return {
        score.competency: [before[score.competency], score.score]
        for score in second.scores
        if score.competency in before
    }


def _pages(
    documents: Documents, collection: str, where: Sequence[Where] = (), fields: Sequence[str] | None = None
) -> Iterator[Document]:
    """Every document of a collection that fulfils the conditions, in the order of ids."""
    after: Sequence[Any] | None = None
    while True:
        page = documents.query(Query(collection, where, limit=PAGE, after=after, fields=fields))
        yield from page
        if len(page) < PAGE:
            return
        after = [page[-1].id]
