"""Asks a language model that answers with JSON of a given schema: at once, or in batches at half the price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from shared.conversations.domain.cost import Usage
from shared.kernel.errors import AugmentError, Retryable
from shared.kernel.json_schema import Schema


class Overloaded(Retryable):
    """The model's service is busy, or limits our rate; `after_seconds` says how long to wait at least."""


class PromptRefused(AugmentError):
    """The service finds this very request wrong (too long, forbidden content): sending it again changes nothing."""


Fault = Literal["credit", "limit", "key", "permission", "model", "schema", "settings"]
"""What of an account or of the settings the service refuses: money that is used up, a limit that is reached, the key, a
right, the model's name, the answer's schema, or another part that every request has."""


class AccountRefused(Retryable):
    """The service refuses every request alike until a person mends something; no call is to blame.

    said: the service's own sentence, bounded, without keys and addresses; empty where it says nothing
    """

    def __init__(self, fault: Fault, said: str, *, after_seconds: int = 3_600):
        super().__init__(f"the language model does not serve us ({fault}): {said}", after_seconds=after_seconds)
        self.fault: Fault = fault
        self.said = said


class BatchUnknown(AugmentError):
    """The service does not know the batch, or its results, at this moment."""


Effort = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request.

    system: text blocks, each with whether the service may cache the prompt up to its end (the rubric, which is the
            same for every call, comes first and is cached)
    user:   the call at hand; data, never instructions
    schema: JSON schema of the answer
    effort: how much the model may think before it answers; None leaves the model's own default
    """

    model: str
    system: tuple[tuple[str, bool], ...]
    user: str
    schema: Schema
    max_tokens: int
    effort: Effort | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """Says what the model answered. text: not validated yet; stop_reason: end_turn, max_tokens, refusal …"""

    text: str
    stop_reason: str
    model: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class BatchResult:
    """One request's outcome, joined to it by custom_id; results come in any order. A line of them that cannot be read
    belongs to no request: its custom_id is empty.

    refused: the account's or settings' fault that kept it from an answer
    """

    custom_id: str
    outcome: Literal["succeeded", "errored", "canceled", "expired"]
    completion: Completion | None = None
    detail: str = ""
    refused: AccountRefused | None = None


@dataclass(frozen=True, slots=True)
class BatchState:
    """ended: all results are there. counts: by outcome, `processing` included."""

    batch_id: str
    ended: bool
    counts: Mapping[str, int] = field(default_factory=dict)


class Completes(Protocol):
    """Answers at once."""

    def complete(self, prompt: Prompt) -> Completion:
        """Returns the answer. Raises PromptRefused, AccountRefused, Overloaded, Retryable."""
        ...


class LanguageModel(Completes, Protocol):
    """Every method may raise AccountRefused, Overloaded or another Retryable."""

    def submit(self, prompts: Sequence[tuple[str, Prompt]]) -> str:
        """Starts a batch of (custom_id, prompt); its id. Raises PromptRefused."""
        ...

    def state(self, batch_id: str) -> BatchState:
        """Returns how far a batch is. Raises BatchUnknown."""
        ...

    def results(self, batch_id: str) -> Iterator[BatchResult]:
        """Returns the results of a batch that has ended, in any order. Raises BatchUnknown."""
        ...
