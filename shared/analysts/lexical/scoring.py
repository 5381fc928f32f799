"""Serves the lexical analyst as one of the analysts."""

from __future__ import annotations

from shared.analysts.lexical.analyst import SCORER, analyse, call_analysis
from shared.analysts.lexical.lexicon import vocabulary_of
from shared.analysts.usecases.analyst import Paid
from shared.conversations.domain.call_analysis import CallAnalysis, Scorer
from shared.conversations.domain.conversation import Conversation
from shared.conversations.records import CallContext
from shared.frameworks.domain.framework import Framework


class LexicalAnalyst:
    """Scores by counting; deterministic, at once, without a key. Every score of it waits for a person."""

    model = ""

    def scorer(self, framework: Framework) -> Scorer:
        return SCORER

    def analyse(
        self,
        conversation: Conversation,
        speaker_id: str,
        framework: Framework,
        context: CallContext,
        paid: Paid,
    ) -> CallAnalysis:
        return call_analysis(analyse(conversation, speaker_id, vocabulary_of(framework)))
