"""Knows what a function stands on: the embedded platform or Google Cloud, and what has been made on it so far.

The modules beside this one build: `ports/` one adapter each, `edges/` what answers a request, and one module per
capability its use cases. Each imports what it builds where it is built, so that a function pays at its cold start for
what it uses, and its zip holds the plain import closure of its `main.py`.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

if TYPE_CHECKING:
    from infra.vendors.integrations import Integrations
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.conversations.ports.calls import Calls
    from shared.kernel.access import Scope
    from shared.ports.ambient import Clock, Ids, Log, Secrets

T = TypeVar("T")

_lock = RLock()
_environment: Environment | None = None


class Environment(ABC):
    """One function's surroundings; in the embedded platform all functions share one.

    services:       the allow-list: e-mail of a service account → its scopes
    administrators: e-mail addresses of the administrators who start an empty platform
    limits_callers: one caller may ask only so fast
    demonstration:  ids of invented people, whom anybody may sign in as
    filling:        what is being done while the demonstration is not complete, in words; else empty
    reports_here:   the portal shows the reports; on Google dashboards do
    """

    name: str
    clock: Clock
    ids: Ids
    log: Log
    secrets: Secrets
    services: Mapping[str, frozenset[Scope]]
    administrators: Collection[str]
    limits_callers: bool = False
    demonstration: Container[str] = frozenset()
    filling: str = ""
    reports_here: bool = False

    def __init__(self) -> None:
        self._made: dict[object, Any] = {}
        self.making = RLock()

    @abstractmethod
    def port(self, name: str, on_google: Callable[[GoogleEnvironment], T]) -> T:
        """Returns the adapter of a port: the embedded one of that name, or what `on_google` makes, once."""

    @property
    @abstractmethod
    def connected(self) -> Integrations:
        """Returns the settings of the vendors that are connected, as far as this function may know."""

    @property
    @abstractmethod
    def recorded_calls(self) -> Calls | None:
        """Returns the exported calls, in place of the recorder's interface; None where the recorder is asked."""

    @property
    @abstractmethod
    def api_url(self) -> str:
        """Returns the API's address for others, without a slash at its end; empty where it is not known yet."""

    def scrub(self) -> None:
        """Overwrites what the stores still hold of what was deleted. Raises Retryable."""
        return  # Google's services do so themselves

    def end_lives(self) -> int:
        """Deletes what has expired in the stores; returns how many documents. Raises Retryable."""
        return 0  # Firestore's TTL and the buckets' rules do so themselves

    @property
    @abstractmethod
    def portal_url(self) -> str:
        """Returns the portal's address for others, without a slash at its end; empty where it is not known yet."""

    @abstractmethod
    def audiences(self, function: str) -> Sequence[str]:
        """Returns the audiences that tokens for a function may name."""

    @abstractmethod
    def check_invoker(self, headers: Mapping[str, str], function: str) -> None:
        """Checks that Pub/Sub, Cloud Tasks, Scheduler or their stand-in is calling. Raises Unauthenticated."""

    @property
    def by_link(self) -> Callable[[str], str | None] | None:
        """Returns what tells whom the key of a link lets in, once; None where there are no such links."""
        return None

    def once(self, make: Callable[[Environment], T]) -> T:
        """Returns what `make` makes of this environment, made when it is first asked for."""
        with self.making:
            if make not in self._made:
                self._made[make] = make(self)
            made: T = self._made[make]
            return made


class Wiring:
    """Holds what is made on an environment, each thing when it is first asked for."""

    def __init__(self, on: Environment) -> None:
        self._on = on


class wired(cached_property[T]):
    """Makes a property of a Wiring once, under its environment's lock.

    What is made here asks for other properties, and `once` for what it makes. If each had a lock of its own, as a
    cached_property has until Python 3.12, two threads that begin at different ends would wait for each other for ever.
    """

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Self | T:
        if not isinstance(instance, Wiring):
            return self
        with instance._on.making:
            return super().__get__(instance, owner)


def configure(given: Environment) -> Environment:
    """Sets the environment of this process: the embedded runtime and tests call this before a function is loaded."""
    global _environment
    with _lock:
        _environment = given
        return given


def environment() -> Environment:
    """Returns the environment of this process; in the cloud it is built from its settings with the first request."""
    global _environment
    with _lock:
        if _environment is None:
            if os.environ.get("AUGMENT_RUNTIME") != "google":
                raise RuntimeError(
                    "no environment is configured: scripts/run configures the embedded one; in the cloud set "
                    "AUGMENT_RUNTIME=google"
                )
            from infra.gcp.garbage import spare_the_start
            from infra.wiring.google_environment import GoogleEnvironment

            spare_the_start()
            _environment = GoogleEnvironment(os.environ)
        return _environment
