"""The API on real parts, with `deals` and `jit_trigger`."""

from tests.api.conftest import api, loaded, seen

__all__ = ["api", "loaded", "seen"]
