"""A deployment as Terraform renders it: what each function is told, whose account it has, who may call it, which way.

Nothing is a literal: the environment, accounts, roles and the load balancer's routes are read from what the modules
would provision. A project's id is the test's own, since the emulators keep projects apart by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.harness.provisioned import Provisioned

MINTS = "roles/iam.serviceAccountOpenIdTokenCreator"
EVERYBODY = "allUsers"


@dataclass(frozen=True)
class DeployedFunction:
    """secrets: variable → name of the secret; invokers: addresses, or EVERYBODY; reachable: from another function"""

    name: str
    account: str
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    invokers: frozenset[str]
    reachable: bool

    @property
    def url(self) -> str:
        return self.environment["AUGMENT_FUNCTION_URL"]


@dataclass(frozen=True)
class Rule:
    """One match of the load balancer's; path or prefix, and a method where it names one."""

    path: str | None
    prefix: str | None
    method: str | None
    function: str

    def matches(self, method: str, path: str) -> bool:
        if self.method is not None and self.method != method:
            return False
        return path == self.path if self.path else path.startswith(self.prefix or "/")


class Deployment:
    """One environment of the platform."""

    def __init__(self, rendered: Provisioned) -> None:
        self._rendered = rendered
        self.functions = {one.name: one for one in self._functions()}
        self.by_url = {one.url: one for one in self.functions.values()}
        self.routes = self._routes()

    @property
    def project(self) -> str:
        return next(iter(self.functions.values())).environment["GOOGLE_CLOUD_PROJECT"]

    @property
    def api_url(self) -> str:
        return next(iter(self.functions.values())).environment["AUGMENT_API_URL"]

    @property
    def portal_url(self) -> str:
        return next(iter(self.functions.values())).environment["AUGMENT_PORTAL_URL"]

    def owner(self, host: str, method: str, path: str) -> str | None:
        """The function that the load balancer asks."""
        return next((rule.function for rule in self.routes[host] if rule.matches(method, path)), None)

    def may_mint(self, account: str, wanted: str) -> bool:
        """Whether an account may have tokens of another one made."""
        target = next((one for one in self._rendered.of("google_service_account") if one["email"] == wanted), None)
        return target is not None and any(
            grant["role"] == MINTS
            and grant["member"] == f"serviceAccount:{account}"
            and grant["service_account_id"] in (target["name"], target["id"])
            for grant in self._rendered.of("google_service_account_iam_member")
        )

    def pusher(self, subscription: str) -> tuple[str, str]:
        """The account and the audience of a push subscription's tokens."""
        (one,) = [s for s in self._rendered.of("google_pubsub_subscription") if s["name"] == subscription]
        token = one["push_config"][0]["oidc_token"][0]
        return token["service_account_email"], token["audience"]

    def clock(self, schedule: str) -> tuple[str, str, str]:
        """The account, the audience and the address of a schedule."""
        (one,) = [job for job in self._rendered.of("google_cloud_scheduler_job") if job["name"] == schedule]
        target = one["http_target"][0]
        token = target["oidc_token"][0]
        return token["service_account_email"], token["audience"], target["uri"].rstrip("/")

    def buckets(self) -> set[str]:
        return {bucket["name"] for bucket in self._rendered.of("google_storage_bucket")}

    def _functions(self) -> Iterator[DeployedFunction]:
        grants = self._rendered.of("google_cloud_run_v2_service_iam_member")
        for found in self._rendered.of("google_cloudfunctions2_function"):
            config = found["service_config"][0]
            yield DeployedFunction(
                found["build_config"][0]["entry_point"],
                config["service_account_email"],
                config["environment_variables"],
                {secret["key"]: secret["secret"] for secret in config["secret_environment_variables"]},
                frozenset(
                    grant["member"].removeprefix("serviceAccount:")
                    for grant in grants
                    if grant["name"] == found["name"] and grant["role"] == "roles/run.invoker"
                ),
                config["ingress_settings"] == "ALLOW_ALL",
            )

    def _routes(self) -> dict[str, list[Rule]]:
        services = {
            found["name"]: found["build_config"][0]["entry_point"]
            for found in self._rendered.of("google_cloudfunctions2_function")
        }
        groups = {
            group["id"]: services[group["cloud_run"][0]["service"]]
            for group in self._rendered.of("google_compute_region_network_endpoint_group")
        }
        backends = {
            backend["id"]: groups[backend["backend"][0]["group"]]
            for backend in self._rendered.of("google_compute_backend_service")
        }
        (url_map,) = [one for one in self._rendered.of("google_compute_url_map") if one["host_rule"]]
        matchers = {matcher["name"]: matcher for matcher in url_map["path_matcher"]}
        return {
            host: list(_rules(matchers[rule["path_matcher"]], backends))
            for rule in url_map["host_rule"]
            for host in rule["hosts"]
        }


def _rules(matcher: dict[str, Any], backends: Mapping[str, str]) -> Iterator[Rule]:
    for route in sorted(matcher["route_rules"], key=lambda one: int(one["priority"])):
        for match in route["match_rules"]:
            methods = [header["exact_match"] for header in match["header_matches"]]
            yield Rule(
                match["full_path_match"],
                match["prefix_match"],
                methods[0] if methods else None,
                backends[route["service"]],
            )
    yield Rule(None, "/", None, backends[matcher["default_service"]])
