"""Rate limits: a bucket per caller, told in the headers of every answer, and 429 beyond it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.skills_api.openapi import DESCRIPTION
from infra.declarations.rate_limits import declared_rate_limits
from infra.wiring.edges.traffic import Rates
from shared.kernel.access import Caller
from shared.kernel.errors import TooManyRequests
from shared.platform.domain.rate_limit import RateLimit

PEOPLE = RateLimit("people", 3, 60)
INTEGRATIONS = RateLimit("integrations", 6, 60)


class Watch:
    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def test_a_caller_is_refused_beyond_the_limit_until_the_bucket_fills() -> None:
    watch = Watch()
    rates = Rates(INTEGRATIONS, PEOPLE, watch)
    joe, sarah = Caller(email="joe@x.example", role="employee"), Caller(email="sarah@x.example", role="employee")
    assert [rates.admit(joe)["RateLimit"] for _ in range(3)] == [
        f'"people";r={r};t={t}' for r, t in ((2, 20), (1, 40), (0, 60))
    ]
    with pytest.raises(TooManyRequests) as refused:
        rates.admit(joe)
    assert refused.value.after == 20
    assert refused.value.headers == {"RateLimit-Policy": '"people";q=3;w=60', "RateLimit": '"people";r=0;t=60'}
    assert rates.admit(sarah)["RateLimit"] == '"people";r=2;t=20'
    assert rates.admit(Caller(email="a@x.example"))["RateLimit-Policy"] == '"integrations";q=6;w=60'
    watch.at += 19.9
    with pytest.raises(TooManyRequests):
        rates.admit(joe)
    watch.at += 0.2
    assert rates.admit(joe)["RateLimit"] == '"people";r=0;t=60'
    watch.at += 10_000
    assert rates.admit(joe)["RateLimit"] == '"people";r=2;t=20'


def test_threads_take_no_more_together_than_one_alone() -> None:
    rates = Rates(RateLimit("integrations", 500, 60), PEOPLE, lambda: 1_000.0)

    def taken(_: int) -> bool:
        try:
            rates.admit(Caller(email="a@x.example"))
        except TooManyRequests:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(taken, range(2_000))) == 500


@given(st.lists(st.floats(0, 30), min_size=1, max_size=200), st.integers(1, 20), st.integers(1, 90))
def test_in_no_window_more_than_two_buckets_are_taken(gaps: list[float], requests: int, seconds: int) -> None:
    """A full bucket, and what flows in: never more, whenever the caller asks."""
    watch, taken, waits = Watch(), list[float](), list[int]()
    rates = Rates(INTEGRATIONS, RateLimit("people", requests, seconds), watch)
    for gap in gaps:
        watch.at += gap
        try:
            rates.admit(Caller(email="joe@x.example", role="employee"))
        except TooManyRequests as refused:
            waits.append(refused.after)
            continue
        taken.append(watch.at)
    assert all(1 <= wait <= seconds for wait in waits)
    for start in taken:
        within = sum(start <= at < start + seconds for at in taken)
        assert within <= 2 * requests


def test_the_description_says_what_is_declared() -> None:
    said = re.search(
        r"integration may send ([\d,]+) requests a minute and a person ([\d,]+)", " ".join(DESCRIPTION.split())
    )
    assert said is not None
    declared = declared_rate_limits()
    assert {name: limit["seconds"] for name, limit in declared.items()} == {"integrations": 60, "people": 60}
    assert [int(number.replace(",", "")) for number in said.groups()] == [
        declared["integrations"]["requests"],
        declared["people"]["requests"],
    ]
