"""Cold starts: no adapter imports an SDK before it is used, and each brings only its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MODULES = sorted(path.stem for path in (ROOT / "infra" / "gcp").glob("*.py") if path.stem != "__init__")
HEAVY = ("google", "grpc", "httpx", "requests", "urllib3", "proto")


def imported_by(statements: str) -> set[str]:
    """Names of the modules that statements load in a fresh interpreter (its own site packages' aside)."""
    program = "\n".join(
        [
            "import json, sys",
            "before = set(sys.modules)",
            statements,
            "print(json.dumps(sorted(set(sys.modules) - before)))",
        ]
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("module", MODULES)
def test_importing_an_adapter_imports_no_sdk(module: str) -> None:
    heavy = {name for name in imported_by(f"import infra.gcp.{module}") if name.split(".")[0] in HEAVY}
    assert heavy == set()


def test_constructing_adapters_imports_no_sdk() -> None:
    heavy = imported_by(
        "from infra.gcp.firestore import FirestoreDocuments\n"
        "from infra.gcp.pubsub import PubSubBus\n"
        "from infra.gcp.cloud_tasks import CloudTasksQueue\n"
        "from infra.gcp.storage import CloudStorageFiles\n"
        "from infra.gcp.identity import MetadataTokens\n"
        "FirestoreDocuments('p'); PubSubBus('p'); CloudStorageFiles('p', 'b'); MetadataTokens()\n"
        "CloudTasksQueue('p', 'l', {})"
    )
    assert {name for name in heavy if name.split(".")[0] in HEAVY} == set()


def test_the_first_document_imports_firestore_alone() -> None:
    loaded = imported_by(
        "from infra.gcp.firestore import FirestoreDocuments\nFirestoreDocuments('p', emulator='127.0.0.1:1')._store"
    )
    assert "google.cloud.firestore_v1" in loaded
    assert not loaded & {"google.pubsub_v1", "google.cloud.tasks_v2", "google.cloud.storage", "google.cloud.bigquery"}


def test_the_first_message_imports_pubsub_without_its_batching_client() -> None:
    loaded = imported_by("from infra.gcp.pubsub import PubSubBus\nPubSubBus('p', emulator='127.0.0.1:1')._publisher")
    assert "google.pubsub_v1" in loaded
    assert not loaded & {"google.cloud.pubsub_v1", "google.cloud.firestore_v1", "google.cloud.tasks_v2"}
