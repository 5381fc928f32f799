"""Reads what a page shows of an event as it was sent, whatever kind it is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.observations.domain.observation import Kind

LINKS: Final = ("details_url", "source_url", "content_url")
"""Fields that link to an event, by kind."""
WHOLE: Final = ("overall_score", "quiz_score")
"""Fields with a score of the whole event."""


@dataclass(frozen=True, slots=True)
class SentEvent:
    """A body of one of the recording routes, which was valid when it came."""

    body: Mapping[str, Any]

    @property
    def kind(self) -> Kind:
        """Returns its kind, by the field that only that kind has."""
        return (
            "learning" if "content_id" in self.body else "field" if "observation_source" in self.body else "validation"
        )

    @property
    def scores(self) -> list[tuple[str, float | None]]:
        """Returns (the sender's word for a competency, points), in the order in which they were sent."""
        scores = [(one["competency"].strip(), one.get("score")) for one in self.body.get("competency_scores", ())]
        return [(word, None if points is None else float(points)) for word, points in scores]

    @property
    def score(self) -> float | None:
        """Returns the score of the whole event: the one that was sent, else the mean of its scores."""
        whole = next((self.body[name] for name in WHOLE if self.body.get(name) is not None), None)
        there = [points for _, points in self.scores if points is not None]
        if whole is None and there:
            return sum(there) / len(there)
        return whole

    @property
    def decided(self) -> str | None:
        """Returns what a person decided with it; None for what no person has reviewed."""
        metadata = self.body.get("analysis_metadata") or {}
        return (metadata.get("review_decision") or "confirmed") if metadata.get("human_reviewed") else None

    @property
    def link(self) -> str | None:
        """Returns where it can be seen at its sender's, if that is an address of the web."""
        link = next((self.body[name] for name in LINKS if self.body.get(name)), None)
        return link if isinstance(link, str) and link.startswith("https://") else None
