"""Answers as a service that speaks Anthropic's Messages API, of our own making; messages_server.py beside serves it.

For the demonstration, and for tests that want the real protocol rather than a patch. Whoever answers is handed in, so
that nothing here pretends to be a model; the demonstration's model is called `demonstration-model`.

    POST /v1/messages                        GET  /v1/messages/batches/{id}
    POST /v1/messages/batches                GET  /v1/messages/batches/{id}/results
    POST /v1/messages/batches/{id}/cancel    GET  /v1/models/{model}

How its tokens are counted: messages_tokens.py.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from infra.demonstration.messages_payloads import MessageRequest
from infra.demonstration.messages_tokens import CHARACTERS_PER_TOKEN, Kept, PromptCache, tokens
from infra.demonstration.messages_validation import CUSTOM_ID, Wrong, checked
from shared.kernel.json_values import Json, JsonObject

DEMONSTRATION_MODEL: Final = "demonstration-model"
KEY: Final = "demonstration-key"
BATCH_LIFE: Final = timedelta(hours=24)

Answerer = Callable[[MessageRequest], JsonObject]
"""From a checked request to the answer that its schema asks for."""
Outcome = Literal["succeeded", "errored", "canceled", "expired"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Names what goes wrong with a request instead of an answer, or with an answer.

    status: this error instead of an answer, with `retry_after` (any text) where one is given, in these words
    stop_reason: the answer ends for this reason: `refusal` has no text, `max_tokens` half of it
    text: this instead of the answer's JSON. delay_seconds: how long the service takes.
    """

    status: int | None = None
    retry_after: str | None = None
    stop_reason: str | None = None
    text: str | None = None
    delay_seconds: float = 0.0
    kind: str | None = None
    message: str = "as told"


NO_CREDIT: Final = Trouble(
    status=400,
    kind="invalid_request_error",
    message="Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or "
    "purchase credits.",
)
TOO_LARGE_A_GRAMMAR: Final = Trouble(
    status=400,
    kind="invalid_request_error",
    message="The compiled grammar is too large, which would cause performance issues. Simplify your tool schemas or "
    "reduce the number of strict tools.",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Carries what goes back. body: JSON, or JSON Lines as text."""

    status: int
    body: JsonObject | str
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request that was answered and what it cost, in the API's names."""

    request: MessageRequest
    usage: JsonObject
    batched: bool


@dataclass(slots=True)
class _Batch:
    """requests: with their custom ids, not checked yet. results: custom id, outcome, and what belongs to it"""

    batch_id: str
    created: datetime
    requests: Sequence[tuple[str, Json]]
    polls: int = 0
    canceling: bool = False
    results: Sequence[tuple[str, Outcome, JsonObject]] | None = None


class MessagesInterface:
    """Safe for several threads.

    models: those that exist. keys: the accepted `x-api-key`s.
    polls: how often a batch is still in progress before it has ended.
    at_once: how many of a batch's requests run at the same time and find no prefix that another of them writes.
    """

    def __init__(
        self,
        answerer: Answerer,
        *,
        models: Sequence[str] = (DEMONSTRATION_MODEL,),
        keys: Sequence[str] = (KEY,),
        polls: int = 0,
        at_once: int = 1,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.polls = polls
        self.recorded: list[Recorded] = []
        self.troubles: deque[Trouble] = deque()
        self.lifecycles: dict[str, str] = {}
        """Of models that are no longer active: deprecated or retired."""
        self.batch_outcomes: dict[str, Outcome] = {}
        self.batch_troubles: dict[str, Trouble] = {}
        self.refusal: Trouble | None = None
        """What every message and every new batch meets, for as long as it is set."""
        self.refused_in_batches: Trouble | None = None
        """What every request of a batch meets when the batch is worked off."""
        self.refused = 0
        """How many requests have met `refusal`."""
        self.unknown_batches = 0
        """How many more questions about batches are answered with 404."""
        self.odd_lines: list[str] = []
        """Lines that stand among a batch's results, before the last of them."""
        self._answerer = answerer
        self._models = frozenset(models)
        self._keys = frozenset(keys)
        self._at_once = at_once
        self._now = now
        self._cache = PromptCache(now)
        self._batches: dict[str, _Batch] = {}
        self._numbers: Counter[str] = Counter()
        self._lock = threading.RLock()

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes, root: str) -> Answer:
        """Answers one HTTP request. headers: names in lower case. root: the service's own address."""
        with self._lock:
            request_id = self._id("req")
            try:
                self._admit(headers)
                return self._routed(method, path, body, root)
            except Wrong as wrong:
                told = _error(wrong.kind, wrong.message, request_id)
                return Answer(wrong.status, told, {"request-id": request_id})

    def _admit(self, headers: Mapping[str, str]) -> None:
        kind, _, token = headers.get("authorization", "").partition(" ")
        key = token if kind.casefold() == "bearer" else headers.get("x-api-key")
        if key not in self._keys:
            raise Wrong(401, "authentication_error", "invalid API key")
        if "anthropic-version" not in headers:
            raise Wrong(400, "invalid_request_error", "anthropic-version: header is required")

    def _routed(self, method: str, path: str, body: bytes, root: str) -> Answer:
        steps = path.strip("/").split("/")
        match (method, steps):
            case ("POST", ["v1", "messages"]):
                return self._message(_json(body))
            case ("GET", ["v1", "models", model]):
                return Answer(200, self._model(model))
            case ("POST", ["v1", "messages", "batches"]):
                return Answer(200, self._create_batch(_json(body), root))
            case ("GET", ["v1", "messages", "batches", batch_id]):
                return Answer(200, self._retrieve(batch_id, root))
            case ("POST", ["v1", "messages", "batches", batch_id, "cancel"]):
                self._batch(batch_id).canceling = True
                return Answer(200, self._told(self._batch(batch_id), root))
            case ("GET", ["v1", "messages", "batches", batch_id, "results"]):
                return self._results(batch_id)
        raise Wrong(404, "not_found_error", f"{method} {path}: not found")

    def _model(self, model: str) -> JsonObject:
        if model not in self._models:
            raise Wrong(404, "not_found_error", f"model: {model}")
        lifecycle = self.lifecycles.get(model, "active")
        return {
            "type": "model",
            "id": model,
            "display_name": model,
            "created_at": "2026-01-01T00:00:00Z",
            "lifecycle": lifecycle,
            "deprecated_at": None if lifecycle == "active" else "2026-06-01T00:00:00Z",
            "retires_at": None if lifecycle == "active" else "2026-11-30T00:00:00Z",
        }

    # One message

    def _message(self, request: Json) -> Answer:
        trouble = self.refusal or (self.troubles.popleft() if self.troubles else Trouble())
        if trouble.status is not None:
            self.refused += trouble is self.refusal
            headers = {} if trouble.retry_after is None else {"retry-after": trouble.retry_after}
            told = _error(_kind(trouble), trouble.message, self._id("req"))
            return Answer(trouble.status, told, headers, trouble.delay_seconds)
        message = self._answered(checked(request, self._models), trouble, batched=False, kept=self._cache.kept)
        return Answer(200, message, delay_seconds=trouble.delay_seconds)

    def _answered(
        self,
        request: MessageRequest,
        trouble: Trouble,
        *,
        batched: bool,
        kept: Kept,
    ) -> JsonObject:
        text = trouble.text
        if text is None:
            text = json.dumps(self._answerer(request), ensure_ascii=False)
        stop_reason = trouble.stop_reason or "end_turn"
        if stop_reason == "max_tokens":
            text = text[: len(text) // 2]
        if stop_reason == "refusal":
            text = ""
        if tokens(text) > request["max_tokens"]:
            text, stop_reason = text[: CHARACTERS_PER_TOKEN * request["max_tokens"]], "max_tokens"
        usage = self._cache.usage(request, text, batched=batched, kept=kept)
        self.recorded.append(Recorded(request, usage, batched))
        thought = {"type": "thinking", "thinking": "", "signature": "none"}
        return {
            "id": self._id("msg"),
            "type": "message",
            "role": "assistant",
            "model": request["model"],
            "content": [thought, {"type": "text", "text": text}] if text else [],
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": usage,
        }

    # Batches

    def _create_batch(self, body: Json, root: str) -> JsonObject:
        if self.refusal is not None and self.refusal.status is not None:
            raise Wrong(self.refusal.status, _kind(self.refusal), self.refusal.message)
        requests = body.get("requests") if isinstance(body, dict) else None
        if not isinstance(requests, list) or not 1 <= len(requests) <= 100_000:
            raise Wrong(400, "invalid_request_error", "requests: 1 to 100000 requests are required")
        identified = []
        for one in requests:
            custom_id = one.get("custom_id") if isinstance(one, dict) else None
            if not isinstance(custom_id, str) or not CUSTOM_ID.fullmatch(custom_id):
                raise Wrong(400, "invalid_request_error", f"custom_id: must match ^{CUSTOM_ID.pattern}$")
            identified.append((custom_id, one.get("params")))
        if len(dict(identified)) != len(identified):
            raise Wrong(400, "invalid_request_error", "custom_id: must be unique within the batch")
        batch = _Batch(self._id("msgbatch"), self._now(), identified)
        self._batches[batch.batch_id] = batch
        return self._told(batch, root)

    def _batch(self, batch_id: str) -> _Batch:
        if batch_id not in self._batches or self.unknown_batches > 0:
            self.unknown_batches = max(0, self.unknown_batches - 1)
            raise Wrong(404, "not_found_error", f"batch {batch_id} not found")
        return self._batches[batch_id]

    def _retrieve(self, batch_id: str, root: str) -> JsonObject:
        batch = self._batch(batch_id)
        batch.polls += 1
        if batch.results is None and (batch.polls > self.polls or batch.canceling):
            batch.results = self._worked(batch)
        return self._told(batch, root)

    def _worked(self, batch: _Batch) -> list[tuple[str, Outcome, JsonObject]]:
        """Works out the batch's results, in another order than its requests."""
        found = []
        for start in range(0, len(batch.requests), self._at_once):
            kept = dict(self._cache.kept)
            for custom_id, params in batch.requests[start : start + self._at_once]:
                found.append((custom_id, *self._result(batch, custom_id, params, kept)))
        return sorted(found, key=lambda one: hashlib.sha256(one[0].encode()).digest())

    def _result(self, batch: _Batch, custom_id: str, params: Json, kept: Kept) -> tuple[Outcome, JsonObject]:
        outcome = "canceled" if batch.canceling else self.batch_outcomes.get(custom_id, "succeeded")
        if outcome in ("canceled", "expired"):
            return outcome, {}
        refused = self.refused_in_batches
        if refused is not None:
            return "errored", {"error": _error(_kind(refused), refused.message, self._id("req"))}
        if outcome == "errored":
            return "errored", {"error": _error("api_error", "Internal server error", self._id("req"))}
        try:
            request = checked(params, self._models)
        except Wrong as wrong:
            return "errored", {"error": _error(wrong.kind, wrong.message, self._id("req"))}
        trouble = self.batch_troubles.get(custom_id, Trouble())
        return "succeeded", {"message": self._answered(request, trouble, batched=True, kept=kept)}

    def _told(self, batch: _Batch, root: str) -> JsonObject:
        counts = Counter(outcome for _, outcome, _ in batch.results or [])
        ended = batch.results is not None
        return {
            "id": batch.batch_id,
            "type": "message_batch",
            "processing_status": "ended" if ended else "canceling" if batch.canceling else "in_progress",
            "request_counts": {
                "processing": 0 if ended else len(batch.requests),
                **{name: counts[name] for name in ("succeeded", "errored", "canceled", "expired")},
            },
            "created_at": batch.created.isoformat(),
            "expires_at": (batch.created + BATCH_LIFE).isoformat(),
            "ended_at": self._now().isoformat() if ended else None,
            "cancel_initiated_at": None,
            "archived_at": None,
            "results_url": f"{root}/v1/messages/batches/{batch.batch_id}/results" if ended else None,
        }

    def _results(self, batch_id: str) -> Answer:
        results = self._batch(batch_id).results
        if results is None:
            raise Wrong(404, "not_found_error", f"batch {batch_id} has no results yet")
        told = ({"custom_id": custom_id, "result": {"type": outcome, **more}} for custom_id, outcome, more in results)
        lines = [json.dumps(one, ensure_ascii=False) for one in told]
        whole = [*lines[:-1], *self.odd_lines, *lines[-1:]]
        return Answer(200, "".join(line + "\n" for line in whole), {"content-type": "application/x-jsonl"})

    def _id(self, kind: str) -> str:
        self._numbers[kind] += 1
        return f"{kind}_{self._numbers[kind]:012}"


def _json(body: bytes) -> Json:
    try:
        read: Json = json.loads(body)
    except ValueError:
        raise Wrong(400, "invalid_request_error", "the request body is not valid JSON") from None
    return read


def _kind(trouble: Trouble) -> str:
    by_status = {429: "rate_limit_error", 529: "overloaded_error", 413: "request_too_large"}
    return trouble.kind or by_status.get(trouble.status or 0, "api_error")


def _error(kind: str, message: str, request_id: str) -> JsonObject:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": request_id}
