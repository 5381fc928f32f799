"""Analysts: whoever turns one speaker of one conversation into scores with evidence.

LexicalAnalyst   counts words and times; needs no key, and every score of it waits for a person
ClaudeAnalyst    asks a language model (shared.analysts.claude.request), at once or in message batches
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from shared.analysts.ports.language_model import Completion, Prompt
from shared.conversations.domain.call_analysis import CallAnalysis, Scorer
from shared.conversations.domain.conversation import Conversation
from shared.conversations.domain.cost import Usage
from shared.conversations.records import CallContext
from shared.frameworks.domain.framework import Framework
from shared.kernel.errors import AugmentError

Paid = Callable[[Usage], None]
"""Told each request's tokens as soon as it is answered: they are paid for, whatever happens afterwards."""


class NotAnalysed(AugmentError):
    """No answer can be had that stands; a person must look.

    reason: refused, truncated, unreadable, withheld, request_refused (the service finds our request wrong); never words
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Analyst(Protocol):
    """Scores one speaker. Deterministic analysts give the same again; others are asked once, and their answer kept."""

    def scorer(self, framework: Framework) -> Scorer:
        """Tells who scores by this framework: another model, rubric or prompt is another scorer, with a number of its
        own."""
        ...

    @property
    def model(self) -> str:
        """Returns the language model's name, for the price list; empty where none is asked."""
        ...

    def analyse(
        self,
        conversation: Conversation,
        speaker_id: str,
        framework: Framework,
        context: CallContext,
        paid: Paid,
    ) -> CallAnalysis:
        """Analyses one speaker. context: the deal as the CRM has it, in the shape of an observation's `context`. paid:
        told what it costs, once per request that a model has answered.

        Raises NotAnalysed when no answer can be had that stands (refused, unreadable), Retryable when one may be later.
        """
        ...


class BatchAnalyst(Analyst, Protocol):
    """An analyst whose questions to a language model can travel in a message batch."""

    def prompts(
        self, conversation: Conversation, speaker_id: str, framework: Framework, context: CallContext
    ) -> tuple[Prompt, ...]:
        """Returns the questions about one speaker: one, or several where the conversation is too long for one."""
        ...

    def read(
        self, conversation: Conversation, speaker_id: str, framework: Framework, completions: Sequence[Completion]
    ) -> CallAnalysis:
        """Returns the analysis that the answers to all `prompts`, in their order, amount to. Raises NotAnalysed."""
        ...
