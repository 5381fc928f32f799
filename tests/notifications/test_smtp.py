"""Mails over a real SMTP server: what arrives, and what each refusal is taken for."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from infra.vendors.mail.composing import Sender, composed
from infra.vendors.mail.smtp import SmtpMail, SmtpServer
from infra.vendors.probes import MAIL_FAULTS, MailProbe
from shared.notifications.domain.letter import Letter, Part
from shared.notifications.ports.channel import Sent
from tests.harness.crash_harness import Watch
from tests.notifications.house import JOE, House
from tests.notifications.mail_server import PASSWORD, USER, Mailboxes, serving

PART = Part("Prepare for your meeting with Ärzte & Söhne", (("Due", "Friday"),), ("https://p/preparation", "Prepare"))
LETTER = Letter("key-1", JOE, JOE, PART.sentence, (PART,), "https://p/notifications/settings", "https://p/u/key-1.sig")
SENDER = Sender("skills@example.org")


@pytest.fixture
def mailboxes() -> Mailboxes:
    return Mailboxes()


@pytest.fixture
def mail(mailboxes: Mailboxes) -> Iterator[SmtpMail]:
    with serving(mailboxes) as port:
        yield SmtpMail(SmtpServer("127.0.0.1", port, "none"), SENDER, Watch(), (2.0, 2.0))


def test_a_mail_arrives_as_it_was_composed(mail: SmtpMail, mailboxes: Mailboxes) -> None:
    dots = Part("Begins like this", (("Where", ".\n.hidden\n..twice"),), PART.link)
    assert (
        mail.send(LETTER)
        == mail.send(Letter("key-2", JOE, JOE, "Dots", (dots,), LETTER.settings, None))
        == Sent("arrived")
    )
    first, second = mailboxes.mails()
    assert (first["From"], first["To"]) == ("Augment Skills <skills@example.org>", JOE)
    assert first["Subject"] == "Prepare for your meeting with Ärzte & Söhne"
    assert (first["Message-ID"], second["Message-ID"]) == ("<key-1@example.org>", "<key-2@example.org>")
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]
    assert "Ärzte & Söhne" in first.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Ärzte &amp; Söhne" in first.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert second["List-Unsubscribe"] is None
    assert "\r\n.hidden\r\n..twice" in second.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        ("450 4.2.0 come back later", Sent("later", "mailbox")),
        ("552 5.2.2 mailbox full", Sent("later", "mailbox")),
        ("550 5.1.1 no such user", Sent("address", "no_mailbox")),
        ("550 no such user", Sent("address", "no_mailbox")),
        ("550 5.7.1 not from you", Sent("refused", "policy")),
    ],
)
def test_a_refused_recipient(mail: SmtpMail, mailboxes: Mailboxes, answer: str, sent: Sent) -> None:
    mailboxes.rcpt[JOE] = [answer]
    assert mail.send(LETTER) == sent
    assert mailboxes.taken == []


@pytest.mark.parametrize(
    ("answer", "sent", "taken"),
    [
        ("451 4.3.0 busy", Sent("later", "mail_refused"), 0),
        ("554 5.6.0 content", Sent("refused", "mail_refused"), 0),
        ("drop", Sent("uncertain", "no_answer"), 1),
    ],
)
def test_a_refused_mail(mail: SmtpMail, mailboxes: Mailboxes, answer: str, sent: Sent, taken: int) -> None:
    mailboxes.data[JOE] = [answer]
    assert mail.send(LETTER) == sent
    assert len(mailboxes.taken) == taken


def test_a_refused_sender_is_the_settings_fault(mail: SmtpMail, mailboxes: Mailboxes) -> None:
    mailboxes.sender = ["553 5.1.8 unknown sender", "451 4.1.8 not now"]
    assert mail.send(LETTER) == Sent("configuration", "sender_refused")
    assert mail.send(LETTER) == Sent("later", "sender_refused")


@pytest.mark.parametrize("address", ["no address", "joe@exämple", "", "joe@example.com\r\nBcc: all@example.com"])
def test_what_is_no_address_reaches_nobody(mail: SmtpMail, mailboxes: Mailboxes, address: str) -> None:
    letter = Letter("key-1", JOE, address, PART.sentence, (PART,), LETTER.settings, None)
    assert mail.send(letter) == Sent("address", "no_address")
    assert mailboxes.taken == []


def test_a_heading_with_line_breaks_makes_no_headers() -> None:
    letter = Letter("k", JOE, JOE, "Acme\r\nBcc: all@example.com", (PART,), LETTER.settings, None)
    made = composed(letter, SENDER, Watch().now())
    assert made["Bcc"] is None
    assert made["Subject"] == "Acme Bcc: all@example.com"


def test_nobody_there_and_nobody_answering_is_later() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        nobody = SmtpMail(SmtpServer("127.0.0.1", port, "none"), SENDER, Watch(), (0.2, 0.2))
        assert nobody.send(LETTER) == Sent("later", "unreachable")
        silent.listen()
        assert nobody.send(LETTER) == Sent("later", "unreachable")
        answer = MailProbe(lambda: nobody).check()
        assert (answer.ok, answer.detail) == (False, MAIL_FAULTS["unreachable"])


class TestSignedIn:
    @pytest.fixture
    def trusted(self, tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        """The server's context, and that of a client which trusts it."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
        began = datetime.now(UTC) - timedelta(days=1)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), 1, began, began + timedelta(days=9))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
            )
            .sign(key, hashes.SHA256())
        )
        pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        (tmp_path / "c").write_bytes(made.public_bytes(pem))
        (tmp_path / "k").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
        server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        server.load_cert_chain(tmp_path / "c", tmp_path / "k")
        return server, ssl.create_default_context(cafile=str(tmp_path / "c"))

    def test_a_mail_goes_over_tls_after_signing_in(
        self, mailboxes: Mailboxes, trusted: tuple[ssl.SSLContext, ssl.SSLContext]
    ) -> None:
        server, client = trusted
        with serving(mailboxes, server) as port:

            def mail(password: str, certificates: ssl.SSLContext | None = client) -> SmtpMail:
                to = SmtpServer("127.0.0.1", port, "starttls", USER, password, certificates)
                return SmtpMail(to, SENDER, Watch(), (2.0, 2.0))

            assert mail(PASSWORD).send(LETTER) == Sent("arrived")
            assert MailProbe(lambda: mail(PASSWORD)).check().ok
            assert mail("wrong").send(LETTER) == Sent("configuration", "login_refused")
            assert mail(PASSWORD, None).send(LETTER) == Sent("configuration", "certificate")
            plain = SmtpMail(SmtpServer("127.0.0.1", port, "none"), SENDER, Watch(), (2.0, 2.0))
            assert plain.send(LETTER).verdict == "configuration"
        assert len(mailboxes.taken) == 1


def test_a_notice_is_sent_over_smtp_once_and_a_lost_answer_repeats_it_under_its_name(
    house: House, mailboxes: Mailboxes
) -> None:
    """What the platform promises of mail: one Message-ID for each notice, and a repetition is on record."""
    with serving(mailboxes) as port:
        house.keeps_mail = False
        house.settings |= {
            "AUGMENT_SMTP_HOST": "127.0.0.1",
            "AUGMENT_SMTP_PORT": str(port),
            "AUGMENT_SMTP_SECURITY": "none",
            "AUGMENT_MAIL_FROM": "skills@example.org",
        }
        house.tell()
        house.run(hours=1)
        mailboxes.data[JOE] = ["drop"]
        house.tell(once="2")
        house.run(hours=1)
    ids = [one["Message-ID"] for one in mailboxes.mails()]
    assert ids == [f"<{one.delivery_id}@example.org>" for one in house.deliveries() for _ in range(1 + one.repeated)]
    assert [(one.state, one.repeated) for one in house.deliveries()] == [("delivered", 0), ("delivered", 1)]
