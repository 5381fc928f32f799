"""Asks about reviews: whether a person is to decide about a call's scores, and since when there are any."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CallReview:
    """Says what is known of the review of one employee's scores of one call.

    is_open: a person is asked; happened_at: when the call was
    """

    is_open: bool
    scored_at: datetime
    happened_at: datetime


class CallReviews(Protocol):
    """Knows the reviews of calls."""

    def of_calls(self, review_ids: Iterable[str]) -> dict[str, CallReview]:
        """Returns those that exist, by their ids (`shared.kernel.ids.review_id_of`)."""
        ...
