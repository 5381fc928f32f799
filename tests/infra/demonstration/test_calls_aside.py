"""The demonstration's calls beside the corpus, through the real pipeline."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from infra.demonstration.calls_aside import calls_aside
from infra.demonstration.catalogue import DOMAIN, ENGINEERS, address
from infra.demonstration.gong_interface import GongInterface
from infra.demonstration.gong_server import GongServer
from infra.vendors.gong import GongCalls, basic_authorization
from tests.call_pipeline.told_calls import FRAMEWORK
from tests.harness.call_world import new_call_world
from tests.harness.crash_harness import ADMINISTRATOR
from tests.harness.sent_events import NOON
from tests.harness.unlimited import Unlimited


def test_one_is_internal_and_one_is_in_german(tmp_path: Path) -> None:
    world = new_call_world(tmp_path, FRAMEWORK)
    people = "\n".join(["name,email", *(f"{name},{address(name)}" for name in ENGINEERS[:2])])
    world.process().people.import_people.from_csv(ADMINISTRATOR, people.encode())
    world.settings = replace(world.settings, home_domains=frozenset({DOMAIN}))
    recorder = GongInterface(key="k", secret="s", per_second=1_000, now=world.world.clock.now)
    told = list(calls_aside((NOON + timedelta(days=1)).date()))
    assert told == list(calls_aside((NOON + timedelta(days=1)).date()))
    for details, said in told:
        recorder.add(details, said)
    world.world.clock.forward(days=1)
    with GongServer(recorder) as server:
        calls = GongCalls(server.url, lambda: basic_authorization("k:s"), Unlimited())
        world.recorder = calls  # type: ignore[assignment]
        world.process().discovery.daily()
        world.work()
        calls.close()
    internal, german = (world.record(details["metaData"]["id"]) for details, _ in told)
    assert (internal.state, internal.language, internal.customers) == ("internal", "eng", False)
    assert (german.state, german.language, german.customers) == ("observed", "deu", True)
