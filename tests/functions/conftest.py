"""A deployed function on a world: its own `main.py`, asked as Pub/Sub, Cloud Tasks, the clock or a caller asks it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from infra.declarations.pipeline import load_pipeline
from infra.vendors.integrations import Integrations
from infra.wiring import environment
from shared.platform.usecases.commit_then_publish import CommitThenPublish
from shared.ports.documents import Query
from shared.ports.identity import Identity
from tests.harness.call_world import CallEnvironment, CallWorld, new_call_world
from tests.harness.counting import counting
from tests.harness.crash_harness import ADMINISTRATOR, MACHINE, Fuse, GivenSecrets, unavailable
from tests.harness.granted import Granted
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")
FUNCTIONS = load_pipeline().functions


class Known:
    """The `Tokens` port: a token is its bearer's address."""

    def verify(self, token: str, *, audiences: Sequence[str]) -> Identity:
        return Identity(token, "service" if token == MACHINE.email else "person", token)


@dataclass
class Deployed:
    """The functions on a world with calls. ports: adapters that the world has none of; settings: of integrations"""

    calls: CallWorld
    install: Callable[[CallEnvironment], None]
    ports: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        function: str,
        method: str,
        path: str = "/",
        body: Any = None,
        *,
        who: str | None = MACHINE.email,
        fuse: Fuse | None = None,
        signed: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """A new instance's answer to a request: its status and its JSON, or its text. body: bytes are sent as XML

        signed: further headers
        """
        on = CallEnvironment(self.calls, fuse or Fuse(), None)
        on.services, on.administrators = {MACHINE.email: MACHINE.scopes | {"deals.write"}}, (ADMINISTRATOR.email,)
        on.ports |= {"tokens": Known(), "note_failure": None, "task_keeper": None, "directory": None, **self.ports}
        on.secrets = GivenSecrets(self.secrets)
        if self.settings:
            on.connected = Integrations(self.settings, on.secrets, frozenset(self.secrets))
        self.install(on)
        headers = [*([("Authorization", f"Bearer {who}")] if who else []), *(signed or {}).items()]
        xml = isinstance(body, bytes)
        data = body if body is None or xml else json.dumps(body)
        kind = "text/xml" if xml else "application/json"
        builder = EnvironBuilder(path, method=method, data=data, content_type=kind, headers=headers)
        granted = self._granted(on, function)
        answer = getattr(import_module(f"functions.{function}.main"), function)(Request(builder.get_environ()))
        assert granted.refused == []
        if isinstance(answer, Response):
            return answer.status_code, answer.get_data(as_text=True)
        content, status, said = answer
        if said["Content-Type"].startswith(("text/xml", "text/plain; charset")):
            return status, content.decode()
        return status, json.loads(content) if content else None

    def _granted(self, on: CallEnvironment, function: str) -> Granted:
        granted = Granted(FUNCTIONS[function])
        bus, tasks = granted.bus(on.ports["bus"]), granted.tasks(on.ports["tasks"])
        on.ports |= {"bus": bus, "tasks": tasks}
        on.ports["outbox"] = CommitThenPublish(on.ports["documents"], bus, on.ids, on.clock)
        return granted

    def deliver(self, function: str, payload: Mapping[str, Any], fuse: Fuse | None = None) -> tuple[int, Any]:
        """The answer to what the platform itself sends: a push of Pub/Sub, a task, the clock's call."""
        body: Mapping[str, Any] = payload
        if FUNCTIONS[function].trigger == "topic":
            data = base64.b64encode(json.dumps(payload).encode()).decode()
            body = {"message": {"data": data, "messageId": "1"}, "subscription": f"projects/p/subscriptions/{function}"}
        return self.ask(function, "POST", body=body, fuse=fuse)

    def again_after_a_failure(self, function: str, payload: Mapping[str, Any]) -> tuple[int, Any]:
        """The answer to a second delivery; the first meets an outside that does not answer, and is refused."""
        status, _ = self.deliver(function, payload, Fuse(0, unavailable))
        assert status == 503
        return self.deliver(function, payload)

    def read_for(self, function: str, payload: Mapping[str, Any]) -> set[str]:
        """Of which collections documents were read or written for what the platform sends, which succeeds."""
        documents = counting(self.calls.world.store)
        before, self.ports = self.ports, {**self.ports, "documents": documents}
        status, _ = self.deliver(function, payload)
        self.ports = before
        assert status == 200
        return {path.partition("/")[0] for path in documents.counted.by_path}

    def quarantined(self) -> list[str]:
        """From which functions' input is in quarantine."""
        return [item.data["source"] for item in self.calls.world.store.query(Query("quarantine"))]

    def recorded(self, raw: Mapping[str, Any], fact: int = -1) -> dict[str, Any]:
        """Records an event; the fact that was published of it."""
        self.calls.world.process().record(raw)
        return [data for topic, data in self.calls.world.facts if topic == "observation-recorded"][fact]

    def stored(self, path: str) -> dict[str, Any]:
        found = self.calls.world.store.get(path)
        assert found is not None, path
        return dict(found.data)


@pytest.fixture
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return Deployed(
        new_call_world(tmp_path, FRAMEWORK), lambda on: monkeypatch.setattr(environment, "_environment", on)
    )
