"""The clock has scorers compared with people."""

from __future__ import annotations

from tests.functions.conftest import Deployed


def test_without_reviews_nothing_is_certified(deployed: Deployed) -> None:
    status, answer = deployed.again_after_a_failure("certify_scorers", {})
    assert (status, answer["changed"]) == (200, 0)
