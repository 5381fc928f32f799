"""Knows which scores count only once a person has looked at them, and why."""

from __future__ import annotations

from collections.abc import Mapping

LEAST_CONFIDENCE = 0.6
"""An analysis less confident than this counts only once a person has confirmed or corrected it."""

LEXICAL = "lexical"
"""Models whose name starts so count words; their scores always wait for a person. Also the reason of that waiting."""

LOW_CONFIDENCE, UNTRUSTED_SCORER = "low_confidence", "untrusted_scorer"
"""Why else a score waits for a person: its analysis is unsure of it, or the scorer's certificate has fallen."""

WAITS: Mapping[str, str] = {
    LEXICAL: "counted words, which a person must confirm",
    LOW_CONFIDENCE: "the analysis is unsure of it",
    UNTRUSTED_SCORER: "this scorer has agreed with people too little on this competency",
}
"""Why a score waits for a person, in words."""


def needs_review(model_used: str | None, confidence: float | None) -> bool:
    """Tells whether an analysis counts only once a person has looked: a lexical one always, another below 0.6
    confidence or without one. An observation by a person (no model) counts."""
    if is_lexical(model_used):
        return True
    if confidence is not None:
        return confidence < LEAST_CONFIDENCE
    return model_used is not None


def is_lexical(model_used: str | None) -> bool:
    """Tells whether the scorer counts words (a name of a model that begins so)."""
    return model_used is not None and model_used.lower().startswith(LEXICAL)
