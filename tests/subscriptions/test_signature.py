"""What is signed is what the independent receiver of Standard Webhooks verifies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from shared.subscriptions.domain.signature import new_secret, signed_headers

OLD, NEW = new_secret("a", "b"), new_secret("c", "d")


def now() -> datetime:
    """The receiver looks at its own clock, and takes five minutes' difference."""
    return datetime.now(UTC)


@given(st.text().map(str.encode), st.sampled_from([OLD, NEW]))
def test_a_receiver_that_knows_one_of_two_secrets_takes_it(body: bytes, known: str) -> None:
    headers = signed_headers([NEW, OLD], "msg_1", now(), b'{"a": "%s"}' % body.hex().encode())
    assert Webhook(known).verify(b'{"a": "%s"}' % body.hex().encode(), headers) == {"a": body.hex()}


@pytest.mark.parametrize("what", ["webhook-id", "webhook-timestamp", "body", "secret", "age"])
def test_a_receiver_takes_nothing_that_was_changed(what: str) -> None:
    at = now() - timedelta(minutes=6) if what == "age" else now()
    headers, body = signed_headers([NEW], "msg_1", at, b"{}"), b"{}"
    if what == "webhook-id":
        headers[what] = "msg_2"
    elif what == "webhook-timestamp":
        headers[what] = str(int(headers[what]) - 1)
    elif what == "body":
        body = b"{ }"
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD if what == "secret" else NEW).verify(body, headers)


def test_a_secret_has_the_bytes_that_the_specification_asks_for() -> None:
    assert Webhook(NEW)._whsecret != Webhook(OLD)._whsecret
    assert 24 <= len(Webhook(NEW)._whsecret) <= 64
