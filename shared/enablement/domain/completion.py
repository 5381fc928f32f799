"""Says what of an assignment is done, by what stands in the ledger: whatever the order, the answer is the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SCORED: Final = frozenset({"role_play", "multiple_choice_test", "hands_on_lab", "certification_exam"})
"""Kinds of activities that are tried and scored: what came of an earlier try is what the assignment rests on."""
LOOKED_BACK: Final = timedelta(days=30)
"""What somebody read or heard so lately is not asked for again before a meeting."""


@dataclass(frozen=True, slots=True)
class Completion:
    """One event that says that a piece of content, or a scenario, is done. at: when that was"""

    event_id: str
    content_id: str
    at: datetime


def counts_from(activity_type: str, assigned_at: datetime, *, for_a_deal: bool) -> datetime:
    """Returns the moment from which an activity counts as done for an assignment: what is tried and scored, and what
    somebody or a rule assigned, from the assignment on; before a meeting what was read or heard lately as well."""
    return assigned_at - LOOKED_BACK if for_a_deal and activity_type not in SCORED else assigned_at


def completed_by(content_id: str, since: datetime, known: Sequence[Completion]) -> Completion | None:
    """Returns the first event by which something is done; None while it is not."""
    fitting = (one for one in known if one.content_id == content_id and one.at >= since)
    return min(fitting, key=lambda one: (one.at, one.event_id), default=None)
