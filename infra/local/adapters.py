"""The embedded platform's adapters, as the wiring wants them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from infra.local.acceptance import LocalAcceptance
from infra.local.identity import audience_of, service_account
from shared.kernel.access import Scope
from shared.kernel.errors import Unauthenticated
from shared.platform.edges.http import bearer
from shared.ports.ambient import Directory, Probe

if TYPE_CHECKING:
    from infra.ingest_client import HttpObservations
    from infra.integrations import Integrations
    from infra.local.duckdb_warehouse import DuckDBWarehouse
    from infra.local.runtime import Parts

API = "api"
"""The audience, besides a function's own, that integrations here mint their tokens for."""

SERVICES: Mapping[str, frozenset[Scope]] = {
    service_account("voice-roleplay"): frozenset({"events.write", "profiles.read"}),
    service_account("replay"): frozenset({"events.write", "profiles.read"}),
    service_account("gong-middleware"): frozenset({"events.write"}),
    service_account("administration"): frozenset({"events.write", "profiles.read", "administration"}),
}
"""The local integrations; anyone who can read the data directory's key can be one of them, on this machine only."""


class EmbeddedAdapters:
    """Adapters over one data directory (see infra.local.runtime.open_parts)."""

    name = "embedded"
    directory: Directory | None = None
    administrators: frozenset[str] = frozenset()
    """None: the service account `administration` starts an empty platform on this machine."""

    def __init__(self, parts: Parts, settings: Mapping[str, str] | None = None) -> None:
        """settings: of the integrations (see infra.integrations); the process's environment unless given"""
        self.parts = parts
        self.settings = os.environ if settings is None else settings
        self.clock = parts.clock
        self.ids = parts.ids
        self.log = parts.log
        self.secrets = parts.secrets
        self.documents = parts.documents
        self.integrations = parts.integrations
        self.transcripts = parts.transcripts
        self.bus = parts.queue
        self.acceptance = LocalAcceptance(parts.documents, parts.queue)
        self.tasks = parts.queue
        self.dead_letters = parts.queue
        self.files = parts.files
        self.tokens = parts.tokens
        self.services = SERVICES

    @cached_property
    def warehouse(self) -> DuckDBWarehouse:
        from infra.local.duckdb_warehouse import DuckDBWarehouse

        return DuckDBWarehouse(self.parts.directory / "warehouse.duckdb", self.clock)

    @cached_property
    def observations(self) -> HttpObservations:
        from infra.ingest_client import HttpObservations

        source = self.parts.issuer.source(service_account("gong-middleware"))
        return HttpObservations(lambda: self.parts.addresses["api"], source, audience_of(API))

    @cached_property
    def connected(self) -> Integrations:
        """One for all functions here: they share a process, and with it the clients of the vendors."""
        from infra.local.integrations import EmbeddedIntegrations

        declared = frozenset(self.parts.pipeline.secrets)
        return EmbeddedIntegrations(self.settings, self.secrets, declared, lambda: self.integrations, self.clock)

    @property
    def probes(self) -> Mapping[str, Probe | None]:
        return {"Google Workspace directory": None, "Salesforce": None, **self.connected.probes()}

    @property
    def api_url(self) -> str:
        return self.parts.addresses.get(API, "")

    def audiences(self, function: str) -> Sequence[str]:
        return (audience_of(API), audience_of(function))

    def check_invoker(self, headers: Mapping[str, str], function: str) -> None:
        identity = self.tokens.verify(bearer(headers), audiences=(audience_of(function),))
        if identity.email != service_account("platform"):
            raise Unauthenticated("only the platform's own deliveries may call this function", field="Authorization")

    def note_failure(self, subscription: str, data: bytes, reason: str) -> None:
        """Nothing to do: the local queue keeps the reason that a refused delivery answers with."""

    def task_keeper(self, function: str) -> None:
        """Nobody: the local queue keeps its dead letters itself."""
