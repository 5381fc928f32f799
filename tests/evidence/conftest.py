"""The API on real parts."""

from tests.api.conftest import api, loaded, seen

__all__ = ["api", "loaded", "seen"]
