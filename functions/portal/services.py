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
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.privacy import privacy
from infra.wiring.ratings import ratings
from infra.wiring.taxonomy import taxonomy

if TYPE_CHECKING:
    from shared.conversations.records import CallRecords
    from shared.intake.usecases.show_history import ShowHistory
    from shared.operations.usecases.activity import Activity
    from shared.people.records import EmployeeRecords
    from shared.people.usecases.callers import Callers
    from shared.people.usecases.open_profile import OpenProfile
    from shared.people.usecases.people_in_sight import PeopleInSight
    from shared.platform.usecases.audit import Audit
    from shared.ports.ambient import Clock, Ids, Log
    from shared.ports.documents import Documents
    from shared.privacy.usecases.transcript_samples import TranscriptSamples
    from shared.ratings.usecases.compare_readiness import CompareReadiness
    from shared.ratings.usecases.profiles import Profiles
    from shared.ratings.usecases.team_readiness import Readiness
    from shared.taxonomy.usecases.read_skills import ReadSkills


class Services:
    """The use cases behind the pages, on a platform: each is made, and its module loaded, when a page asks for it."""

    def __init__(self, on: Environment) -> None:
        self._on = on

    @property
    def documents(self) -> Documents:
        return documents(self._on)

    @property
    def clock(self) -> Clock:
        return self._on.clock

    @property
    def ids(self) -> Ids:
        return self._on.ids

    @property
    def log(self) -> Log:
        return self._on.log

    @property
    def employees(self) -> EmployeeRecords:
        return people(self._on).records

    @property
    def callers(self) -> Callers:
        return people(self._on).callers

    @property
    def in_sight(self) -> PeopleInSight:
        return people(self._on).in_sight

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
    def readiness(self) -> Readiness:
        return ratings(self._on).readiness

    @property
    def skills(self) -> ReadSkills:
        return taxonomy(self._on).skills

    @property
    def audit(self) -> Audit:
        return platform(self._on).audit

    @property
    def samples(self) -> TranscriptSamples:
        return privacy(self._on).samples

    @property
    def call_records(self) -> CallRecords:
        return conversations(self._on).call_records

    @property
    def activity(self) -> Activity:
        return operations(self._on).activity

    @property
    def compare(self) -> CompareReadiness:
        return ratings(self._on).compare

    def competency_names(self) -> dict[str, str]:
        """Returns what people call each competency, of all frameworks."""
        return self.skills.competency_names()


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
