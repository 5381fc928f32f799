"""A push service of our own on loopback, and browsers that subscribe to it and read what comes as browsers do.

It answers as RFC 8030 and RFC 8292 have it: it checks who sends (the signature, for whom, until when), takes what is
within its limits, says that a subscription is gone, and replaces what waits under a topic. Reading is written from
RFC 8291 and shares nothing with what seals; Node's http_ece, which is not ours, reads the same in test_web_push.py.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import digest as hmac
from http.server import BaseHTTPRequestHandler
from os import urandom
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.demonstration.loopback_server import LoopbackServer
from shared.kernel.access import Caller
from shared.notifications.contract import DeviceBody
from tests.notifications.house import JOE, House

MOST_BYTES = 4_096
Given = tuple[int, dict[str, str]] | str


def base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


@dataclass
class Browser:
    """One subscription. shown: messages in the order in which they came; key: the browser's own, given or made"""

    endpoint: str
    made_for: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: urandom(16))
    gone: bool = False
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def form(self, name: str = "Chrome, Android") -> dict[str, str]:
        """What the page's script sends."""
        keys = {"p256dh": base64url(self.public), "auth": base64url(self.auth)}
        return {"endpoint": self.endpoint, **keys, "device_name": name}

    @property
    def shown(self) -> list[dict[str, Any]]:
        return [json.loads(self.read(body)) for body in self.bodies]

    def read(self, body: bytes) -> bytes:
        """Opens a body by RFC 8291, 3.4, and RFC 8188, 2: HMAC by HMAC, as the documents write it."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, text = body[21 : 21 + length], body[21 + length :]
        assert len(text) <= size, "more than one record"
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        keyed = hmac(self.auth, shared, sha256)
        secret = hmac(keyed, b"WebPush: info\x00" + self.public + sender + b"\x01", sha256)
        drawn = hmac(salt, secret, sha256)
        content_key = hmac(drawn, b"Content-Encoding: aes128gcm\x00\x01", sha256)[:16]
        nonce = hmac(drawn, b"Content-Encoding: nonce\x00\x01", sha256)[:12]
        message, mark, padding = AESGCM(content_key).decrypt(nonce, text, None).rpartition(b"\x02")
        assert mark, "the last record ends with 2"
        assert not padding.strip(b"\x00")
        return message


@dataclass
class PushService:
    """next: how the next messages are answered: (status, headers), or "drop": taken, and the connection ended"""

    url: str = ""
    browsers: dict[str, Browser] = field(default_factory=dict)
    next: list[Given] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def subscribe(self, made_for: str) -> Browser:
        """A new subscription for our public key."""
        path = f"/push/{len(self.browsers) + 1}-{base64url(urandom(12))}"
        made = self.browsers[path] = Browser(f"{self.url}{path}", made_for)
        return made

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]] | None:
        """Returns how a message is answered; None to end the connection without a word."""
        self.asked.append(path)
        browser = self.browsers.get(path)
        if browser is None or browser.gone:
            return (404 if browser is None else 410), {}
        given = self.next.pop(0) if self.next else (201, {})
        if given != "drop" and given[0] not in (200, 201):
            return given  # type: ignore[return-value]
        status = self._fault(browser, headers, body)
        if status is not None:
            return status, {}
        browser.bodies.append(body)
        browser.headers.append(headers)
        return None if given == "drop" else (201, {"Location": f"{self.url}/message"})

    def _fault(self, browser: Browser, headers: dict[str, str], body: bytes) -> int | None:
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(",")) if "," in rest else {}
        if scheme != "vapid" or given.get("k") != browser.made_for:
            return 403
        point = urlsafe_b64decode(given["k"] + "=" * (-len(given["k"]) % 4))
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            claims = jwt.decode(given["t"], key, ["ES256"], audience=self.url, options={"verify_exp": False})
        except jwt.InvalidTokenError:
            return 401
        if not claims.get("exp") or not str(claims.get("sub", "")).startswith(("mailto:", "https:")):
            return 401
        if len(body) > MOST_BYTES:
            return 413
        topic = headers.get("topic", "")
        letters = topic.replace("-", "").replace("_", "")
        fits = headers.get("ttl", "").isdigit() and headers.get("content-encoding") == "aes128gcm"
        urgent = headers.get("urgency", "normal") in ("very-low", "low", "normal", "high")
        return None if fits and urgent and len(topic) <= 32 and (not topic or letters.isalnum()) else 400


@contextmanager
def push_service() -> Iterator[PushService]:
    """A push service on a port of its own."""
    service = PushService()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = service.take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer[0])
            for name, value in {**answer[1], "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = LoopbackServer(Answering, "push service")
    service.url = server.url
    server.start()
    try:
        yield service
    finally:
        server.stop()


def connected(house: House) -> None:
    """Has push sent to this machine, and no mail."""
    house.keeps_mail = False
    house.settings |= {"AUGMENT_WEB_PUSH": "on", "AUGMENT_WEB_PUSH_HOSTS": "127.0.0.1"}


def turned_on(house: House, service: PushService, employee_id: str = JOE, name: str = "Phone") -> Browser:
    """A new browser in which somebody turns push on."""
    devices = house.use_cases().devices
    assert devices.key is not None
    browser = service.subscribe(devices.key)
    form = browser.form()
    body = DeviceBody.model_validate({"name": name, **{key: form[key] for key in ("endpoint", "p256dh", "auth")}})
    devices.turn_on(Caller(email=employee_id, role="employee", employee_id=employee_id), employee_id, body)
    return browser
