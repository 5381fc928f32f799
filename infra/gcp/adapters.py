"""Google Cloud's adapters, as the wiring wants them, from the settings that Terraform gives to every function.

    GOOGLE_CLOUD_PROJECT, AUGMENT_PROJECT_NUMBER, AUGMENT_REGION
    AUGMENT_FUNCTION, AUGMENT_FUNCTION_URL      which function this is, and its address
    AUGMENT_API_URL, AUGMENT_PORTAL_URL         the hosts
    AUGMENT_INVOKER                             the account of Pub/Sub's, Cloud Tasks' and Scheduler's calls
    AUGMENT_DATABASE, AUGMENT_INTEGRATIONS_DATABASE, AUGMENT_QUARANTINE_BUCKET, AUGMENT_TRANSCRIPTS_BUCKET
    AUGMENT_ALLOWED_CALLERS                     integrations, separated by commas: an e-mail address, which may write
                                                events and read profiles, or `address:scope|scope`
    AUGMENT_ADMINISTRATORS                      people who are administrators until a record says otherwise: e-mail
                                                addresses, separated by commas (only what people sign in to has it)
    SECRET_…                                    the function's own secrets
    and those of the integrations               see infra.integrations

Each adapter is made when it is first asked for, and imports its SDK when it is first used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, get_args

from infra.gcp.ambient import RandomIds, SystemClock
from infra.gcp.log import CloudLog
from infra.gcp.secrets import MountedSecrets
from infra.identity import SKEW_SECONDS, CachedTokenSource, VerifiedTokens
from infra.pipeline import Pipeline, load_pipeline
from shared.kernel.access import Scope
from shared.kernel.errors import AugmentError, Unauthenticated
from shared.platform.edges.http import bearer
from shared.platform.edges.internal import LostTask, TaskKeeper
from shared.ports.acceptance import CommitThenPublish

if TYPE_CHECKING:
    from infra.gcp.bigquery import BigQueryWarehouse
    from infra.gcp.cloud_tasks import CloudTasksQueue
    from infra.gcp.firestore import FirestoreDocuments
    from infra.gcp.identity import MetadataTokens
    from infra.gcp.pubsub import GoogleDeadLetters, PubSubBus
    from infra.gcp.storage import CloudStorageFiles
    from infra.ingest_client import HttpObservations
    from infra.integrations import Integrations
    from shared.ports.ambient import Directory, Probe

ISSUERS: Final = ("https://accounts.google.com", "accounts.google.com")
INTEGRATION_SCOPES: Final[frozenset[Scope]] = frozenset({"events.write", "profiles.read"})

_SIGNATURE_REMOVED: Final = "SIGNATURE_REMOVED_BY_GOOGLE"


class GoogleAdapters:
    """Adapters of one function.

    settings: the process's environment. A missing setting is a KeyError that names it, when it is first needed.
    """

    name = "google"

    def __init__(self, settings: Mapping[str, str], pipeline: Pipeline | None = None) -> None:
        self._settings = settings
        self._pipeline = pipeline or load_pipeline()
        self._project = settings["GOOGLE_CLOUD_PROJECT"]
        self._function = settings["AUGMENT_FUNCTION"]
        self.clock = SystemClock()
        self.ids = RandomIds()
        self.log = CloudLog(self._project, self._function, self.clock)
        self.secrets = MountedSecrets(self._pipeline.functions[self._function].secrets, settings)
        self.services = services(settings.get("AUGMENT_ALLOWED_CALLERS", ""))
        self.administrators = addresses(settings.get("AUGMENT_ADMINISTRATORS", ""))

    @cached_property
    def documents(self) -> FirestoreDocuments:
        from infra.gcp.firestore import FirestoreDocuments

        return FirestoreDocuments(self._project, self._settings["AUGMENT_DATABASE"])

    @cached_property
    def integrations(self) -> FirestoreDocuments:
        from infra.gcp.firestore import FirestoreDocuments

        return FirestoreDocuments(self._project, self._settings["AUGMENT_INTEGRATIONS_DATABASE"])

    @cached_property
    def transcripts(self) -> CloudStorageFiles:
        from infra.gcp.storage import CloudStorageFiles

        return CloudStorageFiles(self._project, self._settings["AUGMENT_TRANSCRIPTS_BUCKET"])

    @cached_property
    def observations(self) -> HttpObservations:
        from infra.ingest_client import HttpObservations

        address = self._url("ingest")
        return HttpObservations(lambda: address, self._own, address)

    @cached_property
    def connected(self) -> Integrations:
        from infra.integrations import Integrations

        declared = frozenset(self._pipeline.functions[self._function].secrets)
        return Integrations(self._settings, self.secrets, declared, lambda: self.integrations, self.clock)

    @cached_property
    def bus(self) -> PubSubBus:
        from infra.gcp.pubsub import PubSubBus

        return PubSubBus(self._project)

    @cached_property
    def acceptance(self) -> CommitThenPublish:
        return CommitThenPublish(self.documents, self.bus)

    @cached_property
    def tasks(self) -> CloudTasksQueue:
        from infra.gcp.cloud_tasks import CloudTasksQueue, TaskTarget

        targets = {
            name: TaskTarget(self._url(name), self._url(name), function.timeout_seconds)
            for name, function in self._pipeline.functions.items()
            if function.trigger == "task"
        }
        return CloudTasksQueue(
            self._project, self._settings["AUGMENT_REGION"], targets, service_account=self._settings["AUGMENT_INVOKER"]
        )

    @cached_property
    def dead_letters(self) -> GoogleDeadLetters:
        from infra.gcp.identity import InvokerTokens
        from infra.gcp.pubsub import GoogleDeadLetters, PushSubscription

        invoker = InvokerTokens(self._settings["AUGMENT_INVOKER"], self._own.access_token, self.clock)
        subscriptions = [
            PushSubscription(
                subscription.name,
                f"{subscription.name}--dead-letters",
                self._url(subscription.function) if subscription.function else None,
                self._url(subscription.function) if subscription.function else "",
            )
            for subscription in self._pipeline.subscriptions
        ]
        return GoogleDeadLetters(
            self._project,
            self.documents,
            subscriptions,
            tokens=CachedTokenSource(invoker.mint, self.clock),
            # Only a function that may enqueue has the adapter, and only a replay of a task needs it.
            tasks=lambda: self.tasks,
            clock=self.clock,
        )

    @cached_property
    def files(self) -> CloudStorageFiles:
        from infra.gcp.storage import CloudStorageFiles

        return CloudStorageFiles(self._project, self._settings["AUGMENT_QUARANTINE_BUCKET"])

    @cached_property
    def tokens(self) -> VerifiedTokens:
        from infra.gcp.keys import GOOGLE_KEYS, PublishedKeys

        keys = PublishedKeys(GOOGLE_KEYS)
        return VerifiedTokens(dict.fromkeys(ISSUERS, keys), self.clock)

    @cached_property
    def warehouse(self) -> BigQueryWarehouse:
        from infra.gcp.bigquery import BigQueryWarehouse

        return BigQueryWarehouse(self._project, self.clock, location=self._settings["AUGMENT_REGION"])

    @cached_property
    def directory(self) -> Directory | None:
        """Configured when this function has the secret that names an administrator."""
        secret = "directory-delegate"
        if secret not in self._pipeline.functions[self._function].secrets:
            return None
        administrator = self.secrets.get(secret)
        if "@" not in administrator:
            return None  # a secret must hold something: "none" where there is no directory
        from infra.gcp.directory import WorkspaceDirectory

        return WorkspaceDirectory(self._own.account(), administrator, self._own.access_token, self.clock)

    @property
    def probes(self) -> Mapping[str, Probe | None]:
        return {"Google Workspace directory": None, "Salesforce": None, **self.connected.probes()}

    @property
    def api_url(self) -> str:
        return self._settings["AUGMENT_API_URL"]

    def audiences(self, function: str) -> Sequence[str]:
        hosts = sorted({route.host for route in self._pipeline.routes if route.function == function})
        return (
            self._url(function),
            *(self._settings[f"AUGMENT_{host.upper()}_URL"] for host in hosts),
            *self._pipeline.functions[function].audiences,
        )

    def check_invoker(self, headers: Mapping[str, str], function: str) -> None:
        token = bearer(headers)
        if token.endswith(f".{_SIGNATURE_REMOVED}"):
            # Cloud Run has verified the token of a function that is not public, and takes the signature away.
            claims = _claims(token)
            if claims.get("iss") not in ISSUERS:
                raise Unauthenticated("the token's issuer is not Google", field="Authorization")
            if claims.get("aud") != self._url(function) or claims.get("email_verified") is not True:
                raise Unauthenticated("the token is for another function", field="Authorization")
            if not float(claims.get("exp") or 0) > self.clock.now().timestamp() - SKEW_SECONDS:
                raise Unauthenticated("the token has expired", field="Authorization")
            email = str(claims.get("email")).lower()
        else:
            email = self.tokens.verify(token, audiences=(self._url(function),)).email
        if email != self._settings["AUGMENT_INVOKER"].lower():
            raise Unauthenticated("only the platform's own deliveries may call this function", field="Authorization")

    def note_failure(self, subscription: str, data: bytes, reason: str) -> None:
        from infra.gcp.pubsub import FailureNotes

        try:
            FailureNotes(self.documents, self.clock).note(subscription, data, reason)
        except AugmentError as error:
            # The delivery fails anyway; without the note its dead letter says less.
            self.log.event("delivery.unnoted", "WARNING", cause=type(error).__name__)

    def task_keeper(self, function: str) -> TaskKeeper | None:
        name = self._pipeline.functions[function].queue
        if name is None:
            return None

        def keep(task: LostTask) -> None:
            self.dead_letters.keep_task(
                task.queue,
                function,
                task.payload,
                task_id=task.task_id,
                attempts=task.attempts,
                reason=task.reason,
                enqueued_at=task.due_at,
            )

        return TaskKeeper(self._pipeline.queues[name].retry.max_attempts, keep)

    @cached_property
    def _own(self) -> MetadataTokens:
        from infra.gcp.identity import MetadataTokens

        return MetadataTokens()

    def _url(self, function: str) -> str:
        """A function's address, known before it exists: Cloud Run's deterministic one."""
        service = function.replace("_", "-")
        return (
            f"https://{service}-{self._settings['AUGMENT_PROJECT_NUMBER']}.{self._settings['AUGMENT_REGION']}.run.app"
        )


def services(allowed: str) -> dict[str, frozenset[Scope]]:
    """The allow-list: e-mail → scopes. Raises ValueError for a scope that does not exist."""
    found: dict[str, frozenset[Scope]] = {}
    known = {str(scope): scope for scope in get_args(Scope)}
    for entry in allowed.split(","):
        email, _, listed = entry.strip().partition(":")
        if not email:
            continue
        scopes = [scope for scope in listed.split("|") if scope]
        unknown = sorted(set(scopes) - known.keys())
        if unknown:
            raise ValueError(f"AUGMENT_ALLOWED_CALLERS: {', '.join(unknown)} is not one of {', '.join(known)}")
        found[email.lower()] = frozenset(known[scope] for scope in scopes) or INTEGRATION_SCOPES
    return found


def addresses(listed: str) -> frozenset[str]:
    """E-mail addresses in lower case from a list with commas. Raises ValueError for what is none."""
    found = [entry.strip().lower() for entry in listed.split(",") if entry.strip()]
    for entry in found:
        local, at, domain = entry.partition("@")
        if not (local and at and "." in domain) or "/" in entry or "@" in domain:
            raise ValueError(f"AUGMENT_ADMINISTRATORS: {entry!r} is no e-mail address")
    return frozenset(found)


def _claims(token: str) -> Mapping[str, Any]:
    import jwt

    try:
        claims: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise Unauthenticated("the token cannot be read", field="Authorization") from error
    return claims
