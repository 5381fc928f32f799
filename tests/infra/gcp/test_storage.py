"""Cloud Storage's own behaviour: content types, and outages of the service."""

from __future__ import annotations

import pytest

from infra.gcp.storage import CloudStorageFiles
from shared.kernel.errors import Retryable
from tests.harness.storage_server import storage_server


def test_the_content_type_is_kept_and_a_passing_outage_is_not_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with storage_server("quarantine") as (url, bucket):
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", url)
        files = CloudStorageFiles("demo", "quarantine")
        bucket.failures = 1
        files.write("a/1", b"{}", content_type="application/json")
        assert bucket.objects == {"a/1": (b"{}", "application/json")}
        bucket.failures = 1
        assert files.read("a/1") == b"{}"


def test_a_server_that_is_not_there_is_retryable(monkeypatch: pytest.MonkeyPatch) -> None:
    from google.cloud.storage import retry

    with storage_server("quarantine") as (url, _):
        pass
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", url)
    monkeypatch.setattr(retry, "DEFAULT_RETRY", retry.DEFAULT_RETRY.with_timeout(0.2))
    with pytest.raises(Retryable, match="Cloud Storage is not available"):
        CloudStorageFiles("demo", "quarantine").write("a/1", b"{}")
