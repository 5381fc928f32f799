"""Signing in with Google (a token endpoint on localhost, keys of our own), and behind Identity-Aware Proxy."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from werkzeug import Request
from werkzeug.test import Client, TestResponse

from functions.portal.shell.application import Portal
from infra.vendors.google_sign_in import IAP_ISSUER, GoogleCodeExchange, IapAssertions
from infra.web.identity import VerifiedTokens
from infra.wiring.sign_in import OAuthClient
from shared.kernel.errors import Retryable, Unauthenticated
from tests.harness.browser import Person, words
from tests.portal.conftest import House

CLIENT_ID = "portal.apps.googleusercontent.com"
ISSUER = "https://accounts.google.com"
IAP_AUDIENCE = "/projects/1/global/backendServices/2"


class Signer:
    """An issuer with a key of its own: signs, and offers its public key."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.private.public_key()))
        self.public: Mapping[str, Any] = {**public, "kid": "key-1", "alg": "ES256"}

    def key(self, key_id: str, *, refresh: bool = False) -> Mapping[str, Any] | None:
        return self.public if key_id == "key-1" else None

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.private, algorithm="ES256", headers={"kid": "key-1"})


class Endpoint:
    """Google's token endpoint: exchanges a code for the ID token that the test prepared, if the verifier fits."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self.claims: dict[str, Any] = {}
        self.challenge = ""
        self.status = 200
        self.asked: dict[str, str] = {}
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                endpoint.asked = form
                digest = hashlib.sha256(form["code_verifier"].encode()).digest()
                fits = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == endpoint.challenge
                status = endpoint.status if fits else 400
                self.send_response(status)
                self.end_headers()
                body = {"id_token": endpoint.signer.sign(endpoint.claims)} if status == 200 else {"error": "x"}
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, format: str, *arguments: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/token"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint(Signer())
    yield made
    made.server.shutdown()
    made.server.server_close()


def person_at(house: House, endpoint: Endpoint, **ways: object) -> Person:
    tokens = VerifiedTokens({ISSUER: endpoint.signer}, house.parts.clock)
    google = OAuthClient(CLIENT_ID, GoogleCodeExchange(CLIENT_ID, "a-secret", endpoint=endpoint.address), tokens)
    chosen = replace(house.ways, demonstration=frozenset(), google=google, **ways)  # type: ignore[arg-type]
    portal = Portal(house.platform.on, chosen)
    return Person(Client(lambda environ, start: portal.respond(Request(environ))(environ, start)))


def start(person: Person, endpoint: Endpoint) -> dict[str, str]:
    """Presses the button; what was sent along to Google."""
    person.get("/sign-in?next=/people")
    response = person.post("/sign-in/google", {"next": "/people"})
    assert response.status_code == 303
    address = urlsplit(response.headers["Location"])
    assert (address.scheme, address.netloc) == ("https", "accounts.google.com")
    sent = {name: values[0] for name, values in parse_qs(address.query).items()}
    endpoint.challenge = sent["code_challenge"]
    return sent


def claims(house: House, email: str, nonce: str, **other: object) -> dict[str, Any]:
    now = int(house.parts.clock.now().timestamp())
    return {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "sub": "1234",
        "email": email,
        "email_verified": True,
        "nonce": nonce,
        "iat": now,
        "exp": now + 600,
        **other,
    }


def come_back(person: Person, state: str) -> TestResponse:
    return person.get(f"/sign-in/google/answer?code=a-code&state={state}")


def test_the_code_flow_opens_a_session_and_goes_where_one_wanted(house: House, endpoint: Endpoint) -> None:
    person = person_at(house, endpoint)
    email = house.people["cro"][0]
    sent = start(person, endpoint)
    endpoint.claims = claims(house, email.upper(), sent["nonce"])

    response = come_back(person, sent["state"])

    assert (sent["response_type"], sent["code_challenge_method"], sent["scope"]) == ("code", "S256", "openid email")
    assert endpoint.asked["client_secret"] == "a-secret"
    assert endpoint.asked["redirect_uri"] == sent["redirect_uri"] == "http://localhost/sign-in/google/answer"
    assert response.status_code == 303
    assert response.headers["Location"] == "/people"
    assert "Are we ready to sell?" in person.text("/")


def test_the_page_offers_google_and_no_demonstration(house: House, endpoint: Endpoint) -> None:
    person = person_at(house, endpoint)
    response = person.get("/sign-in")

    assert "Continue with Google" in words(response)
    assert "invented" not in words(response)
    assert "form-action 'self' https://accounts.google.com" in response.headers["Content-Security-Policy"]
    assert person.post("/sign-in/demonstration", {"employee": house.people["cro"][0]}).status_code == 403


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "another-state"),
        ({"nonce": "another-nonce"}, None),
        ({"aud": "another-client"}, None),
        ({"email_verified": False}, None),
        ({"exp": 1}, None),
        ({"iss": "https://evil.example"}, None),
        ({"email": "robot@demo.iam.gserviceaccount.com"}, None),
    ],
)
def test_what_does_not_hold_signs_nobody_in(
    house: House, endpoint: Endpoint, change: dict[str, Any], state: str | None
) -> None:
    person = person_at(house, endpoint)
    sent = start(person, endpoint)
    endpoint.claims = claims(house, house.people["cro"][0], sent["nonce"]) | change

    response = come_back(person, state or sent["state"])

    assert response.status_code == 401
    assert "You are not signed in." in words(response)
    assert person.get("/").status_code == 303


def test_a_stranger_with_a_google_account_is_told_so(house: House, endpoint: Endpoint) -> None:
    person = person_at(house, endpoint)
    sent = start(person, endpoint)
    endpoint.claims = claims(house, "stranger@example.org", sent["nonce"])

    response = come_back(person, sent["state"])

    assert response.status_code == 403
    assert "is not an active person here" in words(response)


def test_an_answer_without_a_sign_in_of_ours_is_refused(house: House, endpoint: Endpoint) -> None:
    assert come_back(person_at(house, endpoint), "x").status_code == 401


def test_a_stolen_code_does_not_fit_another_verifier(house: House, endpoint: Endpoint) -> None:
    person = person_at(house, endpoint)
    sent = start(person, endpoint)
    endpoint.claims = claims(house, house.people["cro"][0], sent["nonce"])
    endpoint.challenge = "the challenge of somebody else"

    assert come_back(person, sent["state"]).status_code == 401


def test_google_being_away_asks_to_try_again(house: House, endpoint: Endpoint) -> None:
    person = person_at(house, endpoint)
    sent = start(person, endpoint)
    endpoint.status = 503

    assert come_back(person, sent["state"]).status_code == 503
    with pytest.raises(Retryable):
        GoogleCodeExchange("a", "b", endpoint="http://127.0.0.1:9/").id_token("c", "d", "e")


# Identity-Aware Proxy


def assertion(house: House, signer: Signer, **other: object) -> str:
    now = int(house.parts.clock.now().timestamp())
    return signer.sign(
        {
            "iss": IAP_ISSUER,
            "aud": IAP_AUDIENCE,
            "sub": "accounts.google.com:1",
            "email": house.people["manager"][0],
            "iat": now,
            "exp": now + 600,
            **other,
        }
    )


def test_iap_s_assertion_is_a_sign_in(house: House, endpoint: Endpoint) -> None:
    iap = IapAssertions(endpoint.signer, IAP_AUDIENCE, house.parts.clock)
    person = person_at(house, endpoint, iap=iap)

    response = person.get("/people", headers={"x-goog-iap-jwt-assertion": assertion(house, endpoint.signer)})

    assert response.status_code == 200
    assert "Your direct reports" in words(response)


@pytest.mark.parametrize("change", [{"aud": "/projects/9"}, {"iss": ISSUER}, {"exp": 5}, {"email": None}])
def test_an_assertion_that_does_not_hold_is_refused(house: House, endpoint: Endpoint, change: dict[str, Any]) -> None:
    iap = IapAssertions(endpoint.signer, IAP_AUDIENCE, house.parts.clock)

    with pytest.raises(Unauthenticated):
        iap.verify(assertion(house, endpoint.signer, **change))
    with pytest.raises(Unauthenticated):
        iap.verify("not.a.token")
    with pytest.raises(Unauthenticated):
        iap.verify(assertion(house, Signer()))


def test_without_configuration_the_header_means_nothing(house: House, endpoint: Endpoint) -> None:
    person = person_at(house, endpoint)

    response = person.get("/people", headers={"x-goog-iap-jwt-assertion": assertion(house, endpoint.signer)})

    assert response.status_code == 303
