"""A recorded observation may need a person's look: an unsure score opens a review, a sure one opens none."""

from __future__ import annotations

import pytest

from shared.ports.documents import Query
from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE
from tests.harness.sent_events import call


@pytest.mark.parametrize(("confidence", "reasons"), [(0.1, ["low_confidence"]), (None, None)])
def test_an_unsure_score_is_for_a_person(
    deployed: Deployed, confidence: float | None, reasons: list[str] | None
) -> None:
    body = call("c1", employee=JOE, confidence=0.1)
    if confidence is None:
        del body["analysis_metadata"]["model_used"]
    fact = deployed.recorded(body)
    assert deployed.deliver("review_queue", fact) == (200, None)
    found = [item.data["reasons"] for item in deployed.calls.world.store.query(Query("reviews"))]
    assert found == ([] if reasons is None else [reasons])


def test_what_is_no_observation_is_quarantined_and_blocks_nobody(deployed: Deployed) -> None:
    assert deployed.deliver("review_queue", {}) == (200, None)
    assert deployed.quarantined() == ["review_queue"]
