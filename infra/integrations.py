"""The vendors that an organisation has connected, from settings and secrets; each is None where nothing is configured.

What each means, and its default, is declared in infra/integration_settings.py.
A secret must hold something, so `none` stands for "not connected".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from infra.integration_settings import SECRETS, SETTINGS, given
from shared.conversations.usecases.call_settings import CallSettings
from shared.kernel.errors import NotFound, Retryable
from shared.ports.ambient import Clock, Probe, Secrets
from shared.ports.documents import Documents

if TYPE_CHECKING:
    from infra.vendors.claude import ClaudeLanguageModel
    from infra.vendors.gong import GongCalls
    from shared.analysts.ports.language_model import LanguageModel
    from shared.conversations.ports.calls import Calls
    from shared.ports.identity import WebhookSignatures

NOT_CONNECTED: Final = "none"


class Integrations:
    """The connected vendors.

    declared:  the secrets that this function may read; of the others nothing is connected here
    documents: the integrations' database, opened when something needs it
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        secrets: Secrets,
        declared: frozenset[str],
        documents: Callable[[], Documents],
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._declared = declared
        self._documents = documents
        self._clock = clock

    @cached_property
    def call_settings(self) -> CallSettings:
        """Raises ValueError naming a setting that cannot be read."""
        since = given(self._settings, "AUGMENT_CALLS_FROM")
        route = given(self._settings, "AUGMENT_ANALYSIS_ROUTE")
        if route not in ("batch", "immediate"):
            raise ValueError(f"AUGMENT_ANALYSIS_ROUTE: {route!r} is neither batch nor immediate")
        calls_from = datetime.fromisoformat(since) if since else None
        if calls_from is not None and calls_from.tzinfo is None:
            raise ValueError(f"AUGMENT_CALLS_FROM: {since!r} needs a time zone, e.g. 2026-11-01T00:00:00Z")
        domains = given(self._settings, "AUGMENT_HOME_DOMAINS").lower().split(",")
        return CallSettings(
            calls_from=calls_from,
            daily_route="batch" if route == "batch" else "immediate",
            model=given(self._settings, "AUGMENT_MODEL"),
            home_domains=frozenset(domain.strip() for domain in domains if domain.strip()),
        )

    @cached_property
    def calls(self) -> Calls | None:
        return None if self._secret("gong-access") is None else self._gong

    @cached_property
    def _gong(self) -> GongCalls:
        """The recorder's client. Raises ValueError for a setting or key that cannot be read."""
        access = self._secret("gong-access") or ""
        from threading import Lock
        from time import sleep

        from infra.vendors.gong import GongCalls, basic_authorization, bearer_authorization
        from shared.call_pipeline.usecases.call_budget import CallBudget, RequestLimits

        limits = RequestLimits(
            per_second=int(given(self._settings, "AUGMENT_GONG_PER_SECOND")),
            per_day=int(given(self._settings, "AUGMENT_GONG_PER_DAY")),
        )
        budget = CallBudget(
            self._documents(), "call_budgets/gong", self._clock, sleep, limits=limits, exclusively=Lock()
        )
        kind, _, token = access.partition(":")
        header = bearer_authorization(token) if kind == "bearer" else basic_authorization(access)
        return GongCalls(given(self._settings, "AUGMENT_GONG_URL"), lambda: header, budget)

    @property
    def webhook_url(self) -> str:
        """The address that the recorder's webhook is set up with; empty when none is."""
        return given(self._settings, "AUGMENT_GONG_WEBHOOK_URL")

    @cached_property
    def webhook_signatures(self) -> WebhookSignatures | None:
        key = self._secret("gong-webhook-key") if self.webhook_url else None
        if key is None:
            return None
        from infra.vendors.gong_webhook import GongSignatures

        return GongSignatures(key, self._clock)

    @cached_property
    def language_model(self) -> LanguageModel | None:
        return None if self._secret("anthropic-key") is None else self._claude

    @cached_property
    def _claude(self) -> ClaudeLanguageModel:
        from infra.vendors.claude import ClaudeLanguageModel

        key = self._secret("anthropic-key") or ""
        return ClaudeLanguageModel(key, base_url=given(self._settings, "AUGMENT_MODEL_URL"))

    def probes(self) -> Mapping[str, Probe | None]:
        """What asks each vendor whether it answers; None for one that is not connected."""
        from infra.vendors.probes import ClaudeProbe, GongProbe

        gong = GongProbe(lambda: self._gong, self._clock)
        claude = ClaudeProbe(lambda: self._claude, lambda: self.call_settings.model)
        return {
            "Gong": gong if self._may_have("gong-access") else None,
            "Claude": claude if self._may_have("anthropic-key") else None,
        }

    def secrets_set(self) -> Mapping[str, bool]:
        """Of the secrets that this function may read: whether each holds something. Never what."""
        return {name: self._may_have(name) for name in sorted(SECRETS & self._declared)}

    def in_force(self) -> Mapping[str, str]:
        """The settings that are set here, without secrets: name → value."""
        return {name: self._settings[name] for name in SETTINGS if name not in SECRETS and self._settings.get(name)}

    def _may_have(self, secret: str) -> bool:
        """Whether a secret is there, or cannot be read just now: then whoever asks for it is told why."""
        try:
            return self._secret(secret) is not None
        except Retryable:
            return True

    def _secret(self, name: str) -> str | None:
        """A secret's value; None where this function does not have it, or nothing is connected."""
        if name not in self._declared:
            return None
        try:
            value = self._secrets.get(name).strip()
        except NotFound:
            return None
        return None if value.lower() in ("", NOT_CONNECTED) else value
