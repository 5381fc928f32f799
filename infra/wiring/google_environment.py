"""Knows one function's surroundings on Google Cloud, from the settings that Terraform gives to every function.

GOOGLE_CLOUD_PROJECT, AUGMENT_PROJECT_NUMBER, AUGMENT_REGION
AUGMENT_FUNCTION, AUGMENT_FUNCTION_URL      which function this is, and its address
AUGMENT_API_URL, AUGMENT_PORTAL_URL         the hosts
AUGMENT_DATABASE, AUGMENT_INTEGRATIONS_DATABASE, AUGMENT_QUARANTINE_BUCKET, AUGMENT_TRANSCRIPTS_BUCKET
AUGMENT_CLIPS_BUCKET
AUGMENT_ALLOWED_CALLERS                     integrations, separated by commas: an e-mail address, which may write
                                            events and read profiles, or `address:scope|scope`
AUGMENT_WAREHOUSE_GIGABYTES                 what one statement of the warehouse may read (only what asks it has it)
AUGMENT_ADMINISTRATORS                      people who are administrators until a record says otherwise: e-mail
                                            addresses, separated by commas (only what people sign in to has it)
AUGMENT_RATE_LIMITS                         `off`: one caller may ask as fast as it can, for measuring
SECRET_…                                    the function's own secrets
and those of the integrations               see infra.vendors.integrations
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar, cast, get_args

from infra.declarations.integration_settings import DERIVED
from infra.declarations.pipeline import Pipeline, load_pipeline
from infra.gcp.ambient import RandomIds, SystemClock
from infra.gcp.log import CloudLog
from infra.gcp.secrets import MountedSecrets
from infra.vendors.integrations import DeclaredSettings, Integrations
from infra.web.identity import GOOGLE_ISSUERS, SERVICE_ACCOUNT_SUFFIX, SKEW_SECONDS
from infra.wiring.environment import Environment
from infra.wiring.ports.tokens import tokens
from shared.kernel.access import Scope
from shared.kernel.errors import Unauthenticated
from shared.kernel.json_values import JsonObject
from shared.platform.edges.incoming import bearer

if TYPE_CHECKING:
    from infra.gcp.identity import MetadataTokens

T = TypeVar("T")

INTEGRATION_SCOPES: Final[frozenset[Scope]] = frozenset({"events.write", "profiles.read"})

_SIGNATURE_REMOVED: Final = "SIGNATURE_REMOVED_BY_GOOGLE"


class GoogleEnvironment(Environment):
    """One function's surroundings.

    settings: the process's environment. A missing setting is a KeyError that names it, when it is first needed.
    """

    name = "google"
    recorded_calls = None

    def __init__(self, settings: Mapping[str, str], pipeline: Pipeline | None = None) -> None:
        super().__init__()
        self.settings = settings
        self.pipeline = pipeline or load_pipeline()
        self.project = settings["GOOGLE_CLOUD_PROJECT"]
        self.function = settings["AUGMENT_FUNCTION"]
        self.clock = SystemClock()
        self.ids = RandomIds()
        self.log = CloudLog(self.project, self.function, self.clock)
        self.secrets = MountedSecrets(self.pipeline.functions[self.function].secrets, settings)
        self.services = services(settings.get("AUGMENT_ALLOWED_CALLERS", ""))
        self.administrators = addresses(settings.get("AUGMENT_ADMINISTRATORS", ""))

    def port(self, name: str, on_google: Callable[[GoogleEnvironment], T]) -> T:
        return self.once(cast("Callable[[Environment], T]", on_google))

    @cached_property
    def limits_callers(self) -> bool:  # type: ignore[override]
        return self.settings.get("AUGMENT_RATE_LIMITS") != "off"

    @cached_property
    def connected(self) -> Integrations:
        declared = self.pipeline.settings_of(self.function) | DERIVED
        settings = DeclaredSettings(self.settings, declared, of=self.function)
        return Integrations(settings, self.secrets, frozenset(self.pipeline.functions[self.function].secrets))

    @property
    def api_url(self) -> str:
        return self.settings["AUGMENT_API_URL"]

    @property
    def portal_url(self) -> str:
        return self.settings["AUGMENT_PORTAL_URL"].rstrip("/")

    @cached_property
    def own(self) -> MetadataTokens:
        """Returns the function's own account."""
        from infra.gcp.identity import MetadataTokens

        return MetadataTokens()

    def url(self, function: str) -> str:
        """Returns a function's address, known before it exists: Cloud Run's deterministic one."""
        service = function.replace("_", "-")
        return f"https://{service}-{self.settings['AUGMENT_PROJECT_NUMBER']}.{self.settings['AUGMENT_REGION']}.run.app"

    def invoker(self, function: str) -> str:
        """Returns the account with which a function is called, and no other one: its address is Terraform's."""
        return f"to-{function.replace('_', '-')}@{self.project}{SERVICE_ACCOUNT_SUFFIX}"

    def audiences(self, function: str) -> Sequence[str]:
        hosts = sorted({route.host for route in self.pipeline.routes if route.function == function})
        return (
            self.url(function),
            *(self.settings[f"AUGMENT_{host.upper()}_URL"] for host in hosts),
            *self.pipeline.functions[function].audiences,
        )

    def check_invoker(self, headers: Mapping[str, str], function: str) -> None:
        token = bearer(headers)
        if token.endswith(f".{_SIGNATURE_REMOVED}"):
            # Cloud Run has verified the token of a function that is not public, and takes the signature away.
            claims = _claims(token)
            if claims.get("iss") not in GOOGLE_ISSUERS:
                raise Unauthenticated("the token's issuer is not Google", field="Authorization")
            if claims.get("aud") != self.url(function) or claims.get("email_verified") is not True:
                raise Unauthenticated("the token is for another function", field="Authorization")
            expires = claims.get("exp")
            if not isinstance(expires, int | float) or not expires > self.clock.now().timestamp() - SKEW_SECONDS:
                raise Unauthenticated("the token has expired", field="Authorization")
            email = str(claims.get("email")).lower()
        else:
            email = self.once(tokens).verify(token, audiences=(self.url(function),)).email
        if email != self.invoker(function):
            raise Unauthenticated("only the platform's own deliveries may call this function", field="Authorization")


def services(allowed: str) -> dict[str, frozenset[Scope]]:
    """Reads the allow-list: e-mail → scopes. Raises ValueError for a scope that does not exist, or a shared account."""
    found: dict[str, frozenset[Scope]] = {}
    known = {str(scope): scope for scope in get_args(Scope)}
    for entry in allowed.split(","):
        email, _, listed = entry.strip().partition(":")
        if not email:
            continue
        if not email.lower().endswith(SERVICE_ACCOUNT_SUFFIX):
            raise ValueError(
                f"AUGMENT_ALLOWED_CALLERS: {email} is no account of one service (…{SERVICE_ACCOUNT_SUFFIX})"
            )
        scopes = [scope for scope in listed.split("|") if scope]
        unknown = sorted(set(scopes) - known.keys())
        if unknown:
            raise ValueError(f"AUGMENT_ALLOWED_CALLERS: {', '.join(unknown)} is not one of {', '.join(known)}")
        found[email.lower()] = frozenset(known[scope] for scope in scopes) or INTEGRATION_SCOPES
    return found


def addresses(listed: str) -> frozenset[str]:
    """Reads e-mail addresses in lower case from a list with commas. Raises ValueError for what is none."""
    found = [entry.strip().lower() for entry in listed.split(",") if entry.strip()]
    for entry in found:
        local, at, domain = entry.partition("@")
        if not (local and at and "." in domain) or "/" in entry or "@" in domain:
            raise ValueError(f"AUGMENT_ADMINISTRATORS: {entry!r} is no e-mail address")
    return frozenset(found)


def _claims(token: str) -> JsonObject:
    import jwt

    try:
        claims: JsonObject = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise Unauthenticated("the token cannot be read", field="Authorization") from error
    return claims
