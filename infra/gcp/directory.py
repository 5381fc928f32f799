"""The company's people from Google Workspace: the Admin SDK's `users.list`, with domain-wide delegation.

The function's service account has no key. It asks the IAM Credentials interface to sign an assertion that names an
administrator, exchanges that for an access token of the reading scope, and reads a page.
httpx is imported with the first request, never with this module.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

from infra.web import bounded_answers
from shared.kernel.errors import AugmentError, Retryable
from shared.kernel.json_values import JsonObject
from shared.ports.ambient import Clock, DirectoryPage, DirectoryPerson

SCOPE: Final = "https://www.googleapis.com/auth/admin.directory.user.readonly"
PAGE: Final = 500
ATTEMPTS: Final = 5
"""Of one request, before the run gives up as Retryable."""

_LONGEST_WAIT: Final = 60.0
_ASSERTION_SECONDS: Final = 600
_BUSY_REASONS: Final = ("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "backendError")


class DirectoryRefused(AugmentError):
    """Google refuses to show the directory: delegation, scope or administrator are not set up as documented."""


class NotInDirectory(DirectoryRefused):
    """Google knows nobody of that address."""


@dataclass(frozen=True, slots=True)
class DirectoryHosts:
    """Names the addresses of Google's interfaces; tests name their own."""

    admin: str = "https://admin.googleapis.com"
    credentials: str = "https://iamcredentials.googleapis.com"
    token: str = "https://oauth2.googleapis.com/token"


class WorkspaceDirectory:
    """The `Directory` port.

    service_account: e-mail of the account that has domain-wide delegation for SCOPE
    administrator:   e-mail of the administrator in whose name it reads
    own_token:       an access token of the function's account, which may sign for `service_account`
    hire_date:       (schema, field) of the custom schema that holds the hire date
    """

    def __init__(
        self,
        service_account: str,
        administrator: str,
        own_token: Callable[[], str],
        clock: Clock,
        *,
        customer: str = "my_customer",
        hire_date: tuple[str, str] = ("Employment", "hire_date"),
        hosts: DirectoryHosts | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._service_account = service_account
        self._administrator = administrator
        self._own_token = own_token
        self._clock = clock
        self._customer = customer
        self._hire_date = hire_date
        self._hosts = hosts or DirectoryHosts()
        self._sleep = sleep

    def page(self, following: str | None = None) -> DirectoryPage:
        """Returns some people, suspended ones included; an entry without an e-mail address is left out.

        Raises Retryable when Google is busy or unreachable, DirectoryRefused when it says no.
        """
        parameters = {"customer": self._customer, "maxResults": str(PAGE), "orderBy": "email", "projection": "full"}
        if following is not None:
            parameters["pageToken"] = following
        answer = self._read("", parameters, self._delegated_token())
        found = (self._person(user) for user in answer.get("users") or ())
        return DirectoryPage([one for one in found if one is not None], answer.get("nextPageToken") or None)

    def has(self, email: str) -> bool:
        """Tells whether somebody's primary address is this. Raises Retryable, DirectoryRefused."""
        token = self._delegated_token()
        try:
            user = self._read(f"/{quote(email, safe='')}", {"projection": "basic"}, token)
        except NotInDirectory:
            return False
        return str(user.get("primaryEmail") or "").strip().lower() == email

    def _read(self, path: str, parameters: Mapping[str, str], token: str) -> dict[str, Any]:
        return self._ask(
            "GET",
            f"{self._hosts.admin}/admin/directory/v1/users{path}",
            params=parameters,
            headers={"Authorization": f"Bearer {token}"},
        )

    def _delegated_token(self) -> str:
        """Gets an access token in the administrator's name."""
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self._service_account,
            "sub": self._administrator,
            "scope": SCOPE,
            "aud": "https://oauth2.googleapis.com/token",
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
        }
        signed = self._ask(
            "POST",
            f"{self._hosts.credentials}/v1/projects/-/serviceAccounts/{self._service_account}:signJwt",
            json={"payload": json.dumps(claims)},
            headers={"Authorization": f"Bearer {self._own_token()}"},
        )
        grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed["signedJwt"]}
        return str(self._ask("POST", self._hosts.token, data=grant)["access_token"])

    def _ask(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        """Gets the JSON object that answers, after as many attempts as Google asks for."""
        import httpx

        cause = ""
        for attempt in range(ATTEMPTS):
            wait = float(2**attempt)
            try:
                answer = self._client.request(method, url, **options)
            except httpx.TransportError as error:
                cause = type(error).__name__
            else:
                if answer.is_success:
                    value: dict[str, Any] = answer.json()
                    return value
                reason = _reason(answer)
                cause = f"{answer.status_code} {reason}"
                busy = answer.status_code in (403, 429) and reason in _BUSY_REASONS
                if not (busy or answer.status_code == 429 or answer.status_code >= 500):
                    if answer.status_code == 404:
                        raise NotInDirectory(f"the directory answered {cause}")
                    raise DirectoryRefused(f"{url.split('?')[0]} answered {cause}")
                wait = max(wait, _seconds(answer.headers.get("Retry-After", "")))
            if attempt < ATTEMPTS - 1:
                self._sleep(min(wait, _LONGEST_WAIT))
        raise Retryable(f"the directory does not answer: {cause}", after_seconds=60)

    @cached_property
    def _client(self) -> Any:
        import httpx

        return httpx.Client(timeout=30.0, event_hooks=bounded_answers.hooks(httpx))

    def _person(self, user: Mapping[str, Any]) -> DirectoryPerson | None:
        email = str(user.get("primaryEmail") or "").strip().lower()
        if not email:
            return None
        names = user.get("name") or {}
        parts = [names.get("givenName"), names.get("familyName")]
        name = names.get("fullName") or " ".join(str(part) for part in parts if part)
        schema, field = self._hire_date
        return DirectoryPerson(
            email=email,
            name=str(name or email.split("@")[0]),
            manager=_manager(user),
            title=_title(user),
            hire_date=_date(((user.get("customSchemas") or {}).get(schema) or {}).get(field)),
            country=_country(user.get("addresses") or ()),
            suspended=bool(user.get("suspended") or user.get("archived")),
        )


def _manager(user: Mapping[str, Any]) -> str | None:
    for relation in user.get("relations") or ():
        value = str(relation.get("value") or "").strip().lower()
        if relation.get("type") == "manager" and "@" in value:
            return value
    return None


def _title(user: Mapping[str, Any]) -> str | None:
    """Returns the title in the primary organisation, else in the first that has one."""
    organisations = sorted(user.get("organizations") or (), key=lambda organisation: not organisation.get("primary"))
    return next((str(each["title"]) for each in organisations if each.get("title")), None)


def _country(addresses: Iterable[JsonObject]) -> str | None:
    """Returns the country of the address at work, the primary one first; nobody's home is read."""
    at_work = [one for one in addresses if one.get("type") == "work" and one.get("countryCode")]
    at_work.sort(key=lambda address: not address.get("primary"))
    return str(at_work[0]["countryCode"])[:6] if at_work else None


def _date(value: Any) -> str | None:
    """Reads an ISO date, from a date or a date with time; None for anything else."""
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        return None


def _reason(answer: Any) -> str:
    """Returns Google's own word for a refusal, never its message, which names people."""
    try:
        error = answer.json().get("error")
    except (ValueError, AttributeError):
        return ""
    if isinstance(error, str):
        return error
    details = error.get("errors") if isinstance(error, dict) else None
    return str(details[0].get("reason", "")) if details else ""


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.isdigit() else 0.0
