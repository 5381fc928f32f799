"""Scores a call with the lexical analyst: from an analysis to the field observation that waits for review.

The words of the call stay where the transcript is: an observation keeps, per score, what was measured and the turn,
span and digest of each quote. The same call of the same person has the same ids, so that scoring it again is a
duplicate, and a confirmation replaces what waited.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.analysts.lexical.analysis import Analysis, Score
from shared.analysts.lexical.analyst import SCORER
from shared.call_pipeline.usecases.observe_call import identity, place_of
from shared.conversations.domain.conversation import Quote
from shared.kernel.json_values import Json, JsonObject
from shared.observations.wire.sent_observation import WrittenScore, written
from shared.ratings.contract import SkillUpdate

MODEL = "lexical"


def observation(
    analysis: Analysis,
    *,
    employee_id: str,
    source: str,
    at: datetime,
    context: JsonObject,
    source_url: str | None = None,
    confirmed_by: str | None = None,
    review: int = 1,
) -> JsonObject:
    """Returns the body of POST /api/v1/field-observations for an analysed call.

    confirmed_by: the person who vouches for the scores; None leaves them for review. review: rank of that decision,
    a later one replaces an earlier.
    Raises ValueError when nothing was observed.
    """
    if not analysis.scores:
        raise ValueError("nothing was observed in this call: no competency has a quote or a measurement to stand on")
    confidence = min(score.confidence for score in analysis.scores)
    stage = f"review-{review}" if confirmed_by else "analysis"
    part = identity(source, analysis.call_id, employee_id)
    metadata: dict[str, Json] = {
        "model_used": SCORER.scorer_id,
        "confidence_score": round(confidence, 2),
        "human_reviewed": confirmed_by is not None,
    }
    if confirmed_by:
        metadata |= {"review_version": review, "reviewed_by": confirmed_by}
    return written(
        f"{MODEL}-{part}-{analysis.version}-{stage}",
        employee_id=employee_id,
        source=source,
        source_id=analysis.call_id,
        at=at,
        scores=[_score(one) for one in analysis.scores],
        context=context,
        metadata=metadata,
        source_url=source_url,
    ).body


def _score(score: Score) -> WrittenScore:
    pieces = (place_of(item) if isinstance(item, Quote) else str(item) for item in score.evidence[:3])
    return WrittenScore(score.competency, score.score, score.confidence, "; ".join(pieces))


def changes(updates: Sequence[SkillUpdate]) -> Sequence[str]:
    """Returns what an accepted observation changed, one line per skill."""
    lines = []
    for update in updates:
        context = ", ".join((update.context or {}).values()) or "general"
        before = "–" if update.previous_rating is None else f"{update.previous_rating:g}"
        after = "–" if update.new_rating is None else f"{update.new_rating:g}"
        moved = f"{before} → {after}" if before != after else f"{after} (unchanged)"
        lines.append(
            f"{update.competency} ({context}): {moved}, confidence {update.confidence}, {update.status}. "
            f"{update.explanation}"
        )
    return lines
