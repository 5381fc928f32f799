"""Google's errors, told apart by what the caller should do: what passes by itself is Retryable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shared.kernel.errors import Retryable


@contextmanager
def retryable(service: str) -> Iterator[None]:
    """Raises Retryable for outages, time-outs, exhausted quotas and unreachable credentials; all else passes through.

    Names the service and the kind of error only: Google's messages quote data.
    """
    from google.api_core import exceptions
    from google.auth.exceptions import RefreshError, TransportError

    passing = (
        exceptions.ServerError,  # unavailable, deadline exceeded, internal, unknown
        exceptions.TooManyRequests,  # resource exhausted
        exceptions.Aborted,
        exceptions.Cancelled,
        exceptions.RetryError,
        TransportError,
        RefreshError,  # google-auth marks an unreachable metadata server as final; it is not
    )
    try:
        yield
    except passing as error:
        raise Retryable(f"{service} is not available: {type(error).__name__}") from error
