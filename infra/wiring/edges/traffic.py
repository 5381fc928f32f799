"""Watches over what comes in: how fast one caller asks, and what is sent again under one key."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock

from infra.wiring.environment import Environment
from infra.wiring.people import people
from infra.wiring.platform import platform
from shared.kernel.access import Caller
from shared.kernel.errors import TooManyRequests
from shared.platform.domain.rate_limit import Bucket, RateLimit
from shared.platform.edges.http import Traffic

MOST_CALLERS = 10_000
"""Who asked longest ago is forgotten beyond that, and begins with a full bucket."""


class Rates:
    """Counts the requests of each caller to this instance."""

    def __init__(self, integrations: RateLimit, people: RateLimit, now: Callable[[], float] = time.monotonic) -> None:
        self._integrations = integrations
        self._people = people
        self._now = now
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = Lock()

    def admit(self, caller: Caller) -> Mapping[str, str]:
        """Counts a request and returns what its answer says of the limit. Raises TooManyRequests."""
        limit = self._integrations if caller.is_service else self._people
        with self._lock:
            now = self._now()
            bucket = limit.refilled(self._buckets.pop(caller.email, limit.full(now)), now)
            wait = limit.wait(bucket)
            bucket = bucket if wait else bucket.taken()
            self._buckets[caller.email] = bucket
            while len(self._buckets) > MOST_CALLERS:
                self._buckets.popitem(last=False)
        headers = limit.headers(bucket)
        if wait:
            said = f"{limit.requests} requests in {limit.seconds} s are taken from {limit.name}"
            raise TooManyRequests(f"{said}; send the same request again in {wait} s", after=wait, headers=headers)
        return headers


def traffic(on: Environment) -> Traffic:
    """Returns what watches over the requests to a function."""

    def admit(caller: Caller) -> Mapping[str, str]:
        return on.once(_rates).admit(caller) if on.limits_callers else {}

    return Traffic(admit, lambda: platform(on).answer_once, lambda said: people(on).aliases.now_called(said))


def _rates(on: Environment) -> Rates:
    from infra.declarations.rate_limits import declared_rate_limits

    declared = {name: RateLimit(name, **limit) for name, limit in declared_rate_limits().items()}
    return Rates(declared["integrations"], declared["people"])
