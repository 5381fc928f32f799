"""View models of the coach's pages, with every state that they show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from functions.portal.hand_overs.page import HandOversView
from shared.coaching.domain.hand_over import Outcome, Reason
from shared.coaching.records.hand_overs import HandOver, Line
from shared.coaching.usecases.hand_over import Shown
from shared.coaching.usecases.oversee import AskedShare, CoachOverview, Share, TemplateStanding

NOW = datetime(2026, 11, 24, 9, 41, tzinfo=UTC)


def handed_over(number: int, reason: Reason, outcome: Outcome | None = None, *, lines: bool = True) -> Shown:
    """A hand-over; by default open, with what both wrote."""
    at = NOW - timedelta(hours=number)
    said = (
        Line(line_id=f"l{number}", speaker="learner", text="It sparked when I cut in. Is that normal?", at=at),
        Line(line_id=f"a{number}", speaker="answerer", text="Keep clear, I am ringing you.", at=at, reached=False),
    )
    return Shown(
        HandOver(
            hand_over_id=f"h{number}",
            employee_id="ana@example.com",
            answerer_id="mo@example.com" if number < 3 else None,
            reason=reason,
            wamids=(f"wamid.{number}",),
            opened_at=at,
            last_at=at,
            open=outcome is None,
            lines=said if lines else (),
            closed_at=None if outcome is None else NOW,
            outcome=outcome,
            expires_at=NOW + timedelta(days=400),
        ),
        "Ana High",
    )


HAND_OVERS = HandOversView(
    [
        handed_over(1, "live_work"),
        handed_over(2, "asked"),
        handed_over(3, "silent", lines=False),
        handed_over(4, "unanswered"),
    ],
    "key-1",
    "h1",
    {"text": ""},
    {"text": "Must have 1 to 900 characters; this has 0.", "outcome": "Must be one of safe, reported, mistaken."},
)
OVERVIEW = CoachOverview(
    connected=False,
    month=date(2026, 11, 1),
    messages=500,
    more=True,
    shares=[
        Share("read", 380, 0.76, 0.735, 0.784),
        Share("delivered", 90, 0.18, 0.159, 0.203),
        Share("failed", 30, 0.06, 0.048, 0.075),
    ],
    errors=[(131026, 20), (131999, 10)],
    currency="GBP",
    templates=[
        TemplateStanding(
            "due", "coach_due", "en_GB", "utility", "marketing", "APPROVED", "", True, 2.4, 0.0382, 41, 1.57
        ),
        TemplateStanding(
            "streak", "coach_streak", "en_GB", "marketing", "marketing", "PAUSED", "LOW", False, None, None, 3, None
        ),
        TemplateStanding(
            "mentor_alert", "coach_mentor_alert", "en_GB", "utility", "utility", "", "", True, None, 0.0159, 0, 0.0
        ),
    ],
    counted={"template": 44, "text": 12, "notice": 3},
    cost=None,
    agreed=12,
    ended=3,
    more_agreements=False,
    stops=[
        handed_over(1, "live_work", lines=False),
        handed_over(4, "injury", "safe", lines=False),
        handed_over(5, "unanswered", "mistaken", lines=False),
    ],
    asked_back=60,
    asked=[
        AskedShare("danger", 6, 0.1, 0.062, 0.158),
        AskedShare("person", 1, 0.017, 0.005, 0.056),
        AskedShare("stopped", 2, 0.033, 0.013, 0.08),
        AskedShare("no_answer", 9, 0.15, 0.1, 0.218),
        AskedShare("harmless", 41, 0.683, 0.602, 0.755),
        AskedShare(None, 1, 0.017, 0.005, 0.056),
    ],
    more_asked=False,
)
