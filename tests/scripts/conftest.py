"""Gives the tests of commands the platform's real API, and a platform under load."""

from tests.api.conftest import api, loaded
from tests.infra.web.conftest import platform

__all__ = ["api", "loaded", "platform"]
