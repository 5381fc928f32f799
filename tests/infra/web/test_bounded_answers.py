"""Answers from outside are bounded after they are decompressed, by every client that reads them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from itertools import islice
from time import sleep
from types import ModuleType

import httpx
import httpx2
import pytest

from infra.vendors.claude import ClaudeLanguageModel
from infra.vendors.gong import GongCalls
from infra.web import bounded_answers
from infra.web.bounded_answers import AnswerTooLarge
from shared.conversations.ports.calls import UnreadableAnswer
from shared.kernel.errors import Retryable
from tests.harness.unlimited import Unlimited
from tests.harness.web import Asked, LoopbackServer, Told, running, serving
from tests.infra.web.memory_of_answers import measured
from tests.ports.test_language_model import PROMPT

LIBRARIES = [httpx, httpx2]
MEGABYTE = 1 << 20


@cache
def bomb(megabytes: int = 300) -> bytes:
    """So many megabytes of nothing, in 300 KB or so."""
    member = zlib.compressobj(9, wbits=31)
    nothing = bytes(MEGABYTE)
    return b"".join([*(member.compress(nothing) for _ in range(megabytes)), member.flush()])


def peak(work: Callable[[], object]) -> int:
    """The most bytes that were held at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def packed(content: bytes, encoding: str = "gzip") -> Told:
    return Told(content, headers={"Content-Encoding": encoding, "Content-Type": "application/json"})


@pytest.mark.parametrize("http", LIBRARIES, ids=["httpx", "httpx2"])
class TestHooks:
    def get(self, http: ModuleType, told: Told, most: int = MEGABYTE) -> bytes:
        with serving(lambda _: told) as url, http.Client(event_hooks=bounded_answers.hooks(http, most)) as client:
            content: bytes = client.get(url).content
            return content

    def test_a_bomb_is_put_out_before_it_fills_the_memory(self, http: ModuleType) -> None:
        told = packed(bomb())
        assert len(told.value) < MEGABYTE

        def read() -> None:
            with pytest.raises(http.ReadError, match="over 1,048,576 bytes"):
                self.get(http, told)

        assert peak(read) < 8 * MEGABYTE

    @pytest.mark.parametrize("size", [0, 1, 1 << 16, MEGABYTE])
    def test_what_is_within_the_limit_is_read_whole(self, http: ModuleType, size: int) -> None:
        plain = b"ab" * (size // 2) + b"c" * (size % 2)
        two = gzip.compress(plain[: size // 3]) + gzip.compress(plain[size // 3 :])
        for told in (Told(plain), packed(gzip.compress(plain)), packed(zlib.compress(plain), "deflate"), packed(two)):
            assert self.get(http, told) == plain

    @pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
    def test_what_nobody_asked_for_is_not_unpacked(self, http: ModuleType, encoding: str) -> None:
        with pytest.raises(http.ReadError):
            self.get(http, packed(bomb(1), encoding))

    def test_what_is_plain_has_the_limit_too(self, http: ModuleType) -> None:
        with pytest.raises(http.ReadError):
            self.get(http, Told(bytes(MEGABYTE + 1)))

    def test_what_is_broken_says_so(self, http: ModuleType) -> None:
        with pytest.raises(http.ReadError, match="decompressed"):
            self.get(http, packed(b"no gzip at all"))


@pytest.mark.parametrize("http", LIBRARIES, ids=["httpx", "httpx2"])
def test_an_answer_that_comes_a_byte_at_a_time_has_an_end(http: ModuleType) -> None:
    """Each byte begins the client's own time-out anew."""

    class Dribbling(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            with suppress(OSError):
                for _ in range(1000):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    sleep(0.05)

        def log_message(self, format: str, *arguments: object) -> None:
            """Quiet."""

    hooks = bounded_answers.hooks(http, MEGABYTE, seconds=0.2)
    own = bounded_answers.hooks(http, MEGABYTE, lambda path: MEGABYTE, 0.2)
    with running(LoopbackServer(Dribbling)) as url:
        with http.Client(event_hooks=hooks, timeout=5) as client, pytest.raises(http.ReadTimeout, match="no end"):
            client.get(url)
        with http.Client(event_hooks=own, timeout=5) as client, client.stream("GET", url) as answer:
            assert sum(map(len, islice(answer.iter_bytes(1), 20))) == 20, "what has a limit of its own is read on"


def test_the_recorders_bomb() -> None:
    with serving(lambda _: packed(bomb())) as url:
        client = GongCalls(url, lambda: "Basic eA==", Unlimited())
        with pytest.raises(UnreadableAnswer, match="over 16,777,216 bytes"):
            client.call("1")


def test_the_language_models_bomb() -> None:
    with serving(lambda _: packed(bomb())) as url, pytest.raises(Retryable):
        ClaudeLanguageModel("key", base_url=url).complete(PROMPT)


CLIENTS = ("gong", "claude", "claude-batch", "salesforce", "salesforce-login", "google")
HEDGEHOG = b'"\xf0\x9f\xa6\x94"'  # with it each letter of a text takes four bytes


@pytest.mark.parametrize(
    ("one", "times", "most"),
    [(b"[],", 64 * MEGABYTE // 3, 80), (b'{"":0},', 16 * MEGABYTE // 8 // 3 - 1, 256)],
    ids=["over every limit", "just within Gong's"],
)
def test_no_outside_answer_fills_the_memory_by_what_it_holds(one: bytes, times: int, most: int) -> None:
    told = packed(gzip.compress(b"[" + one * times + HEDGEHOG + b"]", 1))
    batch = {
        "id": "msgbatch_1",
        "type": "message_batch",
        "processing_status": "ended",
        "request_counts": {"processing": 0, "succeeded": 1, "errored": 0, "canceled": 0, "expired": 0},
    }

    def answer(asked: Asked) -> Told:
        if asked.path == "/v1/messages/batches/msgbatch_1":
            return Told({**batch, "results_url": f"{url}/v1/messages/batches/msgbatch_1/results"})
        if asked.path == "/login":
            return Told({"access_token": "t", "instance_url": url})
        return told

    with serving(answer) as url:
        run = [sys.executable, "-m", "tests.infra.web.memory_of_answers", url, *CLIENTS]
        grown = json.loads(subprocess.run(run, check=True, capture_output=True, timeout=60).stdout)
    assert {client: megabytes for client, (megabytes, _) in grown.items() if megabytes > most} == {}
    assert all(refused for _, refused in grown.values()), grown


@pytest.mark.parametrize("http", LIBRARIES, ids=["httpx", "httpx2"])
def test_what_records_hold_is_within_the_limit(http: ModuleType) -> None:
    """The densest that vendors answer: a page of the CRM's empty fields, up to half the limit."""
    fields = {f"Field_{number}__c": None for number in range(100)}
    plain = json.dumps([fields] * (MEGABYTE // 2 // 1600)).encode()
    assert len(plain) > MEGABYTE // 3
    assert TestHooks().get(http, packed(gzip.compress(plain))) == plain


NESTED = Told(b"[" * 100_000 + b"]" * 100_000, headers={"Content-Type": "application/json"})


def test_nesting_without_an_end_is_an_answer_that_cannot_be_read() -> None:
    with serving(lambda _: NESTED) as url:
        assert all(refused for _, refused in measured(url, CLIENTS).values())


def test_an_answer_of_urllib_is_bounded() -> None:
    assert bounded_answers.read(BytesIO(b"abc"), 3) == b"abc"
    with pytest.raises(AnswerTooLarge):
        bounded_answers.read(BytesIO(b"abcd"), 3)
    with pytest.raises(AnswerTooLarge, match="more values"):
        bounded_answers.read(BytesIO(b"[],[]"), 8)
