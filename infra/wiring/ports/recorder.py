"""Opens the call recorder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.declarations.integration_settings import given
from infra.wiring.environment import Environment
from infra.wiring.ports.integrations import integrations

if TYPE_CHECKING:
    from infra.vendors.gong import GongCalls
    from shared.conversations.ports.calls import Calls


def recorder(on: Environment) -> Calls | None:
    """Opens the recorder; None where none is connected."""
    if on.recorded_calls is not None:
        return on.recorded_calls
    return None if on.connected.secret("gong-access") is None else on.once(gong)


def gong(on: Environment) -> GongCalls:
    """Makes the recorder's client. Raises ValueError for a setting or key that cannot be read."""
    access = on.connected.secret("gong-access") or ""
    from threading import Lock
    from time import sleep

    from infra.vendors.gong import GongCalls, basic_authorization, bearer_authorization
    from shared.call_pipeline.domain.allowance import RequestLimits
    from shared.call_pipeline.records.allowances import Allowances
    from shared.call_pipeline.usecases.call_budget import CallBudget

    settings = on.connected.settings
    limits = RequestLimits(
        per_second=int(given(settings, "AUGMENT_GONG_PER_SECOND")),
        per_day=int(given(settings, "AUGMENT_GONG_PER_DAY")),
    )
    budget = CallBudget(
        Allowances(integrations(on), "call_budgets/gong"), on.clock, sleep, limits=limits, exclusively=Lock()
    )
    kind, _, token = access.partition(":")
    header = bearer_authorization(token) if kind == "bearer" else basic_authorization(access)
    return GongCalls(given(settings, "AUGMENT_GONG_URL"), lambda: header, budget)
