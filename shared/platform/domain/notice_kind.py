"""Names what people are told of."""

from __future__ import annotations

from typing import Literal

NoticeKind = Literal[
    "transcript.opened",
    "grant.given",
    "grant.revoked",
    "escalation.raised",
    "escalation.revoked",
    "webhook.paused",
    "preparation.assigned",
    "assignment.given",
    "assignment.by_rule",
    "assignment.withdrawn",
    "assignment.reminder",
    "assignment.not_begun",
    "deal.at_risk",
    "notifications.paused",
    "learning.invited",
    "coach.nudge",
    "coach.safety_stop",
    "coach.hand_over",
    "coach.answered",
]
