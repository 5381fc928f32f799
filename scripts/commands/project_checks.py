"""Finds what would stop a deployment half-way: an organisation's policies, and what the project may run at once.

Terraform cannot look: the provider reads what is set on a project, not what holds there by inheritance.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from infra.declarations.pipeline import Pipeline

Ask = Callable[..., str | None]
"""Returns what gcloud prints for some arguments; None when it fails."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A policy that allows only what it lists.

    needed:  what a deployment makes; one of them in each group of spellings must be allowed
    because: what is refused without it, and what to do
    """

    constraint: str
    needed: tuple[tuple[str, ...], ...]
    because: str


OVERRIDE: Final = "name it in overridden_policies, or have it allowed for this project"
FORBIDDEN: Final = {
    "iam.disableServiceAccountCreation": "every function has an account of its own",
    "iam.managed.disableServiceAccountCreation": "every function has an account of its own",
    "compute.disableGlobalLoadBalancing": "the platform's two hosts stand on a global load balancer",
    "compute.disableGlobalCloudArmorPolicy": "what one address may ask is bounded by such a policy",
}
"""Policies that must not be enforced, with what they would refuse."""
MEMBERS: Final = "iam.allowedPolicyMemberDomains"
"""Says who may get a role at all: a public function's callers, `allUsers`, are in no domain."""
MANAGED_MEMBERS: Final = "iam.managed.allowedPolicyMembers"
"""Says the same where an organisation has the newer form of it, with parameters that the older interface leaves out."""


ENCRYPTED: Final = (
    "artifactregistry",
    "bigquery",
    "cloudfunctions",
    "firestore",
    "pubsub",
    "run",
    "secretmanager",
    "storage",
)
"""Services whose resources an organisation may want encrypted with keys of its own; the platform manages none."""


def continent_of(region: str) -> str:
    """Returns how lists of locations and buckets that span a continent call a region's."""
    return {"europe": "eu", "us": "us", "asia": "asia"}.get(region.split("-")[0], region.split("-")[0])


def limits(region: str) -> tuple[Limit, ...]:
    """Returns the policies with lists, for a deployment into a region."""
    continent = continent_of(region)
    unkeyed = tuple((f"{name}.googleapis.com", f"is:{name}.googleapis.com") for name in ENCRYPTED)
    here = (region, f"in:{region}-locations", f"in:{region.split('-')[0]}-locations", f"in:{continent}-locations")
    ingress = (("all",), ("internal",), ("internal-and-cloud-load-balancing",))
    settings = (("ALLOW_ALL",), ("ALLOW_INTERNAL_ONLY",), ("ALLOW_INTERNAL_AND_GCLB",))
    return (
        Limit("gcp.resourceLocations", (here,), f"everything stands in {region}: choose an allowed region"),
        Limit("run.allowedIngress", ingress, f"functions take internal, load-balanced and public calls: {OVERRIDE}"),
        Limit("cloudfunctions.allowedIngressSettings", settings, f"functions have each of the three: {OVERRIDE}"),
        Limit(
            "compute.restrictLoadBalancerCreationForTypes",
            (("GLOBAL_EXTERNAL_MANAGED_HTTP_HTTPS", "in:EXTERNAL", "in:GLOBAL_EXTERNAL"),),
            f"the platform's two hosts stand on one load balancer: {OVERRIDE}",
        ),
        Limit("cloudscheduler.allowedTargetTypes", (("HTTP",),), f"schedules call functions by HTTP: {OVERRIDE}"),
        Limit("gcp.restrictNonCmekServices", unkeyed, f"everything is encrypted with Google's keys: {OVERRIDE}"),
    )


class ProjectChecks:
    """Asks a project. ask: gcloud; settings: the environment's tfvars as text; unread: policies that it may not read"""

    def __init__(self, project: str, region: str, settings: str, ask: Ask) -> None:
        self.unread: list[str] = []
        self._project, self._region, self._settings, self._ask = project, region, settings, ask

    def refusals(self) -> Iterator[str]:
        """Yields what an organisation's policies would refuse, each in a sentence."""
        for constraint, because in FORBIDDEN.items():
            if self._enforced(constraint):
                yield f"{constraint} is enforced, and {because}"
        listed = self._listed(MEMBERS)
        if listed is not None and not self._overridden(MEMBERS):
            yield f"{MEMBERS} admits {', '.join(listed) or 'nobody'}, and public functions admit allUsers: {OVERRIDE}"
        managed = self._ask(
            "org-policies", "describe", MANAGED_MEMBERS, f"--project={self._project}", "--effective", "--format=json"
        )  # fmt: skip
        if _enforced_by_rule(json.loads(managed or "{}")) and '"allUsers"' not in (managed or ""):
            yield f"{MANAGED_MEMBERS} is enforced without allUsers, whom public functions admit: have it allowed here"
        for limit in limits(self._region):
            refused = self._refused(limit)
            if refused and not self._overridden(limit.constraint):
                yield f"{limit.constraint} does not allow {', '.join(refused)}, and {limit.because}"
        if self._asks_for_connector() and "vpc_connector" not in self._settings:
            yield "functions must send through a VPC connector here: name one in vpc_connector"
        yield from self._copies_that_do_not_arrive()

    def quota(self, pipeline: Pipeline) -> str | None:
        """Says that the functions may not all run at once, or that nobody knows; None where they may."""
        wanted = sum(function.max_instances * function.cpu for function in pipeline.functions.values())
        told = self._ask(
            "beta", "quotas", "info", "describe", "CpuAllocPerProjectRegion", "--service=run.googleapis.com",
            f"--project={self._project}", "--format=json",
        )  # fmt: skip
        allowed = None if told is None else _quota_in(json.loads(told or "{}"), self._region)
        if allowed is not None and not 0 <= allowed < wanted:  # a quota below nothing is none
            return None
        quota = (
            "cannot be read (interface cloudquotas.googleapis.com, role Cloud Quotas Viewer)"
            if allowed is None
            else f"is {allowed:g}"
        )
        return (
            f"all functions together may start {wanted:g} CPUs, and the quota in {self._region} {quota} "
            "(Cloud Run total CPU): beyond it requests wait; ask for more, or lower max_instances"
        )

    def _copies_that_do_not_arrive(self) -> Iterator[str]:
        """Yields a sentence where Firestore will not copy into the bucket that the settings name."""
        named = re.search(r'^[ \t]*copies_bucket[ \t]*=[ \t]*"([^"\n]+)"', self._settings, re.MULTILINE)
        if named is None:
            return
        told = self._ask("storage", "buckets", "describe", f"gs://{named[1]}", "--format=value(location)")
        spanning = (self._region, continent_of(self._region))
        if told and told.lower() not in spanning:
            yield (
                f"the bucket {named[1]} lies in {told.lower()}, and Firestore copies only into one that spans "
                f"{self._region}: make one in {spanning[1].upper()} (docs/recovery.md)"
            )

    def _refused(self, limit: Limit) -> list[str]:
        """Returns what a deployment makes and a policy does not allow."""
        policy = self._policy(limit.constraint).get("listPolicy", {})
        denied = set(policy.get("deniedValues", []))
        allowed = set(policy.get("allowedValues", []))
        if policy.get("allValues") == "DENY":
            return [spelled[0] for spelled in limit.needed]
        return [
            spelled[0] for spelled in limit.needed if denied & set(spelled) or (allowed and not allowed & set(spelled))
        ]

    def _asks_for_connector(self) -> bool:
        # Where the list stands at all, traffic outside a network is what it leaves out.
        return self._enforced("cloudfunctions.requireVPCConnector") or self._listed("run.allowedVPCEgress") is not None

    def _overridden(self, constraint: str) -> bool:
        return f'"{constraint}"' in self._settings

    def _enforced(self, constraint: str) -> bool:
        return bool(self._policy(constraint).get("booleanPolicy", {}).get("enforced"))

    def _listed(self, constraint: str) -> list[str] | None:
        """Returns what a policy allows; None where it allows everything."""
        policy = self._policy(constraint).get("listPolicy", {})
        if policy.get("allValues") == "DENY":
            return []
        return policy.get("allowedValues") or None

    def _policy(self, constraint: str) -> Mapping[str, Any]:
        """Returns what holds for the project; nothing where it cannot be read, which is noted."""
        told = self._ask(
            "resource-manager", "org-policies", "describe", constraint, f"--project={self._project}", "--effective",
            "--format=json",
        )  # fmt: skip
        self.unread += [constraint] * (told is None)
        policy: Mapping[str, Any] = json.loads(told) if told else {}
        return policy


def _enforced_by_rule(policy: Mapping[str, Any]) -> bool:
    rules: Sequence[Mapping[str, Any]] = policy.get("spec", {}).get("rules", [])
    return any(rule.get("enforce") for rule in rules)


def _quota_in(told: Mapping[str, Any], region: str) -> float | None:
    """Returns a region's CPUs from a quota in thousandths."""
    infos: Sequence[Mapping[str, Any]] = told.get("dimensionsInfos", [])
    for info in infos:
        if region in info.get("applicableLocations", []):
            value = info.get("details", {}).get("value")
            return None if value is None else float(value) / 1000
    return None
