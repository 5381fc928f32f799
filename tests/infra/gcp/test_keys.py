"""An issuer's keys are fetched rarely, kept while allowed, and serve an hour longer when the issuer is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from infra.gcp.keys import PublishedKeys
from shared.kernel.errors import Retryable
from tests.harness.web import Asked, Told, serving


@dataclass(slots=True)
class Issuer:
    """keys: ids published now; away: answers 500; now: seconds of the monotonic clock."""

    keys: list[str] = field(default_factory=lambda: ["k1"])
    away: bool = False
    now: float = 1000.0
    asked: int = 0
    headers: dict[str, str] = field(default_factory=lambda: {"Cache-Control": "public, max-age=600", "Age": "100"})

    def answer(self, asked: Asked) -> Told:
        self.asked += 1
        if self.away:
            return Told(status=500)
        return Told({"keys": [{"kid": key, "kty": "RSA"} for key in self.keys]}, headers=self.headers)


@contextmanager
def keys_of(issuer: Issuer) -> Iterator[PublishedKeys]:
    with serving(issuer.answer) as url:
        yield PublishedKeys(f"{url}/certs", seconds=lambda: issuer.now)


def test_keys_are_fetched_once_until_their_age_is_over() -> None:
    issuer = Issuer()
    with keys_of(issuer) as keys:
        assert keys.key("k1") == {"kid": "k1", "kty": "RSA"}
        issuer.now += 499
        assert keys.key("k1") is not None
        assert issuer.asked == 1
        issuer.now += 1
        assert keys.key("k1") is not None
        assert issuer.asked == 2


def test_a_key_published_since_is_found_and_invented_ones_cost_one_request_a_minute() -> None:
    issuer = Issuer()
    with keys_of(issuer) as keys:
        assert keys.key("k2") is None
        for number in range(20):
            assert keys.key(f"invented{number}", refresh=True) is None
        assert issuer.asked == 1
        issuer.keys = ["k1", "k2"]
        issuer.now += 60
        assert keys.key("k2", refresh=True) is not None
        assert issuer.asked == 2


def test_old_keys_serve_for_an_hour_while_the_issuer_is_away() -> None:
    issuer = Issuer()
    with keys_of(issuer) as keys:
        keys.key("k1")
        issuer.away = True
        issuer.now += 600
        assert keys.key("k1") is not None
        assert keys.key("k1") is not None
        assert issuer.asked == 2, "an issuer that is away is not asked with every token"
        issuer.now += 3600
        with pytest.raises(Retryable):
            keys.key("k1")


def test_without_any_keys_it_is_an_outage_and_not_an_unknown_key() -> None:
    issuer = Issuer(away=True)
    with keys_of(issuer) as keys:
        with pytest.raises(Retryable, match="HTTPError"):
            keys.key("k1")
        with pytest.raises(Retryable, match="a moment ago"):
            keys.key("k1")
        assert issuer.asked == 1
        issuer.away = False
        issuer.now += 10
        assert keys.key("k1") is not None


def test_a_document_without_keys_is_an_outage() -> None:
    with keys_of(Issuer(keys=[])) as keys, pytest.raises(Retryable, match="ValueError"):
        keys.key("k1")
