"""The embedded runtime, with small functions of its own: ports, dispatch, deliveries, stopping and kill -9."""

from __future__ import annotations

import http.client
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from infra.declarations.pipeline import load_pipeline
from infra.local.ambient import JsonLog
from infra.local.identity import audience_of
from infra.local.runtime import AlreadyRunning, Runtime, open_parts
from infra.local.serving import MOST_BYTES
from shared.ports.messages import Message
from tests.harness.schedules import start_now

ROOT = Path(__file__).parents[3]
PIPELINE: dict[str, Any] = {
    "service": "small",
    "defaults": {
        "memory": "512Mi",
        "cpu": 1,
        "timeout_seconds": 60,
        "concurrency": 10,
        "min_instances": 0,
        "max_instances": 2,
        "retry": {"min_backoff": 0.01, "max_backoff": 0.1, "max_attempts": 3},
    },
    "topics": {"posted": {"contract": "Posted", "about": "something was posted"}},
    "warehouse_subscriptions": {"dataset": "raw", "topics": "all", "retention_days": 1},
    "queues": {"chores": {"rate_per_second": 100, "max_concurrent": 4}},
    "schedules": {"tidy-up": {"cron": "0 3 * * *", "function": "tidy", "about": "tidies up"}},
    "functions": {
        "front": {"about": "takes posts", "edge": "app", "trigger": "http", "publishes": ["posted"]},
        "pages": {"about": "the pages", "edge": "app", "trigger": "http"},
        "reader": {
            "about": "reads posts",
            "edge": "iam",
            "trigger": "topic",
            "topic": "posted",
            "enqueues": ["chores"],
        },
        "chore": {"about": "does chores", "edge": "iam", "trigger": "task", "queue": "chores"},
        "tidy": {"about": "tidies up", "edge": "iam", "trigger": "schedule"},
    },
    "routes": {"api": {"/posts": "front"}, "portal": {"/": "pages"}},
    "secrets": {},
    "settings": {},
    "documents": {"database": "live", "indexes": {}, "unindexed": {}, "expires": {}},
    "integrations": {"database": "integrations"},
}
FRONT = """
import json, flask
from tests.infra.local import small_platform
from shared.ports.messages import Message

def front(request):
    if request.method == "POST":
        body = request.get_json()
        small_platform.parts.queue.publish("posted", [Message(body)])
        return flask.jsonify({"taken": body["id"], "path": request.path, "root": request.script_root}), 201
    if request.path.endswith("/slow"):
        import time
        time.sleep(0.4)
    return flask.jsonify({"path": request.path, "root": request.script_root, "query": request.query_string.decode()})
"""
READER = """
import base64, json
from tests.infra.local import small_platform
from shared.ports.documents import Merge

def reader(request):
    push = request.get_json()
    data = json.loads(base64.b64decode(push["message"]["data"]))
    if data.get("poison"):
        raise LookupError("a secret payload")
    parts = small_platform.parts
    caller = request.headers["Authorization"]
    parts.documents.commit([Merge("posts/all", {"seen": {data["id"]: True}, "caller": caller})])
    parts.queue.enqueue("chores", "chore", {"id": data["id"]}, name=data["id"])
    return "", 204
"""
CHORE = """
from tests.infra.local import small_platform
from shared.ports.documents import Merge

def chore(request):
    small_platform.parts.documents.commit([
        Merge("chores/all", {"done": {request.get_json()["id"]: dict(request.headers)["X-Cloudtasks-Queuename"]}})
    ])
    return "", 204
"""
TIDY = """
from tests.infra.local import small_platform
from shared.ports.documents import Put

def tidy(request):
    small_platform.parts.documents.commit([Put("tidied/last", {"job": request.headers["X-CloudScheduler-JobName"]})])
    return "", 204
"""
PAGES = """
def pages(request):
    return f"page {request.path}", 200, {"Content-Type": "text/plain"}
"""


@pytest.fixture
def functions(tmp_path: Path) -> Path:
    folder = tmp_path / "functions"
    sources = {"front": FRONT, "reader": READER, "chore": CHORE, "tidy": TIDY, "pages": PAGES}
    for name, source in sources.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "main.py").write_text(source, "utf-8")
    (tmp_path / "pipeline.yaml").write_text(yaml.safe_dump(PIPELINE), "utf-8")
    return folder


def small_runtime(folder: Path, functions: Path, log: io.StringIO | None = None) -> Runtime:
    from tests.infra.local import small_platform

    return Runtime(
        folder / "data",
        configure=small_platform.configure,
        sink=lambda parts: small_platform.carry,
        pipeline=load_pipeline(folder / "pipeline.yaml"),
        functions=functions,
        ports={"api": 0, "portal": 0},
        threads=4,
        workers=4,
        log=JsonLog(log if log is not None else io.StringIO()),
    )


@pytest.fixture
def runtime(tmp_path: Path, functions: Path) -> Iterator[Runtime]:
    with small_runtime(tmp_path, functions) as runtime:
        yield runtime


def ask(
    runtime: Runtime, method: str, path: str, body: bytes | None = None, *, host: str = "api"
) -> tuple[int, str, bytes]:
    """Status, content type and body of the answer."""
    connection = http.client.HTTPConnection(urlsplit(runtime.addresses[host]).netloc, timeout=10)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body is not None else {})
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"] or "", answer.read()
    finally:
        connection.close()


class TestServing:
    def test_the_owner_of_a_path_answers(self, runtime: Runtime) -> None:
        status, _, body = ask(runtime, "GET", "/posts/1?x=%20y")
        assert status == 200
        assert json.loads(body) == {"path": "/posts/1", "root": "", "query": "x=%20y"}

    def test_the_portal_has_a_host_root_of_its_own(self, runtime: Runtime) -> None:
        assert ask(runtime, "GET", "/people", host="portal")[2] == b"page /people"
        assert ask(runtime, "GET", "/people")[0] == 404

    @pytest.mark.parametrize(
        ("path", "inner"), [("/functions/front", "/"), ("/functions/front/", "/"), ("/functions/front/a/b", "/a/b")]
    )
    def test_a_function_is_under_its_own_path_without_a_redirect(self, runtime: Runtime, path: str, inner: str) -> None:
        status, _, body = ask(runtime, "POST", path, b'{"id": "p1"}')
        assert status == 201
        assert json.loads(body) == {"taken": "p1", "path": inner, "root": "/functions/front"}

    @pytest.mark.parametrize("path", ["/functions/reader", "/functions/chore/", "/functions/unheard-of", "/functions/"])
    def test_inner_functions_cannot_be_reached_from_outside(self, runtime: Runtime, path: str) -> None:
        status, kind, body = ask(runtime, "POST", path, b"{}")
        assert status == 404
        assert kind == "application/problem+json"
        assert json.loads(body)["instance"] == path

    def test_a_body_over_the_limit_is_refused_before_it_is_read(self, runtime: Runtime) -> None:
        connection = http.client.HTTPConnection(urlsplit(runtime.addresses["api"]).netloc, timeout=10)
        connection.putrequest("POST", "/posts")
        connection.putheader("Content-Length", str(MOST_BYTES + 1))
        connection.endheaders(b"{")
        answer = connection.getresponse()
        assert answer.status == 413
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert json.loads(answer.read())["status"] == 413
        connection.close()

    def test_a_client_that_sends_all_of_its_too_large_body_reads_the_answer(self, runtime: Runtime) -> None:
        for size in (MOST_BYTES + 1, MOST_BYTES + 2_000_000):
            status, kind, body = ask(runtime, "POST", "/posts", b"x" * size)
            assert (status, kind) == (413, "application/problem+json")
            assert str(MOST_BYTES) in json.loads(body)["detail"]

    def test_a_body_of_exactly_the_limit_reaches_its_function(self, runtime: Runtime) -> None:
        body = b'{"id": "' + b"x" * (MOST_BYTES - 10) + b'"}'
        assert len(body) == MOST_BYTES
        assert ask(runtime, "POST", "/functions/front", body)[0] == 201

    def test_a_chunked_body_over_the_limit_is_refused(self, runtime: Runtime) -> None:
        connection = http.client.HTTPConnection(urlsplit(runtime.addresses["api"]).netloc, timeout=10)
        chunk = b"x" * 1_000_000
        chunks = [chunk] * (MOST_BYTES // len(chunk) + 2)
        connection.request("POST", "/posts", iter(chunks), encode_chunked=True)
        assert connection.getresponse().status == 413
        connection.close()
        assert ask(runtime, "GET", "/posts")[0] == 200

    def test_outside_requests_do_not_starve_deliveries(self, runtime: Runtime) -> None:
        slow = [threading.Thread(target=ask, args=(runtime, "GET", "/posts/slow")) for _ in range(8)]
        for thread in slow:
            thread.start()
        runtime.parts.queue.publish("posted", [Message({"id": "quick"})])
        assert runtime.settle(5)
        assert data(runtime, "chores/all") == {"done": {"quick": "chores"}}
        for thread in slow:
            thread.join()


def data(runtime: Runtime, path: str) -> dict[str, Any]:
    document = runtime.parts.documents.get(path)
    return document.data if document else {}


class TestDelivering:
    def test_a_post_goes_through_bus_and_queue_to_the_last_function(self, runtime: Runtime) -> None:
        from tests.infra.local import small_platform

        for number in range(20):
            assert ask(runtime, "POST", "/posts", json.dumps({"id": f"p{number}"}).encode())[0] == 201
        assert runtime.settle(10)
        everyone = {f"p{number}" for number in range(20)}
        assert data(runtime, "posts/all")["seen"].keys() == everyone
        assert data(runtime, "chores/all")["done"] == dict.fromkeys(everyone, "chores")
        assert {message["id"] for message in small_platform.carried} == everyone

    def test_deliveries_carry_the_platforms_token_for_that_function(self, runtime: Runtime) -> None:
        runtime.parts.queue.publish("posted", [Message({"id": "p"})])
        assert runtime.settle(10)
        token = data(runtime, "posts/all")["caller"].removeprefix("Bearer ")
        identity = runtime.parts.tokens.verify(token, audiences=[audience_of("reader")])
        assert (identity.email, identity.kind) == ("platform@local.iam.gserviceaccount.com", "service")

    def test_a_defect_ends_in_the_dead_letters_with_its_name_and_without_its_payload(self, runtime: Runtime) -> None:
        runtime.parts.queue.publish("posted", [Message({"id": "bad", "poison": True}), Message({"id": "good"})])
        assert runtime.settle(10)
        (letter,) = runtime.parts.queue.list()
        assert (letter.attempts, letter.reason) == (3, "HTTP 500: LookupError")
        assert data(runtime, "chores/all") == {"done": {"good": "chores"}}

    def test_a_schedule_starts_its_function(self, runtime: Runtime) -> None:
        start_now(runtime.parts.queue, "tidy-up")
        assert runtime.settle(10)
        assert data(runtime, "tidied/last") == {"job": "tidy-up"}


class TestStopping:
    def test_a_second_runtime_on_the_same_data_is_refused(self, runtime: Runtime, tmp_path: Path) -> None:
        with pytest.raises(AlreadyRunning):
            small_runtime(tmp_path, tmp_path / "functions")

    def test_it_starts_again_where_it_stopped(self, tmp_path: Path, functions: Path) -> None:
        with small_runtime(tmp_path, functions) as first:
            first.delivery.pause()
            assert ask(first, "POST", "/posts", b'{"id": "waiting"}')[0] == 201
            time.sleep(0.1)
            assert data(first, "posts/all") == {}
        with small_runtime(tmp_path, functions) as second:
            assert second.settle(10)
            assert data(second, "chores/all") == {"done": {"waiting": "chores"}}

    def test_requests_in_flight_are_answered(self, tmp_path: Path, functions: Path) -> None:
        runtime = small_runtime(tmp_path, functions)
        runtime.start()
        answers: list[int] = []
        thread = threading.Thread(target=lambda: answers.append(ask(runtime, "GET", "/posts/slow")[0]))
        thread.start()
        time.sleep(0.15)
        runtime.stop()
        thread.join()
        assert answers == [200]


class TestKilling:
    def test_nothing_accepted_is_lost_by_kill_9(self, tmp_path: Path, functions: Path) -> None:
        accepted: set[str] = set()
        for generation in range(4):
            with _process(tmp_path) as (process, address):
                connection = http.client.HTTPConnection(address, timeout=10)
                deadline = time.monotonic() + 0.15 + 0.13 * generation
                number = 0
                while time.monotonic() < deadline:
                    name = f"g{generation}-{number}"
                    connection.request("POST", "/posts", json.dumps({"id": name}), {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status == 201:
                        accepted.add(name)
                    number += 1
                process.kill()
                connection.close()
        assert len(accepted) > 20
        with small_runtime(tmp_path, functions) as runtime:
            assert runtime.settle(20)
            assert data(runtime, "posts/all")["seen"].keys() >= accepted
            assert data(runtime, "chores/all")["done"].keys() >= accepted

    def test_sigterm_ends_it_in_good_order(self, tmp_path: Path, functions: Path) -> None:
        with _process(tmp_path) as (process, _):
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        parts = open_parts(tmp_path / "data", load_pipeline(tmp_path / "pipeline.yaml"))
        assert parts.queue.recover() == 0
        parts.close()


class _process:
    """A runtime in a process of its own, killed at the end of the block if it still runs."""

    def __init__(self, folder: Path):
        self._folder = folder

    def __enter__(self) -> tuple[subprocess.Popen[str], str]:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.infra.local.small_platform", str(self._folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self._process.stdout is not None
        address = self._process.stdout.readline().strip()
        assert address, "the runtime did not start"
        return self._process, urlsplit(address).netloc

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()
