"""Gives the tests of commands the platform's real API."""

from tests.api.conftest import api, loaded

__all__ = ["api", "loaded"]
