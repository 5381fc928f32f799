"""Profiles: one person's skills as of a day, their gaps, and the history of what was observed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from shared.conversations.domain.analysis_version import scorer_number
from shared.conversations.usecases.deals_in_force import Deal, DealsInForce
from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.context import Context, decode_context, decode_skill
from shared.kernel.days import EPOCH, date_of, day_of, moment_of
from shared.kernel.errors import NotFound, Rejected
from shared.kernel.ids import review_id_of
from shared.kernel.moments import text
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import FIELD
from shared.observations.domain.observation import Kind
from shared.people.records import EmployeeRecords
from shared.ports.ambient import Clock
from shared.ports.documents import Documents, Query, Where
from shared.privacy.usecases.first_sight import FirstSight
from shared.ratings.domain import discrepancy, readiness
from shared.ratings.domain import gaps as gap_analysis
from shared.ratings.domain.explanation import explain, points, to_raise_confidence
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating, probability_above
from shared.ratings.domain.weights import RATING_WINDOW_DAYS

READY = 8000


class Profiles:
    """Reads profiles from live state, and histories from the ledger."""

    def __init__(self, documents: Documents, configuration: Configuration, deals: DealsInForce, clock: Clock) -> None:
        self._documents = documents
        self._employees = EmployeeRecords(documents)
        self._deals = deals
        self._configuration = configuration
        self._clock = clock
        self._first_sight = FirstSight(documents, configuration, clock)

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

    def history(
        self,
        caller: Caller,
        employee_id: str,
        kind: Kind | None,
        *,
        limit: int = 50,
        after: tuple[datetime, str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        source: str | None = None,
        competency: str | None = None,
        standing: str | None = None,
    ) -> tuple[list[dict[str, Any]], tuple[datetime, str] | None]:
        """A person's events, the newest first, in the shape of the contract's HistoryItem, and where to continue.

        An analyst's scores that are not open for the caller yet are left out of their event. competency: only events
        that score it, in any word that the person's framework knows for it. Raises Rejected for another word, NotFound.
        """
        where = [Where("employee_id", "==", employee_id)]
        if kind:
            where.append(Where("kind", "==", kind))
        if source:
            where.append(Where("source", "==", source))
        if standing:
            where.append(Where("standing", "==", standing))
        if competency:
            where.append(Where("competencies", "array_contains", _named(competency, self._framework_of(employee_id))))
        if since:
            where.append(Where("occurred_at", ">=", since))
        if until:
            where.append(Where("occurred_at", "<", until))
        found = self._documents.query(
            Query("events", where=where, order_by=[("occurred_at", "desc")], limit=limit + 1, after=after)
        )
        more = len(found) > limit
        withheld = self._first_sight.withheld(caller, found[:limit])
        deals = self._deals.of(_conversation(document.data) for document in found[:limit] if _observed(document.data))
        items = [
            {
                "event_id": document.data["event_id"],
                "source": document.data["source"],
                "source_id": document.data["source_id"],
                "activity": document.data["activity"],
                "occurred_at": text(document.data["occurred_at"]),
                "received_at": text(document.data["received_at"]),
                "standing": document.data["standing"],
                "payload": json.loads(document.data["payload"])
                | ({"competency_scores": []} if document.id in withheld else {}),
                "scores_open_at": text(withheld.get(document.id)),
                "review_id": _review_id(document.data),
                "deal": _deal_view(document.data, deals),
            }
            for document in found[:limit]
        ]
        last = found[limit - 1] if more else None
        return items, (last.data["occurred_at"], last.id) if last else None

    def _framework_of(self, employee_id: str) -> Framework:
        record = self._employees.get(employee_id)
        if record is None:
            raise NotFound(f"there is no employee {employee_id[:80]!r}", field="employee_id")
        return self._configuration.framework(record.framework_id)


def _named(competency: str, framework: Framework) -> str:
    """The competency that a word means; raises Rejected."""
    name = framework.competency_named(competency)
    if name is None:
        known = ", ".join(framework.by_competency)
        raise Rejected(f"competency: {competency[:60]!r} is none of {known}", field="competency")
    return name


def _observed(event: Mapping[str, Any]) -> bool:
    return bool(event["kind"] == "field")


def _conversation(event: Mapping[str, Any]) -> tuple[str, str]:
    return event["source"], event["source_id"]


def _deal_view(event: Mapping[str, Any], deals: Mapping[tuple[str, str], Deal]) -> dict[str, Any] | None:
    """The deal of an observation in the field; None for what has none, and for other events."""
    if not _observed(event):
        return None
    said = json.loads(event["message"])
    deal = deals[_conversation(event)].over(said.get("deal_id"), said.get("account_name"))
    return asdict(deal) if deal != Deal() else None


def _review_id(event: Mapping[str, Any]) -> str | None:
    """The id under which an analyst's scores of a call are reviewed, and may be contested."""
    if event["kind"] != "field" or not json.loads(event["message"]).get("scorer"):
        return None
    return review_id_of(event["source"], event["source_id"], event["employee_id"])


def worth_showing(row: SkillRating) -> bool:
    """A skill that says something: anything observed, held, or general."""
    return row.basis != "none" or row.held > 0 or row.status != "not_started" or row.context == ""


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
        "held_observations": row.held,
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
