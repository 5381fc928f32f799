"""What the portal needs of the platform, and how it is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from infra.integration_settings import Declared
    from infra.wiring import Platform
    from shared.call_pipeline.usecases.call_deals import LinkCalls
    from shared.call_pipeline.usecases.call_views import CallViews
    from shared.call_pipeline.usecases.reanalyse_calls import ReanalyseCalls
    from shared.conversations.usecases.call_records import CallRecords
    from shared.operations.usecases.activity import Activity
    from shared.operations.usecases.health import Health
    from shared.people.usecases.people import People
    from shared.platform.usecases.audit import Audit
    from shared.platform.usecases.notices import Notifications
    from shared.platform.usecases.page_views import PageViews
    from shared.platform.usecases.quarantine import Quarantine, TakeIn
    from shared.ports.ambient import Clock, Ids, Log
    from shared.ports.documents import Documents
    from shared.ports.identity import Identity, Tokens
    from shared.ports.messages import DeadLetters
    from shared.privacy.usecases.erase_person import ErasePerson
    from shared.privacy.usecases.transcript_access import Opened, TranscriptAccess
    from shared.privacy.usecases.transcript_samples import TranscriptSamples
    from shared.ratings.usecases.compare_readiness import CompareReadiness
    from shared.ratings.usecases.profiles import Profiles
    from shared.ratings.usecases.team_readiness import Readiness
    from shared.reviews.usecases.certify import Certify
    from shared.reviews.usecases.reviews import Reviews
    from shared.taxonomy.usecases.held_scores import HeldScores
    from shared.taxonomy.usecases.skills import Skills


class CodeExchange(Protocol):
    """The identity provider's exchange of an authorisation code for an ID token."""

    def id_token(self, code: str, verifier: str, redirect_uri: str) -> str:
        """The ID token, not yet verified. Raises Unauthenticated, Retryable."""
        ...


class Assertions(Protocol):
    """Identity-Aware Proxy's assertions."""

    def verify(self, assertion: str) -> Identity:
        """The person behind an assertion. Raises Unauthenticated, Retryable."""
        ...


@dataclass(frozen=True)
class Google:
    """Sign-in with Google: the OAuth client, the exchange of its codes, and what verifies the tokens."""

    client_id: str
    exchange: CodeExchange
    tokens: Tokens


@dataclass(frozen=True)
class Settings:
    """public_url: the portal's address, https in the cloud; None on localhost, where the host that was asked counts.

    session_key:   signs cookies and form tokens
    google, iap:   the ways of signing in that are configured
    demonstration: sign in by choosing an invented person; never beside real data
    """

    session_key: str
    public_url: str | None = None
    google: Google | None = None
    iap: Assertions | None = None
    demonstration: bool = False

    @property
    def secure(self) -> bool:
        return self.public_url is not None and self.public_url.startswith("https://")


@dataclass(frozen=True)
class Connections:
    """How the platform is connected. declared: every integration; in_force: the settings that are set, secrets apart

    api: the API's address; webhook_url: what the recorder's webhook is verified against, empty for none
    """

    declared: tuple[Declared, ...]
    in_force: Mapping[str, str]
    api: str
    webhook_url: str


class Services:
    """The use cases behind the pages, on a platform: each is made, and its module loaded, when a page asks for it."""

    def __init__(self, on: Platform) -> None:
        self._on = on

    @property
    def documents(self) -> Documents:
        return self._on.adapters.documents

    @property
    def dead_letters(self) -> DeadLetters:
        return self._on.adapters.dead_letters

    @property
    def clock(self) -> Clock:
        return self._on.adapters.clock

    @property
    def ids(self) -> Ids:
        return self._on.adapters.ids

    @property
    def log(self) -> Log:
        return self._on.adapters.log

    @property
    def people(self) -> People:
        return self._on.people

    @property
    def profiles(self) -> Profiles:
        return self._on.profiles

    @property
    def readiness(self) -> Readiness:
        return self._on.readiness

    @property
    def skills(self) -> Skills:
        return self._on.skills

    @property
    def audit(self) -> Audit:
        return self._on.audit

    @property
    def held(self) -> HeldScores:
        return self._on.held_scores

    @property
    def health(self) -> Health:
        return self._on.health

    @property
    def quarantine(self) -> Quarantine:
        return self._on.quarantine

    @property
    def views(self) -> PageViews:
        return self._on.page_views

    @property
    def reviews(self) -> Reviews:
        return self._on.reviews

    @property
    def certify(self) -> Certify:
        return self._on.certify

    @property
    def call_records(self) -> CallRecords:
        return self._on.call_records

    @property
    def calls(self) -> CallViews:
        return self._on.call_views

    @property
    def reanalyses(self) -> ReanalyseCalls:
        return self._on.reanalyses

    @property
    def links(self) -> LinkCalls:
        return self._on.links

    @property
    def transcript_access(self) -> TranscriptAccess:
        return self._on.transcript_access

    @property
    def samples(self) -> TranscriptSamples:
        return self._on.transcript_samples

    @property
    def notifications(self) -> Notifications:
        return self._on.notifications

    @property
    def erasing(self) -> ErasePerson:
        return self._on.erasing

    @cached_property
    def activity(self) -> Activity:
        from shared.operations.usecases.activity import Activity

        return Activity(self.documents, self.people, self._on.first_sight)

    @cached_property
    def compare(self) -> CompareReadiness:
        from shared.ratings.usecases.compare_readiness import CompareReadiness

        return CompareReadiness(self.documents, self._on.configuration, self.clock)

    @cached_property
    def take_in(self) -> Mapping[str, TakeIn]:
        """For quarantined input, by its source, what takes it in again."""
        from shared.operations.usecases.taking_in import take_in

        return take_in(lambda: self._on.events, lambda: self.quarantine, lambda: self.reanalyses)

    @property
    def backlog(self) -> Callable[[], Mapping[str, tuple[int, datetime]]] | None:
        """What waits to be delivered, by subscription or queue: (how many, since when the oldest); None where the
        platform does not tell (in the cloud its monitoring does)."""
        return getattr(self._on.adapters.bus, "backlog", None)

    def connections(self) -> Connections:
        """How the platform is connected to its vendors."""
        from infra.integration_settings import DECLARED

        connected = self._on.adapters.connected
        return Connections(DECLARED, connected.in_force(), self._on.adapters.api_url, connected.webhook_url)

    def competency_names(self) -> dict[str, str]:
        """What people call each competency, of all frameworks."""
        return {one.competency: one.name for framework in self.skills.frameworks() for one in framework.competencies}

    def names_of_voices(self, opened: Opened) -> dict[str, str]:
        """The names of our people in an opened call, by the recording's speaker."""
        from shared.people.usecases.people import names_of

        voices = opened.voices
        names = names_of(self.documents, set(voices.values()))
        return {speaker: names[employee_id] for speaker, employee_id in voices.items()}
