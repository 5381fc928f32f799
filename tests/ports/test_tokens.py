"""The `Tokens` port: one verifier, over the embedded issuer's own key and over keys fetched as Google's are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from infra.gcp.keys import PublishedKeys
from infra.local.identity import ISSUER, LocalIssuer
from infra.web.identity import Keys, VerifiedTokens
from shared.kernel.errors import Retryable, Unauthenticated
from shared.ports.identity import Identity
from tests.harness.issuers import published

AUDIENCE = "https://ingest.example.com"
MACHINE = "roleplay@acme.iam.gserviceaccount.com"


class SetClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(scope="module")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture
def issuer(key_folder: Path, clock: SetClock) -> LocalIssuer:
    return LocalIssuer(key_folder, clock)


@pytest.fixture
def keys(adapter: str, issuer: LocalIssuer) -> Iterator[Keys]:
    if adapter == "embedded":
        yield issuer
    else:
        with served(published(issuer)) as address:
            yield PublishedKeys(address)


@pytest.fixture
def tokens(keys: Keys, clock: SetClock) -> VerifiedTokens:
    return VerifiedTokens({ISSUER: keys}, clock)


class served:
    """A JSON Web Key Set behind an HTTP address."""

    def __init__(self, jwks: Mapping[str, Any]):
        content = json.dumps(jwks).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Cache-Control", "public, max-age=3600")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *arguments: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}/certs"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class TestTokens:
    def test_a_service_accounts_token_says_which_machine_calls(
        self, tokens: VerifiedTokens, issuer: LocalIssuer
    ) -> None:
        token, _ = issuer.token(MACHINE, AUDIENCE)
        identity = tokens.verify(token, audiences=["https://other.example.com", AUDIENCE])
        assert (identity.email, identity.kind) == (MACHINE, "service")
        assert identity.subject

    @pytest.mark.parametrize("email", ["Ada.Lovelace@Acme.COM", "x@iam.gserviceaccount.com.evil.example"])
    def test_everyone_else_is_a_person_in_lower_case(
        self, tokens: VerifiedTokens, issuer: LocalIssuer, email: str
    ) -> None:
        token, _ = issuer.token(email, AUDIENCE)
        identity = tokens.verify(token, audiences=[AUDIENCE])
        assert (identity.email, identity.kind) == (email.lower(), "person")

    @pytest.mark.parametrize(
        ("claims", "reason"),
        [
            ({"aud": "https://elsewhere.example.com"}, "audience"),
            ({"aud": ["https://elsewhere.example.com"]}, "audience"),
            ({"aud": 7}, "audience"),
            ({"iss": "https://accounts.example.com"}, "issuer"),
            ({"iss": None}, "issuer|cannot be read"),
            ({"email_verified": False}, "verified"),
            ({"email_verified": "true"}, "verified"),
            ({"email_verified": None}, "verified"),
            ({"email": ""}, "verified"),
            ({"email": None}, "verified"),
            ({"exp": "tomorrow"}, "exp"),
            ({"exp": None}, "exp"),
            ({"iat": None}, "iat"),
            ({"sub": None}, "sub|cannot be read"),
        ],
    )
    def test_a_wrong_claim_is_refused_by_name(
        self, tokens: VerifiedTokens, issuer: LocalIssuer, claims: Mapping[str, Any], reason: str
    ) -> None:
        with pytest.raises(Unauthenticated, match=reason):
            tokens.verify(token_with(issuer, claims), audiences=[AUDIENCE])

    def test_several_audiences_in_a_token_are_fine(self, tokens: VerifiedTokens, issuer: LocalIssuer) -> None:
        token, _ = issuer.token(MACHINE, AUDIENCE, aud=["https://other.example.com", AUDIENCE])
        assert tokens.verify(token, audiences=[AUDIENCE]).email == MACHINE

    def test_it_ends_ten_seconds_after_its_expiry_also_when_it_is_known(
        self, tokens: VerifiedTokens, issuer: LocalIssuer, clock: SetClock
    ) -> None:
        token, expires = issuer.token(MACHINE, AUDIENCE)
        assert tokens.verify(token, audiences=[AUDIENCE])
        clock.time = datetime.fromtimestamp(expires, UTC) + timedelta(seconds=9)
        assert tokens.verify(token, audiences=[AUDIENCE])
        clock.time += timedelta(seconds=2)
        with pytest.raises(Unauthenticated, match="expired"):
            tokens.verify(token, audiences=[AUDIENCE])

    @pytest.mark.parametrize("name", ["iat", "nbf"])
    def test_a_token_from_the_future_is_refused(
        self, tokens: VerifiedTokens, issuer: LocalIssuer, clock: SetClock, name: str
    ) -> None:
        soon = int(clock.now().timestamp())
        assert tokens.verify(issuer.token(MACHINE, AUDIENCE, **{name: soon + 9})[0], audiences=[AUDIENCE])
        with pytest.raises(Unauthenticated, match="future"):
            tokens.verify(issuer.token(MACHINE, AUDIENCE, **{name: soon + 11})[0], audiences=[AUDIENCE])

    def test_a_known_token_is_still_held_to_its_audience(self, tokens: VerifiedTokens, issuer: LocalIssuer) -> None:
        token, _ = issuer.token(MACHINE, AUDIENCE)
        assert tokens.verify(token, audiences=[AUDIENCE])
        with pytest.raises(Unauthenticated, match="audience"):
            tokens.verify(token, audiences=["https://other.example.com"])

    def test_no_audience_is_a_mistake_and_not_everybody(self, tokens: VerifiedTokens, issuer: LocalIssuer) -> None:
        with pytest.raises(ValueError, match="audiences"):
            tokens.verify(issuer.token(MACHINE, AUDIENCE)[0], audiences=[])

    @pytest.mark.parametrize(
        "token",
        ["", "x", "a.b.c", "..", "ey.ey.ey", "é" * 10, "x" * 9000, "\x00", "eyJhbGciOiJSUzI1NiJ9.bnVsbA.AA", "\ud800"],
    )
    def test_what_is_no_token_is_refused(self, tokens: VerifiedTokens, token: str) -> None:
        with pytest.raises(Unauthenticated):
            tokens.verify(token, audiences=[AUDIENCE])

    def test_a_changed_payload_breaks_the_signature(self, tokens: VerifiedTokens, issuer: LocalIssuer) -> None:
        head, payload, signature = issuer.token(MACHINE, AUDIENCE)[0].split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        forged = base64.urlsafe_b64encode(json.dumps({**claims, "email": "cro@acme.com"}).encode()).decode().rstrip("=")
        with pytest.raises(Unauthenticated, match="signature"):
            tokens.verify(f"{head}.{forged}.{signature}", audiences=[AUDIENCE])

    @pytest.mark.parametrize(
        "forge", ["none", "hmac with the public key", "another key", "no key id", "unknown key id"]
    )
    def test_a_forged_signature_is_refused(self, tokens: VerifiedTokens, issuer: LocalIssuer, forge: str) -> None:
        with pytest.raises(Unauthenticated):
            tokens.verify(forged_token(issuer, forge), audiences=[AUDIENCE])

    def test_it_knows_no_more_tokens_than_it_may(self, keys: Keys, issuer: LocalIssuer, clock: SetClock) -> None:
        tokens = VerifiedTokens({ISSUER: keys}, clock, remembered=4)
        made = [issuer.token(f"p{number}@acme.com", AUDIENCE)[0] for number in range(12)]
        for token in made + made:
            tokens.verify(token, audiences=[AUDIENCE])
        assert len(tokens._remembered) <= 4


class TestOtherKeys:
    def test_es256_is_accepted_as_the_identity_aware_proxy_signs(self, clock: SetClock) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        jwk = {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())), "kid": "iap-1"}
        tokens = VerifiedTokens({"https://cloud.google.com/iap": FixedKeys(lambda key_id: jwk)}, clock)
        token = jwt.encode(
            claims_at(clock, iss="https://cloud.google.com/iap"), key, algorithm="ES256", headers={"kid": "iap-1"}
        )
        assert tokens.verify(token, audiences=[AUDIENCE]) == Identity("ada@acme.com", "person", "7")

    def test_an_issuers_key_does_not_sign_for_another_issuer(self, issuer: LocalIssuer, clock: SetClock) -> None:
        tokens = VerifiedTokens({"https://other.example.com": FixedKeys(lambda key_id: None), ISSUER: issuer}, clock)
        token, _ = issuer.token(MACHINE, AUDIENCE, iss="https://other.example.com")
        with pytest.raises(Unauthenticated, match="key"):
            tokens.verify(token, audiences=[AUDIENCE])

    def test_keys_that_cannot_be_had_mean_later_and_not_no(self, issuer: LocalIssuer, clock: SetClock) -> None:
        def unavailable(key_id: str) -> Mapping[str, Any] | None:
            raise Retryable("the issuer does not answer")

        tokens = VerifiedTokens({ISSUER: FixedKeys(unavailable)}, clock)
        with pytest.raises(Retryable):
            tokens.verify(issuer.token(MACHINE, AUDIENCE)[0], audiences=[AUDIENCE])

    def test_an_unknown_key_is_asked_for_anew_once(self, issuer: LocalIssuer, clock: SetClock) -> None:
        known: list[Mapping[str, Any]] = []

        class Rotating:
            def key(self, key_id: str, *, refresh: bool = False) -> Mapping[str, Any] | None:
                if refresh:
                    known.extend(published(issuer)["keys"])
                return next((jwk for jwk in known if jwk["kid"] == key_id), None)

        tokens = VerifiedTokens({ISSUER: Rotating()}, clock)
        assert tokens.verify(issuer.token(MACHINE, AUDIENCE)[0], audiences=[AUDIENCE]).email == MACHINE


class FixedKeys:
    """Keys by a function."""

    def __init__(self, find: Callable[[str], Mapping[str, Any] | None]):
        self._find = find

    def key(self, key_id: str, *, refresh: bool = False) -> Mapping[str, Any] | None:
        return self._find(key_id)


def claims_at(clock: SetClock, **claims: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "7",
        "email": "ada@acme.com",
        "email_verified": True,
        "iat": now,
        "exp": now + 3600,
        **claims,
    }


def token_with(issuer: LocalIssuer, claims: Mapping[str, Any]) -> str:
    """A properly signed token with other claims; None leaves a claim out."""
    payload = jwt.decode(issuer.token(MACHINE, AUDIENCE)[0], options={"verify_signature": False}) | dict(claims)
    payload = {name: value for name, value in payload.items() if value is not None}
    # PyJWT refuses to encode some of these, so the token is put together by hand.
    head = part({"alg": "RS256", "typ": "JWT", "kid": published(issuer)["keys"][0]["kid"]})
    signed = f"{head}.{part(payload)}"
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(signed.encode(), issuer._key)
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def forged_token(issuer: LocalIssuer, forge: str) -> str:
    payload = jwt.decode(issuer.token(MACHINE, AUDIENCE)[0], options={"verify_signature": False})
    key_id = published(issuer)["keys"][0]["kid"]
    if forge == "none":
        return jwt.encode(payload, "", algorithm="none", headers={"kid": key_id})
    if forge == "hmac with the public key":
        public = issuer._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

        signed = f"{part({'alg': 'HS256', 'kid': key_id})}.{part(payload)}"
        mac = hmac.new(public, signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
    if forge == "another key":
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return jwt.encode(payload, other, algorithm="RS256", headers={"kid": key_id})
    headers = {} if forge == "no key id" else {"kid": "unheard-of"}
    return jwt.encode(payload, issuer._key, algorithm="RS256", headers=headers)
