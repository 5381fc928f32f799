"""Knows the surroundings of the functions of the embedded platform."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from infra.declarations.integration_settings import DERIVED
from infra.local.door import OneTimeLinks
from infra.local.expiry import end_lives
from infra.local.identity import audience_of, service_account
from infra.local.journal import JournaledTasks
from infra.local.outbox import LocalOutbox
from infra.vendors.integrations import DeclaredSettings, Integrations
from infra.wiring.environment import Environment
from shared.kernel.access import Scope
from shared.kernel.errors import Retryable, Unauthenticated
from shared.kernel.log_events import LogEvent
from shared.platform.edges.incoming import bearer
from shared.ports.ambient import Directory

if TYPE_CHECKING:
    from infra.local.duckdb_warehouse import DuckDBWarehouse
    from infra.local.mail_outbox import LocalMailOutbox
    from infra.local.runtime import Parts
    from infra.local.storage import Storage
    from infra.web.observations import HttpObservations
    from infra.web.receivers import HttpReceivers
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.conversations.ports.calls import Calls
    from shared.ports.crm import CrmRecords

T = TypeVar("T")

API = "api"
"""The audience, besides a function's own, that integrations here mint their tokens for."""
PORTAL = "portal"

RATES_EVERYBODY = "nightly-recalculation"
"""The schedule whose run tells the warehouse of everybody's ratings."""

ADMINISTRATOR = "administrator@localhost"
"""Who enters an empty platform, unless told otherwise."""

SERVICES: dict[str, frozenset[Scope]] = {
    service_account("voice-roleplay"): frozenset({"events.write", "profiles.read"}),
    service_account("crm"): frozenset({"deals.write"}),
    service_account("replay"): frozenset({"events.write", "profiles.read"}),
    service_account("administration"): frozenset({"events.write", "profiles.read", "administration"}),
}
"""The local integrations; anyone who can read the data directory's key can be one of them, on this machine only."""
POSTING = service_account("gong-middleware")
"""The account of the functions that post events themselves; they share a process here."""


class EmbeddedEnvironment(Environment):
    """The surroundings of every function on one data directory (see infra.local.runtime.open_parts)."""

    name = "embedded"
    reports_here = True
    directory: Directory | None = None
    note_failure: None = None
    task_keeper: None = None
    """The local queue keeps the reason that a refused delivery answers with, and its dead letters."""

    def __init__(
        self,
        parts: Parts,
        settings: Mapping[str, str] | None = None,
        administrator: str = ADMINISTRATOR,
        demonstration: Container[str] = frozenset(),
    ) -> None:
        """Takes the integrations' settings (see infra.vendors.integrations), the process's environment unless given.

        administrator: whom the link of a start lets in; demonstration: ids of invented people
        """
        super().__init__()
        self.parts = parts
        self.administrator = administrator
        self.administrators = frozenset({administrator})
        self.demonstration = demonstration
        self.links = OneTimeLinks(parts.clock)
        self.settings = os.environ if settings is None else settings
        self.clock = parts.clock
        self.ids = parts.ids
        self.log = parts.log
        self.secrets = parts.secrets
        self.documents = parts.documents
        self.integrations = parts.integrations
        self.transcripts = parts.transcripts
        self.evidence = parts.evidence
        self.clips = parts.clips
        self.bus = parts.queue
        self.outbox = LocalOutbox(parts.documents, parts.queue)
        self.tasks = JournaledTasks(parts.queue, parts.documents, parts.directory)
        self.dead_letters = parts.queue
        self.files = parts.files
        self.tokens = parts.tokens
        self.services = SERVICES | ({POSTING: frozenset({"events.write"})} if parts.pipeline.posters("ingest") else {})
        # What stands on its parts has no limits unless it asks for them; `scripts/run` sets them once it is filled.
        self.limits_callers = self.settings.get("AUGMENT_RATE_LIMITS") == "on"

    @cached_property
    def warehouse(self) -> DuckDBWarehouse:
        from infra.local.warehouse_file import open_warehouse

        opened = open_warehouse(self.parts.directory, self.clock, self.log)
        self.storage.warehouse = lambda: opened.damage
        return opened

    def fill_warehouse(self) -> None:
        """Fills a warehouse that has been told of nothing though there is something to tell; what cannot be read of it,
        because the live state is damaged, stops no start."""
        from infra.local.warehouse_file import FillWarehouse

        filling = FillWarehouse(self.documents, self.integrations, self.warehouse, self.clock, self.ids)
        try:
            if filling.is_due():
                self.parts.queue.run_schedule(RATES_EVERYBODY, self.clock.now().timestamp())
                self.log.event(LogEvent.WAREHOUSE_FILLED, "WARNING", **filling.fill())
        except Retryable as damaged:
            self.log.event(LogEvent.WAREHOUSE_UNAVAILABLE, "ERROR", reason=damaged.detail)

    def scrub(self) -> None:
        """Leaves nothing of what was deleted in the files. Raises Retryable."""
        self.warehouse.rewrite()
        for store in (self.documents, self.integrations):
            if not store.file.rewrite():
                raise Retryable("the log of the live state is being read; it is emptied at the next try")

    def end_lives(self) -> int:
        """Deletes what has expired, and returns how many documents it was. Raises Retryable."""
        now, pipeline = self.clock.now(), self.parts.pipeline
        stores = ((self.documents, pipeline.documents), (self.integrations, pipeline.integrations))
        return sum(end_lives(store, declared.expires, self.files, now) for store, declared in stores)

    @property
    def storage(self) -> Storage:
        """Tells how the data fare: a probe of the health check."""
        return self.parts.storage

    @cached_property
    def observations(self) -> HttpObservations:
        from infra.web.observations import HttpObservations

        source = self.parts.issuer.source(POSTING)
        return HttpObservations(lambda: self.parts.addresses["api"], source, audience_of(API))

    @cached_property
    def mail_outbox(self) -> LocalMailOutbox:
        from infra.local.mail_outbox import LocalMailOutbox

        return LocalMailOutbox(self.documents, self.clock)

    @cached_property
    def receivers(self) -> HttpReceivers:
        from infra.web.receivers import HttpReceivers

        return HttpReceivers(loopback=self.settings.get("AUGMENT_WEBHOOKS_TO_LOOPBACK") == "true")

    @cached_property
    def crm(self) -> CrmRecords:
        folder = self.settings.get("AUGMENT_CRM_FOLDER")
        if folder:
            from infra.local.crm_files import CrmFiles

            return CrmFiles(Path(folder))
        from infra.wiring.ports.crm import crm_over_rest

        return self.once(crm_over_rest)

    def port(self, name: str, on_google: Callable[[GoogleEnvironment], T]) -> T:
        found: T = getattr(self, name)
        return found

    @cached_property
    def connected(self) -> Integrations:
        """Holds one for all functions here: they share a process, and with it the clients of the vendors."""
        pipeline = self.parts.pipeline
        declared = DERIVED.union(*pipeline.settings.values())
        return Integrations(DeclaredSettings(self.settings, declared), self.secrets, frozenset(pipeline.secrets))

    @cached_property
    def recorded_calls(self) -> Calls | None:
        folder = self.settings.get("AUGMENT_CALLS_FOLDER")
        if not folder:
            return None
        from infra.local.recorded_calls import RecordedCalls

        return RecordedCalls(Path(folder))

    @property
    def by_link(self) -> Callable[[str], str | None] | None:
        return self.links.redeem

    @property
    def api_url(self) -> str:
        return self.parts.addresses.get(API, "")

    @property
    def portal_url(self) -> str:
        public = (self.settings.get("AUGMENT_PORTAL_URL") or "").rstrip("/")
        return public or self.parts.addresses.get(PORTAL, "")

    def audiences(self, function: str) -> Sequence[str]:
        return (audience_of(API), audience_of(function))

    def check_invoker(self, headers: Mapping[str, str], function: str) -> None:
        identity = self.tokens.verify(bearer(headers), audiences=(audience_of(function),))
        if identity.email != service_account("platform"):
            raise Unauthenticated("only the platform's own deliveries may call this function", field="Authorization")
