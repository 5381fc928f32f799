"""Records what a mentor saw of a learner at work, and what an employer verified of an apprentice's behaviour.

It becomes evidence, kept as it was said, and a field observation, which the framework's own rules weigh.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.evidence.contract import ObservationBody, PerformanceTaken, SeenBody, VerificationBody
from shared.evidence.domain.evidence_kind import Kind
from shared.evidence.records import Evidence, EvidenceRecords, Performance, Seen, evidence_id_of
from shared.evidence.usecases.keep_evidence import KeepEvidence, require_same
from shared.evidence.usecases.learner_access import LearnerAccess
from shared.evidence.usecases.tell_ledger import TellLedger
from shared.frameworks.domain.framework import Competency, Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, Rejected
from shared.kernel.ids import digest
from shared.observations.domain.peoples_sources import BEHAVIOUR
from shared.people.records import Employee
from shared.platform.domain.audit_actions import AuditAction

CLOCK_SKEW: Final = timedelta(minutes=5)
ACT: Final[dict[Kind, AuditAction]] = {
    "observation": AuditAction.PERFORMANCE_OBSERVED,
    "verification": AuditAction.BEHAVIOUR_VERIFIED,
}


class RecordPerformance:
    """Takes in what people saw."""

    def __init__(
        self,
        keeping: KeepEvidence,
        records: EvidenceRecords,
        telling: TellLedger,
        access: LearnerAccess,
        configuration: Configuration,
    ) -> None:
        self._keeping = keeping
        self._records = records
        self._telling = telling
        self._access = access
        self._configuration = configuration

    def observe(self, caller: Caller, body: ObservationBody) -> PerformanceTaken:
        """Records what a mentor saw of the own learner: knowledge and skills, in the words of the framework's rubric.

        Raises Forbidden, also where an enrolled learner has not agreed; NotFound; Rejected with the field for what
        cannot be scored so; Conflict for other content under a key and version that are known; Retryable.
        """
        learner = self._access.own_learner(caller, body.employee_id)
        framework = self._configuration.framework(learner.framework_id)
        scores = tuple(_seen(framework, one, place, "observation") for place, one in enumerate(body.competency_scores))
        performance = Performance(
            observed=_work(caller, body.key),
            version=body.version,
            observed_at=body.observed_at,
            framework_id=framework.framework_id,
            scores=scores,
            context=_context(framework, body.context),
            supervision=body.supervision,
            words=body.words,
            photos=self._photos(learner, body.photos),
        )
        return self._record(caller, learner, body, performance, "observation")

    def verify(self, caller: Caller, body: VerificationBody) -> PerformanceTaken:
        """Records what an employer verified of an apprentice: behaviours alone. Raises as `observe` does."""
        learner = self._access.own_apprentice(caller, body.employee_id)
        framework = self._configuration.framework(learner.framework_id)
        scores = tuple(_seen(framework, one, place, "verification") for place, one in enumerate(body.competency_scores))
        performance = Performance(
            observed=_work(caller, body.key),
            version=body.version,
            observed_at=body.observed_at,
            framework_id=framework.framework_id,
            scores=scores,
            words=body.words,
        )
        return self._record(caller, learner, body, performance, "verification")

    def _record(
        self, caller: Caller, learner: Employee, body: VerificationBody, performance: Performance, kind: Kind
    ) -> PerformanceTaken:
        sender = caller.employee_id or caller.email
        content = json.dumps(body.model_dump(mode="json"), ensure_ascii=False, sort_keys=True).encode()
        sha256 = hashlib.sha256(content).hexdigest()
        named = (kind, body.key, str(body.version))
        first = self._keeping.known(sender, *named)
        if first is not None:
            _require_same_words(first, sha256)
            return _taken(self._telling.tell(first) if first.pending_since else first, "duplicate")
        self._access.require_agreed(caller, learner)
        now = self._keeping.now()
        _require_past(performance.observed_at, now)
        self._access.note(caller, ACT[kind], learner)
        item = Evidence(
            evidence_id=evidence_id_of(sender, *named),
            employee_id=learner.employee_id,
            recorded_by=sender,
            recorded_role=caller.role or "service",
            kind=kind,
            key=body.key,
            captured_at=performance.observed_at,
            received_at=now,
            media_type="application/json",
            claimed_type="application/json",
            bytes=len(content),
            sha256=sha256,
            stored_as=None,
            keep_until=None,
            competencies=tuple(one.competency for one in performance.scores),
            performance=performance,
            pending_since=now,
        )
        kept, new = self._keeping.keep(item, content)
        return _taken(self._telling.tell(kept), "recorded" if new else "duplicate")

    def _photos(self, learner: Employee, named: Sequence[str]) -> tuple[str, ...]:
        """Returns ids of photos. Raises Rejected for one that is not this learner's."""
        known = self._records.many(named)
        for place, one in enumerate(named):
            found = known.get(one)
            if found is None or found.kind != "photo" or found.employee_id != learner.employee_id:
                raise Rejected(
                    f"photos.{place}: {one[:60]!r} is no photo of this learner; send it first (POST /api/v1/evidence) "
                    "and name the evidence_id that it is answered with",
                    field=f"photos.{place}",
                )
        return tuple(dict.fromkeys(named))


def is_for(kind: Kind, competency: Competency) -> bool:
    """Tells whether a competency is scored by an observation, or by a verification: a behaviour by the latter alone."""
    return (competency.category == BEHAVIOUR) == (kind == "verification")


def _require_past(observed_at: datetime, now: datetime) -> None:
    """Raises Rejected for what was observed later than now, a clock's skew allowed."""
    if observed_at > now + CLOCK_SKEW:
        raise Rejected(
            f"observed_at: {observed_at.isoformat()} is in the future, now being {now.isoformat(timespec='seconds')}",
            field="observed_at",
        )


def _seen(framework: Framework, said: SeenBody, place: int, kind: Kind) -> Seen:
    """Returns one score. Raises Rejected for a competency or a level that the framework does not have for it."""
    field = f"competency_scores.{place}"
    name = framework.competency_named(said.competency)
    offered = [one.competency for one in framework.competencies if is_for(kind, one) and one.rubric]
    if name is None:
        raise Rejected(
            f"{field}.competency: {said.competency[:60]!r} is no competency of {framework.framework_id}; "
            f"{', '.join(offered)[:300] or 'nothing'} can be scored here",
            field=f"{field}.competency",
        )
    competency = framework.by_competency[name]
    if not is_for(kind, competency):
        why = (
            f"{name} is a behaviour: its employer verifies it (POST /api/v1/learning/verifications)"
            if kind == "observation"
            else f"{name} is no behaviour: an employer verifies {', '.join(offered)[:300] or 'nothing here'}"
        )
        raise Rejected(f"{field}.competency: {why}", field=f"{field}.competency")
    levels = [start for start, _ in competency.rubric]
    if said.level not in levels:
        accepted = ", ".join(map(str, levels)) or "none: it has no rubric"
        raise Rejected(
            f"{field}.level: {said.level} is no level of {name}'s rubric; its levels: {accepted}",
            field=f"{field}.level",
        )
    return Seen(competency=name, level=said.level, words=said.words)


def _context(framework: Framework, said: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Returns a context in the framework's words. Raises Rejected for a dimension or a value that it does not have: a
    slip here would put the work where nobody looks for it."""
    context: dict[str, tuple[str, ...]] = {}
    for name, words in said.items():
        dimension = framework.by_dimension.get(name)
        if dimension is None:
            known = ", ".join(framework.by_dimension) or "none"
            raise Rejected(f"context.{name[:60]}: no dimension of this framework; known: {known}", field="context")
        values = [dimension.map(word) for word in words]
        odd = next((value for value, is_known in values if not is_known), None)
        if odd is not None:
            raise Rejected(
                f"context.{name}: {odd[:60]!r} is none of {', '.join(dimension.values)}", field=f"context.{name}"
            )
        if values:
            context[name] = tuple(dict.fromkeys(value for value, _ in values))
    return context


def _work(caller: Caller, key: str) -> str:
    """Returns what names one piece of work in all versions of what is said of it."""
    return digest("performance", caller.employee_id or caller.email, key)


def _require_same_words(first: Evidence, sha256: str) -> None:
    try:
        require_same(first, sha256)
    except Conflict:
        raise Conflict(
            "version: something else was said under this key and version; a correction repeats the key with the next "
            "version",
            field="version",
        ) from None


def _taken(item: Evidence, status: str) -> PerformanceTaken:
    seen = item.performance
    return PerformanceTaken(
        evidence_id=item.evidence_id,
        status="recorded" if status == "recorded" else "duplicate",
        event_id=None if seen is None else seen.event_id,
        standing=None if seen is None else seen.standing,
        received_at=item.received_at,
    )
