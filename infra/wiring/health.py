"""Builds the health check, apart from what people do about its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.ports.dead_letters import dead_letters
from infra.wiring.ports.documents import documents
from infra.wiring.ports.probes import probes
from infra.wiring.subscriptions import subscriptions

if TYPE_CHECKING:
    from shared.operations.usecases.check_health import CheckHealth
    from shared.operations.usecases.unreadable_records import Kept


def health(on: Environment) -> CheckHealth:
    """Makes the health check."""
    from shared.operations.usecases.check_health import AskIntegrations, CheckHealth

    asked = {**probes(on), "Webhooks": subscriptions(on).watch}
    outside = AskIntegrations(asked, on.connected.secrets_set)
    return CheckHealth(_kept(on), dead_letters(on), outside, on.clock, on.log)


def _kept(on: Environment) -> Kept:
    from shared.frameworks.records import FrameworkInForce, ScorerFigures
    from shared.intake.records import UnmappedScore
    from shared.observations.records import LedgerEvent
    from shared.operations.usecases.unreadable_records import Kept, Kind
    from shared.people.records import Employee
    from shared.platform.records.audit import AuditRecord
    from shared.platform.records.quarantine import QuarantinedInput
    from shared.privacy.records.erasures import Erasure
    from shared.ratings.records import PublishedRatings
    from shared.reviews.records import Review

    kinds = (
        Kind("audit", AuditRecord, "at"),
        Kind("certificates", ScorerFigures, "computed_at"),
        Kind("employees", Employee, "employee_id"),
        Kind("erasures", Erasure, "requested_at"),
        Kind("events", LedgerEvent, "received_at"),
        Kind("frameworks", FrameworkInForce, "framework_id"),
        Kind("held_scores", UnmappedScore, "held_at"),
        Kind("quarantine", QuarantinedInput, "received_at"),
        Kind("ratings", PublishedRatings, "computed_at"),
        Kind("reviews", Review, "opened_at"),
    )
    return Kept(documents(on), kinds)
