"""Gives the portal what it needs of the platform, and how it is set up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING

from functions.portal.shell.routing import Handler, Module
from functions.portal.shell.visit import PageOrRedirect, Visit
from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment
from infra.wiring.intake import intake
from infra.wiring.operations import operations
from infra.wiring.people import people
from infra.wiring.ratings import ratings

if TYPE_CHECKING:
    from shared.conversations.records import CallRecords
    from shared.intake.usecases.show_history import ShowHistory
    from shared.operations.usecases.activity import Activity
    from shared.people.records import EmployeeRecords
    from shared.people.usecases.open_profile import OpenProfile
    from shared.ratings.usecases.profiles import Profiles


class Services:
    """The use cases behind the pages, on a platform: each is made, and its module loaded, when a page asks for it."""

    def __init__(self, on: Environment) -> None:
        self._on = on

    @property
    def employees(self) -> EmployeeRecords:
        return people(self._on).records

    @property
    def profile_access(self) -> OpenProfile:
        return people(self._on).profile_access

    @property
    def history(self) -> ShowHistory:
        return intake(self._on).history

    @property
    def profiles(self) -> Profiles:
        return ratings(self._on).profiles

    @property
    def call_records(self) -> CallRecords:
        return conversations(self._on).call_records

    @property
    def activity(self) -> Activity:
        return operations(self._on).activity


@dataclass(frozen=True)
class HandlerOfServices(Handler):
    """A handler that takes Services in place of the environment."""

    def load(self) -> Callable[..., PageOrRedirect]:
        handler = Handler.load(self)

        @wraps(handler)
        def of_services(on: Environment, visit: Visit, **variables: str) -> PageOrRedirect:
            return handler(Services(on), visit, **variables)

        return of_services


@dataclass(frozen=True)
class PagesOfServices(Module):
    """A module whose handlers take Services."""

    def __getattr__(self, name: str) -> Handler:
        found = Module.__getattr__(self, name)
        return HandlerOfServices(found.module, found.name)
