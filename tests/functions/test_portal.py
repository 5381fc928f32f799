"""The pages, behind their sign-in."""

from __future__ import annotations

from tests.functions.conftest import Deployed


def test_a_stranger_is_led_to_the_sign_in(deployed: Deployed) -> None:
    deployed.secrets["session-key"] = "k" * 64
    assert deployed.ask("portal", "GET", "/", who=None)[0] == 303
    status, page = deployed.ask("portal", "GET", "/sign-in", who=None)
    assert (status, "<html" in page) == (200, True)
