"""Says how fast a caller may ask: a bucket that fills steadily, and holds no more than one window's requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in so many seconds. name: of the policy, as its header says it"""

    name: str
    requests: int
    seconds: int

    def full(self, at: float) -> Bucket:
        """Returns the bucket of a caller who has not asked yet."""
        return Bucket(float(self.requests), at)

    def refilled(self, bucket: Bucket, at: float) -> Bucket:
        """Returns a bucket with what has come in since. A clock that goes back adds nothing."""
        gained = max(0.0, at - bucket.at) * self.requests / self.seconds
        return Bucket(min(float(self.requests), bucket.tokens + gained), max(at, bucket.at))

    def wait(self, bucket: Bucket) -> int:
        """Returns after how many whole seconds there is a request to take; 0 where there is one."""
        return max(0, ceil((1 - bucket.tokens) * self.seconds / self.requests))

    def headers(self, bucket: Bucket) -> Mapping[str, str]:
        """Returns what an answer says of the limit (draft-ietf-httpapi-ratelimit-headers): what is left, and in how
        many seconds all of it is there again."""
        left = int(bucket.tokens)
        whole = ceil((self.requests - bucket.tokens) * self.seconds / self.requests)
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.requests};w={self.seconds}',
            "RateLimit": f'"{self.name}";r={left};t={whole}',
        }


@dataclass(frozen=True, slots=True)
class Bucket:
    """Holds what a caller may still take. at: the second since when it fills"""

    tokens: float
    at: float

    def taken(self) -> Bucket:
        """Returns the bucket with one request less."""
        return Bucket(self.tokens - 1, self.at)
