"""The `Observations` and `Validations` ports over HTTP: one client here and in the cloud, with another address and
token."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Final

from infra.web import bounded_answers
from shared.kernel.bodies import MOST_ITEMS
from shared.kernel.errors import Conflict, Rejected, Retryable
from shared.kernel.json_values import Json, JsonObject
from shared.ports.identity import TokenSource
from shared.ports.observations import Taken

if TYPE_CHECKING:
    import httpx

PATH: Final = "/api/v1/field-observations"
VALIDATIONS: Final = "/api/v1/validation-events"
VOIDS: Final = "/api/v1/voids"
TIMEOUT_SECONDS: Final = 55.0
_TAKEN: Final = frozenset({200, 201, 207})
_OURS: Final = frozenset({401, 403, 404, 405, 408, 413, 415, 429})
"""Not about the observation, but about us: nothing is lost by trying again when somebody has mended it."""


class HttpObservations:
    """address: of the API, asked for with the first post (an embedded platform learns its port late).

    tokens, audience: of the middleware's own service account
    """

    def __init__(self, address: Callable[[], str], tokens: TokenSource, audience: str) -> None:
        self._address = address
        self._tokens = tokens
        self._audience = audience
        self._client: httpx.Client | None = None
        self._lock = Lock()

    def post(self, body: JsonObject) -> Taken:
        value = self._answer(PATH, dict(body))
        held = _objects(value["held"])
        return Taken(str(value["standing"]), tuple(sorted(str(one["competency"]) for one in held)))

    def validate(self, bodies: Sequence[JsonObject]) -> list[Rejected | None]:
        found: list[Rejected | None] = []
        for start in range(0, len(bodies), MOST_ITEMS):
            some = [dict(one) for one in bodies[start : start + MOST_ITEMS]]
            found += _refusals(self._answer(VALIDATIONS, some), len(some))
        return found

    def void(self, body: JsonObject) -> None:
        self._answer(VOIDS, dict(body))

    def _answer(self, path: str, body: dict[str, Json] | list[dict[str, Json]]) -> JsonObject:
        import httpx

        headers = {"Authorization": f"Bearer {self._tokens.token_for(self._audience)}"}
        try:
            response = self._open().post(path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Retryable(f"ingest cannot be reached ({type(error).__name__})") from error
        try:
            value = response.json()
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise Retryable(f"ingest answered {response.status_code} and nothing that can be read")
        if response.status_code in _TAKEN:
            return value
        raise _refusal(response.status_code, value, _after(response.headers))

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                import httpx

                hooks = bounded_answers.hooks(httpx)
                self._client = httpx.Client(base_url=self._address(), timeout=TIMEOUT_SECONDS, event_hooks=hooks)
            return self._client


def _refusals(answer: JsonObject, asked: int) -> list[Rejected | None]:
    """Returns why each of a list's items was refused, in their order; None for one that was taken. Raises Retryable."""
    results = answer.get("results")
    told = {one["index"]: one for one in _objects(results) if isinstance(one.get("index"), int)}
    found: list[Rejected | None] = []
    for index in range(asked):
        one = told.get(index, {})
        status, problem = one.get("status"), one.get("problem")
        if not isinstance(status, int):
            raise Retryable(f"ingest answered nothing about item {index} of {asked}")
        refusal = None if status in _TAKEN else _refusal(status, problem if isinstance(problem, dict) else {}, 2)
        if isinstance(refusal, Retryable):
            raise refusal
        found.append(refusal)
    return found


def _refusal(status: int, problem: JsonObject, after_seconds: int) -> Rejected | Retryable:
    """Returns what an answer means that is no success. problem: its problem details"""
    detail = str(problem.get("detail", status))
    if status >= 500 or status in _OURS:
        return Retryable(f"ingest answered {status}: {detail}", after_seconds=after_seconds)
    errors = _objects(problem.get("errors"))
    field = str(errors[0].get("field")) if errors else None
    return (Conflict if status == 409 else Rejected)(detail, field=field)


def _objects(value: Json) -> list[JsonObject]:
    """Returns the objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _after(headers: Mapping[str, str]) -> int:
    """Returns the seconds to wait, as the answer asks for; at least 2, at most 10 minutes."""
    given = headers.get("Retry-After", "")
    return min(max(int(given), 2), 600) if given.isdigit() else 2
