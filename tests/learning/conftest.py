"""The API on real parts, for what learners and those beside them ask."""

from tests.api.conftest import api, loaded, seen

__all__ = ["api", "loaded", "seen"]
