"""Workers do once what is expensive: a tool's tests are one group, and what one compiles all others read."""

from __future__ import annotations

import os
import sys

import pytest

from tests.conftest import ONE_WORKER


@pytest.mark.parametrize("tool", [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ONE_WORKER])
def test_a_tools_tests_are_one_group(request: pytest.FixtureRequest, tool: str, worker_id: str) -> None:
    """Under xdist, which names the group at the end of the node that it schedules."""
    if worker_id == "master":
        assert request.node.get_closest_marker("xdist_group").args == (tool,)
    else:
        assert request.node.nodeid.endswith(f"@{tool}")


def test_what_is_compiled_is_kept_by_every_process() -> None:
    """Also where the environment forbids it: the suite would spend a third of its collection on compiling."""
    assert not sys.dont_write_bytecode
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
