"""A vendor that refuses the account, over real HTTP: no call is lost, one alert tells, and all goes on by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.demonstration.messages_interface import KEY, NO_CREDIT, TOO_LARGE_A_GRAMMAR, MessagesInterface, Trouble
from infra.demonstration.messages_server import MessagesServer
from infra.vendors.claude import ClaudeLanguageModel
from infra.wiring.analysts import AnalystsUseCases
from infra.wiring.operations import operations
from infra.wiring.ports.language_model import claude, language_model
from infra.wiring.ports.probes import probes
from shared.analysts.claude.scoring import ClaudeAnalyst
from shared.analysts.claude.view import AnalystSettings
from shared.analysts.records import Scorers
from shared.call_pipeline.messages import CallTask
from shared.operations.records import HealthRecords, HealthReport, IntegrationState
from tests.analysts.sales_call import answer
from tests.call_pipeline.told_calls import FRAMEWORK
from tests.harness.call_world import Analysts, CallEnvironment, CallWorld, new_call_world
from tests.harness.crash_harness import ADMINISTRATOR, Fuse, Process

MODEL = "claude-sonnet-5-5"
GONE = Trouble(status=404, kind="not_found_error", message=f"model: {MODEL}")
WRONG_KEY = Trouble(status=401, kind="authentication_error", message="invalid x-api-key")


class Vendor:
    """The pipeline, and a language model on a port of this machine."""

    def __init__(self, world: CallWorld, service: MessagesInterface, client: ClaudeLanguageModel) -> None:
        self.world = world
        self.service = service
        self._client = client

    def environment(self) -> CallEnvironment:
        on = CallEnvironment(self.world, Fuse(), None)
        on._made[claude] = self._client
        model = language_model(on)
        assert model is not None
        asking: Any = ClaudeAnalyst(model, Scorers(self.world.integrations), AnalystSettings(model=MODEL))
        on._made[AnalystsUseCases] = Analysts(asking, None)
        return on

    def discover(self, *calls: str) -> None:
        for call_id in calls:
            self.world.recorder.add(call_id)
        Process(self.environment()).discovery.daily()

    def run(self) -> set[int | None]:
        """Runs every task that is queued at this moment, once; after how long each wants to be run again."""
        tasks, self.world.world.tasks[:] = list(self.world.world.tasks), []
        waits = set()
        for _, payload in tasks:
            process = Process(self.environment())
            if "batch_id" in payload:
                process.analysis.collect_batch.collect(payload["batch_id"], payload["polls"])
            else:
                waits.add(process.analysis.import_call.run(CallTask.model_validate(payload)).again_in_seconds)
        return waits

    def submit(self) -> int:
        submitting = Process(self.environment()).analysis.submit_batches
        assert submitting is not None
        return submitting.submit().batches

    def forward(self, **span: float) -> None:
        self.world.world.clock.forward(seconds=timedelta(**span).total_seconds())

    def states(self, *calls: str) -> set[str]:
        return {self.world.record(call_id).state for call_id in calls}

    def alerts(self, name: str = "analysis.stopped") -> list[Any]:
        return self.world.world.log.named(name)

    def health(self) -> tuple[str, str]:
        """What the page says of the language model at this moment, after a check that found it well."""
        on = self.environment()
        item = IntegrationState(
            name="Claude", state="ok", detail="answers", checked_at=on.clock.now(), last_seen_at=None
        )
        report = HealthReport(state="ok", checked_at=on.clock.now(), integrations=(item,))
        HealthRecords(self.world.world.store).put(report)
        (shown,) = operations(on).health.latest(ADMINISTRATOR).integrations
        return shown.state, shown.detail


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    service = MessagesInterface(lambda _: json.loads(answer()), models=(MODEL,))
    with MessagesServer(service) as url:
        client = ClaudeLanguageModel(KEY, base_url=url)
        world = new_call_world(tmp_path, FRAMEWORK)
        world.model = client  # type: ignore[assignment]
        yield Vendor(world, service, client)


CALLS = [str(number) for number in range(6)]


@pytest.mark.parametrize("refusal", [NO_CREDIT, TOO_LARGE_A_GRAMMAR, GONE, WRONG_KEY], ids=lambda one: one.message[:20])
def test_an_accounts_fault_keeps_the_days_calls_and_tells_once(vendor: Vendor, refusal: Trouble) -> None:
    vendor.service.refusal = refusal
    vendor.discover(*CALLS)
    for _ in range(6):
        waits = vendor.run()
        assert None not in waits
        vendor.forward(seconds=max(wait or 0 for wait in waits))
    assert vendor.states(*CALLS) == {"ready"}
    (told,) = vendor.alerts()
    assert refusal.message[:60] in told["said"]
    state, detail = vendor.health()
    assert (state, refusal.message[:60] in detail) == ("failing", True)
    assert re.search(r"since \d{1,2} \w{3} \d{4}, \d\d:\d\d UTC: ", detail), "a moment as people write it"
    blamed = {"gong", "AUGMENT_MODEL_URL"} | ({"AUGMENT_MODEL"} if refusal is not GONE else set())
    assert not any(word in detail for word in blamed)
    assert not probes(vendor.environment())["Claude"].check().ok  # type: ignore[union-attr]

    vendor.service.refusal = None
    for _ in range(3):
        vendor.forward(hours=1)
        vendor.run()
    assert vendor.states(*CALLS) == {"observed"}
    assert (len(vendor.alerts()), len(vendor.alerts("analysis.resumed"))) == (1, 1)
    assert vendor.health() == ("ok", "answers")
    assert all(vendor.world.record(one).last_error is None for one in CALLS)


def test_a_refused_account_is_asked_ever_more_rarely(vendor: Vendor) -> None:
    vendor.service.refusal = NO_CREDIT
    vendor.discover(*CALLS)
    asked = vendor.service.refused
    for _ in range(24 * 12):
        vendor.run()
        vendor.forward(minutes=5)
    assert 20 <= vendor.service.refused - asked <= 30, "about once an hour, whatever the number of calls"


def test_a_call_that_is_refused_for_itself_stops_no_other(vendor: Vendor) -> None:
    long = Trouble(status=400, kind="invalid_request_error", message="prompt is too long: 9 tokens > 8 maximum")
    vendor.service.troubles.append(long)
    vendor.discover(*CALLS)
    vendor.run()
    assert sorted(vendor.world.record(one).state for one in CALLS) == ["observed"] * 5 + ["refused"]
    assert vendor.alerts() == []


class TestBatches:
    @pytest.fixture(autouse=True)
    def batched(self, vendor: Vendor) -> None:
        vendor.world.settings = replace(vendor.world.settings, daily_route="batch")
        vendor.discover(*CALLS)
        vendor.run()

    def test_a_batch_that_is_refused_waits_and_gathers_no_other(self, vendor: Vendor) -> None:
        vendor.service.refusal = NO_CREDIT
        for _ in range(5):
            assert vendor.submit() == 0
            vendor.forward(hours=1)
        assert vendor.states(*CALLS) == {"batched"}
        assert len(vendor.alerts()) == 1
        vendor.service.refusal = None
        vendor.submit()
        vendor.run()
        assert vendor.states(*CALLS) == {"observed"}
        assert all(one.batched for one in vendor.service.recorded)

    @pytest.mark.parametrize("misses", [1, 2, 3])
    def test_a_batch_that_is_not_found_for_a_moment_is_waited_for(self, vendor: Vendor, misses: int) -> None:
        vendor.submit()
        vendor.service.unknown_batches = misses
        for _ in range(5):
            vendor.run()
            vendor.forward(minutes=15)
        assert vendor.states(*CALLS) == {"observed"}
        assert [one.batched for one in vendor.service.recorded] == [True] * len(CALLS), "none at the full price"

    def test_odd_lines_hold_no_batch(self, vendor: Vendor) -> None:
        vendor.submit()
        vendor.service.odd_lines = ["", "   ", '{"custom_id": "x", "res']
        vendor.run()
        assert vendor.states(*CALLS) == {"observed"}
        assert len(vendor.alerts("analysis.line_unreadable")) == 1

    def test_requests_that_are_refused_in_a_batch_cost_no_call_a_round(self, vendor: Vendor) -> None:
        vendor.service.refused_in_batches = NO_CREDIT
        for _ in range(5):
            vendor.forward(hours=2)
            vendor.submit()
            vendor.run()
        assert vendor.states(*CALLS) == {"ready"}
        assert (len(vendor.alerts()), vendor.health()[0]) == (1, "failing")
        vendor.service.refused_in_batches = None
        vendor.forward(hours=2)
        vendor.submit()
        vendor.run()
        assert vendor.states(*CALLS) == {"observed"}
        assert all(one.batched for one in vendor.service.recorded)
        assert vendor.health()[0] == "ok"
