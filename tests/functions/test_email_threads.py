"""An exported e-mail thread comes in over HTTP, and is queued for its analysis."""

from __future__ import annotations

from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE

MESSAGE = f"""From x@y Tue Mar  3 10:00:00 2026
From: {JOE}
To: carla@acme.example
Date: Tue, 3 Mar 2026 10:00:00 +0000
Message-ID: <m1@example.com>
Subject: Pilot

What would the pilot have to show, in your eyes?
"""
BODY = {"thread_id": "acme-1", "export": MESSAGE}
PATH = "/api/v1/email-threads"


def test_a_thread_is_taken_in_once(deployed: Deployed) -> None:
    status, answer = deployed.ask("email_threads", "POST", PATH, BODY)
    assert (status, answer["employees"]) == (202, [JOE])
    assert deployed.ask("email_threads", "POST", PATH, BODY)[0] == 200
    assert {task["record_id"] for _, task in deployed.calls.world.tasks} == {answer["record_id"]}


def test_who_is_calling_is_asked_first(deployed: Deployed) -> None:
    assert deployed.ask("email_threads", "POST", PATH, BODY, who=None)[0] == 401


def test_what_is_no_thread_is_refused_and_kept_nowhere(deployed: Deployed) -> None:
    assert deployed.ask("email_threads", "POST", PATH, {"thread_id": "acme-1", "export": 7})[0] == 422
    assert deployed.quarantined() == []
