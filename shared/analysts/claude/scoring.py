"""Scores by a language model, as one of the analysts (see shared.analysts.claude.request)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from shared.analysts.claude import request as claude_analyst
from shared.analysts.claude.request import AnalystFailed, AnalystRefused, AnalystTruncated
from shared.analysts.claude.view import AnalystSettings, View
from shared.analysts.ports.language_model import Completes, Completion, Prompt, PromptRefused
from shared.analysts.records import Scorers
from shared.analysts.usecases.analyst import NotAnalysed, Paid
from shared.conversations.domain.call_analysis import CallAnalysis, Scorer
from shared.conversations.domain.conversation import Conversation, UnknownSpeaker
from shared.conversations.records import CallContext
from shared.frameworks.domain.framework import Framework

Certified = Callable[[str], Collection[str]]
"""Tells for which competencies people have certified a scorer: for these a score counts that no count can be compared
with."""


class ClaudeAnalyst:
    """Asks at once, or through message batches; in a batch an answer that cannot be used is asked for again at once."""

    def __init__(
        self,
        language_model: Completes,
        scorers: Scorers,
        settings: AnalystSettings,
        certified: Certified = lambda _scorer_id: (),
    ) -> None:
        self._language_model = language_model
        self._scorers = scorers
        self._settings = settings
        self._certified = certified

    @property
    def model(self) -> str:
        return self._settings.model

    def scorer(self, framework: Framework) -> Scorer:
        return self._scorers.numbered(claude_analyst.scorer_of(framework, self._settings))

    def analyse(
        self,
        conversation: Conversation,
        speaker_id: str,
        framework: Framework,
        context: CallContext,
        paid: Paid,
    ) -> CallAnalysis:
        view = self._view(conversation, speaker_id)
        asked = claude_analyst.prompts_about(view, framework, context, self._settings)
        try:
            answered = claude_analyst.ask(_Metered(self._language_model, paid), asked)
            return self._read(view, framework, answered.completions)
        except AnalystFailed as failure:
            raise _not_analysed(failure) from None
        except PromptRefused:
            # Asking again changes nothing: the call ends here, where a person finds it, instead of waiting for ever.
            raise NotAnalysed("request_refused") from None

    def prompts(
        self, conversation: Conversation, speaker_id: str, framework: Framework, context: CallContext
    ) -> tuple[Prompt, ...]:
        view = self._view(conversation, speaker_id)
        return claude_analyst.prompts_about(view, framework, context, self._settings)

    def _view(self, conversation: Conversation, speaker_id: str) -> View:
        try:
            return View.of(conversation, speaker_id, self._settings)
        except UnknownSpeaker:
            # Everything that the speaker says is addressed to the analyst, and withheld from it.
            raise NotAnalysed("withheld") from None

    def read(
        self, conversation: Conversation, speaker_id: str, framework: Framework, completions: Sequence[Completion]
    ) -> CallAnalysis:
        view = View.of(conversation, speaker_id, self._settings)
        try:
            return self._read(view, framework, completions)
        except AnalystFailed as failure:
            raise _not_analysed(failure) from None

    def _read(self, view: View, framework: Framework, completions: Sequence[Completion]) -> CallAnalysis:
        scorer = self.scorer(framework)
        certified = self._certified(scorer.scorer_id)
        return claude_analyst.read_about(view, completions, framework, scorer, certified)


class _Metered:
    """A model that can be asked at once, and tells what each answer costs."""

    def __init__(self, language_model: Completes, paid: Paid) -> None:
        self._language_model = language_model
        self._paid = paid

    def complete(self, prompt: Prompt) -> Completion:
        completion = self._language_model.complete(prompt)
        self._paid(completion.usage)
        return completion


def _not_analysed(failure: AnalystFailed) -> NotAnalysed:
    refused, truncated = isinstance(failure, AnalystRefused), isinstance(failure, AnalystTruncated)
    return NotAnalysed("refused" if refused else "truncated" if truncated else "unreadable")
