"""The learners' app, behind the portal's session."""

from __future__ import annotations

from tests.functions.conftest import Deployed


def test_a_stranger_gets_the_shell_and_nothing_of_anybody(deployed: Deployed) -> None:
    deployed.secrets["session-key"] = "k" * 64
    status, shell = deployed.ask("learn", "GET", "/learn/", who=None)
    assert (status, "<html" in shell) == (200, True)
    status, session = deployed.ask("learn", "GET", "/learn/session", who=None)
    assert (status, session) == (200, '{"signed_in": false}')
    assert deployed.ask("learn", "GET", "/learn/api/v1/learning/feed", who=None)[0] == 401
