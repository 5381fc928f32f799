"""Puts adapters of a test's own in the place of some of Google's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from infra.declarations.pipeline import Pipeline
from infra.wiring.google_environment import GoogleEnvironment

T = TypeVar("T")


class GivenPorts(GoogleEnvironment):
    """Google's environment, where the ports that are given are what they are given as."""

    def __init__(self, settings: Mapping[str, str], given: Mapping[str, Any], pipeline: Pipeline | None = None) -> None:
        """given: name of the port → its adapter"""
        super().__init__(settings, pipeline)
        self.given = given

    def port(self, name: str, on_google: Callable[[GoogleEnvironment], T]) -> T:
        if name in self.given:
            found: T = self.given[name]
            return found
        return super().port(name, on_google)
