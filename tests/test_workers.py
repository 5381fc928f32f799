"""Every tool of ONE_WORKER has its tests on one worker, whatever pytest and xdist make of the groups."""

from __future__ import annotations

import pytest

from tests.conftest import ONE_WORKER


@pytest.mark.parametrize("tool", [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ONE_WORKER])
def test_a_tools_tests_are_one_group(request: pytest.FixtureRequest, tool: str, worker_id: str) -> None:
    """Under xdist, which names the group at the end of the node that it schedules."""
    if worker_id == "master":
        assert request.node.get_closest_marker("xdist_group").args == (tool,)
    else:
        assert request.node.nodeid.endswith(f"@{tool}")
