"""The learners' app, behind the portal's session."""

from __future__ import annotations

from functions.learn.served import served
from infra.declarations.pipeline import load_pipeline
from tests.functions.conftest import Deployed
from tests.harness.call_world import CallEnvironment
from tests.harness.crash_harness import Fuse


def test_a_stranger_gets_the_shell_and_nothing_of_anybody(deployed: Deployed) -> None:
    deployed.secrets["session-key"] = "k" * 64
    status, shell = deployed.ask("learn", "GET", "/learn/", who=None)
    assert (status, "<html" in shell) == (200, True)
    status, session = deployed.ask("learn", "GET", "/learn/session", who=None)
    assert (status, session) == (200, '{"signed_in": false}')
    assert deployed.ask("learn", "GET", "/learn/api/v1/learning/feed", who=None)[0] == 401


def test_the_app_serves_what_learners_say_and_nothing_that_becomes_an_observation(deployed: Deployed) -> None:
    """It may not publish what was observed: a mentor's word goes by the API or the portal, which may."""
    served_there = {one.route.operation for one in served(CallEnvironment(deployed.calls, Fuse(), None))}
    assert {"post_evidence", "list_evidence", "get_evidence_content", "delete_evidence"} <= served_there
    assert not served_there & {"post_observation", "post_verification"}
    assert "observation-recorded" not in load_pipeline().functions["learn"].publishes
