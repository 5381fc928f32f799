"""Publishes changes that were written and, after a crash, not yet published.

In:   Cloud Scheduler, every ten minutes.
Out:  `skill-changed`, `discrepancy-changed`.
Not:  503 has it triggered again.
"""

from collections.abc import Mapping
from typing import Any

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.privacy import privacy
from infra.wiring.ratings import ratings
from infra.wiring.reviews import reviews
from infra.wiring.taxonomy import taxonomy
from shared.platform.edges.internal import InnerEdge


def pending_sweep(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(_: dict[str, Any]) -> Mapping[str, Any]:
        return {
            "employees": ratings(on).publish_pending.sweep(),
            "publications": taxonomy(on).following.finish(),
            "reviews": reviews(on).following.finish(),
            "erasures": privacy(on).resume_erasures.resume(),
            "transcripts": privacy(on).retention.daily(),
        }

    return schedule_edge(on, "pending_sweep", work)
