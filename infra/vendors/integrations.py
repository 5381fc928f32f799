"""Reads which vendors an organisation has connected, from settings and secrets.

What each means, and its default, is declared in infra/declarations/integration_settings.py.
A secret must hold something, so `none` stands for "not connected".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Final

from infra.declarations.integration_settings import SECRETS, SETTINGS, given
from shared.conversations.usecases.call_settings import CallSettings
from shared.kernel.errors import NotFound, Retryable
from shared.ports.ambient import Secrets

NOT_CONNECTED: Final = "none"


class DeclaredSettings(Mapping[str, str]):
    """The settings that pipeline.yaml declares a function to read; there is nothing else in its environment.

    of: the function. To ask for another setting raises RuntimeError: where it is set, its value would not be here.
    """

    def __init__(self, settings: Mapping[str, str], declared: frozenset[str], *, of: str = "any function") -> None:
        self._settings = settings
        self._declared = declared
        self._of = of

    def __getitem__(self, name: str) -> str:
        if name not in self._declared:
            raise RuntimeError(f"pipeline.yaml does not declare that {self._of} reads {name}")
        return self._settings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(name for name in self._settings if name in self._declared)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Integrations:
    """The connected vendors.

    declared: the secrets that this function may read; of the others nothing is connected here
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        secrets: Secrets,
        declared: frozenset[str],
    ) -> None:
        self.settings = settings
        self._secrets = secrets
        self._declared = declared

    @cached_property
    def call_settings(self) -> CallSettings:
        """Raises ValueError naming a setting that cannot be read."""
        since = given(self.settings, "AUGMENT_CALLS_FROM")
        route = given(self.settings, "AUGMENT_ANALYSIS_ROUTE")
        if route not in ("batch", "immediate"):
            raise ValueError(f"AUGMENT_ANALYSIS_ROUTE: {route!r} is neither batch nor immediate")
        calls_from = datetime.fromisoformat(since) if since else None
        if calls_from is not None and calls_from.tzinfo is None:
            raise ValueError(f"AUGMENT_CALLS_FROM: {since!r} needs a time zone, e.g. 2026-11-01T00:00:00Z")
        domains = given(self.settings, "AUGMENT_HOME_DOMAINS").lower().split(",")
        return CallSettings(
            calls_from=calls_from,
            daily_route="batch" if route == "batch" else "immediate",
            model=given(self.settings, "AUGMENT_MODEL"),
            home_domains=frozenset(domain.strip() for domain in domains if domain.strip()),
        )

    @property
    def webhook_url(self) -> str:
        """Returns the address that the recorder's webhook is set up with; empty when none is."""
        return given(self.settings, "AUGMENT_GONG_WEBHOOK_URL")

    def secrets_set(self) -> Mapping[str, bool]:
        """Tells of each secret that this function may read whether it holds something. Never what."""
        return {name: self.may_have(name) for name in sorted(SECRETS & self._declared)}

    def settings_set(self) -> Mapping[str, str]:
        """Returns the settings of integrations that are set here, without secrets: name → value."""
        declared = SETTINGS.keys() - SECRETS
        return {name: value for name, value in self.settings.items() if name in declared and value}

    def reads(self, secret: str) -> bool:
        """Tells whether this function is given a secret at all."""
        return secret in self._declared

    def may_have(self, secret: str) -> bool:
        """Tells whether a secret is there, or cannot be read just now: then whoever asks for it is told why."""
        try:
            return self.secret(secret) is not None
        except Retryable:
            return True

    def secret(self, name: str) -> str | None:
        """Returns a secret's value; None where this function does not have it, or nothing is connected."""
        if name not in self._declared:
            return None
        try:
            value = self._secrets.get(name).strip()
        except NotFound:
            return None
        return None if value.lower() in ("", NOT_CONNECTED) else value
