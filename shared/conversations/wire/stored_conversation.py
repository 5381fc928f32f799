"""Conversations and analyses as the transcripts bucket keeps them: our own JSON, the same for every recorder.

Reading takes what an earlier version wrote, and raises Malformed for anything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.conversations.domain.call_analysis import (
    CallAnalysis,
    Evidence,
    JudgedScore,
    ObservedDeal,
    Scorer,
    Unobserved,
)
from shared.conversations.domain.conversation import Affiliation, Conversation, MeasuredSpan, Party, Quote, Turn
from shared.kernel.errors import Malformed, Rejected
from shared.kernel.json_values import JsonObject
from shared.observations.wire.context_fields import SPECIFIED, spellings

FORMAT = 1


def encode_conversation(conversation: Conversation) -> bytes:
    """Returns a conversation as JSON in UTF-8."""
    return _encode(
        {
            "format": FORMAT,
            "call_id": conversation.call_id,
            "medium": conversation.medium,
            "started": conversation.started.isoformat() if conversation.started else None,
            "duration_ms": conversation.duration_ms,
            "parties": [
                {
                    "speaker_id": party.speaker_id,
                    "name": party.name,
                    "email": party.email,
                    "affiliation": str(party.affiliation),
                    "role": party.role,
                }
                for party in conversation.parties
            ],
            "turns": [
                [turn.speaker_id, turn.start_ms, turn.end_ms, turn.text, *([True] if turn.in_doubt else [])]
                for turn in conversation.turns
            ],
        }
    )


def decode_conversation(raw: bytes) -> Conversation:
    """Returns the reverse of encode_conversation. Raises Malformed."""
    try:
        value = json.loads(raw)
        return Conversation(
            call_id=value["call_id"],
            started=datetime.fromisoformat(value["started"]) if value["started"] else None,
            duration_ms=value["duration_ms"],
            parties=tuple(
                Party(one["speaker_id"], one["name"], one["email"], Affiliation(one["affiliation"]), one["role"])
                for one in value["parties"]
            ),
            turns=tuple(Turn(*turn) for turn in value["turns"]),
            medium=value["medium"],
        )
    except (ValueError, KeyError, TypeError, Rejected) as error:
        raise Malformed(f"the stored conversation cannot be read: {type(error).__name__}", field="body") from None


def encode_analysis(analysis: CallAnalysis) -> bytes:
    """Returns an analysis as JSON in UTF-8; it quotes, so it lives where the conversation does."""
    scorer = analysis.scorer
    return _encode(
        {
            "format": FORMAT,
            "scorer": {
                "analyst": scorer.analyst,
                "model": scorer.model,
                "rubric": scorer.rubric,
                "prompt": scorer.prompt,
                "number": scorer.number,
            },
            "call_id": analysis.call_id,
            "speaker_id": analysis.speaker_id,
            "scores": [
                {
                    "competency": score.competency,
                    "score": score.score,
                    "confidence": score.confidence,
                    "evidence": [_evidence(piece) for piece in score.evidence],
                    "reason": score.reason,
                }
                for score in analysis.scores
            ],
            "unobserved": [[one.competency, one.reason] for one in analysis.unobserved],
            "deal": _deal(analysis.deal),
            "notes": list(analysis.notes),
        }
    )


def decode_analysis(raw: bytes) -> CallAnalysis:
    """Returns the reverse of encode_analysis. Raises Malformed."""
    try:
        value = json.loads(raw)
        return CallAnalysis(
            scorer=Scorer(**value["scorer"]),
            call_id=value["call_id"],
            speaker_id=value["speaker_id"],
            scores=tuple(
                JudgedScore(
                    one["competency"],
                    one["score"],
                    one["confidence"],
                    tuple(_piece(piece) for piece in one["evidence"]),
                    one["reason"],
                )
                for one in value["scores"]
            ),
            unobserved=tuple(Unobserved(competency, reason) for competency, reason in value["unobserved"]),
            deal=_observed(value["deal"]),
            notes=tuple(value["notes"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed(f"the stored analysis cannot be read: {type(error).__name__}", field="body") from None


def _deal(deal: ObservedDeal) -> dict[str, list[str] | str | None]:
    """Writes the specification's dimensions always, others by their names, where anything was read."""
    kept: dict[str, list[str] | str | None] = {}
    for one in SPECIFIED:
        values = list(deal.get(one.dimension, ()))
        kept[one.short] = values if one.several else next(iter(values), None)
    return {**kept, **{one.short: list(deal[one.dimension]) for one in spellings(deal) if one not in SPECIFIED}}


def _observed(kept: Mapping[str, list[str] | str | None]) -> ObservedDeal:
    by_short = {one.short: one.dimension for one in SPECIFIED}
    return {
        by_short.get(short, short): (values,) if isinstance(values, str) else tuple(values)
        for short, values in kept.items()
        if values
    }


def _evidence(piece: Evidence) -> JsonObject:
    if isinstance(piece, Quote):
        return {
            "turn": piece.turn_index,
            "start": piece.start,
            "end": piece.end,
            "text": piece.text,
            "sha256": piece.digest,
        }
    return {
        "measured": piece.name,
        "start_ms": piece.start_ms,
        "end_ms": piece.end_ms,
        "value": piece.value,
        "turn": piece.turn_index,
    }


def _piece(value: dict[str, Any]) -> Evidence:
    if "measured" in value:
        return MeasuredSpan(value["measured"], value["start_ms"], value["end_ms"], value["value"], value["turn"])
    return Quote(value["turn"], value["start"], value["end"], value["text"], value["sha256"])


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
