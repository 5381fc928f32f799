"""The `Observations` and `Validations` ports over HTTP: one client here and in the cloud, with another address and
token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from infra.web import bounded_answers
from shared.kernel.errors import Conflict, Rejected, Retryable
from shared.kernel.json_values import JsonObject
from shared.ports.identity import TokenSource
from shared.ports.observations import Taken

if TYPE_CHECKING:
    import httpx

PATH: Final = "/api/v1/field-observations"
VALIDATIONS: Final = "/api/v1/validation-events"
VOIDS: Final = "/api/v1/voids"
TIMEOUT_SECONDS: Final = 55.0
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
        value = self._answer(PATH, body)
        return Taken(value["standing"], tuple(sorted(one["competency"] for one in value["held"])))

    def validate(self, body: JsonObject) -> None:
        self._answer(VALIDATIONS, body)

    def void(self, body: JsonObject) -> None:
        self._answer(VOIDS, body)

    def _answer(self, path: str, body: JsonObject) -> dict[str, Any]:
        import httpx

        headers = {"Authorization": f"Bearer {self._tokens.token_for(self._audience)}"}
        try:
            response = self._open().post(path, json=dict(body), headers=headers)
        except httpx.HTTPError as error:
            raise Retryable(f"ingest cannot be reached ({type(error).__name__})") from error
        try:
            value = response.json()
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise Retryable(f"ingest answered {response.status_code} and nothing that can be read")
        if response.status_code in (200, 201):
            return value
        detail = str(value.get("detail", response.status_code))
        if response.status_code >= 500 or response.status_code in _OURS:
            raise Retryable(f"ingest answered {response.status_code}: {detail}", after_seconds=_after(response.headers))
        errors = [one for one in value.get("errors", []) if isinstance(one, dict)]
        field = str(errors[0].get("field")) if errors else None
        refusal = Conflict if response.status_code == 409 else Rejected
        raise refusal(detail, field=field)

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                import httpx

                hooks = bounded_answers.hooks(httpx)
                self._client = httpx.Client(base_url=self._address(), timeout=TIMEOUT_SECONDS, event_hooks=hooks)
            return self._client


def _after(headers: Mapping[str, str]) -> int:
    """Returns the seconds to wait, as the answer asks for; at least 2, at most 10 minutes."""
    given = headers.get("Retry-After", "")
    return min(max(int(given), 2), 600) if given.isdigit() else 2
