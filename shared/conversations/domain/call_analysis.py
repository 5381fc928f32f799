"""Says what an analyst, whoever it is, says about one speaker of one conversation.

Every analyst gives the same shape: the language model, the lexical analyst, and whoever comes next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.conversations.domain.conversation import MeasuredSpan, Quote

Evidence = Quote | MeasuredSpan

ObservedDeal = Mapping[str, tuple[str, ...]]
"""What the analyst read about the deal in the conversation: dimension to the framework's values. Where the CRM says
otherwise, the CRM stands."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """Says who scored, pinned: a certificate is about exactly one of these.

    analyst: `claude`, `lexical`
    model:   as the vendor names it; for the lexical analyst its own version
    number:  its own, for ever; another analyst, rubric, prompt or model has another (`analysis_version`)
    """

    analyst: str
    model: str
    rubric: str
    prompt: str
    number: int

    @property
    def scorer_id(self) -> str:
        """Returns one name for all of it, fit for a document's id and for `analysis_metadata.model_used`."""
        return f"{self.analyst}:{self.model}:{self.rubric}:{self.prompt}"


@dataclass(frozen=True, slots=True)
class JudgedScore:
    """One competency's score.

    score: 0-100. confidence: 0-1, how far the analyst trusts it.
    evidence: at least one quote of the scored speaker's own words, found in a turn, or a measured span.
    reason: one sentence in the analyst's words; it may repeat what was said, so it lives and dies with the transcript.
    """

    competency: str
    score: int
    confidence: float
    evidence: tuple[Evidence, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unobserved:
    """A competency without a score, and why (nothing to see, or a score without a quote that can be found)."""

    competency: str
    reason: str


@dataclass(frozen=True, slots=True)
class CallAnalysis:
    """One speaker in one conversation.

    notes: what a person should know about how it came about (the transcript was cut in three parts …)
    """

    scorer: Scorer
    call_id: str
    speaker_id: str
    scores: tuple[JudgedScore, ...]
    unobserved: tuple[Unobserved, ...] = ()
    deal: ObservedDeal = field(default_factory=dict)
    notes: tuple[str, ...] = ()
