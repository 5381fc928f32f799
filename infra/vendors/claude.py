"""Claude, by Anthropic's Messages API and its Message Batches.

https://docs.claude.com/en/api/messages
https://docs.claude.com/en/api/creating-message-batches

The SDK takes seconds to import, so it is imported when the first request is made. It retries nothing: the queue in
front of us does, and two who retry multiply. Answers are validated by whoever asked, not by the SDK, which would lose
the tokens and the stop reason of an answer that it cannot read.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from infra.vendors.claude_errors import error_of, fault_of, sentence
from infra.web import bounded_answers
from infra.web.bounded_answers import Bound
from shared.analysts.ports.language_model import (
    AccountRefused,
    BatchResult,
    BatchState,
    BatchUnknown,
    Completion,
    Prompt,
    PromptRefused,
)
from shared.conversations.domain.cost import Usage
from shared.kernel.errors import Retryable

if TYPE_CHECKING:
    from anthropic import Anthropic
    from anthropic.types import Message, TextBlockParam
    from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
    from anthropic.types.messages import MessageBatch

CacheLife = Literal["5m", "1h"]
T = TypeVar("T")

ANTHROPIC_URL = "https://api.anthropic.com"
SECONDS_PER_ANSWER = 300.0
SECONDS_TO_FIND = 20.0
UNREACHABLE_SECONDS = 10
MOST_IN_A_BATCH = 100_000
MOST_BATCH_BYTES = 256_000_000
MOST_ANSWER_BYTES = 1 << 20
"""Of an answer: 24,000 tokens at most, thinking among them, of four letters each; escaped, where these are not Latin,
600 KB."""
MOST_RESULTS_BYTES = 64 << 20
"""Of a batch's results, which are read line by line: 200 calls with three employees each have under 40 MB. A line is an
answer."""
_CUSTOM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Offered:
    """A model that the service offers. lifecycle: active, deprecated or retired; retires_at: None: not announced"""

    name: str
    lifecycle: str
    retires_at: datetime | None


class ClaudeLanguageModel:
    """Implements shared.analysts.ports.language_model.LanguageModel. Safe for several threads.

    base_url: the service's root, another one for tests and the demonstration; None is Anthropic's.
    cache, batch_cache: how long the service keeps the rubric ready. A batch's requests run over minutes to hours, so
    that five minutes would be written again and again.
    timeout_seconds: for one answer, including the time that the model thinks.
    """

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str | None = None,
        cache: CacheLife = "5m",
        batch_cache: CacheLife = "1h",
        timeout_seconds: float = SECONDS_PER_ANSWER,
    ) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._cache: CacheLife = cache
        self._batch_cache: CacheLife = batch_cache
        self._timeout = timeout_seconds
        self._made: Anthropic | None = None
        self._making = threading.Lock()

    def complete(self, prompt: Prompt) -> Completion:
        """Gets the answer, at once. Raises PromptRefused, Overloaded, Retryable."""
        parameters = _parameters(prompt, self._cache)
        return self._asked(lambda client: _completion(client.messages.create(**parameters), batched=False))

    def submit(self, prompts: Sequence[tuple[str, Prompt]]) -> str:
        """Starts a batch; its id. Raises PromptRefused, also for what no batch takes; Overloaded, Retryable.

        When the answer is lost on its way (Retryable), a batch may have been started that nobody knows.
        """
        _check(prompts)
        requests: Any = [
            {"custom_id": custom_id, "params": _parameters(prompt, self._batch_cache)} for custom_id, prompt in prompts
        ]
        return self._asked(lambda client: client.messages.batches.create(requests=requests)).id

    def state(self, batch_id: str) -> BatchState:
        """Asks how far the batch is. Raises BatchUnknown for one that does not exist."""
        return self._asked_of_batch(lambda client: _state(client.messages.batches.retrieve(batch_id)))

    def results(self, batch_id: str) -> Iterator[BatchResult]:
        """Yields the results of a batch that has ended, in any order, read as they come. A blank line is none.

        Raises BatchUnknown; Retryable while it has not ended, and where the stream breaks off: what was read before is
        good.
        """
        if not self.state(batch_id).ended:
            raise Retryable(f"batch {batch_id} has not ended", after_seconds=60)
        with ExitStack() as opened:
            answer = self._asked_of_batch(
                lambda client: opened.enter_context(client.messages.batches.with_streaming_response.results(batch_id))
            )
            lines = _lines(answer.iter_bytes())
            while (line := self._asked(lambda _: next(lines, None))) is not None:
                if line.strip():
                    yield _result_of(line)

    def find(self, model: str) -> Offered:
        """Asks the service for a model by its name or alias: one request that costs no tokens. Raises
        AccountRefused, where it does not offer the model among others; PromptRefused, Overloaded, Retryable."""

        def ask(client: Anthropic) -> Offered:
            found = client.with_options(timeout=SECONDS_TO_FIND).models.retrieve(model)
            # The SDK builds what came without checking it: an answer in the service's place lacks what it has.
            if not isinstance(found.id, str):
                raise ValueError("no model")
            return Offered(found.id, str(found.lifecycle or "active"), found.retires_at)

        return self._asked(ask)

    def _asked_of_batch(self, ask: Callable[[Anthropic], T]) -> T:
        """Returns what the service answers about a batch: what it does not find is the batch."""
        import anthropic

        def ask_it(client: Anthropic) -> T:
            try:
                return ask(client)
            except anthropic.NotFoundError:
                raise BatchUnknown("the language model does not know the batch, or its results") from None

        return self._asked(ask_it)

    def _asked(self, ask: Callable[[Anthropic], T]) -> T:
        """Returns what the service answers, its errors in the port's words."""
        import anthropic
        import httpx2

        try:
            return ask(self._client())
        except anthropic.APIStatusError as error:
            raise error_of(error) from None
        except (anthropic.APIConnectionError, httpx2.HTTPError) as error:
            raise Retryable(
                f"the language model cannot be reached ({type(error).__name__})", after_seconds=UNREACHABLE_SECONDS
            ) from None
        except (anthropic.AnthropicError, ValueError, AttributeError, TypeError, RecursionError) as error:
            # The SDK does not check what comes back: something between us and the service may answer in its place.
            raise Retryable(f"the language model's answer cannot be read ({type(error).__name__})") from None

    def _client(self) -> Anthropic:
        import anthropic
        import httpx2

        with self._making:
            if self._made is None:
                base_url = self._base_url or ANTHROPIC_URL
                hooks = bounded_answers.hooks(httpx2, MOST_ANSWER_BYTES, _most_of_results)
                self._made = anthropic.Anthropic(
                    api_key=self._api_key,
                    base_url=base_url,
                    max_retries=0,
                    timeout=self._timeout,
                    http_client=anthropic.DefaultHttpxClient(
                        base_url=base_url, timeout=self._timeout, event_hooks=hooks
                    ),
                )
            return self._made


def _parameters(prompt: Prompt, life: CacheLife) -> MessageCreateParamsNonStreaming:
    system: list[TextBlockParam] = []
    for text, cached in prompt.system:
        block: TextBlockParam = {"type": "text", "text": text}
        if cached:
            block["cache_control"] = {"type": "ephemeral", "ttl": life}
        system.append(block)
    output: Any = {"format": {"type": "json_schema", "schema": dict(prompt.schema)}}
    if prompt.effort is not None:
        output["effort"] = prompt.effort
    return {
        "model": prompt.model,
        "max_tokens": prompt.max_tokens,
        "system": system,
        "messages": [{"role": "user", "content": prompt.user}],
        "output_config": output,
    }


def _completion(message: Message, *, batched: bool) -> Completion:
    """Keeps the text alone: what the model thought is not ours to keep."""
    usage = message.usage
    return Completion(
        text="".join(block.text for block in message.content if block.type == "text"),
        stop_reason=message.stop_reason or "unknown",
        model=message.model,
        usage=Usage(
            input_tokens=usage.input_tokens,
            cache_write_tokens=usage.cache_creation_input_tokens or 0,
            cache_read_tokens=usage.cache_read_input_tokens or 0,
            output_tokens=usage.output_tokens,
            batched=batched,
        ),
    )


def _state(batch: MessageBatch) -> BatchState:
    counts = batch.request_counts
    return BatchState(
        batch.id,
        batch.processing_status == "ended",
        {
            "processing": counts.processing,
            "succeeded": counts.succeeded,
            "errored": counts.errored,
            "canceled": counts.canceled,
            "expired": counts.expired,
        },
    )


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yields lines as they end. Raises ValueError for one over the limit."""
    begun = b""
    for piece in pieces:
        *whole, begun = (begun + piece).split(b"\n")
        yield from whole
        if len(begun) > MOST_ANSWER_BYTES:
            raise ValueError("a line of the results has no end")
    yield begun


def _most_of_results(path: str) -> int | None:
    return MOST_RESULTS_BYTES if path.endswith("/results") else None


def _result_of(line: bytes) -> BatchResult:
    """Reads one line; one that is broken costs the request that it belonged to, and no other."""
    from anthropic.types.messages import MessageBatchIndividualResponse

    try:
        return _result(MessageBatchIndividualResponse.construct(**json.loads(Bound(MOST_ANSWER_BYTES).take(line))))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return BatchResult("", "errored", detail="a line that cannot be read")


def _result(line: Any) -> BatchResult:
    result = line.result
    if result.type == "succeeded":
        return BatchResult(line.custom_id, "succeeded", _completion(result.message, batched=True))
    if result.type == "errored":
        error = result.error.error
        fault, said = fault_of(None, error.type, error.message), sentence(error.message)
        refused = None if fault is None else AccountRefused(fault, f"({error.type}) {said}")
        return BatchResult(line.custom_id, "errored", detail=f"{str(error.type)[:60]}: {said}", refused=refused)
    if result.type in ("canceled", "expired"):
        return BatchResult(line.custom_id, result.type)
    return BatchResult(line.custom_id, "errored", detail=f"an outcome that we do not know: {str(result.type)[:40]}")


def _check(prompts: Sequence[tuple[str, Prompt]]) -> None:
    ids = [custom_id for custom_id, _ in prompts]
    if not 1 <= len(ids) <= MOST_IN_A_BATCH:
        raise PromptRefused(f"a batch of {len(ids)} requests; 1 to {MOST_IN_A_BATCH:,} are accepted")
    for custom_id in ids:
        if not _CUSTOM_ID.fullmatch(custom_id):
            raise PromptRefused(f"custom_id {custom_id[:80]!r}; 1 to 64 letters, digits, - and _ are accepted")
    if len(set(ids)) != len(ids):
        raise PromptRefused("two requests of a batch have the same custom_id")
    size = sum(
        len(prompt.user.encode()) + sum(len(text.encode()) for text, _ in prompt.system) for _, prompt in prompts
    )
    if size > MOST_BATCH_BYTES:
        raise PromptRefused(f"a batch of {size:,} bytes; at most {MOST_BATCH_BYTES:,} are accepted")
