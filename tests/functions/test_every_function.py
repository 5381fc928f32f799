"""Every function of the pipeline has tests under its own name, and a header that tells its story."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local.queue import LocalQueue
from shared.ports.messages import Message
from tests.functions import conftest
from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE
from tests.harness.granted import GrantedQueue, answering
from tests.harness.sent_events import role_play


@pytest.mark.parametrize("name", sorted(load_pipeline().functions))
def test_it_has_tests_under_its_name(name: str) -> None:
    tests = Path(__file__).with_name(f"test_{name}.py").read_text("utf-8")
    assert "\ndef test_" in tests or "    def test_" in tests
    assert name in tests


@pytest.mark.parametrize("name", sorted(load_pipeline().functions))
def test_its_header_says_what_triggers_it_what_it_produces_and_which_errors_it_has(name: str) -> None:
    main = Path(__file__).parents[2] / "functions" / name / "main.py"
    header = ast.get_docstring(ast.parse(main.read_text("utf-8"))) or ""
    assert re.fullmatch(r"[A-Z]\w*s .+?\.\n\nTriggers: .+?\.\nProduces: .+?\.\nErrors:   .+?\.", header, re.DOTALL)


def test_what_it_does_not_declare_it_may_not_write_to(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    less = replace(conftest.FUNCTIONS["ingest"], publishes=())
    monkeypatch.setattr(conftest, "FUNCTIONS", {**conftest.FUNCTIONS, "ingest": less})
    with pytest.raises(AssertionError, match="ingest publishes to observation-recorded"):
        deployed.ask("ingest", "POST", "/api/v1/validation-events", role_play("e1", employee=JOE))


def test_of_a_whole_platform_neither(tmp_path: Path) -> None:
    pipeline = load_pipeline()
    queue = GrantedQueue(LocalQueue(tmp_path / "queue.sqlite", pipeline), pipeline)
    queue.enqueue("erasure", "erase_person", {})  # the test's own
    with answering("ingest"):
        queue.publish("observation-recorded", [Message({})])
        assert queue.refused == []
        queue.enqueue("erasure", "erase_person", {})
        queue.publish("audit-recorded", [Message({})])
    assert queue.refused == ["ingest enqueues in erasure", "ingest publishes to audit-recorded"]
    queue.close()
