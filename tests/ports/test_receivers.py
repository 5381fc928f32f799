"""The `Receivers` port on both platforms: what is posted, what an answer tells, and what is never reached."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from time import monotonic

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local.environment import EmbeddedEnvironment
from infra.local.runtime import open_parts
from infra.web.receivers import HttpReceivers
from infra.wiring.google_environment import GoogleEnvironment
from infra.wiring.ports.receivers import receivers
from shared.kernel.errors import Rejected
from shared.subscriptions.domain.signature import new_secret, signed_headers
from shared.subscriptions.ports.receivers import Receivers
from tests.harness.webhook_receiver import Behave, Receiver, closed_port, dripping, hanging, receiving, redirected
from tests.proofs.cold_start import SETTINGS

BODY = b'{"type":"webhook.test"}'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def embedded(tmp_path: Path, settings: dict[str, str]) -> Iterator[Receivers]:
    parts = open_parts(tmp_path)
    yield receivers(EmbeddedEnvironment(parts, settings))
    parts.close()


@pytest.fixture(params=["google", "embedded", "embedded, to loopback"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Receivers]:
    if request.param == "google":
        settings = {**SETTINGS, "AUGMENT_FUNCTION": "skills_api", "AUGMENT_WEBHOOKS_TO_LOOPBACK": "true"}
        yield receivers(GoogleEnvironment(settings, load_pipeline()))
    else:
        yield from embedded(tmp_path, {"AUGMENT_WEBHOOKS_TO_LOOPBACK": "true"} if "," in request.param else {})


class TestOnEveryPlatform:
    @pytest.mark.parametrize("address", ["https://10.0.0.1/", "https://metadata.google.internal/", "http://a.example/"])
    def test_an_address_on_a_network_of_ours_is_refused_when_given_and_when_called(
        self, either: Receivers, address: str
    ) -> None:
        with pytest.raises(Rejected):
            either.check(address)
        assert either.post(address, {}, BODY).error == "address_refused"

    def test_a_public_address_is_taken(self, either: Receivers) -> None:
        either.check("https://hooks.example.com/")


@pytest.mark.parametrize("platform", ["google", "embedded"])
def test_loopback_takes_an_explicit_word_on_one_machine(platform: str, tmp_path: Path, receiver: Receiver) -> None:
    """In the cloud the word changes nothing."""
    if platform == "google":
        settings = {**SETTINGS, "AUGMENT_FUNCTION": "skills_api", "AUGMENT_WEBHOOKS_TO_LOOPBACK": "true"}
        made = receivers(GoogleEnvironment(settings, load_pipeline()))
        assert made.post(receiver.url, {}, BODY).error == "address_refused"
    else:
        for made in embedded(tmp_path, {}):
            assert made.post(receiver.url, {}, BODY).error == "address_refused"
    assert receiver.seen == []


class TestWhatIsPosted:
    here = HttpReceivers(loopback=True, whole_seconds=0.6)

    def post(self, url: str) -> tuple[int | None, str | None]:
        told = self.here.post(url, signed_headers([self.secret], "msg_1", datetime.now(UTC), BODY), BODY)
        return told.status, told.error

    secret = new_secret("a", "b")

    def test_a_receiver_verifies_it(self, receiver: Receiver) -> None:
        receiver.secret = self.secret
        assert self.post(receiver.url) == (204, None)
        assert receiver.taken == [json.loads(BODY)]

    def test_a_redirect_is_an_answer_and_is_not_followed(self, receiver: Receiver) -> None:
        with receiving() as elsewhere:
            receiver.behave = redirected(elsewhere.url)
            assert self.post(receiver.url) == (307, None)
            assert elsewhere.seen == []

    @pytest.mark.parametrize("slow", [hanging, dripping])
    def test_the_whole_exchange_has_an_end(self, receiver: Receiver, slow: Callable[[threading.Event], Behave]) -> None:
        until, began = threading.Event(), monotonic()
        receiver.behave = slow(until)
        assert self.post(receiver.url) == (None, "timeout")
        until.set()
        assert monotonic() - began < 3

    def test_looking_the_name_up_is_a_part_of_it(self) -> None:
        until = threading.Event()

        def asleep(host: str, port: int) -> list[str]:
            until.wait(5)
            return ["127.0.0.1"]

        began = monotonic()
        made = HttpReceivers(loopback=True, resolve=asleep, whole_seconds=0.2)
        told = made.post("http://localhost:9/", {"webhook-id": "1"}, BODY)
        until.set()
        assert (told.status, told.error) == (None, "timeout")
        assert monotonic() - began < 2

    def test_connecting_and_answering_share_one_deadline(self, receiver: Receiver) -> None:
        """Of 1.5 seconds the name takes 1: a receiver that hangs has the rest, and one that answers has answered."""

        def slow(host: str, port: int) -> list[str]:
            time.sleep(1)
            return ["127.0.0.1"]

        made = HttpReceivers(loopback=True, resolve=slow, whole_seconds=1.5)
        assert made.post(receiver.url, {"webhook-id": "1"}, BODY).status == 204
        until, began = threading.Event(), monotonic()
        receiver.behave = hanging(until)
        assert made.post(receiver.url, {"webhook-id": "1"}, BODY).error == "timeout"
        until.set()
        assert 1.4 < monotonic() - began < 2.4

    def test_an_answer_may_take_longer_than_connecting(
        self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("infra.web.receivers.CONNECT_SECONDS", 0.2)

        def slowly(request: BaseHTTPRequestHandler) -> int:
            time.sleep(0.6)
            return 204

        receiver.behave = slowly
        made = HttpReceivers(loopback=True, whole_seconds=5.0)
        told = made.post(receiver.url, {"webhook-id": "1"}, BODY)
        assert (told.status, told.error) == (204, None)

    def test_an_answer_in_time_is_no_timeout_however_late_it_is_noticed(
        self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answered = HTTPResponse.begin

        def begin(response: HTTPResponse) -> None:
            answered(response)
            # The process sleeps when the answer is there: what the clock says then decides nothing.
            now = monotonic()
            monkeypatch.setattr("infra.web.receivers.monotonic", lambda: now + 60)

        monkeypatch.setattr(HTTPResponse, "begin", begin)
        assert self.post(receiver.url) == (204, None)

    def test_nobody_listens(self) -> None:
        assert self.post(f"http://127.0.0.1:{closed_port()}/") == (None, "unreachable")

    def test_retry_after_is_told(self, receiver: Receiver) -> None:
        def busy(request: BaseHTTPRequestHandler) -> None:
            request.send_response(503)
            request.send_header("Retry-After", "120")
            request.send_header("Content-Length", "0")
            request.end_headers()

        receiver.behave = busy
        told = self.here.post(receiver.url, {"webhook-id": "1"}, BODY)
        assert (told.status, told.retry_after_seconds) == (503, 120)

    @pytest.mark.parametrize(
        ("said", "seconds"),
        [("120", 120), ("in an hour", None), ("-3", None), ("Thu, 01 Jan 1998 00:00:00 GMT", 0.0), ("", None)],
    )
    def test_what_retry_after_says(self, receiver: Receiver, said: str, seconds: float | None) -> None:
        assert self.asked(receiver, said) == seconds

    def test_retry_after_may_say_a_date(self, receiver: Receiver) -> None:
        asked = self.asked(receiver, format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True))
        assert asked is not None
        assert 3_500 < asked <= 3_600

    def asked(self, receiver: Receiver, said: str) -> float | None:
        def busy(request: BaseHTTPRequestHandler) -> None:
            request.send_response(429)
            request.send_header("Retry-After", said)
            request.send_header("Content-Length", "0")
            request.end_headers()

        receiver.behave = busy
        return self.here.post(receiver.url, {"webhook-id": "1"}, BODY).retry_after_seconds

    def test_an_address_with_other_letters_than_asciis_is_reached(self, receiver: Receiver) -> None:
        paths = []

        def behave(request: BaseHTTPRequestHandler) -> int:
            paths.append(request.path)
            return 204

        receiver.behave = behave
        assert self.here.post(f"{receiver.url}/ä?q=ü", {"webhook-id": "1"}, BODY).status == 204
        assert paths == ["/hook/%C3%A4?q=%C3%BC"]


class TestANameThatMoves:
    """What a name resolves to is looked at with each delivery, and the connection goes to what was looked at."""

    @pytest.mark.parametrize("found", [["127.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "10.0.0.1"], ["::ffff:7f00:1"]])
    def test_a_name_that_leads_to_a_network_of_ours_is_not_called(self, found: list[str]) -> None:
        made = HttpReceivers(resolve=lambda host, port: found)
        assert made.post("https://hooks.example.com/", {}, BODY).error == "address_refused"

    def test_a_name_is_resolved_once_for_a_delivery(self, receiver: Receiver) -> None:
        """Loopback stands for the public here: a second look would lead to a metadata server."""
        answers = [["127.0.0.1"]]
        made = HttpReceivers(loopback=True, resolve=lambda host, port: answers.pop())
        assert made.post(receiver.url.replace("127.0.0.1", "localhost"), {"webhook-id": "1"}, BODY).status == 204
        assert answers == []

    def test_a_certificate_that_nobody_vouches_for_ends_it(self, receiver: Receiver) -> None:
        made = HttpReceivers(loopback=True)
        assert made.post(receiver.url.replace("http:", "https:"), {}, BODY).error == "tls"
