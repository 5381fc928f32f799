"""What a platform is made of: one adapter per port, each opened when it is first asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from infra.integrations import Integrations
from shared.kernel.access import Scope
from shared.platform.edges.internal import TaskKeeper
from shared.ports.acceptance import Acceptance
from shared.ports.ambient import Clock, Directory, Files, Ids, Log, Probe, Secrets
from shared.ports.documents import Documents
from shared.ports.identity import Tokens
from shared.ports.messages import Bus, DeadLetters, TaskQueue
from shared.ports.observations import Observations
from shared.ports.warehouse import Warehouse


class Adapters(Protocol):
    """The outside, as one environment offers it: embedded on one machine, or Google Cloud."""

    @property
    def name(self) -> str:
        """`embedded` or `google`."""
        ...

    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def log(self) -> Log: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def integrations(self) -> Documents:
        """What the integrations keep for themselves, apart from live state."""
        ...

    @property
    def transcripts(self) -> Files:
        """The bucket of what was said, apart from all other files."""
        ...

    @property
    def observations(self) -> Observations:
        """The platform's own intake."""
        ...

    @property
    def connected(self) -> Integrations:
        """The vendors that are connected, as far as this function may know."""
        ...

    @property
    def bus(self) -> Bus: ...
    @property
    def acceptance(self) -> Acceptance:
        """Over the documents and the bus."""
        ...

    @property
    def tasks(self) -> TaskQueue: ...
    @property
    def dead_letters(self) -> DeadLetters: ...
    @property
    def files(self) -> Files: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def warehouse(self) -> Warehouse: ...
    @property
    def directory(self) -> Directory | None:
        """The company's directory; None when none is configured."""
        ...

    @property
    def services(self) -> Mapping[str, frozenset[Scope]]:
        """The allow-list: e-mail of a service account → its scopes."""
        ...

    @property
    def administrators(self) -> Collection[str]:
        """E-mail addresses of the administrators who start an empty platform."""
        ...

    @property
    def probes(self) -> Mapping[str, Probe | None]:
        """What the health check asks, by integration; None for one that is not configured."""
        ...

    @property
    def api_url(self) -> str:
        """The API's address for others, without a slash at its end; empty where it is not known yet."""
        ...

    def audiences(self, function: str) -> Sequence[str]:
        """The audiences that tokens for a function may name."""
        ...

    def check_invoker(self, headers: Mapping[str, str], function: str) -> None:
        """Whether Pub/Sub, Cloud Tasks or Cloud Scheduler (or their stand-in) is calling. Raises Unauthenticated."""
        ...

    def note_failure(self, subscription: str, data: bytes, reason: str) -> None:
        """Remembers why a delivery failed, for the dead letter that it may become. Never raises."""
        ...

    def task_keeper(self, function: str) -> TaskKeeper | None:
        """Who keeps this function's tasks when their last attempt has failed; None where the queue does, or where the
        function takes no tasks."""
        ...
