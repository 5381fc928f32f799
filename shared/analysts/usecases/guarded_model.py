"""Stops asking a language model that refuses the account or the settings, says so once, and goes on by itself.

Calls that meet a shut gate (model_gate.py) are put off and kept; what the request is answered that is let through now
and then opens it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from shared.analysts.ports.language_model import (
    AccountRefused,
    BatchResult,
    BatchState,
    Completion,
    LanguageModel,
    Prompt,
)
from shared.analysts.usecases.model_gate import ModelGate
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log

T = TypeVar("T")


class GuardedModel(LanguageModel):
    """A language model behind the gate."""

    def __init__(self, model: LanguageModel, gate: ModelGate, log: Log) -> None:
        self._model = model
        self._gate = gate
        self._log = log

    def complete(self, prompt: Prompt) -> Completion:
        probing = self._gate.pass_by()
        completion = self._stopping(lambda: self._model.complete(prompt))
        if probing:
            self._open()
        return completion

    def submit(self, prompts: Sequence[tuple[str, Prompt]]) -> str:
        # That a batch was taken opens nothing: its requests may be refused one by one, which its results tell.
        self._gate.pass_by()
        return self._stopping(lambda: self._model.submit(prompts))

    def state(self, batch_id: str) -> BatchState:
        return self._stopping(lambda: self._model.state(batch_id))

    def results(self, batch_id: str) -> Iterator[BatchResult]:
        results = self._model.results(batch_id)
        told = False
        while (result := self._stopping(lambda: next(results, None))) is not None:
            if not told and result.refused is not None:
                self._stop(result.refused)
                told = True
            elif not told and result.completion is not None:
                self._open()
                told = True
            yield result

    def _stopping(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except AccountRefused as refused:
            self._stop(refused)
            # Whoever waits comes back when the next request is let through, and not before.
            raise AccountRefused(refused.fault, refused.said, after_seconds=max(1, self._gate.seconds_left())) from None

    def _stop(self, refused: AccountRefused) -> None:
        if self._gate.stop(refused):
            self._log.event(LogEvent.ANALYSIS_STOPPED, "ERROR", fault=refused.fault, said=refused.said)

    def _open(self) -> None:
        if self._gate.open():
            self._log.event(LogEvent.ANALYSIS_RESUMED)
