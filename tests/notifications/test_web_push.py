"""Push messages are sealed so that their browser alone reads them, signed, and sent to known services alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from infra.vendors.probes import WebPushProbe
from infra.vendors.web_push.sealing import MOST, sealed
from infra.vendors.web_push.sending import WebPush, message_of
from infra.vendors.web_push.vapid import Vapid
from infra.web.receivers import HttpReceivers
from infra.wiring.ports.web_push import web_push
from shared.kernel.access import Caller
from shared.notifications.domain.letter import Letter, Part
from shared.notifications.domain.push_services import PushServices
from shared.ports.ambient import ProbeAnswer
from tests.notifications.house import DANA, JOE, House
from tests.notifications.push_service import Browser, PushService, base64url, connected, push_service, turned_on

OTHER = Caller(email=DANA, role="employee", employee_id=DANA, name="Dana")
ECE = Path(__file__).parent / "http_ece"
NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
PART = Part("Prepare", (("Due", "Friday"),), ("https://skills.example.com/preparation", "Prepare"))
LETTER = Letter("k1", JOE, "", "Prepare", (PART,), "https://skills.example.com/notifications/settings", None)


@pytest.fixture
def service(house: House) -> Iterator[PushService]:
    with push_service() as served:
        connected(house)
        yield served


class TestSealing:
    def test_it_writes_the_example_of_rfc_8291_to_the_byte(self) -> None:
        def key(text: str) -> ec.EllipticCurvePrivateKey:
            return ec.derive_private_key(int.from_bytes(urlsafe_b64decode(text + "="), "big"), ec.SECP256R1())

        body = sealed(
            b"When I grow up, I want to be a watermelon",
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
            urlsafe_b64decode("DGv6ra1nlYgDCS1FRnbzlw=="),
            key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        )
        assert base64url(body) == (
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
            "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        )
        browser = Browser("", "", key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), b"")
        browser.auth = urlsafe_b64decode("BTBZMqHH6r4Tts7J_aSIgg==")
        assert browser.read(body) == b"When I grow up, I want to be a watermelon"

    @pytest.mark.node
    def test_http_ece_which_is_not_ours_reads_the_same(self) -> None:
        browser = Browser("", "")
        body = sealed("Grüße an 世界".encode(), base64url(browser.public), base64url(browser.auth))
        private = browser.key.private_numbers().private_value.to_bytes(32, "big")
        asked = [base64url(one) for one in (private, browser.auth, body)]
        done = subprocess.run(
            ["node", str(ECE / "read.cjs"), *asked],
            env={**os.environ, "NODE_PATH": str(http_ece())},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == "Grüße an 世界"

    def test_the_longest_message_fits_a_body_that_every_service_takes_and_no_longer_one_is_sealed(self) -> None:
        browser = Browser("", "")
        keys = base64url(browser.public), base64url(browser.auth)
        body = sealed(b"x" * MOST, *keys)
        assert len(body) == 4096
        assert browser.read(body) == b"x" * MOST
        with pytest.raises(ValueError, match="at most"):
            sealed(b"x" * (MOST + 1), *keys)

    @pytest.mark.parametrize("letter", ["😀", "世", "\x00", "a"])
    def test_whatever_is_told_fits_with_its_heading(self, letter: str) -> None:
        part = Part(letter * 3_000, ((letter * 900, letter * 900),), ("https://skills.example.com/" + "x" * 900, "Go"))
        long = replace(LETTER, heading=letter * 3_000, parts=(part,))
        for one in (long, replace(long, parts=(part,) * 200)):
            message = message_of(one)
            assert len(message) <= MOST
            assert json.loads(message)["link"] == "https://skills.example.com/notifications"


class TestVapid:
    def test_who_we_are_is_signed_for_the_service_for_less_than_a_day(self) -> None:
        made = Vapid(lambda: "made up", "mailto:skills@example.com")
        scheme, _, rest = made.authorization("https://fcm.googleapis.com/fcm/send/abc?x=1", NOW).partition(" ")
        given = dict(one.strip().split("=", 1) for one in rest.split(","))
        assert (scheme, given["k"]) == ("vapid", made.key)
        point = urlsafe_b64decode(made.key + "=")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        claims = jwt.decode(
            given["t"], key, ["ES256"], audience="https://fcm.googleapis.com", options={"verify_exp": False}
        )
        assert claims["sub"] == "mailto:skills@example.com"
        assert 0 < claims["exp"] - NOW.timestamp() <= 86_400

    def test_a_secret_gives_one_key_and_another_secret_another(self) -> None:
        key = Vapid(lambda: "made up", "").key
        assert len(urlsafe_b64decode(key + "=")) == 65
        assert Vapid(lambda: "made up", "mailto:x").key == key
        assert Vapid(lambda: "made up again", "").key != key


class TestServices:
    KNOWN = PushServices(("fcm.googleapis.com", "*.push.apple.com"))

    @pytest.mark.parametrize(
        "endpoint",
        ["https://fcm.googleapis.com/fcm/send/x", "https://web.push.apple.com:443/x", "https://FCM.googleapis.com./x"],
    )
    def test_what_is_known_is_let_in(self, endpoint: str) -> None:
        assert self.KNOWN.has(endpoint)

    @pytest.mark.parametrize(
        "endpoint",
        [
            "http://fcm.googleapis.com/x",
            "https://fcm.googleapis.com:8443/x",
            "https://fcm.googleapis.com.example.com/x",
            "https://push.apple.com/x",
            "https://evilpush.apple.com/x",
            "https://user@fcm.googleapis.com/x",
            "https://fcm.googleapis.com@169.254.169.254/x",
            "https://169.254.169.254/computeMetadata/v1/",
            "https://localhost/x",
            "http://127.0.0.1:8080/x",
            "https://fcm.googleapis.com/x#y",
            "https://fcm.googleapis.com\\@127.0.0.1/",
            "https://fcm.googleapis.com/ x",
            "https://fcm.googleapis.com:x/",
            "https://[::1/",
            "https://fcm.googleapis.com/" + "x" * 2_000,
            "",
        ],
    )
    def test_nothing_else_is(self, endpoint: str) -> None:
        assert not self.KNOWN.has(endpoint)

    def test_a_known_name_that_resolves_to_a_private_network_is_not_called(self) -> None:
        vapid = Vapid(lambda: "made up", "mailto:x@example.com")
        receivers = HttpReceivers(resolve=lambda host, port: ["10.0.0.7"])
        browser = Browser("https://fcm.googleapis.com/x", vapid.key)
        form = browser.form()
        keys = {"p256dh": form["p256dh"], "auth": form["auth"]}
        address = json.dumps({"endpoint": browser.endpoint, "keys": keys, "made_for": vapid.key})
        sent = WebPush(vapid, self.KNOWN, receivers, Fixed()).send(replace(LETTER, address=address))
        assert (sent.verdict, sent.fault) == ("address", "address_refused")


class Fixed:
    def now(self) -> datetime:
        return NOW


class TestProbe:
    def test_it_answers_where_a_service_can_be_reached_and_sends_nobody_anything(
        self, house: House, service: PushService
    ) -> None:
        phone = turned_on(house, service)
        here = WebPush(
            web_push(house.on())._vapid, PushServices((service.url[7:],)), HttpReceivers(loopback=True), Fixed()
        )
        assert WebPushProbe(lambda: here).check() == ProbeAnswer(True, "answers")
        assert phone.shown == []

    def test_what_is_wrong_is_named(self, house: House) -> None:
        refused = HttpReceivers(loopback=True)
        vapid = Vapid(lambda: "x", "mailto:x@example.com")
        nobody = WebPush(vapid, PushServices(("127.0.0.1:9",)), refused, Fixed())
        assert "check AUGMENT_WEB_PUSH_HOSTS" in WebPushProbe(lambda: nobody).check().detail
        unnamed = WebPush(Vapid(lambda: "x", "http://localhost:8080"), PushServices(()), refused, Fixed())
        assert "set AUGMENT_WEB_PUSH_CONTACT" in WebPushProbe(lambda: unnamed).check().detail


def http_ece() -> Path:
    """Where Node's http_ece is installed; ./scripts/test installs it."""
    found = Path(os.environ.get("HTTP_ECE", ECE / "node_modules"))
    if shutil.which("node") is not None and (found / "http_ece").is_dir():
        return found
    message = "no Node.js here, or no http_ece (set HTTP_ECE to its node_modules): push messages are NOT read by it"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
