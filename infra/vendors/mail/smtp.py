"""Sends mails over SMTP, and tells apart what each refusal is about: the address, this mail, our settings, or the hour.

Until the last line of a mail has been sent no server has taken it: whatever breaks before is tried again. What breaks
between that line and the server's answer is uncertain. It may be sent once more, under the same Message-ID, by which a
mailbox knows a repetition.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from infra.vendors.mail.composing import Sender, composed
from shared.notifications.domain.letter import Letter
from shared.notifications.ports.channel import Sent, Verdict
from shared.ports.ambient import Clock

Security = Literal["starttls", "tls", "none"]
SECONDS: Final = 20.0
"""For each answer but the last."""
LAST_SECONDS: Final = 60.0
"""For the answer to a whole mail: servers look through it first."""
MAILBOX_FULL: Final = 552


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Names the server that mails go to. user, password: None where it asks for none

    certificates: to trust; None for the usual ones
    """

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = None
    certificates: ssl.SSLContext | None = None


class NotAdmitted(Exception):
    """The server, or the way there, says no before a mail is sent."""

    def __init__(self, sent: Sent) -> None:
        super().__init__(sent.verdict)
        self.sent = sent


class SmtpMail:
    """Implements shared.notifications.ports.channel.Sending."""

    repeats: int | None = 1

    def __init__(
        self, server: SmtpServer, sender: Sender, clock: Clock, seconds: tuple[float, float] = (SECONDS, LAST_SECONDS)
    ) -> None:
        self._server = server
        self._sender = sender
        self._clock = clock
        self._seconds, self._last_seconds = seconds

    def send(self, letter: Letter) -> Sent:
        try:
            mail = composed(letter, self._sender, self._clock.now())
            content = mail.as_bytes()
            letter.address.encode("ascii")
        except ValueError:
            return Sent("address", "no_address")
        try:
            server = self.connected()
        except NotAdmitted as problem:
            return problem.sent
        try:
            return self._handed_over(server, letter, content)
        except (OSError, smtplib.SMTPException):  # a lost connection is one, too
            return Sent("later", "unreachable")
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.close()

    def connected(self) -> smtplib.SMTP:
        """Returns a connection that mails can be sent over. Raises NotAdmitted."""
        to = self._server
        try:
            if to.security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    to.host, to.port, timeout=self._seconds, context=to.certificates or ssl.create_default_context()
                )
            else:
                server = smtplib.SMTP(to.host, to.port, timeout=self._seconds)
        except ssl.SSLError:
            raise NotAdmitted(Sent("configuration", "certificate")) from None
        except (OSError, smtplib.SMTPException):
            raise NotAdmitted(Sent("later", "unreachable")) from None
        try:
            self._admitted(server)
        except BaseException:
            server.close()
            raise
        return server

    def _admitted(self, server: smtplib.SMTP) -> None:
        to = self._server
        try:
            server.ehlo_or_helo_if_needed()
            if to.security == "starttls":
                server.starttls(context=to.certificates or ssl.create_default_context())
                server.ehlo()
            if to.user is not None:
                server.login(to.user, to.password or "")
        except smtplib.SMTPAuthenticationError as problem:
            verdict: Verdict = "later" if problem.smtp_code < 500 else "configuration"
            raise NotAdmitted(Sent(verdict, "login_refused")) from None
        except ssl.SSLError:
            raise NotAdmitted(Sent("configuration", "certificate")) from None
        except smtplib.SMTPNotSupportedError:
            raise NotAdmitted(Sent("configuration", "not_supported")) from None
        except (OSError, smtplib.SMTPException):
            raise NotAdmitted(Sent("later", "unreachable")) from None

    def _handed_over(self, server: smtplib.SMTP, letter: Letter, content: bytes) -> Sent:
        code, _ = server.mail(self._sender.address)
        if code >= 400:
            return Sent("configuration" if code >= 500 else "later", "sender_refused")
        code, words = server.rcpt(letter.address)
        if code >= 400:
            return _of_address(code, words)
        code, _ = server.docmd("data")
        if code != 354:
            return Sent("refused" if code >= 500 else "later", "mail_refused")
        server.send(re.sub(rb"(?m)^\.", b"..", content))
        return self._answered(server)

    def _answered(self, server: smtplib.SMTP) -> Sent:
        server.send(b".\r\n")
        try:
            if server.sock is not None:
                server.sock.settimeout(self._last_seconds)
            code, _ = server.getreply()
        except (OSError, smtplib.SMTPException):
            return Sent("uncertain", "no_answer")
        if code < 400:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            return Sent("arrived")
        return Sent("refused" if code >= 500 else "later", "mail_refused")


def _of_address(code: int, words: bytes) -> Sent:
    """Tells what a refused recipient means: an enhanced code of 5.7 is a policy, 5.2.2 a full mailbox."""
    enhanced = words.split(b" ", 1)[0]
    if code < 500 or code == MAILBOX_FULL or enhanced == b"5.2.2":
        return Sent("later", "mailbox")
    return Sent("refused", "policy") if enhanced.startswith(b"5.7") else Sent("address", "no_mailbox")
