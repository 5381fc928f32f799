"""A real mail server on loopback: what it takes it keeps, and it answers each recipient as it was told to."""

from __future__ import annotations

import ssl
from asyncio.base_events import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

USER, PASSWORD = "skills", "correct horse"


@dataclass
class Mailboxes:
    """Implements aiosmtpd's handler. rcpt, data: answers by recipient, one for each attempt; then it takes the mail

    an answer "drop" takes a mail and ends the connection without saying so
    """

    rcpt: dict[str, list[str]] = field(default_factory=dict)
    data: dict[str, list[str]] = field(default_factory=dict)
    sender: list[str] = field(default_factory=list)
    taken: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if self.sender:
            return self.sender.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if self.rcpt.get(address):
            return self.rcpt[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        [address] = envelope.rcpt_tos
        answer = self.data[address].pop(0) if self.data.get(address) else "250 OK"
        if answer.startswith("250") or answer == "drop":
            self.taken.append((address, cast(bytes, envelope.content)))
        if answer == "drop":
            server.transport.abort()
            return "250 OK"
        return answer

    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=default) for _, content in self.taken]


class OnAnyPort(Controller):
    """Listens on a port that is free; the library asks whether it answers before it looks which one that is."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _knows(server: Any, session: Any, envelope: Any, mechanism: str, given: LoginPassword) -> AuthResult:
    return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()), handled=False)


@contextmanager
def serving(mailboxes: Mailboxes, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The server's port. tls: it wants STARTTLS and a user first"""
    wants: dict[str, Any] = {} if tls is None else {"tls_context": tls, "require_starttls": True, "auth_required": True}
    controller = OnAnyPort(mailboxes, "127.0.0.1", 0, authenticator=_knows, **wants)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop(no_assert=True)
