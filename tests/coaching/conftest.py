"""Lends the coach's tests the deployed functions."""

from tests.functions.conftest import deployed

__all__ = ["deployed"]
