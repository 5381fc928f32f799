"""Logs in to Salesforce with a signed assertion (OAuth 2.0 JWT bearer), and keeps the session.

The address that is asked (My Domain's) and the audience that is signed (login's or test's) are two settings. PyJWT is
imported with the first login.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from infra.vendors.salesforce_errors import OUTAGE_SECONDS, login_error
from infra.web.whole_answers import NoAnswer, WholeAnswers, is_safe
from shared.ports.ambient import Clock
from shared.ports.crm import CrmRefused, CrmUnavailable

GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOOD_FOR: Final = timedelta(seconds=170)
"""Of an assertion: Salesforce takes three minutes at most."""


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """How the platform is known in Salesforce. private_key: PEM"""

    token_url: str
    audience: str
    consumer_key: str
    user: str
    private_key: str


@dataclass(frozen=True, slots=True)
class Session:
    """A login. instance: the address of the organisation's interface"""

    token: str
    instance: str


class Login:
    """Hands out the session that there is, or makes one."""

    def __init__(self, app: ConnectedApp, answers: WholeAnswers, clock: Clock) -> None:
        if not is_safe(app.token_url):
            raise ValueError("AUGMENT_SALESFORCE_TOKEN_URL begins with https://, since it gives out sessions")
        self._app = app
        self._answers = answers
        self._clock = clock
        self._making = threading.Lock()
        self._session: Session | None = None

    def session(self, *, other_than: Session | None = None) -> Session:
        """Returns a session. other_than: one that was refused; whoever comes first renews it, for all.

        Raises CrmRefused, CrmLimited, CrmUnavailable.
        """
        with self._making:
            if self._session is None or self._session == other_than:
                self._session = None
                self._session = self._made()
            return self._session

    def _made(self) -> Session:
        form = {"grant_type": GRANT, "assertion": self._assertion()}
        try:
            answer = self._answers.ask("POST", self._app.token_url, {}, form=form)
        except NoAnswer as error:
            raise CrmUnavailable(f"Salesforce cannot be reached ({error})", after_seconds=OUTAGE_SECONDS) from error
        if answer.status != 200:
            raise login_error(answer, self._app.audience, self._clock.now())
        return _session(answer.content)

    def _assertion(self) -> str:
        import jwt

        app, ends = self._app, self._clock.now() + GOOD_FOR
        claims = {"iss": app.consumer_key, "sub": app.user, "aud": app.audience, "exp": int(ends.timestamp())}
        try:
            return jwt.encode(claims, app.private_key, algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError):
            # The library's words may quote the key.
            raise CrmRefused("the secret salesforce-key is no RSA key in PEM") from None


def _session(content: bytes) -> Session:
    try:
        said: Any = json.loads(content)
        token, instance = said["access_token"], said["instance_url"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CrmUnavailable(
            "Salesforce's login answers nothing that can be read", after_seconds=OUTAGE_SECONDS
        ) from None
    if not (
        isinstance(token, str) and isinstance(instance, str) and is_safe(instance) and not urlsplit(instance).query
    ):
        raise CrmRefused("Salesforce's login leads to an address without TLS: check AUGMENT_SALESFORCE_TOKEN_URL")
    return Session(token, instance.rstrip("/"))
