"""The API's platform, and the typed client in reach."""

from __future__ import annotations

from tests.api.conftest import api, loaded
from tests.harness.generated_client import importable

__all__ = ["api", "loaded"]
importable()
