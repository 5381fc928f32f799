"""What the portal needs of the platform, and how it is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from infra.integration_settings import Declared
from shared.ports.ambient import Clock, Ids, Log
from shared.ports.documents import Documents
from shared.ports.identity import Identity, Tokens
from shared.ports.messages import DeadLetters
from shared.usecases.activity import Activity
from shared.usecases.audit import Audit
from shared.usecases.call_deals import LinkCalls
from shared.usecases.call_records import CallRecords
from shared.usecases.call_views import CallViews
from shared.usecases.certify import Certify
from shared.usecases.compare_readiness import CompareReadiness
from shared.usecases.erase_person import ErasePerson
from shared.usecases.health import Health
from shared.usecases.held_scores import HeldScores
from shared.usecases.notifications import Notifications
from shared.usecases.people import People, names_of
from shared.usecases.profiles import Profiles
from shared.usecases.quarantine import Quarantine, TakeIn
from shared.usecases.reanalyse_calls import ReanalyseCalls
from shared.usecases.reviews import Reviews
from shared.usecases.skills import Skills
from shared.usecases.team_readiness import Readiness
from shared.usecases.transcript_access import Opened, TranscriptAccess
from shared.usecases.transcript_samples import TranscriptSamples
from shared.usecases.views import PageViews


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


@dataclass(frozen=True)
class Services:
    """The use cases behind the pages.

    reanalyses: what asks for calls to be analysed again; made when it is needed
    connections: how the platform is connected to its vendors
    take_in: for quarantined input, by its source, what takes it in again
    backlog: what waits to be delivered, by subscription or queue: (how many, since when the oldest); None where the
             platform does not tell (in the cloud its monitoring does)
    """

    documents: Documents
    people: People
    profiles: Profiles
    activity: Activity
    readiness: Readiness
    compare: CompareReadiness
    skills: Skills
    audit: Audit
    held: HeldScores
    health: Health
    quarantine: Quarantine
    dead_letters: DeadLetters
    views: PageViews
    reviews: Reviews
    certify: Certify
    call_records: CallRecords
    calls: CallViews
    reanalyses: Callable[[], ReanalyseCalls]
    links: LinkCalls
    transcript_access: TranscriptAccess
    samples: TranscriptSamples
    notifications: Notifications
    erasing: ErasePerson
    connections: Callable[[], Connections]
    clock: Clock
    ids: Ids
    log: Log
    take_in: Mapping[str, TakeIn] = field(default_factory=dict)
    backlog: Callable[[], Mapping[str, tuple[int, datetime]]] | None = None

    def competency_names(self) -> dict[str, str]:
        """What people call each competency, of all frameworks."""
        return {one.competency: one.name for framework in self.skills.frameworks() for one in framework.competencies}

    def names_of_voices(self, opened: Opened) -> dict[str, str]:
        """The names of our people in an opened call, by the recording's speaker."""
        voices = opened.voices
        names = names_of(self.documents, set(voices.values()))
        return {speaker: names[employee_id] for speaker, employee_id in voices.items()}
