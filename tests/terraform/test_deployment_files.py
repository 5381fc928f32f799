"""What a deployment stands on beside Terraform's modules, read as it stands: roles, the provider's lock, the words of
docs/deploy.md."""

from __future__ import annotations

import json
import re

import pytest

from infra.declarations.pipeline import load_pipeline
from tests.terraform.conftest import ROOT

DOCUMENT = (ROOT / "docs" / "deploy.md").read_text("utf-8")


@pytest.mark.parametrize("who", ["project", "planner"])
def test_every_kind_of_resource_is_covered_by_a_role_of_whoever_deploys_or_plans(who: str) -> None:
    declared = json.loads((ROOT / "terraform" / "deployer.json").read_text("utf-8"))
    covered = {kind for place in (who, "elsewhere") for kinds in declared[place].values() for kind in kinds}
    written = "".join(path.read_text("utf-8") for path in (ROOT / "terraform" / "modules").rglob("*.tf"))
    assert covered == set(re.findall(r'^(?:resource|data) "(google_\w+)"', written, re.MULTILINE))


def test_whoever_plans_reads_nothing_of_what_is_stored() -> None:
    """A pull request's own workflow runs as the planner: Viewer reads documents, tables and the words of calls."""
    declared = json.loads((ROOT / "terraform" / "deployer.json").read_text("utf-8"))
    role = re.compile(r"roles/(browser|[a-z]+\.(viewer|\w+Viewer|reader|securityReviewer|serviceUsageConsumer))")
    roles = declared["planner"].keys() - {"projects/{project}/roles/planner"}
    assert [one for one in roles if not role.fullmatch(one)] == []
    assert not roles & {
        "roles/viewer",
        "roles/datastore.viewer",
        "roles/bigquery.dataViewer",
        "roles/storage.objectViewer",
    }
    assert not [one for one in declared["planner_permissions"] if not re.search(r"\.(get|getMetadata|list)$", one)]
    assert not [one for one in declared["planner_permissions"] if ".entities." in one]
    assert "roles/viewer" not in DOCUMENT
    assert "role in viewer" not in DOCUMENT


def refused(lock: str) -> str | None:
    """Why a lock of Terraform's provider is none; a stand-in's has a hash of its own, and no checksum of the registry's
    (zh:)."""
    (pinned,) = re.findall(r'^      version = "([\d.]+)"', (ROOT / "terraform" / "main.tf").read_text("utf-8"), re.M)
    if f'version     = "{pinned}"' not in lock:
        return f"it is not of {pinned}"
    return None if len(re.findall(r'"zh:[0-9a-f]{64}"', lock)) >= 3 else "its hashes are not the registry's"


LOCK = """provider "registry.terraform.io/hashicorp/google" {
  version     = "6.50.0"
  constraints = "6.50.0"
  hashes = [
    "h1:one-of-a-stand-in=",
%s  ]
}
"""


def test_the_provider_is_pinned_exactly_and_a_lock_holds_the_registrys_hashes() -> None:
    assert refused(LOCK % "".join(f'    "zh:{digit * 64}",\n' for digit in "0123")) is None
    assert refused(LOCK % "".join(f'    "zh:{digit * 64}",\n' for digit in "01")) == "its hashes are not the registry's"
    assert refused(LOCK % "") == "its hashes are not the registry's"
    assert refused(LOCK.replace('version     = "6.', 'version     = "7.') % "") == "it is not of 6.50.0"
    lock = ROOT / "terraform" / ".terraform.lock.hcl"
    assert not lock.is_file() or refused(lock.read_text("utf-8")) is None


def test_the_document_tells_of_every_secret() -> None:
    (table,) = re.findall(r"^\| secret \|.*\n\|---.*\n((?:\|.*\n)+)", DOCUMENT, re.MULTILINE)
    told = [name for row in table.splitlines() for name in re.findall(r"`([a-z-]+)`", row.split("|")[1])]
    assert sorted(told) == sorted(load_pipeline().secrets)


def test_the_document_tells_of_every_store_what_may_be_lost() -> None:
    text = (ROOT / "docs" / "recovery.md").read_text("utf-8")
    stores = (ROOT / "terraform" / "modules" / "data" / "main.tf").read_text("utf-8")
    buckets = re.findall(r'^  name\s+= "\$\{var\.project\.id\}-(\w+)"', stores, re.MULTILINE)
    assert {"evidence", "transcripts"} <= set(buckets)
    assert len(buckets) == len(re.findall(r'^resource "google_storage_bucket" ', stores, re.MULTILINE))
    (table,) = re.findall(r"^\| what \|.*\n\|---.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    pipeline = load_pipeline()
    kept = [*(f"…-{name}" for name in buckets), pipeline.documents.database, pipeline.integrations.database]
    assert [one for one in kept if f"`{one}`" not in table] == []


def test_whose_tokens_are_minted_lets_itself_be_impersonated() -> None:
    """gcloud makes an access token of the account before its ID token, so the right to the second alone is refused."""
    text = re.sub(r"\\\n\s*", " ", DOCUMENT)
    granted = dict(re.findall(r"service-accounts add-iam-policy-binding (\w+)@.*--role=(roles/iam.\S*Token\S*)", text))
    assert granted == dict.fromkeys(("setup", "smoke"), "roles/iam.serviceAccountTokenCreator")
