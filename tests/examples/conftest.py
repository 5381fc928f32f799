"""The example imports the typed client."""

from __future__ import annotations

from tests.harness.generated_client import importable

importable()
