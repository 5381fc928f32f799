"""Shows one person's skills as of a day, and their gaps."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.conversations.domain.analysis_version import scorer_number
from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.context import Context, decode_context, decode_skill
from shared.kernel.days import EPOCH, date_of, day_of, moment_of
from shared.kernel.errors import NotFound, Rejected
from shared.kernel.moments import text
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import FIELD
from shared.ports.ambient import Clock
from shared.ports.documents import Documents
from shared.ratings.domain import discrepancy, readiness
from shared.ratings.domain import gaps as gap_analysis
from shared.ratings.domain.explanation import explain, points, to_raise_confidence
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating, probability_above
from shared.ratings.domain.weights import RATING_WINDOW_DAYS

READY = 8000


class Profiles:
    """Reads profiles from live state."""

    def __init__(self, documents: Documents, configuration: Configuration, clock: Clock) -> None:
        self._documents = documents
        self._configuration = configuration
        self._clock = clock

    def projection(
        self,
        employee_id: str,
        *,
        as_of: date | None = None,
        extra: Context | None = None,
    ) -> Projection:
        """A person's state seen through their framework, as of today or another day. Raises NotFound."""
        state = self._documents.get(f"states/{employee_id}")
        if state is None:
            raise NotFound(f"there is no employee {employee_id[:80]!r}", field="employee_id")
        framework = self._configuration.framework(state.data["framework_id"])
        more = dict.fromkeys(framework.by_competency, (extra,)) if extra else None
        today = day_of(self._clock.now())
        day = today if as_of is None else (as_of - EPOCH).days
        if day > today:
            raise Rejected(f"as_of: {as_of} is in the future", field="as_of")
        return Projection(
            state.data.get("observations", {}), framework, self._configuration.parameters(), day, extra=more
        )

    def profile(self, employee_id: str, projection: Projection, *, competency: str | None = None) -> dict[str, Any]:
        """A profile in the shape of the contract's ProfileAnswer. competency: only the skills, gaps and certificates of
        this one; the overall readiness stays that of the person."""
        framework = projection.framework
        only = None if competency is None else _named(competency, framework)
        rows = projection.rows()
        overall = readiness.overall(rows, framework)
        if only is not None:
            rows = [row for row in rows if row.competency == only]
        return {
            "employee_id": employee_id,
            "as_of": str(date_of(projection.as_of)),
            "framework_id": framework.framework_id,
            "framework_version": framework.version,
            "overall_readiness": points(overall),
            "readiness_tier": readiness.tier(overall),
            "skills": [skill_view(row, projection) for row in rows if worth_showing(row)],
            "gaps_identified": [gap_view(gap) for gap in gap_analysis.gaps(rows, framework)],
            "scorer_certificates": [
                certificate
                for certificate in self.scorer_certificates(employee_id, framework, projection.as_of)
                if only in (None, certificate["competency"])
            ],
        }

    def scorer_certificates(self, employee_id: str, framework: Framework, as_of: int) -> list[dict[str, Any]]:
        """The certificates of the scorers whose scores, reviewed by nobody, stand in the rating window of a person, in
        the shape of the contract's ScorerCertificate. Costs nothing while no scorer has a certificate."""
        certificates = self._configuration.certificates()
        state = self._documents.get(f"states/{employee_id}") if certificates else None
        if state is None:
            return []
        contributed = set()
        for entry in EffectiveEntries(state.data.get("observations", {}).values()).in_order():
            if entry.kind == FIELD and not entry.human and 0 <= as_of - entry.day <= RATING_WINDOW_DAYS:
                for word in entry.words:
                    contributed.add((scorer_number(entry.analysis), framework.competency_named(word)))
        names = ("n", "kappa", "kappa_interval", "within", "verdict")
        return [
            {"scorer": one.scorer, "competency": competency, **{name: getattr(figures, name) for name in names}}
            for one in sorted(certificates, key=lambda figures: figures.scorer)
            for competency, figures in sorted(one.competencies.items())
            if any(number > 0 and (number, competency) in contributed for number in one.numbers)
        ]


def _named(competency: str, framework: Framework) -> str:
    """The competency that a word means; raises Rejected."""
    name = framework.competency_named(competency)
    if name is None:
        known = ", ".join(framework.by_competency)
        raise Rejected(f"competency: {competency[:60]!r} is none of {known}", field="competency")
    return name


def worth_showing(row: SkillRating) -> bool:
    """A skill that says something: anything observed, held, or general."""
    return row.basis != "none" or row.pending_review > 0 or row.status != "not_started" or row.context == ""


def context_from_text(words: str) -> Context:
    """A context from `dimension=value&dimension=value`; raises Rejected."""
    pairs = decode_context(words)
    context = tuple(
        (dimension, values[0]) for dimension, values in pairs if len(values) == 1 and dimension and values[0]
    )
    if not context or len(context) != len(pairs) or len(context) > 12:
        from shared.ratings.contract import CONTEXT_EXAMPLE

        raise Rejected(f"context: {words[:80]!r} is not of the form {CONTEXT_EXAMPLE}", field="context")
    return context


def skill_view(row: SkillRating, projection: Projection) -> dict[str, Any]:
    """A projected row in the shape of the contract's SkillView."""
    framework = projection.framework
    rule = framework.rule_for(row.competency, decode_skill(row.context))
    apart_since = discrepancy.since(projection, row)
    ready = None
    if row.rating is not None and row.deviation is not None:
        ready = round(probability_above(row.rating, row.deviation, READY), 3)
    return {
        "competency": row.competency,
        "name": framework.by_competency[row.competency].name,
        "context": dict(decode_skill(row.context)) or None,
        "current_rating": points(row.rating),
        "preliminary_rating": points(row.preliminary),
        "decayed_rating": points(row.decayed),
        "interval": None if row.low is None else [points(row.low), points(row.high)],
        "confidence": row.confidence,
        "stale": row.stale,
        "basis": row.basis,
        "trend": row.trend,
        "status": row.status,
        "observations_count": row.observations,
        "field_observations": row.field,
        "validation_events": row.validation,
        "held_observations": row.pending_review,
        "practice_rating": points(row.practice_rating),
        "field_rating": points(row.field_rating),
        "discrepancy": row.discrepancy,
        "discrepancy_since": None if apart_since is None else str(date_of(apart_since)),
        "likely_ready": ready,
        "last_field_observation_date": text(moment_of(row.last_field_at)),
        "last_validation_date": text(moment_of(row.last_validation_at)),
        "last_updated": text(moment_of(row.last_at)),
        "validated_on": None if row.validated_on is None else str(date_of(row.validated_on)),
        "expires_at": None if row.expires_on is None else str(date_of(row.expires_on)),
        "requires_recertification": bool(rule and rule.requires_recertification),
        "rule_version": row.rule_version,
        "explanation": explain(row, projection.left_out(*row.key)),
        "to_raise_confidence": to_raise_confidence(row),
    }


def gap_view(gap: gap_analysis.Gap) -> dict[str, Any]:
    """A gap in the shape of the contract's GapView."""
    return {
        "competency": gap.competency,
        "context": dict(gap.context) or None,
        "severity": gap.severity,
        "current_rating": points(gap.rating),
        "recommendation": gap.recommendation,
        "scenario_id": gap.scenario.scenario_id if gap.scenario else None,
    }
