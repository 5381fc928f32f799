"""Google's sign-in for people: the OAuth 2.0 code flow's exchange, and Identity-Aware Proxy's assertion.

https://developers.google.com/identity/openid-connect/openid-connect
https://cloud.google.com/iap/docs/signed-headers-howto
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Final

from infra.web import bounded_answers
from infra.web.identity import SKEW_SECONDS, Keys
from shared.kernel.errors import Retryable, Unauthenticated
from shared.ports.ambient import Clock
from shared.ports.identity import Identity

TOKEN_ENDPOINT: Final = "https://oauth2.googleapis.com/token"
IAP_ISSUER: Final = "https://cloud.google.com/iap"
TIMEOUT_SECONDS: Final = 10
MOST_BYTES: Final = 100_000


class GoogleCodeExchange:
    """Exchanges an authorisation code for an ID token."""

    def __init__(self, client_id: str, client_secret: str, *, endpoint: str = TOKEN_ENDPOINT) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._endpoint = endpoint

    def id_token(self, code: str, verifier: str, redirect_uri: str) -> str:
        """Gets the ID token, not yet verified. Raises Unauthenticated for a code that does not hold, Retryable."""
        form = urllib.parse.urlencode(
            {
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": redirect_uri,
                "client_id": self._client_id,
                "client_secret": self._client_secret,
            }
        ).encode()
        request = urllib.request.Request(self._endpoint, data=form, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                body = json.loads(bounded_answers.read(answer, MOST_BYTES))
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise Unauthenticated("Google did not accept the sign-in; start it again") from None
            raise Retryable(f"Google's sign-in answers {error.code}") from None
        except (OSError, ValueError, RecursionError) as error:
            raise Retryable(f"Google's sign-in cannot be reached ({type(error).__name__})") from None
        token = body.get("id_token") if isinstance(body, dict) else None
        if not isinstance(token, str):
            raise Unauthenticated("Google's answer has no ID token; start the sign-in again")
        return token


class IapAssertions:
    """Verifies the header x-goog-iap-jwt-assertion: ES256, IAP's issuer, our own audience, 10 s of skew.

    audience: /projects/NUMBER/global/backendServices/ID. IAP has verified the e-mail address itself; its assertion
              carries no `email_verified`.
    """

    def __init__(self, keys: Keys, audience: str, clock: Clock) -> None:
        self._keys = keys
        self._audience = audience
        self._clock = clock

    def verify(self, assertion: str) -> Identity:
        """Finds the person behind an assertion. Raises Unauthenticated, Retryable when the keys cannot be had."""
        import jwt  # a tenth of a second that the sign-in page does not need

        try:
            key_id = str(jwt.get_unverified_header(assertion).get("kid"))
            found = self._keys.key(key_id) or self._keys.key(key_id, refresh=True)
            if found is None:
                raise Unauthenticated("the assertion is signed with a key that is not IAP's")
            claims = jwt.decode(
                assertion,
                jwt.PyJWK.from_dict(dict(found), algorithm="ES256"),
                algorithms=["ES256"],
                issuer=IAP_ISSUER,
                audience=self._audience,
                options={"require": ["exp", "iat", "iss", "aud", "sub"], "verify_exp": False, "verify_iat": False},
            )
            now = self._clock.now().timestamp()
            if not (claims["exp"] > now - SKEW_SECONDS and claims["iat"] <= now + SKEW_SECONDS):
                raise Unauthenticated("the assertion is expired, or from the future")
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Unauthenticated("the assertion of Identity-Aware Proxy does not hold") from error
        email = claims.get("email")
        if not isinstance(email, str) or "@" not in email:
            raise Unauthenticated("the assertion names no e-mail address")
        return Identity(email=email.lower(), kind="person", subject=str(claims["sub"]))
