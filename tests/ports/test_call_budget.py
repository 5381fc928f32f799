"""The recorder's budget over both stores of documents: what is reserved through one instance, another one sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.call_pipeline.domain.allowance import RequestLimits
from shared.call_pipeline.records.allowances import Allowances
from shared.call_pipeline.usecases.call_budget import CallBudget
from shared.conversations.ports.calls import BudgetSpent
from shared.ports.documents import Documents


class OwnTime:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 23, 59, 50, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def test_two_instances_share_the_seconds_and_the_days(documents: Documents) -> None:
    limits = RequestLimits(per_second=3, per_day=4)
    clocks = [OwnTime(), OwnTime()]
    instances = [
        CallBudget(Allowances(documents, "call_budgets/gong"), clock, clock.wait, limits=limits) for clock in clocks
    ]
    starts = []
    for turn in (0, 1, 0, 0):
        instances[turn].take()
        starts.append(clocks[turn].now())
    assert len({start.replace(microsecond=start.microsecond // 1000 * 1000) for start in starts}) == 4
    ordered = sorted(starts)
    assert ordered[3] - ordered[0] > timedelta(seconds=1)
    for turn in (0, 1):
        with pytest.raises(BudgetSpent) as spent:
            instances[turn].take()
        assert spent.value.after_seconds <= 10
    clocks[0].wait(spent.value.after_seconds)
    instances[0].take()
