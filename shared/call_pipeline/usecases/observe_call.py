"""Makes of an analysis the field observation that `ingest` takes in.

The words stay with the transcript. An observation names, for each score, turn, span and digest of each quote,
or what was measured and when: enough to find the words while they exist, and to prove afterwards what it stood on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from shared.conversations.domain.call_analysis import CallAnalysis, Evidence, JudgedScore
from shared.conversations.domain.conversation import Quote
from shared.conversations.records import CallContext
from shared.kernel.json_values import JsonObject
from shared.observations.wire.context_fields import context_with
from shared.observations.wire.sent_observation import SentObservation, WrittenScore, written

MOST_PIECES = 5
"""Of evidence for one score."""


def observation_id(source: str, call_id: str, employee_id: str, version: int) -> str:
    """Returns the same for the same analysis of the same person's call, whoever posts it, however often."""
    return f"{source}-{identity(source, call_id, employee_id)}-{version}"


def identity(source: str, call_id: str, employee_id: str) -> str:
    """Returns one person's part in one call, as a name (96 bits, hexadecimal)."""
    return hashlib.sha256(f"{source}\n{call_id}\n{employee_id}".encode()).hexdigest()[:24]


def observation(
    analysis: CallAnalysis,
    *,
    employee_id: str,
    source: str,
    at: datetime,
    version: int,
    context: CallContext,
    deal_id: str | None = None,
    source_url: str | None = None,
) -> SentObservation | None:
    """Returns the observation to post; None when nothing was observed.

    context: as the CRM has it; what it leaves open is taken from the analysis
    """
    if not analysis.scores:
        return None
    return written(
        observation_id(source, analysis.call_id, employee_id, version),
        employee_id=employee_id,
        source=source,
        source_id=analysis.call_id,
        at=at,
        scores=[_score(score) for score in analysis.scores],
        context=_context(analysis, context, deal_id),
        metadata=_metadata(analysis, version),
        source_url=source_url,
    )


def _metadata(analysis: CallAnalysis, version: int) -> JsonObject:
    return {
        "model_used": analysis.scorer.scorer_id,
        "confidence_score": round(min(score.confidence for score in analysis.scores), 2),
        "human_reviewed": False,
        "analysis_version": version,
        "rubric_version": analysis.scorer.rubric,
        "prompt_version": analysis.scorer.prompt,
        "references": {
            score.competency: [_reference(piece) for piece in score.evidence[:MOST_PIECES]] for score in analysis.scores
        },
        "notes": list(analysis.notes)[:10],
    }


def _score(score: JudgedScore) -> WrittenScore:
    evidence = "; ".join(_sentence(piece) for piece in score.evidence[:MOST_PIECES])
    return WrittenScore(score.competency, score.score, round(score.confidence, 2), evidence)


def _sentence(piece: Evidence) -> str:
    return place_of(piece) if isinstance(piece, Quote) else f"measured: {piece}"


def place_of(quoted: Quote) -> str:
    """Tells where a quote's words are to be found, without the words: what stands in a score's `evidence`."""
    return f"quote at turn {quoted.turn_index}, characters {quoted.start}-{quoted.end}, sha256 {quoted.digest[:16]}"


def _reference(piece: Evidence) -> JsonObject:
    if isinstance(piece, Quote):
        return {"turn": piece.turn_index, "start": piece.start, "end": piece.end, "sha256": piece.digest}
    return {"measured": piece.name, "start_ms": piece.start_ms, "end_ms": piece.end_ms, "value": piece.value}


def _context(analysis: CallAnalysis, context: CallContext, deal_id: str | None) -> JsonObject:
    read, known = context_with(analysis.deal), {name: value for name, value in context.items() if value}
    merged = {**read, **known}
    of_read, more = read.get("dimensions"), known.get("dimensions")
    if isinstance(of_read, Mapping) and isinstance(more, Mapping):
        merged["dimensions"] = {**of_read, **more}
    return merged | ({"deal_id": deal_id} if deal_id else {})
