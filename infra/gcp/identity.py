"""Tokens of this function's own service account, from Google's metadata server, and of those that may invoke.

google-auth is imported with the first token, never with this module.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

from infra.gcp.errors import retryable
from infra.web import bounded_answers
from shared.kernel.errors import Retryable
from shared.ports.ambient import Clock

MOST_BYTES = 100_000
"""Of a token's answer."""


class MetadataTokens:
    """The `TokenSource` port, and access tokens for Google's own interfaces.

    Tokens live for an hour and are kept until four minutes before they end. Raises Retryable when the metadata server
    does not answer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_audience: dict[str, Any] = {}

    def token_for(self, audience: str) -> str:
        """Returns an ID token for another function."""
        with self._lock:
            credentials = self._by_audience.get(audience)
            if credentials is None:
                with retryable("the metadata server"):
                    credentials = self._id_token_credentials(audience)
                self._by_audience[audience] = credentials
            return self._fresh(credentials)

    def access_token(self) -> str:
        """Returns a token for Google's interfaces, with the scopes of the service account."""
        with self._lock:
            return self._fresh(self._access_credentials)

    def account(self) -> str:
        """Returns the e-mail of this function's own service account."""
        self.access_token()  # which asks for the account, too
        return str(self._access_credentials.service_account_email)

    def _fresh(self, credentials: Any) -> str:
        if not credentials.valid:
            with retryable("the metadata server"):
                credentials.refresh(self._request)
        return str(credentials.token)

    def _id_token_credentials(self, audience: str) -> Any:
        from google.auth import compute_engine

        kind: Any = compute_engine.IDTokenCredentials  # untyped
        return kind(self._request, audience, use_metadata_identity_endpoint=True)

    @cached_property
    def _access_credentials(self) -> Any:
        from google.auth import compute_engine

        kind: Any = compute_engine.Credentials  # untyped
        return kind()

    @cached_property
    def _request(self) -> Any:
        from google.auth.transport.requests import Request

        return Request()


class InvokerTokens:
    """Mints ID tokens of the accounts that may invoke functions: `mint` for infra.web.identity.CachedTokenSource.

    accounts:  audience → e-mail of its account, for which this function's own may create OpenID tokens
    own_token: an access token of this function's account
    host:      of Google's IAM Credentials interface
    """

    def __init__(
        self,
        accounts: Mapping[str, str],
        own_token: Callable[[], str],
        clock: Clock,
        *,
        host: str = "https://iamcredentials.googleapis.com",
    ):
        self._accounts = accounts
        self._host = host
        self._own_token = own_token
        self._clock = clock

    def mint(self, audience: str) -> tuple[str, float]:
        """Mints a token, with its expiry in Unix seconds. Raises Retryable."""
        account = self._accounts[audience]
        request = urllib.request.Request(
            f"{self._host}/v1/projects/-/serviceAccounts/{account}:generateIdToken",
            data=json.dumps({"audience": audience, "includeEmail": True}).encode(),
            headers={"Authorization": f"Bearer {self._own_token()}", "Content-Type": "application/json"},
            method="POST",
        )
        # Google's tokens live for an hour.
        expires_at = (self._clock.now() + timedelta(hours=1)).timestamp()
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(json.loads(bounded_answers.read(answer, MOST_BYTES))["token"]), expires_at
        except urllib.error.HTTPError as error:
            with error:
                raise Retryable(f"no token of the invoker: IAM answered {error.code}") from error
        except (OSError, ValueError, KeyError) as error:
            raise Retryable(f"no token of the invoker: {type(error).__name__}") from error
