"""Knows who is calling: from the Authorization header to the caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from infra.wiring.environment import Environment
from infra.wiring.people import people
from infra.wiring.ports.tokens import tokens
from shared.kernel.access import Caller
from shared.platform.edges.incoming import bearer


def authentication(on: Environment, function: str) -> Callable[[Mapping[str, str]], Caller]:
    """Returns what finds the caller of a function. That raises Unauthenticated, Forbidden, Retryable."""

    def authenticate(headers: Mapping[str, str]) -> Caller:
        identity = tokens(on).verify(bearer(headers), audiences=on.audiences(function))
        return people(on).callers.of(identity)

    return authenticate
