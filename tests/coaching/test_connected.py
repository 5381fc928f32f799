"""What it means that WhatsApp is connected: the same for who writes and for the pages, which may not read the token."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.vendors.integrations import Integrations
from infra.wiring.environment import environment
from infra.wiring.ports.messenger import ACCESS, is_connected
from shared.operations.records import HealthRecords, HealthReport
from tests.coaching.coach_world import NUMBER, TOKEN, CoachWorld, coach_world
from tests.functions.conftest import Deployed
from tests.harness.call_world import CallEnvironment
from tests.harness.crash_harness import GivenSecrets

SETTINGS = {"AUGMENT_WHATSAPP_NUMBER_ID": NUMBER}


@pytest.fixture
def world(deployed: Deployed) -> Iterator[CoachWorld]:
    yield from coach_world(deployed)


def on_function(
    world: CoachWorld, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], secrets: dict[str, str] | None
) -> CallEnvironment:
    """An instance of a function. secrets: those that it is given; None: it is given none"""
    world.reply({"inbox": "nobodys"})
    on = environment()
    assert isinstance(on, CallEnvironment)
    declared = frozenset() if secrets is None else frozenset({ACCESS})
    monkeypatch.setattr(on, "connected", Integrations(settings, GivenSecrets(secrets or {}), declared))
    return on


@pytest.mark.parametrize(
    ("settings", "secrets", "connected"),
    [(SETTINGS, {ACCESS: TOKEN}, True), (SETTINGS, {}, False), ({}, {ACCESS: TOKEN}, False)],
)
def test_whoever_writes_needs_a_number_and_a_token(
    world: CoachWorld,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    secrets: dict[str, str],
    connected: bool,
) -> None:
    assert is_connected(on_function(world, monkeypatch, settings, secrets)) is connected


@pytest.mark.parametrize("noted", [True, False])
def test_a_page_goes_by_what_the_last_check_found(
    world: CoachWorld, monkeypatch: pytest.MonkeyPatch, noted: bool
) -> None:
    on = on_function(world, monkeypatch, SETTINGS, None)
    assert not is_connected(on)
    report = HealthReport(state="ok", checked_at=world.now, integrations=(), secrets={ACCESS: noted})
    HealthRecords(world.deployed.calls.world.store).put(report)
    assert is_connected(on) is noted
