"""Gong's signature on a webhook: what holds, and everything that does not."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from infra.vendors.gong_webhook import GongSignatures
from shared.conversations.domain.recorded_call import RecordedCall
from shared.conversations.wire.gong_calls import TestCall, parse_webhook
from shared.kernel.errors import Unauthenticated
from tests.conversations.gong_calls_in_json import NOON, call_id, details
from tests.functions.gong_webhook_sender import WebhookSender
from tests.harness.web import Asked, Told, serving

URL = "https://calls.ours.example/gong/webhook"
BODY = b'{"isTest": true, "callData": {}}'


class SetClock:
    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def gong(key: rsa.RSAPrivateKey, clock: SetClock) -> WebhookSender:
    return WebhookSender(key, clock.now)


@pytest.fixture
def signatures(gong: WebhookSender, clock: SetClock) -> GongSignatures:
    return GongSignatures(gong.public_key, clock)


def test_what_gong_signed_holds(gong: WebhookSender, signatures: GongSignatures) -> None:
    signatures.verify({"authorization": gong.authorization(BODY, URL)}, BODY, URL)


def test_the_key_may_be_pasted_with_its_armour_and_in_lines(
    key: rsa.RSAPrivateKey, gong: WebhookSender, clock: SetClock
) -> None:
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    in_lines = "\r\n ".join(gong.public_key[start : start + 64] for start in range(0, len(gong.public_key), 64))
    for pasted in (pem.decode(), gong.public_key, f"  {in_lines}\n"):
        GongSignatures(pasted, clock).verify({"Authorization": gong.authorization(BODY, URL)}, BODY, URL)


def test_hexadecimal_of_either_case_and_nothing_else(gong: WebhookSender, signatures: GongSignatures) -> None:
    digest = hashlib.sha256(BODY)
    upper = gong.authorization(BODY, URL, body_sha256=digest.hexdigest().upper())
    signatures.verify({"Authorization": upper}, BODY, URL)
    in_base64 = gong.authorization(BODY, URL, body_sha256=base64.b64encode(digest.digest()).decode())
    with pytest.raises(Unauthenticated, match="body_sha256"):
        signatures.verify({"Authorization": in_base64}, BODY, URL)


def test_a_changed_byte_of_the_body(gong: WebhookSender, signatures: GongSignatures) -> None:
    with pytest.raises(Unauthenticated, match="body_sha256"):
        signatures.verify({"Authorization": gong.authorization(BODY, URL)}, BODY + b"\n", URL)


def test_another_address(gong: WebhookSender, signatures: GongSignatures) -> None:
    with pytest.raises(Unauthenticated, match="webhook_url"):
        signatures.verify({"Authorization": gong.authorization(BODY, URL + "/")}, BODY, URL)


def test_a_token_lives_until_it_expires_and_the_clocks_skew(
    gong: WebhookSender, signatures: GongSignatures, clock: SetClock
) -> None:
    headers = {"Authorization": gong.authorization(BODY, URL)}
    clock.time += timedelta(minutes=5, seconds=9)
    signatures.verify(headers, BODY, URL)
    clock.time += timedelta(seconds=1)
    with pytest.raises(Unauthenticated, match="expired"):
        signatures.verify(headers, BODY, URL)


@pytest.mark.parametrize("exp", [None, True, "2026-03-02", {}], ids=repr)
def test_a_token_without_a_usable_expiry(gong: WebhookSender, signatures: GongSignatures, exp: Any) -> None:
    with pytest.raises(Unauthenticated, match="exp"):
        signatures.verify({"Authorization": gong.authorization(BODY, URL, exp=exp)}, BODY, URL)


@pytest.mark.parametrize("claim", ["webhook_url", "body_sha256"])
@pytest.mark.parametrize("value", [None, 1, ["x"], "", "\u00e9\u4e2d"], ids=repr)
def test_claims_that_are_missing_or_odd(
    gong: WebhookSender, signatures: GongSignatures, claim: str, value: Any
) -> None:
    with pytest.raises(Unauthenticated, match=claim):
        signatures.verify({"Authorization": gong.authorization(BODY, URL, **{claim: value})}, BODY, URL)


def test_somebody_elses_key(signatures: GongSignatures, clock: SetClock) -> None:
    stranger = WebhookSender.new(clock.now)
    with pytest.raises(Unauthenticated, match="signature"):
        signatures.verify({"Authorization": stranger.authorization(BODY, URL)}, BODY, URL)


def test_no_other_algorithm_whatever_the_token_says(
    key: rsa.RSAPrivateKey, gong: WebhookSender, signatures: GongSignatures, clock: SetClock
) -> None:
    claims = {
        "exp": int((clock.now() + timedelta(minutes=5)).timestamp()),
        "webhook_url": URL,
        "body_sha256": hashlib.sha256(BODY).hexdigest(),
    }

    def signed_by_hand(header: dict[str, str], secret: bytes) -> str:
        """HS256 with the public key as the secret, which jwt.encode itself refuses to make."""
        import hmac

        parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims)]
        signature = hmac.new(secret, b".".join(parts), "sha256").digest()
        return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()

    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    forgeries = [
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, key, algorithm="RS512"),
        jwt.encode(claims, key, algorithm="PS256"),
        jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256"),
        signed_by_hand({"alg": "HS256", "typ": "JWT"}, pem),
        signed_by_hand({"alg": "HS256", "typ": "JWT"}, gong.public_key.encode()),
    ]
    for forgery in forgeries:
        with pytest.raises(Unauthenticated, match="RS256"):
            signatures.verify({"Authorization": forgery}, BODY, URL)
    with pytest.raises(Unauthenticated, match="signature"):
        signatures.verify({"Authorization": signed_by_hand({"alg": "RS256", "typ": "JWT"}, pem)}, BODY, URL)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "missing"),
        ({"Authorization": "  "}, "missing"),
        ({"Authorization": "Basic a2V5OnNlY3JldA=="}, "cannot be read"),
        ({"Authorization": "a.b.c"}, "cannot be read"),
        ({"Authorization": "\u00e9\ud800"}, "cannot be read"),
        ({"Authorization": "x" * 10_000}, "too long"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_no_token(signatures: GongSignatures, headers: dict[str, str], reason: str) -> None:
    with pytest.raises(Unauthenticated, match=reason) as refused:
        signatures.verify(headers, BODY, URL)
    assert refused.value.field == "Authorization"


def test_bearer_is_not_how_gong_says_it(gong: WebhookSender, signatures: GongSignatures) -> None:
    with pytest.raises(Unauthenticated, match="without Bearer"):
        signatures.verify({"Authorization": "Bearer " + gong.authorization(BODY, URL)}, BODY, URL)


@pytest.mark.parametrize("pasted", ["", "no key", "QUJD"])
def test_a_key_that_is_none_is_our_own_mistake(pasted: str, gong: WebhookSender, clock: SetClock) -> None:
    with pytest.raises(ValueError, match="Gong's public key"):
        GongSignatures(pasted, clock).verify({"Authorization": gong.authorization(BODY, URL)}, BODY, URL)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_short_key_is_refused(clock: SetClock) -> None:
    weak = WebhookSender(rsa.generate_private_key(public_exponent=65537, key_size=1024), clock.now)
    with pytest.raises(ValueError, match="2048"):
        GongSignatures(weak.public_key, clock).verify({"Authorization": weak.authorization(BODY, URL)}, BODY, URL)


def test_a_delivery_arrives_signed_and_readable(gong: WebhookSender, signatures: GongSignatures) -> None:
    arrived: list[Asked] = []

    def answer(asked: Asked) -> Told:
        arrived.append(asked)
        return Told(None, 204 if len(arrived) < 3 else 503)

    with serving(answer) as root:
        url = f"{root}/gong/webhook"
        assert gong.deliver(details(1), url, is_private=True) == 204
        assert gong.deliver(None, url, is_test=True) == 204
        assert gong.deliver(details(1), url) == 503

    finished, trial, _ = arrived
    raw = json.dumps(finished.body).encode()
    signatures.verify(finished.headers, raw, url)
    call = parse_webhook(raw)
    assert isinstance(call, RecordedCall)
    assert (call.call_id, call.private) == (call_id(1), True)
    assert isinstance(parse_webhook(json.dumps(trial.body).encode()), TestCall)
