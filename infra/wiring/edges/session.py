"""Signs the cookies of sessions, each of which names a document, so that signing out really ends one.

The cookie holds an unguessable id under our signature. Forms carry a token that is derived from the id (a synchroniser
token without a store).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from werkzeug import Response

if TYPE_CHECKING:
    from shared.platform.usecases.sessions import Sessions


DOOR_LASTS: Final = timedelta(minutes=10)
"""How long a sign-in may take, from opening the page to coming back from the identity provider."""


@dataclass(frozen=True)
class Session:
    """An open session: its id, the person's verified e-mail address, and the token that its forms carry."""

    session_id: str
    email: str
    token: str


class SessionCookies:
    """Signs the cookies of sessions and of the way in, and reads them.

    sessions: made when somebody has a cookie or signs in; a stranger needs none
    secure:   served over HTTPS: cookies are `__Host-` prefixed and Secure. Without it (a demonstration on localhost)
              the same cookies go without the prefix, which browsers refuse on plain HTTP.
    """

    def __init__(self, sessions: Callable[[], Sessions], key: str, *, secure: bool) -> None:
        self._sessions = sessions
        self._key = key.encode()
        self._signed = URLSafeSerializer(key, salt="augment-skills.session")
        self._door = URLSafeTimedSerializer(key, salt="augment-skills.door")
        self.secure = secure

    def name(self, cookie: str) -> str:
        return f"__Host-{cookie}" if self.secure else cookie

    def open(self, email: str) -> tuple[Session, str]:
        """Opens a session of a verified person, and returns it with its cookie's value."""
        session_id = self._sessions().open(email)
        return Session(session_id, email, self.token(session_id)), str(self._signed.dumps(session_id))

    def recognise(self, cookie: str | None) -> Session | None:
        """Returns the session behind a cookie; None when it is forged, ended or expired."""
        if not cookie:
            return None
        try:
            session_id = self._signed.loads(cookie)
        except BadSignature:
            return None
        email = self._sessions().email_of(session_id)
        return None if email is None else Session(session_id, email, self.token(session_id))

    def end(self, session: Session) -> None:
        """Ends a session."""
        self._sessions().end(session.session_id)

    def token(self, value: str) -> str:
        """Returns the token that belongs to a session's (or a door's) id."""
        return hmac.new(self._key, f"form {value}".encode(), hashlib.sha256).hexdigest()

    def matches(self, token: str, value: str) -> bool:
        return hmac.compare_digest(token.encode(), self.token(value).encode())

    # Before there is a session

    def door(self, **state: str) -> str:
        """Returns a short-lived signed cookie for the way in: what the answer of the identity provider must match."""
        return str(self._door.dumps(state))

    def at_door(self, cookie: str | None) -> dict[str, str]:
        """Reads the door cookie's state; empty when it is forged or over ten minutes old."""
        try:
            state = self._door.loads(cookie or "", max_age=int(DOOR_LASTS.total_seconds()))
        except BadSignature:
            return {}
        return dict(state)

    def set_cookie(self, response: Response, cookie: str, value: str, lasts: timedelta) -> None:
        response.set_cookie(
            self.name(cookie),
            value,
            max_age=int(lasts.total_seconds()),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )

    def drop_cookie(self, response: Response, cookie: str) -> None:
        response.delete_cookie(self.name(cookie), path="/", secure=self.secure, httponly=True, samesite="Lax")
