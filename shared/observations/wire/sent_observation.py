"""Writes and reads field observations as they are sent: JSON of which the ledger keeps every field, known or not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shared.kernel.json_values import Json, JsonObject


class WrittenScore(NamedTuple):
    """A score to send, with what it stands on in words that give nothing away."""

    competency: str
    score: float
    confidence: float
    evidence: str


@dataclass(frozen=True, slots=True)
class SentScore:
    """A score as it was sent."""

    sent: JsonObject

    @property
    def word(self) -> str:
        """Returns the sender's word for the competency."""
        return str(self.sent["competency"]).strip()

    @property
    def evidence(self) -> str | None:
        """Returns what the score stands on, where the sender says so."""
        said = self.sent.get("evidence")
        return said if isinstance(said, str) else None


@dataclass(frozen=True, slots=True)
class SentObservation:
    """A body of POST /api/v1/field-observations."""

    body: JsonObject

    @classmethod
    def read(cls, text: str) -> SentObservation:
        """Reads what the ledger kept of one."""
        return cls(json.loads(text))

    @property
    def scores(self) -> tuple[SentScore, ...]:
        """Returns the scores that were sent."""
        scores = self.body.get("competency_scores")
        sent = scores if isinstance(scores, list) else []
        return tuple(SentScore(one) for one in sent if isinstance(one, Mapping))

    @property
    def source_url(self) -> str | None:
        """Returns the link to the recording, where the sender gives one."""
        link = self.body.get("source_url")
        return link if isinstance(link, str) else None

    def decided(
        self, observation_id: str, metadata: JsonObject, scores: Mapping[str, float | None] | None
    ) -> SentObservation:
        """Returns it as a person decided it, under another id and with more metadata.

        scores: by the sender's word, what each is by then, None for one that is dropped; without them all as they were
        """
        kept: list[JsonObject] = []
        for one in self.scores:
            if scores is None:
                kept.append(one.sent)
            elif (score := scores[one.word]) is not None:
                kept.append({**one.sent, "score": score})
        said = self.body.get("analysis_metadata")
        return SentObservation(
            {
                **self.body,
                "observation_id": observation_id,
                "competency_scores": kept,
                "analysis_metadata": {**(said if isinstance(said, Mapping) else {}), **metadata},
            }
        )


def written(
    observation_id: str,
    *,
    employee_id: str,
    source: str,
    source_id: str,
    at: datetime,
    scores: Iterable[WrittenScore],
    context: JsonObject,
    metadata: JsonObject,
    source_url: str | None,
) -> SentObservation:
    """Writes an observation of one person in one conversation."""
    body: dict[str, Json] = {
        "observation_id": observation_id,
        "employee_id": employee_id,
        "observation_source": source,
        "source_id": source_id,
        "timestamp": at.isoformat(),
        "competency_scores": [one._asdict() for one in scores],
        "context": context,
        "analysis_metadata": metadata,
    }
    return SentObservation({**body, "source_url": source_url} if source_url else body)
